"""An independent reasoner finds no contradiction in the vocabulary and the example, by the rules of OWL 2 RL."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import cast

import owlrl
import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef

from ontology.terms import QST
from ontology.vocabulary import PREFIXES, vocabulary

EXAMPLE = Path(__file__).parents[1] / "data" / "example-v1.trig"
FOAF, ORG, SKOS = (Namespace(PREFIXES[prefix]) for prefix in ("foaf", "org", "skos"))

# Nothing can be of two of these. The vocabulary leaves it unsaid, since it binds who uses it to no more than it must.
APART = (
    QST.Question,
    QST.Answer,
    QST.QuestionEvent,
    QST.Attribution,
    QST.Legislature,
    QST.JournalIssue,
    QST.Constituency,
    QST.Departement,
    FOAF.Person,
    ORG.Membership,
    ORG.Organization,
    SKOS.Concept,
)
# A thing has one of each.
SINGLE = (QST.author, QST.addressedTo, QST.inLegislature, QST.hasAnswer, QST.mainPortfolio, QST.inDepartement)
ALLOWED_TYPES = {OWL.Ontology, OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
ALLOWED_PREDICATES = {OWL.versionIRI, OWL.versionInfo, OWL.priorVersion, RDF.type} | {
    RDFS.subClassOf,
    RDFS.subPropertyOf,
    RDFS.label,
    RDFS.comment,
    RDFS.isDefinedBy,
    RDFS.seeAlso,
}
LANGUAGE = (OWL, RDF, RDFS)


def told() -> Graph:
    """Give the vocabulary, the example, and what everybody takes for granted of them."""
    graph = vocabulary()
    quads = ox.parse(path=str(EXAMPLE), format=ox.RdfFormat.TRIG)
    graph.parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt")
    for one, other in combinations(APART, 2):
        graph.add((one, OWL.disjointWith, other))
    for single in SINGLE:
        graph.add((single, RDF.type, OWL.FunctionalProperty))
    return graph


def contradictions(graph: Graph) -> list[str]:
    """Close the graph, and list what the reasoner complains of."""
    reasoner = owlrl.OWLRL.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=True)
    reasoner.closure()
    nothing = [f"{thing} is nothing" for thing in graph.subjects(RDF.type, OWL.Nothing) if thing != OWL.Nothing]
    complaints = cast("list[str]", reasoner.error_messages)  # pyright: ignore[reportUnknownMemberType]  # untyped there
    # The reasoner (7.1) takes the double 0 for one that is too small.
    return [*(said for said in complaints if "literal '0.0' does not match" not in said), *nothing]


@pytest.fixture(scope="module")
def closed() -> tuple[Graph, list[str]]:
    graph = told()
    return graph, contradictions(graph)


def test_the_vocabulary_and_the_example_contradict_nothing(closed: tuple[Graph, list[str]]) -> None:
    graph, found = closed
    assert found == []
    assert (QST.WrittenQuestion, RDFS.subClassOf, URIRef(PREFIXES["prov"] + "Entity")) in graph  # it did reason


def test_no_two_things_of_ours_are_taken_for_one(closed: tuple[Graph, list[str]]) -> None:
    ours = "https://w3id.org/questeur/"
    same = [(a, b) for a, b in closed[0].subject_objects(OWL.sameAs) if a != b]
    assert [(a, b) for a, b in same if str(a).startswith(ours) and str(b).startswith(ours)] == []


def test_a_contradiction_is_found() -> None:
    graph = vocabulary()
    graph.add((QST.Question, OWL.disjointWith, QST.Answer))
    both = URIRef("urn:both")
    graph.add((both, RDF.type, QST.WrittenQuestion))
    graph.add((both, RDF.type, QST.JointAnswer))
    assert contradictions(graph) != []


def test_the_vocabulary_stays_within_owl_2_rl() -> None:
    """Named classes and properties in hierarchies, nothing else: within OWL 2 RL whatever is below or above."""
    graph = vocabulary()
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)
    types = {kind for kind in graph.objects(None, RDF.type) if any(str(kind).startswith(str(ns)) for ns in LANGUAGE)}
    assert types == ALLOWED_TYPES
    used = {p for p in graph.predicates() if any(str(p).startswith(str(ns)) for ns in LANGUAGE)}
    assert used <= ALLOWED_PREDICATES
    datatypes = {o.datatype for o in graph.objects() if isinstance(o, Literal) and o.datatype is not None}
    assert datatypes <= {XSD.string, XSD.integer, XSD.date, XSD.boolean, XSD.dateTime}
    above = {*graph.objects(None, RDFS.subClassOf), *graph.objects(None, RDFS.subPropertyOf)}
    assert not above & {OWL.Thing, OWL.Nothing, RDFS.Resource, OWL.topObjectProperty, OWL.topDataProperty}


def test_a_property_and_what_is_above_it_are_of_one_kind() -> None:
    graph = vocabulary()
    for below, above in graph.subject_objects(RDFS.subPropertyOf):
        kinds = {kind for kind in graph.objects(above, RDF.type) if kind in ALLOWED_TYPES}
        assert kinds <= set(graph.objects(below, RDF.type)), f"{below} is below {above}"
