"""What chance alone would give: the hypergeometric law, permutations within strata, curveball draws.

Knows counts and seeds; knows no network and no store. Trial i of a seed is always the same draw, on any number of
workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
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
    (rows, i), (columns, j) = (np.unique(counts.sum(axis=axis), return_inverse=True) for axis in (1, 0))
    above = int(counts.max(initial=0)) + 1
    # Cells with the same count and the same margins have the same value, and are many: each is worked out once.
    several, place = np.unique((i[:, None] * len(columns) + j) * above + counts, return_inverse=True)
    pair, w = np.divmod(several, above)
    marked, drawn = rows[pair // max(len(columns), 1)], columns[pair % max(len(columns), 1)]
    law = _Law(marked=marked, drawn=drawn, total=int(counts.sum()))
    if side == "over":
        values = law.over(w)
    elif side == "under":
        values = law.under(w)
    else:
        values = np.minimum(1.0, 2 * law.smaller(w))
    values = np.where((marked > 0) & (drawn > 0), values, np.nan)
    return np.asarray(values[place.reshape(counts.shape)], dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    """One hypergeometric law per pair of margins."""

    marked: NDArray[np.int64]
    drawn: NDArray[np.int64]
    total: int

    def over(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give P(X >= w): the upper tail itself above the mean, what the lower one leaves below it."""
        above = w * self.total > self.marked * self.drawn
        tail = self._tail(np.where(above, w, w - 1), up=above)
        return np.where(above, tail, 1 - tail)

    def under(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give P(X <= w)."""
        below = w * self.total < self.marked * self.drawn
        tail = self._tail(np.where(below, w, w + 1), up=~below)
        return np.where(below, tail, 1 - tail)

    def smaller(self, w: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the smaller of both: the tail on the side of the mean where w is, else what it leaves, w itself with it.

        The other tail is the smaller only where both are near one half, so that a difference loses no digit.
        """
        tail = self._tail(w, up=w * self.total > self.marked * self.drawn)
        return np.minimum(tail, 1 - tail + np.exp(self._log_terms(np.arange(len(w)), w)))

    def _tail(self, start: NDArray[np.int64], *, up: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Sum the terms from a start outwards, until they stop mattering; 0 where it is impossible.

        A tail downwards is one upwards in the marked that are not drawn: those are m - X, of S - n drawn.
        """
        sums = np.zeros(len(start))
        lowest = np.maximum(0, self.marked + self.drawn - self.total)
        at = np.flatnonzero((start >= lowest) & (start <= np.minimum(self.marked, self.drawn)))
        m = self.marked[at].astype(np.float64)
        n = np.where(up, self.drawn, self.total - self.drawn)[at].astype(np.float64)
        k = np.where(up, start, self.marked - start)[at].astype(np.float64)
        rest = self.total - m - n
        first = np.exp(self._log_terms(at, start[at]))
        term, total = np.ones_like(k), np.ones_like(k)
        place = at
        while len(place):
            term *= (m - k) * (n - k) / ((k + 1) * (rest + k + 1))
            total += term
            k += 1
            going = term > _MATTERS * total
            if 2 * np.count_nonzero(going) <= len(going):  # until then those that have ended add nothing that matters
                sums[place] = total
                term, total, place = term[going], total[going], place[going]
                k, m, n, rest = k[going], m[going], n[going], rest[going]
        sums[at] *= first
        return sums

    def _log_terms(self, at: NDArray[np.intp], k: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give ln P(X = k)."""
        table = _log_factorials(self.total)
        m, n, size = self.marked[at], self.drawn[at], self.total
        whole = table[m] + table[size - m] + table[n] + table[size - n] - table[size]
        return np.asarray(whole - table[k] - table[m - k] - table[n - k] - table[size - m - n + k], dtype=np.float64)


@lru_cache(maxsize=4)
def _log_factorials(most: int) -> NDArray[np.float64]:
    """Give ln k! for k up to a number."""
    return np.asarray(special.gammaln(np.arange(most + 1) + 1.0), dtype=np.float64)


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
