"""Transfers and repeated texts as linked data: the statements say what the networks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from graph.columns.keeping import columns_of
from graph.networks.copies import copies, report
from graph.networks.copies import network as repeated
from graph.networks.directed import directed_run
from graph.networks.origin import Origin
from graph.networks.parameters import Parameters
from graph.networks.stating import number
from graph.networks.transfers import transfers
from ontology.terms import QST

if TYPE_CHECKING:
    import networkx as nx

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.networks.copies import As
    from graph.networks.stating import Run
    from tests.graph.networks.conftest import StoreOf

ORIGIN = Origin(generation=None, facts="facts")
MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{0}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/{1}> ; qst:tabledOn "2018-07-1{0}"^^xsd:date ;
  qst:questionText "{2}"@fr ; qst:status qst:statusOpen .
"""
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


def _read(run: Run) -> Graph:
    return Graph().parse(data=run.turtle().decode(), format="turtle")


def _edges(found: Graph) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (str(found.value(edge, QST.fromNode)), str(found.value(edge, QST.toNode))): {
            str(name).rpartition("#")[2]: str(value) for name, value in found.predicate_objects(edge)
        }
        for edge in found.subjects(RDF.type, QST.NetworkEdge)
    }


def _repeated(store_of: StoreOf, kind: As, *words: str) -> nx.DiGraph[str]:
    turtle = HEAD + "".join(QUESTION.format(at + 1, f"PA{at % 2}", text) for at, text in enumerate(words))
    store = store_of(turtle)
    columns = columns_of(store)
    return repeated(columns, report(columns, Parameters(), copies(store, columns, Parameters()), trials=9), kind=kind)


def test_the_statements_of_transfers_say_what_the_network_says(embedded: OxigraphStore) -> None:
    network = transfers(columns_of(embedded), Parameters(type="all"))
    run = directed_run(network, ORIGIN)
    found = _read(run)
    told = _edges(found)
    assert told.keys() == set(network.edges) != set()
    for a, b, data in network.edges(data=True):
        assert told[a, b]["weight"] == told[a, b]["units"] == str(data["weight"])
        for name, term in (("expected", "expected"), ("p", "pValue"), ("q", "qValue")):
            assert told[a, b][term] == str(Literal(float(number(data[name]))))
        assert "firstAsked" not in told[a, b]  # the days of a transfer are those of no question's tabling
    about = URIRef(run.iri)
    assert str(found.value(about, QST.nullModel)) == "quasi-independence"
    assert found.value(about, QST.countsBy) == QST.attributedTo
    assert str(found.value(about, QST.tests)) == str(network.graph["null"]["tests"])


@pytest.mark.parametrize("kind", ["question", "deputy"])
def test_an_edge_leads_from_the_words_to_those_who_repeat_them(store_of: StoreOf, kind: As) -> None:
    network = _repeated(store_of, kind, MIEL, MIEL + " ou presque", "la pêche est interdite dans ce lac", MIEL)
    run = directed_run(network, ORIGIN)
    told = _edges(_read(run))
    assert told.keys() == set(network.edges) != set()
    for a, b, data in network.edges(data=True):
        assert float(told[a, b]["weight"]) == pytest.approx(data["weight"], rel=1e-5)
        assert told[a, b]["units"] == ("1" if kind == "question" else str(data["weight"]))
    assert run.parameters == ({} if kind == "question" else {"as": "deputy"})
    assert "nullModel" not in run.turtle().decode()


def test_a_run_of_repeated_texts_is_named_by_what_was_found_in_them(store_of: StoreOf) -> None:
    network = _repeated(store_of, "question", MIEL, MIEL + " ou presque")
    one, again = directed_run(network, ORIGIN), directed_run(network.copy(), ORIGIN)
    assert one == again
    other = network.copy()
    for *_, data in other.edges(data=True):
        data["weight"] = 0.75
    assert directed_run(other, ORIGIN).key != one.key


def test_what_nodes_measure_is_stated_with_ranks_that_equals_share(embedded: OxigraphStore) -> None:
    network = transfers(columns_of(embedded), Parameters(type="all"))
    found = _read(directed_run(network, ORIGIN))
    ends = {node for edge in network.edges for node in edge}
    for name, own in (("degree", network.degree()), ("strength", network.degree(weight="weight"))):
        expected = {node: float(value) for node, value in own if node in ends}
        stated = list(found.subjects(QST.measure, QST[name]))
        values = {str(found.value(one, QST.node)): float(str(found.value(one, QST.value))) for one in stated}
        assert values == expected != {}
        ranks = {str(found.value(one, QST.node)): int(str(found.value(one, QST["rank"]))) for one in stated}
        assert ranks == {
            node: 1 + sum(other > value for other in expected.values()) for node, value in expected.items()
        }


def test_a_network_without_edges_states_none(store_of: StoreOf) -> None:
    run = directed_run(_repeated(store_of, "question", MIEL, "la pêche est interdite dans ce lac"), ORIGIN)
    assert run.edges == 0
    assert not _edges(_read(run))


def test_who_repeats_their_own_words_has_one_edge_more(store_of: StoreOf) -> None:
    network = _repeated(store_of, "deputy", MIEL, MIEL + " ou presque", MIEL + " ou bien presque")
    found = _read(directed_run(network, ORIGIN))
    ends = [{str(a), str(b)} for a, b in network.edges]
    assert {len(pair) for pair in ends} == {1, 2}
    for measurement in found.subjects(QST.measure, QST.degree):
        node = str(found.value(measurement, QST.node))
        assert float(str(found.value(measurement, QST.value))) == sum(node in pair for pair in ends)
