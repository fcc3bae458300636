"""The tests of the suites, read from their manifests. Test IRIs are the published ones; files are beside us."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rdflib import RDF, Graph, Namespace, URIRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

SUITE = Path(__file__).parent / "sparql11"
BASE = "https://suite.example/"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RDFS_LABEL = URIRef("http://www.w3.org/2000/01/rdf-schema#label")


class Case(NamedTuple):
    """One test: its IRI, its kind, its query, the data of its default graph and of its named ones, what must come."""

    iri: str
    kind: str
    query: str
    default: tuple[str, ...]
    named: tuple[tuple[str, str], ...]  # the graph's name and its file
    result: str | None

    @property
    def name(self) -> str:
        """Name it for people: folder and local name."""
        return self.iri.rpartition("data-sparql11/")[2].replace("/manifest", "")


def path_of(iri: str) -> Path:
    """Find the file that an IRI of the suite names."""
    assert iri.startswith(BASE), iri
    return SUITE / iri.removeprefix(BASE)


def cases(*kinds: str) -> Iterator[Case]:
    """Give the tests of some kinds, of all manifests."""
    for manifest in sorted(SUITE.glob("*/manifest.ttl")):
        graph = Graph().parse(manifest, publicID=f"{BASE}{manifest.parent.name}/manifest.ttl")
        for kind in kinds:
            for test in sorted(graph.subjects(RDF.type, MF[kind]), key=str):
                yield _case(graph, test, kind)


def _case(graph: Graph, test: Node, kind: str) -> Case:
    action = graph.value(test, MF.action)
    assert action is not None
    query = graph.value(action, QT.query) or action
    result = graph.value(test, MF.result)
    return Case(
        iri=str(test),
        kind=kind,
        query=str(query),
        default=tuple(sorted(str(data) for data in graph.objects(action, QT.data))),
        named=tuple(sorted(_named(graph, data) for data in graph.objects(action, QT.graphData))),
        result=None if result is None else str(result),
    )


def _named(graph: Graph, data: Node) -> tuple[str, str]:
    file = graph.value(data, QT.graph) or data
    label = graph.value(data, RDFS_LABEL)
    return str(label or file), str(file)
