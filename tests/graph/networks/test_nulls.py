"""The laws and the draws of chance."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from graph.networks.correction import adjust
from graph.networks.nulls import Side, compare, curveball, draws, halves, hypergeometric, permute

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES: tuple[Side, ...] = ("over", "under", "both")
tables = hnp.arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(0, 12))
joined = hnp.arrays(np.int64, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(0, 1))


@given(tables)
def test_the_hypergeometric_tails_equal_those_of_scipy(counts: NDArray[np.int64]) -> None:
    rows, columns, total = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    over, under, both = (hypergeometric(counts, side=side) for side in SIDES)
    for i, j in np.ndindex(*counts.shape):
        if rows[i] == 0 or columns[j] == 0:
            assert np.isnan([over[i, j], under[i, j], both[i, j]]).all()
            continue
        law = stats.hypergeom(total, rows[i], columns[j])
        assert over[i, j] == pytest.approx(law.sf(counts[i, j] - 1), rel=2e-9)
        assert under[i, j] == pytest.approx(law.cdf(counts[i, j]), rel=2e-9)
        assert both[i, j] == pytest.approx(min(1, 2 * min(over[i, j], under[i, j])))


def test_a_tiny_tail_keeps_its_digits() -> None:
    counts = np.array([[120, 30], [80, 45_000]])
    over = hypergeometric(counts, side="over")[0, 0]
    law = stats.hypergeom(counts.sum(), 150, 200)
    assert 0 < over < 1e-80
    assert np.log(over) == pytest.approx(float(law.logsf(119)), rel=1e-9)


def _legislature(
    rng: np.random.Generator, *, deputies: int = 250, portfolios: int = 45, questions: int = 15_000
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw askers and portfolios of questions with unequal margins and no link between them."""
    asks = rng.dirichlet(np.full(deputies, 0.5))
    asked = rng.dirichlet(np.full(portfolios, 0.7))
    return rng.choice(deputies, size=questions, p=asks), rng.choice(portfolios, size=questions, p=asked)


def _count(askers: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(askers * 45 + asked, minlength=250 * 45).reshape(250, 45).astype(np.int64)


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_questions_give_no_edge_at_one_percent(seed: int) -> None:
    askers, asked = _legislature(np.random.default_rng(seed))
    p = hypergeometric(_count(askers, permute(asked, seed=seed, trial=0)), side="both")
    assert (adjust(p) <= 0.01).sum() == 0


@pytest.mark.parametrize("run", [5])
def test_runs_of_like_questions_make_false_edges_until_each_run_counts_once(run: int) -> None:
    askers, asked = _legislature(np.random.default_rng(7), questions=3000)
    in_runs = adjust(hypergeometric(_count(np.repeat(askers, run), np.repeat(asked, run)), side="over"))
    by_cluster = adjust(hypergeometric(_count(askers, asked), side="over"))
    assert (in_runs <= 0.01).sum() > 50
    assert (by_cluster <= 0.01).sum() == 0


def test_randomised_p_values_of_shuffled_questions_are_uniform() -> None:
    rng = np.random.default_rng(11)
    askers, asked = _legislature(rng)
    counts = _count(askers, asked)
    over, under = hypergeometric(counts, side="over"), hypergeometric(counts, side="under")
    at = over + under - 1  # P(X = w)
    known = ~np.isnan(over)
    randomised = (over - rng.random(over.shape) * at)[known]
    thinned = rng.choice(randomised, size=400, replace=False)
    assert stats.kstest(thinned, "uniform").pvalue > 0.001


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=40), st.integers(0, 9))
def test_a_permutation_keeps_the_values_of_each_stratum(pairs: list[tuple[int, int]], trial: int) -> None:
    codes, strata = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    dealt = permute(codes, strata=strata, seed=1, trial=trial)
    for stratum in set(strata.tolist()):
        inside = strata == stratum
        assert sorted(dealt[inside].tolist()) == sorted(codes[inside].tolist())


def test_every_permutation_is_equally_likely() -> None:
    seen: dict[tuple[int, ...], int] = {}
    for trial in range(2400):
        dealt = tuple(permute(np.array([0, 1, 2, 3]), seed=0, trial=trial).tolist())
        seen[dealt] = seen.get(dealt, 0) + 1
    assert len(seen) == 24
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


@given(joined, st.integers(0, 5))
def test_curveball_keeps_all_degrees(matrix: NDArray[np.int64], trial: int) -> None:
    drawn = curveball(matrix, seed=3, trial=trial)
    assert set(np.unique(drawn).tolist()) <= {0, 1}
    assert (drawn.sum(axis=0) == matrix.sum(axis=0)).all()
    assert (drawn.sum(axis=1) == matrix.sum(axis=1)).all()


def test_curveball_hits_the_ninety_matrices_alike() -> None:
    pairs: list[tuple[int, ...]] = list(combinations(range(4), 2))
    every = {rows: 0 for rows in product(pairs, repeat=4) if all(sum(c in row for row in rows) == 2 for c in range(4))}
    assert len(every) == 90
    matrix = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 1, 1]])
    for trial in range(9000):
        drawn = curveball(matrix, seed=0, trial=trial)
        every[tuple(tuple(np.flatnonzero(row).tolist()) for row in drawn)] += 1
    assert stats.chisquare(list(every.values())).pvalue > 0.001


@given(tables, st.integers(0, 5))
def test_halves_of_two_slices_make_the_pool_again(first: NDArray[np.int64], trial: int) -> None:
    second = first[::-1].copy()
    one, two = halves(first, second, seed=2, trial=trial)
    assert (one + two == first + second).all()
    assert one.sum() == first.sum()
    assert (one >= 0).all()
    assert (two >= 0).all()


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(0, 10_000))
def test_a_trial_is_the_same_draw_wherever_it_runs(seed: int, trial: int) -> None:
    assert draws(seed, trial).integers(2**60) == draws(seed, trial).integers(2**60)


@pytest.mark.parametrize(("side", "p"), [("over", 3 / 5), ("under", 4 / 5), ("both", 1.0)])
def test_a_comparison_counts_the_observed_value_among_the_draws(side: Side, p: float) -> None:
    result = compare(2.0, float, trials=4, seed=0, side=side)
    assert result.p == pytest.approx(p)
    assert result.mean == 1.5
    assert result.z == pytest.approx(0.5 / np.std([0, 1, 2, 3], ddof=1))


def test_draws_that_never_vary_have_no_z() -> None:
    assert np.isnan(compare(2.0, lambda _: 1.0, trials=3, seed=0).z)
