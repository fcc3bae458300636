"""The W3C syntax tests, over HTTP against the running service: what is no SPARQL gets 400, what is gets none.

Queries are asked; updates are checked, not run. LOAD and SERVICE are refused only once their syntax was found right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.conformance.suite import Case, cases, path_of
from tests.served import FORM, served
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.served import Server

QUERIES = list(cases("PositiveSyntaxTest11", "NegativeSyntaxTest11"))
UPDATES = list(cases("PositiveUpdateSyntaxTest11", "NegativeUpdateSyntaxTest11"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    data = tmp_path_factory.mktemp("syntax") / "DATA"
    publish(data, "g1", example=False)
    with served(data, "--default-graph", "strict") as found:
        yield found


def test_the_suite_is_all_there() -> None:
    assert len(QUERIES) + len(UPDATES) == 166


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.name)
def test_a_query_is_read_as_the_suite_expects(server: Server, case: Case) -> None:
    text = path_of(case.query).read_bytes().decode()
    reply = server.ask(f"BASE <{case.query}>\n{text}")
    if case.kind.startswith("Positive"):
        # A text that is right may call a function that nobody has.
        assert reply.status == 200 or reply.json["type"].endswith("/unknown-function"), reply
    else:
        assert reply.status == 400, reply


@pytest.mark.parametrize("case", UPDATES, ids=lambda case: case.name)
def test_an_update_is_read_as_the_suite_expects(server: Server, case: Case) -> None:
    text = path_of(case.query).read_bytes().decode()
    reply = server.send("POST", "/sparql/check", f"update={quote(f'BASE <{case.query}> {text}')}".encode(), FORM)
    assert reply.status == 200, reply
    assert reply.json["valid"] == case.kind.startswith("Positive"), reply
