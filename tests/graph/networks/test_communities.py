"""Communities, their stability and their chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks.communities import barber, find, modularity, mutual_information, partition, rand_index
from graph.networks.measures.measured import bipartite
from ontology.errors import QueryError
from tests.graph.networks.measures.oracles import davis, karate

if TYPE_CHECKING:
    import networkx as nx


@pytest.mark.parametrize(
    ("edges", "trials", "why"),
    [([], 9, "no edge"), ([("A", "M", 1)], 0, "trials cannot be 0")],
    ids=["no edge", "no trial"],
)
def test_what_has_no_communities_or_no_chance_beside_them_is_refused(
    edges: list[tuple[str, str, int]], trials: int, why: str
) -> None:
    with pytest.raises(QueryError, match=why):
        find(bipartite(edges), trials=trials)


def _planted() -> nx.Graph[str]:
    """Three groups of deputies, each asking its own three ministries, and now and then another."""
    rng = np.random.default_rng(2)
    edges: list[tuple[str, str, int]] = []
    for deputy in range(30):
        for ministry in range(9):
            mean = 4.0 if deputy % 3 == ministry % 3 else 0.6
            count = int(rng.poisson(mean))
            if count:
                edges.append((f"d{deputy:02}", f"m{ministry}", count))
    network = bipartite(edges)
    for node in network:
        if node.startswith("d"):
            network.nodes[node]["group"] = f"g{int(node[1:]) % 3}"
    return network


def test_karate_best_modularity() -> None:
    club = karate()
    values = [modularity(club, partition(club, weight=None, seed=seed), weight=None) for seed in range(10)]
    assert max(values) == pytest.approx(0.419790, abs=5e-7)


def test_davis_best_barber_modularity_of_two_hundred_partitions() -> None:
    women = davis()
    found = [barber(women, partition(women, weight=None, seed=seed), weight=None) for seed in range(200)]
    assert max(found) == pytest.approx(0.34554, abs=5e-6)


def test_planted_groups_are_found_stable_and_beyond_chance() -> None:
    found = find(_planted(), trials=19, attribute="group")
    assert [len(members) for members in found.members] == [13, 13, 13]
    assert found.stable
    assert found.null.p == pytest.approx(1 / 20)
    assert found.null.z > 10
    assert found.by_attribute is not None
    assert found.by_attribute.observed == pytest.approx(1.0)
    assert found.by_attribute.p == pytest.approx(1 / 20)


def test_a_network_without_groups_has_communities_but_no_z() -> None:
    rng = np.random.default_rng(4)
    network = bipartite(
        (f"d{i:02}", f"m{j}", int(count)) for (i, j), count in np.ndenumerate(rng.poisson(1.0, (30, 9))) if count
    )
    found = find(network, trials=19)
    assert found.quality > 0.1
    assert abs(found.null.z) < 3
    assert found.ari < 0.9


def test_communities_are_ordered_by_size_then_by_smallest_iri() -> None:
    network = bipartite([("d", "z", 5), ("b", "x", 5), ("a", "y", 5), ("c", "y", 5)])
    assert partition(network) == (("a", "c", "y"), ("b", "x"), ("d", "z"))


def test_the_order_of_nodes_changes_nothing() -> None:
    network = _planted()
    turned = bipartite([(a, b, data["weight"]) for a, b, data in reversed(list(network.edges(data=True)))])
    assert [partition(turned, seed=s) for s in range(3)] == [partition(network, seed=s) for s in range(3)]


labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=20)


@given(labels)
def test_agreement_is_symmetric_and_blind_to_names(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    for measure in (mutual_information, rand_index):
        assert measure(a, b) == pytest.approx(measure(b, a))
        assert measure(a, 7 - b) == pytest.approx(measure(a, b))
        assert measure(a, a) == pytest.approx(1.0)
        assert measure(a, b) <= 1 + 1e-12


def test_agreement_equals_a_worked_example() -> None:
    a, b = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    assert rand_index(a, b) == pytest.approx(0.24242424)
    assert mutual_information(a, b) == pytest.approx(0.51580374)
