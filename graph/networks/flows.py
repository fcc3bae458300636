"""Whether questions leave one place more often than others, and go to another more often than chance. Knows counts.

Reference models: a common rate of leaving within each period (binomial), and flows that depend on where from and where
to alone, never staying (quasi-independence). Knows no store and no network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from graph.networks.correction import adjust

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 10_000
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How many left each place beside how many would at the common rate, with two-sided p and q; NaN: not tested."""

    stays: NDArray[np.int64]
    left: NDArray[np.int64]
    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The flows that quasi-independence expects, with p and q of at least as many; NaN on the diagonal."""

    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    tests: int


def leaving(stays: NDArray[np.int64], left: NDArray[np.int64]) -> Leaving:
    """Test how many leave each place against one rate of leaving for all places in each period.

    Formula: with n_gi stays at place i in period g, of which m_gi end with leaving, the rate of the period is r_g =
    sum_i m_gi / sum_i n_gi; under it the number that leaves i is a sum of binomials (n_gi, r_g), whose law is taken
    exactly. p is twice the smaller tail, at most 1.

    Parameters
    ----------
    stays, left
        One row a period, one column a place.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26, for the exact binomial tails.

    >>> leaving(np.array([[10, 10]]), np.array([[5, 0]])).expected.tolist()
    [2.5, 2.5]
    """
    total = stays.sum(axis=1)
    rate = np.divide(left.sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    observed, tried = left.sum(axis=0), stays.sum(axis=0)
    p = np.full(stays.shape[1], np.nan)
    for place in np.flatnonzero(tried).tolist():
        law = _law(stays[:, place], rate)
        at = int(observed[place])
        p[place] = min(1.0, 2 * min(law[: at + 1].sum(), law[at:].sum()))
    return Leaving(stays=tried, left=observed, expected=rate @ stays.astype(np.float64), p=p, q=adjust(p))


def pairs(flows: NDArray[np.int64]) -> Pairs:
    """Test each flow against those that depend on origin and destination alone, no place sending to itself.

    Formula: e_ij = a_i b_j for i != j and 0 for i = j, fitted so that rows and columns sum to those observed (iterative
    proportional fitting); p = P(X >= w_ij), X Poisson with mean e_ij.

    References
    ----------
    Goodman 1968, JASA 63 (quasi-independence); Deming & Stephan 1940 (the fit).

    >>> pairs(np.array([[0, 2, 2], [2, 0, 2], [2, 2, 0]])).expected.round(6).tolist()
    [[0.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 0.0]]
    """
    expected = _quasi_independent(flows)
    tested = expected > 0
    p = np.full(flows.shape, np.nan)
    seen = flows[tested]
    p[tested] = np.where(seen > 0, special.pdtrc(np.maximum(seen - 1, 0), expected[tested]), 1.0)
    return Pairs(expected=expected, p=p, q=adjust(p), tests=int(tested.sum()))


def _law(tries: NDArray[np.int64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the law of a sum of binomials, by convolution."""
    law: NDArray[np.float64] = np.ones(1)
    for n, r in zip(tries.tolist(), rate.tolist(), strict=True):
        if n:
            law = np.asarray(np.convolve(law, _binomial(n, r)), dtype=np.float64)
    return law


def _binomial(n: int, r: float) -> NDArray[np.float64]:
    """Give the law of one binomial, through logarithms."""
    k = np.arange(n + 1, dtype=np.float64)
    if r in {0.0, 1.0}:
        return np.asarray(k == n * r, dtype=np.float64)
    factorial = np.concatenate([np.zeros(1), np.cumsum(np.log(np.arange(1, n + 1)))])
    ways = factorial[n] - factorial - factorial[::-1]
    return np.asarray(np.exp(ways + k * math.log(r) + (n - k) * math.log1p(-r)), dtype=np.float64)


def _quasi_independent(flows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fit the margins with a diagonal of zeros; the fit begins at 1 wherever a row and a column have any."""
    rows, columns = flows.sum(axis=1).astype(np.float64), flows.sum(axis=0).astype(np.float64)
    fitted = np.outer(rows > 0, columns > 0).astype(np.float64)
    np.fill_diagonal(fitted, 0)
    for _ in range(_ROUNDS):
        before = fitted
        fitted = _scaled(fitted, rows, axis=1)
        fitted = _scaled(fitted, columns, axis=0)
        if np.abs(fitted - before).max(initial=0) < _CLOSE:
            break
    return fitted


def _scaled(fitted: NDArray[np.float64], wanted: NDArray[np.float64], *, axis: int) -> NDArray[np.float64]:
    """Scale rows or columns to the sums wanted."""
    sums = fitted.sum(axis=axis)
    factor = np.divide(wanted, sums, out=np.zeros_like(wanted), where=sums > 0)
    return np.asarray(fitted * (factor[:, None] if axis == 1 else factor[None, :]), dtype=np.float64)
