"""What products say otherwise than the standard has it, as they were seen to say it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from graph.backends.quirks import row_probe
from graph.gate import outline
from graph.store import Limits
from ontology.errors import DeadlineError, QuesteurError
from tests.graph.backends.test_remote import JSON, Staged, failure, staged

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.remote import RemoteStore

VIRTUOSO = {"Server": "Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu"}
ONE = (
    '{"__ASK_RETVAL": {"type": "typed-literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": "1"}}'
)
ASKED = '{"head": {"link": [], "vars": ["__ASK_RETVAL"]}, "results": {"distinct": false, "bindings": [%s]}}'


def answers(body: bytes, media_type: str = JSON, **headers: str) -> Callable[[Staged], None]:
    return lambda handler: handler.reply(200, body, media_type, **headers)


def body(store: RemoteStore, text: str, media_type: str = JSON) -> bytes:
    with store.query(text, media_types=(media_type,)).body as opened:
        return opened.read()


class Shop:
    """Answers graphs as Virtuoso does: cut at three rows without a word, the rows themselves with a header."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def act(self, handler: Staged) -> None:
        """Answer."""
        kind = handler.headers["Accept"]
        self.asked.append(handler.path)
        handler.server_version = VIRTUOSO["Server"]  # what the base class sends
        if kind == "text/csv":
            more = {} if "LIMIT+2" in handler.path or "LIMIT%202" in handler.path else {"X_SPARQL_MaxRows": "3"}
            handler.reply(200, b'"row"\n1\n1\n', "text/csv", **more)
        else:
            handler.reply(200, b"<urn:a> <urn:b> <urn:c> .\n", kind)


@pytest.mark.parametrize(("row", "verdict"), [(ONE, True), ("", False)])
@pytest.mark.parametrize("media_type", [JSON, "application/sparql-results+xml"])
def test_a_verdict_in_a_table_is_a_verdict(row: str, media_type: str, *, verdict: bool) -> None:
    with staged(answers((ASKED % row).encode())) as store:
        assert store.ask("ASK { ?s ?p ?o }") is verdict
        found = body(store, "ASK { ?s ?p ?o }", media_type).decode()
    said = str(verdict).lower()
    assert f"<boolean>{said}</boolean>" in found or json.loads(found) == {"head": {}, "boolean": verdict}


def test_a_table_of_something_else_is_no_verdict() -> None:
    with staged(answers((ASKED % "").replace("__ASK_RETVAL", "x").encode())) as store, pytest.raises(QuesteurError):
        store.ask("ASK { ?s ?p ?o }")


def test_a_graph_cut_without_a_word_is_found_by_its_rows() -> None:
    shop = Shop()
    with staged(shop.act) as store:
        with pytest.raises(QuesteurError) as cut:
            store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", media_types=("application/n-triples",))
        assert cut.value.code == "remote-cut"
        assert "LIMIT below 3" in cut.value.hint
        whole = body(store, "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 2", "application/n-triples")
        assert whole == b"<urn:a> <urn:b> <urn:c> .\n"
    assert len(shop.asked) == 4


@pytest.mark.parametrize(
    ("text", "probe"),
    [
        ("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o } LIMIT 5", "SELECT (1 AS ?row) { ?s ?p ?o } LIMIT 5"),
        (
            "PREFIX e: <http://e/>\n# a { b\nCONSTRUCT {?s e:p ?o} FROM e:g FROM NAMED <u:h> {?s ?p ?o} ORDER BY ?s",
            "PREFIX e: <http://e/>\n# a { b\nSELECT (1 AS ?row) FROM e:g FROM NAMED <u:h> {?s ?p ?o} ORDER BY ?s",
        ),
        ("BASE <http://e/> construct where { ?s ?p <x> }", "BASE <http://e/> SELECT (1 AS ?row) { ?s ?p <x> }"),
        ("DESCRIBE ?s FROM <u:g> WHERE { ?s ?p ?o }", "SELECT (1 AS ?row) FROM <u:g> { ?s ?p ?o }"),
        ("DESCRIBE <u:s>", None),
    ],
)
def test_the_rows_of_a_graph_are_those_of_its_pattern(text: str, probe: str | None) -> None:
    assert row_probe(text, outline(text)) == probe


def test_what_was_found_until_a_limit_of_time_is_no_answer() -> None:
    part = answers(b'{"head":{"vars":["x"]},"results":{"bindings":[]}}', X_SQL_State="S1TAT")
    assert failure(part).code == "remote-deadline"


def test_a_query_that_a_store_thinks_too_long_is_late() -> None:
    said = b"Virtuoso 42000 Error The estimated execution time 699 (sec) exceeds the limit of 400 (sec)."
    assert isinstance(failure(lambda handler: handler.reply(500, said, "text/plain")), DeadlineError)


@pytest.mark.parametrize(
    ("given", "media_type"), [(b"# Empty TURTLE\n", "text/turtle"), (b"# Empty NT\n", "application/n-triples")]
)
def test_a_graph_of_a_comment_is_an_empty_graph(given: bytes, media_type: str) -> None:
    with staged(answers(given, media_type)) as store:
        assert body(store, "CONSTRUCT WHERE { ?s ?p 'x' }", media_type) == given


def test_a_part_of_a_graph_is_not_taken_for_an_empty_one() -> None:
    with staged(answers(b"#" + b"x" * 2000, "text/turtle")) as store, pytest.raises(QuesteurError):
        store.query("CONSTRUCT WHERE { ?s ?p 'x' }", media_types=("text/turtle",), limits=Limits(deadline=30))


def test_terms_of_an_earlier_draft_become_those_of_the_standard() -> None:
    cells = '{"x": {"type": "typed-literal", "datatype": "urn:t", "value": "1"}, "y": {"type": "bnode", "value": "nodeID://b1"}}'
    table = f'{{"head": {{"vars": ["x", "y"]}}, "results": {{"bindings": [{cells}]}}}}'
    with staged(answers(table.encode())) as store:
        (row,) = json.loads(body(store, "SELECT ?x ?y {}"))["results"]["bindings"]
        tsv = body(store, "SELECT ?x ?y {}", "text/tab-separated-values")
    assert row == {
        "x": {"type": "literal", "datatype": "urn:t", "value": "1"},
        "y": {"type": "bnode", "value": "nodeID_b1"},
    }
    assert tsv == b'?x\t?y\n"1"^^<urn:t>\t_:nodeID_b1\n'
