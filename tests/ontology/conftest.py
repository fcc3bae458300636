"""The example of version 1, read once; a test that changes the world takes a copy.

Read with pyoxigraph: rdflib 7.6's own TriG parser warns that it is deprecated, and here warnings are errors.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import XSD, BNode, Graph, Literal, URIRef

from tests.ontology.quads import Quad

EXAMPLE = Path(__file__).parents[1] / "data" / "example-v1.trig"


@pytest.fixture(scope="session")
def example() -> tuple[Quad, ...]:
    """Give the quads of the example."""
    return tuple(_quad(quad) for quad in ox.parse(path=EXAMPLE, format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="session")
def union(example: tuple[Quad, ...]) -> Graph:
    """Give the union of the example's graphs. Not to be changed."""
    graph = Graph()
    for subject, predicate, value, _ in example:
        graph.add((subject, predicate, value))
    return graph


def _quad(quad: ox.Quad) -> Quad:
    subject, predicate, value, graph = (_term(each) for each in quad)
    assert isinstance(subject, URIRef | BNode)
    assert isinstance(predicate, URIRef)
    assert value is not None
    assert isinstance(graph, URIRef), f"{quad} lies in no named graph"
    return Quad(subject, predicate, value, graph)


def _term(term: object) -> URIRef | BNode | Literal | None:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        plain = term.language is not None or term.datatype.value == str(XSD.string)
        return Literal(term.value, lang=term.language, datatype=None if plain else URIRef(term.datatype.value))
    return None
