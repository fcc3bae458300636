"""What chance alone would give: the hypergeometric law, permutations within strata, curveball draws.

Knows counts and seeds; knows no network and no store. Trial i of a seed is always the same draw, on any number of
workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Side: TypeAlias = Literal["over", "under", "both"]

_MATTERS = 1e-17


def hypergeometric(counts: NDArray[np.int64], *, side: Side = "both") -> NDArray[np.float64]:
    """Test each cell of a table against the counts that its margins make likely; NaN where a margin is 0.

    Formula: P(X >= w) or P(X <= w), X hypergeometric with population S, s_i marked, s_j drawn; ``both`` is twice the
    smaller, at most 1. First term from log factorials, then the ratio of neighbouring terms up the tail; the far tail
    is never 1 - cdf, so that tiny p-values keep their digits. Reference: Tumminello et al. 2011, PLoS ONE 6.

    >>> hypergeometric(np.array([[2, 0], [0, 1]]), side="over").round(3).tolist()
    [[0.333, 1.0], [1.0, 0.333]]
    """
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    i, j = np.nonzero(np.outer(rows > 0, columns > 0))
    law = _Law(marked=rows[i], drawn=columns[j], total=int(counts.sum()))
    w = counts[i, j]
    values = np.full(counts.shape, np.nan)
    if side == "over":
        values[i, j] = law.over(w)
    elif side == "under":
        values[i, j] = law.under(w)
    else:
        values[i, j] = np.minimum(1.0, 2 * law.smaller(w))
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    """One hypergeometric law per pair of margins."""

    marked: NDArray[np.int64]
    drawn: NDArray[np.int64]
    total: int

    def over(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give P(X >= w): the upper tail itself above the mean, what the lower one leaves below it."""
        above = w * self.total > self.marked * self.drawn
        return np.where(above, self._tail(w, above, step=1), 1 - self._tail(w - 1, ~above, step=-1))

    def under(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give P(X <= w)."""
        below = w * self.total < self.marked * self.drawn
        return np.where(below, self._tail(w, below, step=-1), 1 - self._tail(w + 1, ~below, step=1))

    def smaller(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the smaller of both: the tail on the side of the mean where w is, else what it leaves, w itself with it.

        The other tail is the smaller only where both are near one half, so that a difference loses no digit.
        """
        above = w * self.total > self.marked * self.drawn
        tail = self._tail(w, above, step=1) + self._tail(w, ~above, step=-1)
        every = np.arange(len(w))
        return np.minimum(tail, 1 - tail + np.exp(self._log_terms(every, w)))

    def _tail(
        self, start: NDArray[np.int64], wanted: NDArray[np.bool_], *, step: Literal[1, -1]
    ) -> NDArray[np.float64]:
        """Sum the terms from a start outwards, until they stop mattering; 0 where not wanted or impossible."""
        sums = np.zeros(len(start))
        lowest = np.maximum(0, self.marked + self.drawn - self.total)
        possible = wanted & (start >= lowest) & (start <= np.minimum(self.marked, self.drawn))
        at = np.flatnonzero(possible)
        k = start[at].astype(np.float64)
        m, n = self.marked[at].astype(np.float64), self.drawn[at].astype(np.float64)
        rest = self.total - m - n
        first = np.exp(self._log_terms(at, start[at]))
        term, total = np.ones(len(at)), np.ones(len(at))
        going = np.arange(len(at))
        while going.size:
            a, b, c, r = k[going], m[going], n[going], rest[going]
            ratio = (
                (b - a) * (c - a) / ((a + 1) * (r + a + 1)) if step == 1 else a * (r + a) / ((b - a + 1) * (c - a + 1))
            )
            term[going] *= ratio
            total[going] += term[going]
            k[going] += step
            going = going[term[going] > _MATTERS * total[going]]
        sums[at] = first * total
        return sums

    def _log_terms(self, at: NDArray[np.intp], k: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give ln P(X = k)."""
        table: NDArray[np.float64] = np.asarray(special.gammaln(np.arange(self.total + 1) + 1.0), dtype=np.float64)
        m, n, size = self.marked[at], self.drawn[at], self.total
        whole = table[m] + table[size - m] + table[n] + table[size - n] - table[size]
        return np.asarray(whole - table[k] - table[m - k] - table[n - k] - table[size - m - n + k], dtype=np.float64)


def draws(seed: int, trial: int) -> np.random.Generator:
    """Give the random numbers of one trial, which depend on the seed and its number alone.

    >>> bool(draws(0, 3).random() == draws(0, 3).random() != draws(0, 4).random())
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(trial,)))


