"""Measures against published and independently computed values."""

from __future__ import annotations

import numpy as np
import pytest

from graph.networks.measures import margins, paths, spectral, structure
from graph.networks.projection import project
from tests.graph.networks.measures.oracles import davis, karate


@pytest.mark.parametrize(("node", "count"), [("Evelyn Jefferson", 8), ("E8", 14)])
def test_davis_degree(node: str, count: int) -> None:
    assert margins.degree(davis()).values[node] == count


@pytest.mark.parametrize(("node", "value"), [("Evelyn Jefferson", 0.571429), ("E8", 0.777778)])
def test_davis_bipartite_degree(node: str, value: float) -> None:
    assert margins.degree(davis(), normalisation="bipartite").values[node] == pytest.approx(value, abs=5e-7)


def test_davis_projection_has_139_edges_and_evelyn_shares_seven_events_with_theresa() -> None:
    women = project(davis())
    assert women.number_of_edges() == 139
    assert women.edges["Evelyn Jefferson", "Theresa Anderson"]["weight"] == 7


@pytest.mark.parametrize(
    ("node", "value"), [("Evelyn Jefferson", 0.096585), ("Nora Fayette", 0.113461), ("E8", 0.243819)]
)
def test_davis_bipartite_betweenness(node: str, value: float) -> None:
    assert paths.betweenness(davis(), weight=None).values[node] == pytest.approx(value, abs=5e-7)


def test_davis_bipartite_closeness_of_evelyn() -> None:
    assert paths.closeness(davis(), weight=None, normalisation="bipartite").values["Evelyn Jefferson"] == pytest.approx(
        0.8
    )


@pytest.mark.parametrize(
    ("node", "value"), [("Theresa Anderson", 0.262028), ("Evelyn Jefferson", 0.236693), ("E8", 0.358243)]
)
def test_davis_eigenvector(node: str, value: float) -> None:
    assert spectral.eigenvector(davis()).values[node] == pytest.approx(value, abs=5e-7)


def test_davis_cores_are_two_three_and_four() -> None:
    assert set(structure.core(davis()).values.values()) == {2, 3, 4}


def test_davis_robins_alexander_clustering() -> None:
    assert structure.clustering(davis()).value == pytest.approx(0.467764, abs=5e-7)


def test_davis_nodf() -> None:
    assert structure.nodf(davis()).value == pytest.approx(48.5812, abs=5e-5)


def test_karate_betweenness_of_the_instructor() -> None:
    values = paths.betweenness(karate(), weight=None, normalisation="graph").values
    assert values["0"] == pytest.approx(0.437635, abs=5e-7)


@pytest.mark.parametrize(("weight", "value"), [(None, 0.097002), ("weight", 0.088508)])
def test_karate_pagerank_depends_on_the_weight(weight: str | None, value: float) -> None:
    published_with_tolerance = 1e-5  # those values stop at networkx' default tolerance, ours go on
    assert spectral.pagerank(karate(), weight=weight).values["0"] == pytest.approx(value, abs=published_with_tolerance)


def test_karate_pagerank_solves_its_equation() -> None:
    network = karate()
    nodes = sorted(network)
    links = np.array([[network.adj[a].get(b, {}).get("weight", 0) for b in nodes] for a in nodes], dtype=np.float64)
    walk = 0.85 * (links / links.sum(axis=0))
    restart = np.full(len(nodes), 0.15 / len(nodes))
    values = spectral.pagerank(network).values
    found = np.array([values[node] for node in nodes])
    assert np.abs(walk @ found + restart - found).max() < 1e-10


def test_karate_club_assortativity() -> None:
    assert structure.assortativity(karate(), attribute="club").value == pytest.approx(0.717531, abs=5e-7)
