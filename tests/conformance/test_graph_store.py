"""W3C SPARQL 1.1 Graph Store HTTP Protocol suite, over HTTP against the running service: 14 of 14."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.conformance.exchanges import MF, SUITE, entries, judge, requests
from tests.conformance.running import AUTHORITY, Running, conforming

if TYPE_CHECKING:
    from collections.abc import Generator

TESTS = {
    name: test
    for part in ("direct", "indirect")
    for name, test in entries(
        SUITE / "graph-store-protocol" / f"manifest-{part}.ttl", MF.GraphStoreProtocolTest
    ).items()
}
TEMPLATE = "$LOCATION$"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    with conforming(tmp_path_factory.mktemp("gsp")) as started:
        yield started


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 14


def here(text: str, location: str) -> str:
    """Put our path in place of the suite's, and a graph's address in place of its template."""
    return text.replace("/gsp", "/data").replace("%2Fgsp", "%2Fdata").replace(TEMPLATE, location)


@pytest.mark.parametrize("name", TESTS)
def test_the_service_answers_as_the_graph_store_suite_expects(service: Running, name: str) -> None:
    assert service.update("DROP ALL").status == 204
    location = ""
    for request in requests(*TESTS[name]):
        path, body = here(request.path, location), here(request.body.decode(), location).encode()
        reply = service.send(request.method, path, body, request.headers)
        judge(request, reply, partial(here, location=location))
        if request.manifest.value(request.expected, MF.expectedLocation) is not None:
            location = reply.headers["location"]
            assert location.startswith(f"{AUTHORITY}/data/")
