"""Edges that are more, or less, than the margins explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings

from graph.networks.backbone import backbone, judged
from graph.networks.correction import adjust
from graph.networks.measures import margins
from graph.networks.measures.measured import bipartite, table
from graph.networks.nulls import hypergeometric
from tests.graph.networks.measures.networks import networks

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray


def _legislature(*, signal: bool) -> nx.Graph[str]:
    """120 deputies and 20 portfolios without link; with a signal, the first 30 ask the first portfolio for more."""
    rng = np.random.default_rng(8)
    mean: NDArray[np.float64] = np.outer(rng.lognormal(0, 0.8, 120), rng.lognormal(0, 0.8, 20)) * 2
    if signal:
        mean[:30, 0] += 25
    return bipartite((f"d{i:03}", f"m{j:02}", int(n)) for (i, j), n in np.ndenumerate(rng.poisson(mean)) if n)


def test_the_planted_edges_are_found_and_hardly_another() -> None:
    found = backbone(_legislature(signal=True))
    planted = {("m00", f"d{i:03}") for i in range(30)}
    edges = {(max(edge), min(edge)) for edge in found.edges}
    assert len(edges & planted) >= 20
    assert len(edges - planted) <= 1
    assert set(found) == {node for edge in found.edges for node in edge}


def test_without_signal_the_backbone_is_empty() -> None:
    assert backbone(_legislature(signal=False)).number_of_edges() == 0


def test_the_family_is_every_pair_with_margins_joined_or_not() -> None:
    network = _legislature(signal=False)
    null = judged(network).graph["null"]
    rows, columns, _ = table(network).margins
    assert null["tests"] == len(rows) * len(columns) > network.number_of_edges()
    assert null["model"] == "hypergeometric"
    assert (null["side"], null["alpha"], null["correction"]) == ("both", 0.01, "bh")


@settings(max_examples=40, deadline=None)
@given(networks)
def test_each_edge_carries_what_the_measures_give(network: nx.Graph[str]) -> None:
    found = judged(network)
    counts = table(network)
    p = counts.edges(hypergeometric(counts.counts))
    q = counts.edges(adjust(hypergeometric(counts.counts)))
    lift, z = margins.lift(network).values, margins.z(network).values
    for a, b, data in found.edges(data=True):
        key = (min(a, b), max(a, b))
        assert (data["p"], data["q"]) == (p[key], q[key])
        assert data["lift"] == lift[key]
        assert data["lift_low"] <= data["lift"] <= data["lift_high"]
        assert data["z"] == pytest.approx(z[key], nan_ok=True)
        assert data["lift"] == pytest.approx(data["weight"] / data["expected"])
        assert data["side"] == ("over" if data["weight"] > data["expected"] else "under")
        assert data["significant"] == (data["q"] <= 0.01)


def test_judging_leaves_the_network_alone() -> None:
    network = bipartite([("A", "M", 2), ("B", "N", 1)])
    judged(network)
    assert network.edges["A", "M"] == {"weight": 2}
    assert not network.graph


def test_the_unit_is_tested_and_the_weight_stays() -> None:
    network = _legislature(signal=True)
    for _, _, data in network.edges(data=True):
        data["units"] = 1
    found = judged(network, unit="units")
    assert found.graph["null"]["unit"] == "units"
    assert not any(data["significant"] for _, _, data in found.edges(data=True))
    assert max(data["weight"] for _, _, data in found.edges(data=True)) > 20
