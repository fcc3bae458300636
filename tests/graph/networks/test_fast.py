"""The optional engine agrees with the exact core."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from graph.networks import fast
from graph.networks.catalogue import measure_of
from graph.networks.communities import modularity, partition
from graph.networks.measures import paths
from graph.networks.measures.measured import bipartite
from ontology.errors import MissingEngineError, QueryError
from tests.graph.networks.measures.oracles import karate


def _random(seed: int) -> list[tuple[str, str, int]]:
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(2, 14)), int(rng.integers(2, 9))
    drawn = rng.integers(1, 8, (rows, columns)) * (rng.random((rows, columns)) < 0.4)
    return [(f"d{i}", f"m{j}", int(w)) for (i, j), w in np.ndenumerate(drawn) if w]


def test_both_engines_agree_on_two_hundred_random_networks() -> None:
    for seed in range(200):
        network = bipartite(_random(seed))
        if network.number_of_edges() == 0:
            continue
        try:
            exact = paths.betweenness(network, normalisation="none")
        except QueryError:
            continue
        assert fast.betweenness(network, normalisation="none").values == pytest.approx(exact.values, abs=1e-12)
        assert fast.closeness(network).values == pytest.approx(paths.closeness(network).values, abs=1e-12)


def test_an_option_that_the_engine_lacks_is_left_to_the_exact_core() -> None:
    network = bipartite(_random(3))
    found = measure_of(network, "closeness", normalisation="bipartite")
    assert found.values == paths.closeness(network, normalisation="bipartite").values
    assert (found.engine, measure_of(network, "closeness").engine) == ("networkx", "igraph")


def test_leiden_reaches_the_best_modularity_of_the_karate_club_and_repeats() -> None:
    club = karate()
    found = [partition(club, algorithm="leiden", weight=None, seed=seed) for seed in range(10)]
    assert max(modularity(club, members, weight=None) for members in found) == pytest.approx(0.419790, abs=5e-7)
    assert partition(club, algorithm="leiden", weight=None, seed=3) == found[3]


def test_without_the_engine_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "igraph", None)
    with pytest.raises(MissingEngineError) as caught:
        partition(bipartite([("A", "M", 1)]), algorithm="leiden")
    assert caught.value.status == 501
    assert "questeur[fast]" in caught.value.hint
