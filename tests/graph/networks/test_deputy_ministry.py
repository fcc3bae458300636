"""Counting the questions of deputies to ministries."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontology.errors import QueryError
from ontology.iris import NS, thing
from tests.graph.networks.counted import deputy_ministry

if TYPE_CHECKING:
    from collections.abc import Callable

    import networkx as nx

    from graph.networks.parameters import QuestionType, Target
    from graph.store import Store

    StoreOf = Callable[[str], Store]

HAURY = thing("person", "PA720054")
ECONOMIE = thing("ministry", "PO729982")


def _weights(network: nx.Graph[str]) -> dict[tuple[str, str], int]:
    """Give the weight of each edge under its sorted ends."""
    return {(min(a, b), max(a, b)): data["weight"] for a, b, data in network.edges(data=True)}


def _matching(store: Store, type_: str, filters: str = "") -> int:
    """Count the questions that match, without any grouping."""
    rows = store.rows(
        f"PREFIX qst: <{NS}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
        f"SELECT (COUNT(DISTINCT ?question) AS ?n) {{ ?question a qst:{type_} . {filters} }}"
    )
    return int(str(rows.rows[0][0]))


def test_question_10719_is_one_edge_from_haury_to_the_economy(store: Store) -> None:
    network = deputy_ministry(store, since=date(2018, 7, 17), until=date(2018, 7, 18))
    assert list(network.nodes) == [ECONOMIE, HAURY]
    assert network.edges[HAURY, ECONOMIE] == {
        "weight": 1,
        "units": 1,
        "answered": 1,
        "share": 1.0,
        "first": "2018-07-17",
        "last": "2018-07-17",
        "questions": "/questions?deputy=PA720054&ministry=PO729982&from=2018-07-17&target=asked&to=2018-07-18&type=QE",
    }
    look = {name: network.nodes[HAURY].pop(name) for name in ("x", "y", "color", "size")}
    assert look.keys() == {"x", "y", "color", "size"}
    assert network.nodes[HAURY] == {
        "key": "PA720054",
        "type": "Person",
        "label": "Yannick Haury",
        "stub": False,
        "bipartite": 0,
        "n": 1,
        "degree": 1,
        "strength": 1,
        "share": 1.0,
        "group": "PO730964",
        "constituency": "2010-44-09",
        "departement": "44",
    }


def test_the_last_day_of_a_range_is_outside_it(store: Store) -> None:
    network = deputy_ministry(store, since=date(2018, 7, 16), until=date(2018, 7, 17))
    assert len(network) == 0
    assert network.graph["n_questions"] == 0


def test_the_ministry_asked_is_not_the_ministry_in_charge(store: Store) -> None:
    asked, charged = deputy_ministry(store), deputy_ministry(store, target="attributed")
    interior, health = thing("ministry", "PO759777"), thing("ministry", "PO729979")
    asker = thing("person", "PA999001")
    assert interior not in asked
    assert asked.edges[asker, health]["weight"] == 3
    assert charged.edges[asker, health]["weight"] == 1
    assert charged.edges[asker, interior]["weight"] == 1


def test_the_group_is_that_of_the_day_not_the_one_printed(store: Store) -> None:
    on_the_day, printed = deputy_ministry(store, group="PO656006"), deputy_ministry(store, group="PO707869")
    assert on_the_day.graph["n_questions"] == 1
    assert printed.graph["n_questions"] == 0


def test_a_ministry_known_only_by_mention_says_so_in_its_label(store: Store) -> None:
    network = deputy_ministry(store, legislature=17)
    stub = network.nodes[thing("ministry", "PO847643")]
    assert stub["label"] == "Intérieur (connu par mention seulement)"
    assert stub["stub"] is True
    assert sum(data["stub"] for _, data in network.nodes(data=True)) == 1


@pytest.mark.parametrize(
    ("type_", "class_"),
    [("QE", "WrittenQuestion"), ("QG", "GovernmentQuestion"), ("QOSD", "OralQuestion"), ("all", "Question")],
)
@pytest.mark.parametrize("target", ["asked", "attributed"])
def test_counted_and_excluded_make_all_that_match(
    store: Store, type_: QuestionType, class_: str, target: Target
) -> None:
    meta = deputy_ministry(store, type=type_, target=target).graph
    assert meta["n_questions"] + sum(meta["excluded"].values()) == _matching(store, class_) > 0


def test_a_question_without_a_place_is_excluded_by_reason(store_of: StoreOf) -> None:
    store = store_of(
        f"""@prefix qst: <{NS}> . @prefix q: <https://w3id.org/questeur/id/question/> .
        @prefix person: <https://w3id.org/questeur/id/person/> .
        @prefix ministry: <https://w3id.org/questeur/id/ministry/> .
        q:A a qst:WrittenQuestion ; qst:author person:P1 ; qst:addressedTo ministry:M1 .
        q:B a qst:WrittenQuestion ; qst:author person:P1 .
        q:C a qst:WrittenQuestion ; qst:addressedTo ministry:M1 .
        q:D a qst:WrittenQuestion ."""
    )
    network = deputy_ministry(store)
    assert network.graph["n_questions"] == 1
    assert network.graph["excluded"] == {"no_deputy": 2, "no_ministry": 1}
    assert [data for _, _, data in network.edges(data=True)] == [
        {
            "weight": 1,
            "units": 1,
            "answered": 0,
            "share": 1.0,
            "questions": "/questions?deputy=P1&ministry=M1&target=asked&type=QE",
        }
    ]
    assert network.nodes[thing("person", "P1")]["label"] == "P1"


def test_several_labels_of_a_node_do_not_change_its_counts(store_of: StoreOf) -> None:
    store = store_of(
        f"""@prefix qst: <{NS}> . @prefix q: <https://w3id.org/questeur/id/question/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix person: <https://w3id.org/questeur/id/person/> .
        @prefix ministry: <https://w3id.org/questeur/id/ministry/> .
        q:A a qst:WrittenQuestion ; qst:author person:P1 ; qst:addressedTo ministry:M1 .
        person:P1 rdfs:label "B", "A"@fr, "0"@en . ministry:M1 rdfs:label "C", "D" ."""
    )
    network = deputy_ministry(store)
    assert network.graph["n_questions"] == 1
    assert [data["label"] for _, data in network.nodes(data=True)] == ["C", "A"]


def test_a_question_with_two_days_is_counted_once_on_the_first(store_of: StoreOf) -> None:
    store = store_of(
        f"""@prefix qst: <{NS}> . @prefix q: <https://w3id.org/questeur/id/question/> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        @prefix person: <https://w3id.org/questeur/id/person/> .
        @prefix ministry: <https://w3id.org/questeur/id/ministry/> .
        q:A a qst:WrittenQuestion ; qst:author person:P1 ; qst:addressedTo ministry:M1 ;
            qst:tabledOn "2018-07-17"^^xsd:date , "2018-07-24"^^xsd:date ."""
    )
    network = deputy_ministry(store)
    assert network.graph["n_questions"] == 1
    [(_, _, edge)] = network.edges(data=True)
    assert (edge["weight"], edge["first"], edge["last"]) == (1, "2018-07-17", "2018-07-17")


def test_nodes_and_edges_come_in_the_order_of_their_iris(store: Store) -> None:
    network = deputy_ministry(store, type="all")
    edges = [tuple(sorted(edge)) for edge in network.edges]
    assert list(network.nodes) == sorted(network.nodes)
    assert edges == sorted(edges)


def test_every_edge_joins_a_deputy_and_a_ministry(store: Store) -> None:
    network = deputy_ministry(store, type="all")
    sides = {node: data["bipartite"] for node, data in network.nodes(data=True)}
    assert all(sides[a] + sides[b] == 1 for a, b in network.edges)
    assert {data["type"]: data["bipartite"] for _, data in network.nodes(data=True)} == {"Person": 0, "Ministry": 1}


def test_the_meta_say_what_was_counted(store: Store) -> None:
    meta = deputy_ministry(store, legislature=15, type="QE", target="asked", since=date(2018, 1, 1)).graph
    assert meta["kind"] == "deputy-ministry"
    assert meta["parameters"] == {"from": "2018-01-01", "legislature": 15, "null": "none"}
    assert meta["generation"] == store.generation()
    assert meta["licence"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
    assert {"strength", "degree"} <= meta["definitions"].keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"group": "PO1> } UNION { ?s ?p ?o"},
        {"group": ""},
        {"legislature": 0},
        {"legislature": -1},
        {"target": "both"},
        {"type": "qe"},
        {"since": date(2018, 1, 2), "until": date(2018, 1, 2)},
    ],
    ids=str,
)
def test_a_value_that_cannot_be_asked_is_refused_before_the_store(store: Store, wrong: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="cannot be") as caught:
        deputy_ministry(store, **wrong)
    assert caught.value.hint


days = st.dates(min_value=date(2013, 12, 1), max_value=date(2025, 1, 1))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(days, max_size=3))
def test_slices_that_cover_the_range_add_up_to_the_whole(store: Store, cuts: set[date]) -> None:
    edges = [date(2013, 1, 1), *sorted(cuts), date(2025, 1, 1) + timedelta(days=1)]
    total: dict[tuple[str, str], int] = {}
    for since, until in pairwise(edges):
        for pair, weight in _weights(deputy_ministry(store, since=since, until=until)).items():
            total[pair] = total.get(pair, 0) + weight
    assert total == _weights(deputy_ministry(store))
