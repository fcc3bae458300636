"""The table of alignments gives what the rules of RDFS give, asked of an engine over the same statements."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDFS

from ontology.entailment import entailed, supers
from ontology.vocabulary import vocabulary

DATA = Path(__file__).parents[1] / "data"
RULES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
CONSTRUCT { ?s ?q ?o . ?x a ?d } WHERE {
  { ?s ?p ?o . ?p rdfs:subPropertyOf+ ?q
    FILTER (?q != <http://schema.org/text>) FILTER NOT EXISTS { ?s ?q ?o } }
  UNION
  { ?x a ?c . ?c rdfs:subClassOf+ ?d FILTER NOT EXISTS { ?x a ?d } }
}
"""


def lines_of(store: ox.Store) -> list[str]:
    """Write a store as the mapping writes lines, without what is in no named graph or has a blank node."""
    named = (q for q in store if not isinstance(q.graph_name, ox.DefaultGraph))
    return [f"{q} .\n" for q in named if "_:" not in f"{q.subject} {q.object}"]


@pytest.mark.parametrize("name", ["example.trig", "example-v1.trig"])
def test_the_tables_entail_what_the_rules_entail(name: str) -> None:
    store = ox.Store()
    store.load(path=str(DATA / name), format=ox.RdfFormat.TRIG)
    inferred = entailed(lines_of(store)).inferred
    store.load(
        vocabulary().serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:v")
    )
    data = {str(q.subject) for q in store if str(q.graph_name) != "<urn:v>"}
    found = store.query(RULES, use_default_graph_as_union=True)
    assert isinstance(found, ox.QueryTriples)
    expected = {str(triple) for triple in found if str(triple.subject) in data}
    assert len(expected) > 50
    assert inferred == expected


def test_no_text_is_repeated() -> None:
    assert not any("<http://schema.org/text>" in above for above in supers().properties.values())


def test_the_vocabulary_states_nothing_that_needs_another_rule() -> None:
    for predicate in (
        RDFS.domain,
        RDFS.range,
        OWL.equivalentClass,
        OWL.equivalentProperty,
        OWL.inverseOf,
        OWL.propertyChainAxiom,
    ):
        assert (None, predicate, None) not in vocabulary()


def test_a_statement_that_is_there_is_not_inferred() -> None:
    type_, graph = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<urn:g> .\n"
    ns = "<https://w3id.org/questeur/ns#"
    lines = [f"<urn:q> {type_} {ns}{name}> {graph}" for name in ("WrittenQuestion", "Question")]
    assert entailed(lines).inferred == {
        f"<urn:q> {type_} <http://schema.org/Question>",
        f"<urn:q> {type_} <http://www.w3.org/ns/prov#Entity>",
    }
    assert f"<urn:q> {type_} {ns}Question>" in entailed(lines[:1]).inferred
