"""The vocabulary says what it must, terms.py names the same, and the example uses all of it and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, Namespace, URIRef

from ontology import iris
from ontology.terms import QST
from ontology.vocabulary import PREFIXES, shapes, vocabulary

if TYPE_CHECKING:
    from rdflib.term import Node

    from tests.ontology.quads import Quad

SCHEMA = Namespace(PREFIXES["schema"])

LAYERS = {"stated", "curated", "derived", "annotation"}
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
KINDS = (OWL.Class, *PROPERTIES, SKOS.Concept, SKOS.ConceptScheme)
DERIVED_TYPES = {QST.JointAnswer, QST.Transferred, QST.Inherited}
DERIVED_GRAPHS = (iris.graph("derived"), iris.graph("meta"), iris.graph("network/x")[:-1])

NOT_IN_DATA = {
    QST.layer: "about the vocabulary itself",
    QST.statuses: "holds the statuses together; the data name the statuses",
    QST.pageKinds: "holds the kinds of page together; the data name the kinds",
    QST.measures: "holds the measures together; the data name the measures",
    QST.Measure: "the class of the measures, said of them here",
}


VOCABULARY = vocabulary()  # read only


def declared() -> set[URIRef]:
    return {term for term in VOCABULARY.subjects() if isinstance(term, URIRef) and term.startswith(iris.NS)}


def used(graph: Graph) -> set[URIRef]:
    return {node for triple in graph for node in triple if isinstance(node, URIRef) and node.startswith(iris.NS)}


def types(graph: Graph, node: Node) -> set[Node]:
    return set(graph.objects(node, RDF.type))


TERMS = sorted(declared())
PROPERTY_TERMS = [term for term in TERMS if types(VOCABULARY, term) & set(PROPERTIES)]


def name(term: URIRef) -> str:
    return term.removeprefix(iris.NS)


def test_the_ontology_states_its_version() -> None:
    ontology = URIRef(iris.BASE + "ns")
    assert VOCABULARY.value(ontology, OWL.versionInfo) == Literal("1.2.0")
    assert VOCABULARY.value(ontology, OWL.versionIRI) == URIRef(iris.BASE + "ns/1.2.0")


@pytest.mark.parametrize("term", TERMS, ids=name)
def test_a_term_is_labelled_and_explained_once_in_both_languages(term: URIRef) -> None:
    for predicate in (RDFS.label, RDFS.comment):
        languages = [text.language for text in VOCABULARY.objects(term, predicate) if isinstance(text, Literal)]
        assert sorted(languages, key=str) == ["en", "fr"], f"{predicate} of {term}"


@pytest.mark.parametrize("term", TERMS, ids=name)
def test_a_term_is_of_exactly_one_kind(term: URIRef) -> None:
    assert len(types(VOCABULARY, term) & set(KINDS)) == 1


@pytest.mark.parametrize("term", PROPERTY_TERMS, ids=name)
def test_a_property_is_of_exactly_one_known_layer(term: URIRef) -> None:
    layers = [str(layer) for layer in VOCABULARY.objects(term, QST.layer)]
    assert len(layers) == 1
    assert layers[0] in LAYERS


def test_only_properties_have_a_layer() -> None:
    assert set(VOCABULARY.subjects(QST.layer)) == set(PROPERTY_TERMS)


def test_a_concept_has_its_label_as_preferred_label() -> None:
    for concept in VOCABULARY.subjects(RDF.type, SKOS.Concept):
        assert set(VOCABULARY.objects(concept, SKOS.prefLabel)) == set(VOCABULARY.objects(concept, RDFS.label))


def test_terms_and_turtle_name_the_same_terms_in_the_same_order() -> None:
    names = list(QST.__annotations__)
    assert {URIRef(iris.NS + each) for each in names if not each.startswith("_")} == declared()
    assert [QST[each] for each in names if not each.startswith("_")] == _in_file_order()


def _in_file_order() -> list[URIRef]:
    text = Path(iris.__file__).with_name("questeur.ttl").read_text(encoding="utf-8")
    return [URIRef(iris.NS + term) for term in re.findall(r"^qst:(\w+)", text, re.MULTILINE)]


@pytest.mark.parametrize("mistyped", ["Questions", "tabledon", "Portfolios", "_Question"])
def test_a_mistyped_term_raises(mistyped: str) -> None:
    with pytest.raises(AttributeError, match=mistyped):
        getattr(QST, mistyped)


def test_a_mistyped_term_raises_in_brackets_too() -> None:
    with pytest.raises(AttributeError, match="Portfolios"):
        QST["Portfolios"]


def test_the_vocabulary_uses_only_its_own_terms() -> None:
    assert used(VOCABULARY) <= declared()


def test_the_shapes_use_only_declared_terms() -> None:
    graph = shapes()
    in_queries = {
        URIRef(iris.NS + found)
        for value in graph.objects(None, URIRef("http://www.w3.org/ns/shacl#select"))
        for found in re.findall(r"qst:(\w+)", str(value))
    }
    assert in_queries
    assert used(graph) - {URIRef(iris.NS)} | in_queries <= declared()


@pytest.mark.parametrize("read", [vocabulary, shapes])
def test_a_caller_may_change_its_copy(read: type[Graph]) -> None:
    first = read()
    size = len(first)
    first.remove((None, None, None))
    assert len(read()) == size > 0


def test_the_prefixes_agree_with_the_turtle() -> None:
    bound = {prefix: str(namespace) for prefix, namespace in VOCABULARY.namespaces()}
    shared = bound.keys() & PREFIXES.keys()
    assert {"qst", "schema", "wd"} <= shared
    assert {prefix: bound[prefix] for prefix in shared} == {prefix: PREFIXES[prefix] for prefix in shared}


def test_the_prefixes_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PREFIXES["qst"] = "elsewhere"  # type: ignore[index] # the type already says no; so must the value


def test_every_term_is_in_the_example_or_excused(union: Graph) -> None:
    assert declared() - used(union) == set(NOT_IN_DATA)


def test_the_example_uses_only_declared_terms(union: Graph) -> None:
    assert used(union) <= declared()


def test_the_example_has_no_blank_node(union: Graph) -> None:
    assert not [node for triple in union for node in triple if isinstance(node, BNode)]


def test_each_triple_of_the_example_lies_in_exactly_one_named_graph(example: tuple[Quad, ...]) -> None:
    twice = [triple for triple, count in Counter(quad[:3] for quad in example).items() if count > 1]
    assert not twice


def test_every_iri_of_the_example_is_one_that_we_mint(example: tuple[Quad, ...]) -> None:
    ours = {str(n) for quad in example for n in quad if isinstance(n, URIRef) and n.startswith(iris.BASE)}
    assert len(ours) > 100
    for iri in ours:
        assert iri == iris.BASE or iri.startswith(iris.NS) or _minted(iri), iri


def _minted(iri: str) -> bool:
    if iri.startswith(iris.BASE + "graph/"):
        return iris.graph(iri.removeprefix(iris.BASE + "graph/")) == iri
    whole, _, fragment = iri.partition("#")
    return iris.split(whole) is not None and (not fragment or iris.is_key(fragment))


def test_a_question_is_keyed_by_its_official_uid(union: Graph) -> None:
    for question in union.subjects(RDF.type, QST.Question):
        uid = iris.split(str(question))
        assert uid is not None
        assert iris.parse_uid(uid[1]) is not None


def test_what_is_derived_stays_in_its_graphs_and_what_is_stated_out_of_derived(example: tuple[Quad, ...]) -> None:
    layer = {term: str(VOCABULARY.value(term, QST.layer)) for term in PROPERTY_TERMS}
    derived = URIRef(iris.graph("derived"))
    inferred = {quad.subject for quad in example if quad.value == QST.Lapsed and quad.graph == derived}
    assert inferred
    for subject, predicate, value, graph in example:
        if layer.get(URIRef(predicate)) == "derived" or value in DERIVED_TYPES:
            assert str(graph).startswith(DERIVED_GRAPHS), (predicate, value)
        if layer.get(URIRef(predicate)) == "curated":
            assert graph == URIRef(iris.graph("curated")), predicate
        if layer.get(URIRef(predicate)) == "stated" and not {subject, value} & inferred:
            assert graph != derived, predicate


@pytest.mark.parametrize("term", PROPERTY_TERMS, ids=name)
def test_the_example_keeps_to_the_domain_and_range_of_a_property(term: URIRef, union: Graph) -> None:
    domains = set(VOCABULARY.objects(term, SCHEMA.domainIncludes))
    ranges = set(VOCABULARY.objects(term, SCHEMA.rangeIncludes))
    for subject, value in union.subject_objects(term):
        assert types(union, subject) & domains, subject
        found = {_datatype(value)} if isinstance(value, Literal) else types(union, value) | types(VOCABULARY, value)
        assert found & ranges, value


def _datatype(value: Literal) -> Node:
    if value.language:
        return RDF.langString
    return value.datatype or URIRef(PREFIXES["xsd"] + "string")
