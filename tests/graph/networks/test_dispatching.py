"""The networkx backend, through networkx: real dispatch, by the entry point of the installed package."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from math import lcm
from typing import Any

import networkx as nx
import numpy as np
import pytest

from graph.networks import dispatching
from graph.networks.igraphs import Converted
from tests.graph.networks.measures.oracles import karate

NX: Any = nx  # its types know no backend
Values = Mapping[Any, float]
pytestmark = pytest.mark.filterwarnings("ignore:Note. conversions to backend graphs are saved")  # they are meant to be


def _ties(seed: int) -> tuple[Any, Any]:
    """Draw a graph with distances 1/w full of ties, and the same with whole distances L/w: floats and their oracle."""
    rng = np.random.default_rng(seed)
    floats: Any = NX.gnp_random_graph(int(rng.integers(3, 24)), 0.25, seed=seed, backend="networkx")
    whole = floats.copy()
    weights = {edge: int(rng.integers(1, 8)) for edge in floats.edges}
    scale = lcm(1, *weights.values())
    for (a, b), weight in weights.items():
        floats.edges[a, b]["distance"] = 1 / weight
        whole.edges[a, b]["distance"] = scale // weight
        floats.edges[a, b]["scaled"] = scale // weight
    return floats, whole


def test_dispatched_measures_agree_with_whole_distances_on_two_hundred_graphs_full_of_ties() -> None:
    for seed in range(200):
        floats, whole = _ties(seed)
        between = NX.betweenness_centrality(floats, weight="distance", backend="questeur")
        assert between == pytest.approx(
            NX.betweenness_centrality(whole, weight="distance", backend="networkx"), abs=1e-12
        )
        over = NX.edge_betweenness_centrality(floats, weight="distance", backend="questeur")
        exact = NX.edge_betweenness_centrality(whole, weight="distance", backend="networkx")
        assert _undirected(over) == pytest.approx(_undirected(exact), abs=1e-12)
        near = NX.closeness_centrality(floats, distance="scaled", backend="questeur")
        assert near == pytest.approx(NX.closeness_centrality(whole, distance="distance", backend="networkx"), abs=1e-12)
        assert NX.core_number(floats, backend="questeur") == NX.core_number(whole, backend="networkx")


def _undirected(values: Mapping[Any, float]) -> dict[frozenset[Hashable], float]:
    return {frozenset(edge): value for edge, value in values.items()}


def test_unweighted_and_raw_forms_are_those_of_networkx() -> None:
    club: Any = karate()
    forms: list[Callable[[str], Values]] = [
        lambda backend: NX.betweenness_centrality(club, backend=backend),
        lambda backend: NX.betweenness_centrality(club, normalized=False, backend=backend),
        lambda backend: NX.closeness_centrality(club, wf_improved=False, backend=backend),
        lambda backend: NX.edge_betweenness_centrality(club, normalized=False, backend=backend),
    ]
    for form in forms:
        assert form("questeur") == pytest.approx(form("networkx"), abs=1e-12)


def test_leiden_which_networkx_leaves_to_backends_is_filled_and_repeats() -> None:
    club: Any = karate()
    found = NX.community.leiden_communities(club, weight=None, seed=3, backend="questeur")
    assert NX.community.modularity(club, found, weight=None) > 0.41
    assert found == NX.community.leiden_communities(club.copy(), weight=None, seed=3, backend="questeur")


def test_the_graph_really_is_converted_once_and_kept_beside_its_own() -> None:
    club: Any = karate()
    NX.betweenness_centrality(club, backend="questeur")
    [kept] = club.__networkx_cache__["backends"]["questeur"].values()
    assert isinstance(kept, Converted)
    assert NX.betweenness_centrality(kept) == NX.betweenness_centrality(club.copy(), backend="questeur")
    club.add_edge(9, 10)
    assert "questeur" not in club.__networkx_cache__.get("backends", {})


def test_a_converted_graph_goes_back_with_its_weights() -> None:
    floats, _ = _ties(5)
    there = dispatching.convert_from_nx(floats, {"distance": 1})
    back = dispatching.convert_to_nx(there)
    assert NX.utils.graphs_equal(back, NX.Graph([(a, b, {"distance": d}) for a, b, d in floats.edges(data="distance")]))


REFUSED: dict[str, Callable[[Any], object]] = {
    "samples": lambda g: NX.betweenness_centrality(g, k=3, backend="questeur"),
    "endpoints": lambda g: NX.betweenness_centrality(g, endpoints=True, backend="questeur"),
    "one node, the first": lambda g: NX.closeness_centrality(g, u=0, backend="questeur"),
    "by place": lambda g: NX.betweenness_centrality(g, 3, backend="questeur"),
    "a direction": lambda g: NX.betweenness_centrality(g.to_directed(), backend="questeur"),
    "several edges": lambda g: NX.betweenness_centrality(NX.MultiGraph(g), backend="questeur"),
    "a loop": lambda g: NX.core_number(NX.Graph([*g.edges, (1, 1)]), backend="questeur"),
    "a distance of 0": lambda g: NX.betweenness_centrality(_with(g, 0), weight="d", backend="questeur"),
    "no number": lambda g: NX.betweenness_centrality(_with(g, "far"), weight="d", backend="questeur"),
    "130 bits": lambda g: NX.betweenness_centrality(_with(g, 2**130), weight="d", backend="questeur"),
    "dust": lambda g: NX.betweenness_centrality(_with(g, 1e-9), weight="d", backend="questeur"),
    "levels": lambda g: NX.community.leiden_communities(g, max_level=2, backend="questeur"),
}


def _with(graph: Any, distance: object) -> Any:  # noqa: ANN401 as above
    """Give one edge a distance; the others have 1."""
    changed = graph.copy()
    changed.edges[next(iter(graph.edges))]["d"] = distance
    return changed


@pytest.mark.parametrize("ask", REFUSED.values(), ids=REFUSED)
def test_what_would_not_be_exact_is_refused(ask: Callable[[Any], object]) -> None:
    with pytest.raises(NotImplementedError):
        ask(karate())


def test_a_small_graph_is_not_worth_the_way() -> None:
    assert dispatching.should_run("betweenness_centrality", (karate(),), {}) == "a small graph"
    assert dispatching.should_run("betweenness_centrality", (NX.path_graph(60),), {}) is True
