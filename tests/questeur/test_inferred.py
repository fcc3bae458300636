"""The graph of what the alignments entail: apart from all others, off by default, gone when no longer asked for."""

from __future__ import annotations

import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from graph.checks.findings import check
from graph.opening import open_store
from graph.store import Limits
from ontology import iris
from ontology.vocabulary import PREFIXES
from questeur.build import Options, Report, build
from questeur.sample import sample
from tests.questeur.parts import quads

if TYPE_CHECKING:
    from pathlib import Path

    from graph.checks.findings import Finding

GRAPH = iris.graph("inferred")
RULES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE {
  { ?s ?q ?o . ?q rdfs:subPropertyOf+ ?p FILTER (?p != <http://schema.org/text>) }
  UNION { ?s a ?c . ?c rdfs:subClassOf+ ?o BIND (rdf:type AS ?p) }
  FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } FILTER (?g != <%s>) }
} }
""".replace("PREFIX", f"PREFIX rdf: <{PREFIXES['rdf']}>\nPREFIX", 1)
SOME = 60


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give some of the real questions, joint answers among them, and the page; people and ministries are stubs."""
    few = tmp_path_factory.mktemp("few") / "questions.zip"
    with sample() as sources, zipfile.ZipFile(sources[1]) as archive, zipfile.ZipFile(few, "w") as kept:
        for name in sorted(archive.namelist())[:SOME]:
            kept.writestr(name, archive.read(name))
    return [few]


@pytest.fixture(scope="module")
def closed(some: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    data = tmp_path_factory.mktemp("closed")
    return data, build(some, data, options=Options(inferred=True))


def test_it_holds_all_that_the_rules_give_and_only_that(closed: tuple[Path, Report]) -> None:
    data, report = closed
    with_rules = RULES % GRAPH
    store = open_store(data)
    try:
        ((expected,),) = store.rows(with_rules, limits=Limits(deadline=60)).rows
    finally:
        store.close()
    inferred = [q for q in quads(data) if q.graph == GRAPH]
    assert len(inferred) == int(str(expected)) == report.quads["inferred"] > 4 * SOME
    assert any(q.predicate == f"{PREFIXES['schema']}author" for q in inferred)


def test_every_triple_still_stands_in_one_graph_and_on_one_line(closed: tuple[Path, Report]) -> None:
    found = Counter((q.subject, q.predicate, q.object) for q in quads(closed[0]))
    assert {triple for triple, count in found.items() if count > 1} == set()


def test_the_shapes_find_nothing_that_they_did_not_find_before(
    closed: tuple[Path, Report], some: list[Path], tmp_path: Path
) -> None:
    build(some, tmp_path)
    found: list[list[Finding]] = []
    for data in (closed[0], tmp_path):
        store = open_store(data)
        try:
            found.append(sorted((f for f in check(store) if f.severity == "Violation"), key=str))
        finally:
            store.close()
    assert found[0] == found[1]


def test_it_is_described_with_the_graphs_that_it_follows_from(closed: tuple[Path, Report]) -> None:
    derived = {q.object for q in quads(closed[0]) if q.subject == GRAPH and q.predicate.endswith("wasDerivedFrom")}
    assert f"<{iris.graph('derived')}>" in derived


def test_many_processes_write_the_same_parts(closed: tuple[Path, Report], some: list[Path], tmp_path: Path) -> None:
    build(some, tmp_path, options=Options(inferred=True, jobs=2))
    assert {p.name for p in (tmp_path / "parts").iterdir()} == {p.name for p in (closed[0] / "parts").iterdir()}


def test_it_comes_and_goes_with_the_option_and_nothing_else_changes(some: list[Path], tmp_path: Path) -> None:
    plain = build(some, tmp_path)
    assert "inferred" not in plain.quads
    added = build(some, tmp_path, options=Options(inferred=True))
    assert added.patch is not None  # nothing is mapped or loaded anew
    assert {place.split()[0] for place in added.patch.by_place} == {"inferred", "meta"}
    removed = build(some, tmp_path)
    assert removed.quads == plain.quads
    assert removed.build == plain.build != added.build
