"""The bipartite configuration model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graph.networks.bicm import probabilities, shared_neighbours, tails, validated
from graph.networks.correction import adjust
from graph.networks.measures.measured import table
from tests.graph.networks.measures.oracles import davis

if TYPE_CHECKING:
    from numpy.typing import NDArray

joined = hnp.arrays(np.int64, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 1))


@settings(deadline=None)
@given(joined)
def test_expected_degrees_are_the_observed_ones(matrix: NDArray[np.int64]) -> None:
    model = probabilities(matrix)
    assert np.abs(model.sum(axis=1) - matrix.sum(axis=1)).max() < 1e-7
    assert np.abs(model.sum(axis=0) - matrix.sum(axis=0)).max() < 1e-7
    assert ((model >= 0) & (model <= 1)).all()


@pytest.mark.parametrize(
    ("matrix", "model"),
    [
        ([[1, 1], [1, 1]], [[1, 1], [1, 1]]),
        ([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
        ([[1, 1, 1], [1, 1, 0], [1, 0, 0]], [[1, 1, 1], [1, 1, 0], [1, 0, 0]]),
        ([[1, 1, 1], [1, 0, 0], [0, 1, 0]], [[1, 1, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]),
        (
            [[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]],
            [[1, 1, 0.5, 0.5], [1, 1, 0.5, 0.5], [0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]],
        ),
    ],
    ids=["full", "empty", "nested", "full row and a core", "two cores and no full row"],
)
def test_cells_that_the_degrees_leave_no_choice_are_set(matrix: list[list[int]], model: list[list[float]]) -> None:
    assert probabilities(np.array(matrix)) == pytest.approx(np.array(model), abs=1e-9)


def test_davis_margins_are_met_and_nothing_is_validated_at_five_percent() -> None:
    matrix = (table(davis(), weight=None).counts > 0).astype(np.int64)
    model = probabilities(matrix)
    assert np.abs(model.sum(axis=1) - matrix.sum(axis=1)).max() < 1e-8
    assert np.abs(model.sum(axis=0) - matrix.sum(axis=0)).max() < 1e-8
    assert validated(davis(), alpha=0.05).number_of_edges() == 0


def test_davis_smallest_p_is_that_of_olivia_and_flora() -> None:
    counts = table(davis(), weight=None)
    found = shared_neighbours((counts.counts > 0).astype(np.int64))
    least = int(np.argmin(found.p))
    assert {counts.rows[found.first[least]], counts.rows[found.second[least]]} == {"Olivia Carleton", "Flora Price"}
    assert found.p[least] == pytest.approx(0.08837, abs=5e-6)
    assert found.tests == 18 * 17 // 2


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 7)), elements=st.floats(0, 1)))
def test_the_tails_equal_the_full_convolution(chances: NDArray[np.float64]) -> None:
    most = chances.shape[1]
    found = tails(chances, most=most)
    for row, tail in zip(chances, found, strict=True):
        law = np.array([1.0])
        for p in row:
            law = np.convolve(law, [1 - p, p])
        assert tail == pytest.approx([law[c:].sum() for c in range(most + 1)], abs=1e-12)


def test_a_tail_of_many_small_chances_keeps_its_digits() -> None:
    assert tails(np.full((1, 20), 1e-6), most=20)[0, 20] == pytest.approx(1e-120, rel=1e-9)


def test_the_tails_equal_draws_from_the_model() -> None:
    rng = np.random.default_rng(0)
    chances = rng.random(12)
    drawn = (rng.random((40_000, 12)) < chances).sum(axis=1)
    tail = tails(chances[None, :], most=12)[0]
    assert [(drawn >= c).mean() for c in range(13)] == pytest.approx(tail, abs=0.01)


def _legislature(*, planted: int) -> NDArray[np.int64]:
    """Draw deputies x topics with unequal degrees; the first 40 also share ``planted`` of 25 hidden topics each."""
    rng = np.random.default_rng(5)
    deputies, topics = 300, 250
    activity = rng.lognormal(0, 0.6, deputies)[:, None] * rng.lognormal(0, 0.7, topics)[None, :]
    chance = 0.08 * activity
    matrix = (rng.random((deputies, topics)) < chance / (1 + chance)).astype(np.int64)
    hidden = rng.choice(topics, 25, replace=False)
    for deputy in range(40 if planted else 0):
        matrix[deputy, rng.choice(hidden, planted, replace=False)] = 1
    return matrix


def test_a_planted_group_is_found_and_nothing_outside_it() -> None:
    found = shared_neighbours(_legislature(planted=24))
    significant = adjust(found.p, tests=found.tests) <= 0.01
    inside = (found.first < 40) & (found.second < 40)
    assert (significant & inside).sum() > 200
    assert (significant & ~inside).sum() == 0


def test_a_network_without_groups_gives_no_pair() -> None:
    found = shared_neighbours(_legislature(planted=0))
    assert (adjust(found.p, tests=found.tests) <= 0.01).sum() == 0


@settings(deadline=None)
@given(joined)
def test_the_order_of_rows_changes_nothing(matrix: NDArray[np.int64]) -> None:
    found, turned = shared_neighbours(matrix), shared_neighbours(matrix[::-1].copy())
    last = len(matrix) - 1
    seen = {(int(i), int(j)): float(p) for i, j, p in zip(found.first, found.second, found.p, strict=True)}
    again = {
        (last - int(j), last - int(i)): float(p) for i, j, p in zip(turned.first, turned.second, turned.p, strict=True)
    }
    assert seen.keys() == again.keys()
    assert [again[pair] for pair in seen] == pytest.approx(list(seen.values()), rel=1e-6)
