"""The benchmark of networks: what it draws and plants; not how fast anything is."""

from __future__ import annotations

import numpy as np

from benchmarks.networks.drawn import columns_of, edited, texts
from benchmarks.networks.planting import planted
from graph.networks.kinds import network


def test_drawn_columns_make_networks_whose_questions_add_up() -> None:
    columns = columns_of(2000, 1)
    found = network(columns, "deputy-ministry")
    assert sum(data["units"] for *_, data in found.edges) == found.meta["n_questions"] == 2000
    again = columns_of(2000, 1)
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(columns.arrays(), again.arrays(), strict=True))


def test_copies_are_planted_at_the_end_and_some_words_of_them_changed() -> None:
    drawn = list(texts(40, 1, copies=8))
    assert len(drawn) == 40
    assert drawn[0] == drawn[32]  # the first of four is not edited
    assert drawn[1] != drawn[33]
    rng = np.random.default_rng(0)
    changed = edited(rng, list(range(10_000)), 0.3)
    kept = np.isin(np.arange(10_000), changed).mean()
    assert 0.78 < kept < 0.82  # a third of what is edited is an insertion, which keeps the word


def test_what_is_planted_is_found() -> None:
    found = planted(400, 1, 40)
    assert found["recall"] >= 0.99
    assert found["precision"] == 1.0
    assert found["true pairs"] >= 30
