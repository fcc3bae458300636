"""The whole program before a real Virtuoso 7. Runs where it was fetched: ``python -m tests.virtuoso``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.backends.remote import RemoteStore
from graph.load import parts_in
from graph.store import Limits
from ontology.errors import DeadlineError, RemoteError
from questeur.remote_load import graph_store, load_remote
from tests import virtuoso
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from questeur.build import Report
    from tests.virtuoso import Virtuoso

pytestmark = pytest.mark.skipif(not virtuoso.is_here(), reason=virtuoso.MISSING)

GRAPH = "https://example.org/many"
MANY = virtuoso.MAX_ROWS + 2000
ROWS = f"SELECT ?s {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
TRIPLES = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Virtuoso]:
    with virtuoso.running(tmp_path_factory.mktemp("virtuoso"), seconds=5) as found:
        lines = (f'<https://example.org/s{n}> <https://example.org/p{n % 5}> "v{n}"@fr .\n' for n in range(MANY))
        graph_store(found.graphs).write("PUT", GRAPH, "".join(lines).encode())
        yield found


@pytest.fixture
def store(running: Virtuoso) -> RemoteStore:
    return RemoteStore(running.query)


def test_what_the_standard_says_of_ask_and_of_empty_graphs_holds(store: RemoteStore) -> None:
    assert store.ask("ASK { ?s ?p ?o }") is True
    assert store.ask("ASK { ?s ?p 'nothing' }") is False
    assert len(store.graph("CONSTRUCT WHERE { ?s ?p 'nothing' }")) == 0


@pytest.mark.parametrize("text", [ROWS, TRIPLES, f"{ROWS} LIMIT {MANY}", f"{TRIPLES} LIMIT {MANY}"])
def test_an_answer_cut_at_ten_thousand_rows_is_none(store: RemoteStore, text: str) -> None:
    with pytest.raises(RemoteError) as cut:
        store.query(text, limits=Limits(deadline=60))
    assert (cut.value.code, "LIMIT" in cut.value.hint) == ("remote-cut", True)


def test_an_answer_below_is_whole(store: RemoteStore) -> None:
    assert len(store.rows(f"{ROWS} LIMIT {virtuoso.MAX_ROWS - 1}", limits=Limits(deadline=60))) == virtuoso.MAX_ROWS - 1
    assert len(store.graph(f"{TRIPLES} LIMIT 500")) == 500


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ GRAPH <{GRAPH}> {{ ?s ?p ?o . ?a ?b ?c FILTER(CONCAT(STR(?o), STR(?c)) = 'x') }} }}",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f FILTER(?o < ?c) }",
    ],
    ids=["runs too long", "would run too long"],
)
def test_its_own_limit_of_time_is_a_deadline(store: RemoteStore, text: str) -> None:
    with pytest.raises(DeadlineError) as late:
        store.query(text, limits=Limits(deadline=60))
    assert late.value.code == "remote-deadline"


def test_a_path_without_ends_that_it_cannot_walk_is_its_failure_in_its_words(store: RemoteStore) -> None:
    with pytest.raises(RemoteError, match="transitive start not given"):
        store.rows("SELECT * { ?s <https://example.org/p1>+ ?o }")


def test_a_build_loads_it_and_the_site_stands_before_it(
    running: Virtuoso, demo: tuple[Path, Report], tmp_path: Path
) -> None:
    target, parts = graph_store(running.graphs), parts_in(demo[0] / "parts")
    first = load_remote(parts, target, state=tmp_path / "state.json")
    assert (first.sent, first.quads) == (len(parts), sum(part.quads for part in parts))
    assert load_remote(parts, replace(target), state=tmp_path / "state.json").sent == 0
    with served(running.query, "--timeout", "60") as server:
        for path, words in {
            "/": b"questeur",
            "/question/QANR5L15QE10719": "délocalisation".encode(),
            "/question/QANR5L15QE10719.ttl": b"QANR5L15QE10719",
            "/networks/deputy-ministry.csv?type=all": b",",
            "/questions.csv": b"QANR5L15QE10719",
        }.items():
            reply = server.get(path)
            assert reply.status == 200, (path, reply.body)
            assert words in reply.body, path
        assert server.ask("ASK { ?s ?p ?o }").json["boolean"] is True
