"""The W3C tests of query evaluation and of CSV and TSV, over HTTP against the running service.

What does not pass is listed by test IRI with its reason; a listed test that passes fails, until it is unlisted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph

from tests.conformance import results
from tests.conformance.suite import Case, cases, path_of
from tests.served import served
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from tests.served import Reply, Server

CASES = list(cases("QueryEvaluationTest", "CSVResultFormatTest"))
SUITE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
LEXICAL = "pyoxigraph 0.5.13 keeps the value of a number, not the way it was written (2026-08)"
EMPTY_GRAPH = "pyoxigraph 0.5.13 binds no ?g where GRAPH ?g holds VALUES, an aggregate or an empty match (2026-08)"
ZERO_LENGTH = "pyoxigraph 0.5.13 lets no path of length zero end at a constant that is not in the data (2026-08)"
LANGUAGE = "pyoxigraph 0.5.13 keeps the language that all members of a GROUP_CONCAT share (2026-08)"
SAME_BNODE = "pyoxigraph 0.5.13 names BNODE(text) by the text, so that solutions share a node (2026-08)"
EXPECTED: dict[str, str] = {
    SUITE + test: reason
    for reason, tests in {
        LEXICAL: (
            *(f"cast/manifest#cast-{kind}" for kind in ("bool", "decimal", "double", "float", "int", "string")),
            "csv-tsv-res/manifest#tsv03",
        ),
        EMPTY_GRAPH: (
            "aggregates/manifest#agg-empty-group-count-graph",
            "bindings/manifest#graph",
            "negation/manifest#graph-minus",
        ),
        ZERO_LENGTH: tuple(
            f"property-path/manifest#zero_or_{times}_set_{end}" for times in ("one", "more") for end in ("start", "end")
        ),
        LANGUAGE: tuple(f"aggregates/manifest#agg-groupconcat-0{number}" for number in (4, 6)),
        SAME_BNODE: ("functions/manifest#bnode01",),
    }.items()
    for test in tests
}
MEDIA_TYPES = {
    "srx": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "application/sparql-results+json, text/turtle",
}
FORMATS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML}


class World:
    """A service, and the data of one test after the other as its generations."""

    def __init__(self, data: Path, server: Server) -> None:
        self.data = data
        self.server = server
        self.number = 1
        self.holds: object = None

    def hold(self, case: Case) -> None:
        """Publish the data of a test, unless they are there."""
        if self.holds != (case.default, case.named):
            self.number += 1
            publish(self.data, f"g{self.number}", _quads(case), example=False)
            self.holds = (case.default, case.named)


def _quads(case: Case) -> Iterator[ox.Quad]:
    for graph, file in [("", file) for file in case.default] + list(case.named):
        name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        for quad in ox.parse(path=str(path_of(file)), format=FORMATS[file.rpartition(".")[2]], base_iri=file):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, name)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    data = tmp_path_factory.mktemp("conformance") / "DATA"
    publish(data, "g1", example=False)
    with served(data, "--default-graph", "strict") as server:
        yield World(data, server)


def test_the_suite_is_all_there() -> None:
    assert len(CASES) == 235
    assert {case.iri for case in CASES} >= EXPECTED.keys()
    assert 235 - len(EXPECTED) >= 218


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_query_gives_what_the_suite_expects(world: World, case: Case, request: pytest.FixtureRequest) -> None:
    if case.iri in EXPECTED:
        request.applymarker(pytest.mark.xfail(reason=EXPECTED[case.iri], strict=True, raises=AssertionError))
    world.hold(case)
    assert case.result is not None
    suffix = case.result.rpartition(".")[2]
    text = path_of(case.query).read_bytes().decode()
    reply = world.server.ask(f"BASE <{case.query}>\n{text}", MEDIA_TYPES[suffix])
    assert reply.status == 200, reply
    COMPARE[suffix](case, reply)


def _compare_rows(case: Case, reply: Reply, kind: str) -> None:
    expected = path_of(case.result or "").read_bytes()
    verdict = results.verdict(expected, kind)
    if verdict is not None:
        assert results.verdict(reply.body, kind) == verdict
        return
    exact = "/cast/" in case.iri
    assert results.same_rows(results.rows(reply.body, kind), results.rows(expected, kind), exact=exact), reply


def _compare_graph(case: Case, reply: Reply) -> None:
    expected = Graph().parse(path_of(case.result or ""), publicID=case.result or "")
    if reply.headers["content-type"].startswith("text/turtle"):
        assert results.same_graphs(Graph().parse(data=reply.body, format="turtle"), expected), reply
    else:
        found = results.rows(reply.body, "json")
        assert results.same_rows(found, results.rows_of_graph(expected), exact=False), reply


def _compare_table(case: Case, reply: Reply, delimiter: str) -> None:
    expected = path_of(case.result or "").read_bytes()
    assert results.table(reply.body, delimiter) == results.table(expected, delimiter)


COMPARE: dict[str, Callable[[Case, Reply], None]] = {
    "srx": lambda case, reply: _compare_rows(case, reply, "xml"),
    "srj": lambda case, reply: _compare_rows(case, reply, "json"),
    "ttl": _compare_graph,
    "csv": lambda case, reply: _compare_table(case, reply, ","),
    "tsv": lambda case, reply: _compare_table(case, reply, "\t"),
}