def permute(
    codes: NDArray[np.int64], *, strata: NDArray[np.int64] | None = None, seed: int, trial: int
) -> NDArray[np.int64]:
    """Deal the values of a column out anew, within each stratum: "no link, given the strata".

    Reference: Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses.

    >>> permute(np.array([1, 2, 9]), strata=np.array([0, 0, 1]), seed=0, trial=0).tolist()[2]
    9
    """
    key = draws(seed, trial).random(len(codes))
    if strata is None:
        return codes[np.argsort(key, kind="stable")]
    dealt = np.empty_like(codes)
    dealt[np.argsort(strata, kind="stable")] = codes[np.lexsort((key, strata))]
    return dealt


@dataclass(frozen=True, slots=True, kw_only=True)
class Permuted:
    """A statistic beside the same statistic of random draws."""

    observed: float
    mean: float
    deviation: float
    p: float
    trials: int
    seed: int

    @property
    def z(self) -> float:
        """Give the departure from the mean of the draws in their standard deviations; NaN when they never vary."""
        return (self.observed - self.mean) / self.deviation if self.deviation > 0 else float("nan")


def compare(observed: float, draw: Callable[[int], float], *, trials: int, seed: int, side: Side = "over") -> Permuted:
    """Set a statistic beside ``trials`` draws of it: ``draw(i)`` gives the statistic of trial i.

    Formula: p = (r + 1) / (n + 1), r the draws at least as extreme, so p is never 0. Reference: Phipson & Smyth 2010.

    >>> compare(3.0, lambda trial: float(trial % 2), trials=99, seed=0).p
    0.01
    """
    values = np.array([draw(trial) for trial in range(trials)])
    over, under = int((values >= observed).sum()) + 1, int((values <= observed).sum()) + 1
    extreme = {"over": over, "under": under, "both": min(2 * min(over, under), trials + 1)}[side]
    return Permuted(
        observed=observed,
        mean=float(values.mean()),
        deviation=float(values.std(ddof=1)) if trials > 1 else 0.0,
        p=extreme / (trials + 1),
        trials=trials,
        seed=seed,
    )


def curveball(matrix: NDArray[np.int64], *, seed: int, trial: int, trades: int = 5) -> NDArray[np.int64]:
    """Draw a 0/1 matrix with the same row and column sums, all such matrices being equally likely.

    ``trades`` per row: two rows pool what only one of them has, shuffle it and deal it back. A trade that changes
    nothing counts too, else the draws would not be uniform. Reference: Strona et al. 2014, Nature Comm. 5.

    >>> curveball(np.array([[1, 1, 1], [0, 0, 0], [1, 1, 1]]), seed=0, trial=0).tolist()
    [[1, 1, 1], [0, 0, 0], [1, 1, 1]]
    """
    random = draws(seed, trial)
    rows: list[set[int]] = [{int(column) for column in np.flatnonzero(row)} for row in matrix]
    if len(rows) > 1:
        first = random.integers(len(rows), size=trades * len(rows))
        second = random.integers(len(rows) - 1, size=len(first))
        second += second >= first
        for a, b in zip(map(int, first), map(int, second), strict=True):
            pool = np.array(sorted(rows[a] ^ rows[b]), dtype=np.int64)
            size = len(rows[a] - rows[b])
            random.shuffle(pool)
            common = rows[a] & rows[b]
            rows[a], rows[b] = common | set(pool[:size].tolist()), common | set(pool[size:].tolist())
    drawn = np.zeros_like(matrix)
    for index, row in enumerate(rows):
        drawn[index, sorted(row)] = 1
    return drawn


def halves(
    first: NDArray[np.int64], second: NDArray[np.int64], *, seed: int, trial: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pool the questions of two slices and split them at random into two of the same sizes.

    What two slices differ by under this split is chance: the measure beside which `turnover` is read.

    >>> [int(half.sum()) for half in halves(np.array([[3, 1]]), np.array([[2, 2]]), seed=0, trial=0)]
    [4, 4]
    """
    pooled = first + second
    drawn = draws(seed, trial).multivariate_hypergeometric(pooled.ravel(), int(first.sum()), method="marginals")
    half = drawn.reshape(pooled.shape)
    return half, pooled - half
