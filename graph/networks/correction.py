"""Correct p-values for the number of tests: Benjamini-Hochberg, Benjamini-Yekutieli, Holm. Knows numpy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Method: TypeAlias = Literal["bh", "by", "holm"]


def adjust(p: NDArray[np.float64], *, method: Method = "bh", tests: int | None = None) -> NDArray[np.float64]:
    """Give the adjusted p-values: a test is significant at alpha when its adjusted value is at most alpha.

    Formulas over the ordered p_(1) <= ... <= p_(m): ``bh`` min over j >= i of m p_(j) / j, the share of false
    discoveries; ``by`` the same times 1 + 1/2 + ... + 1/m, whatever the dependence; ``holm`` max over j <= i of
    (m - j + 1) p_(j), the chance of any false discovery. NaN is no test and stays NaN.

    Parameters
    ----------
    p
        The p-values, of any shape.
    tests
        Size m of the family, when tests with p = 1 were left out of ``p``; their number when None.

    References
    ----------
    Benjamini & Hochberg 1995, JRSS B 57; Benjamini & Yekutieli 2001, Ann. Statist. 29; Holm 1979, Scand. J. Stat. 6.

    >>> adjust(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    flat = p.ravel()
    adjusted = np.full(flat.shape, np.nan)
    known = np.flatnonzero(~np.isnan(flat))
    m = len(known) if tests is None else tests
    if m < len(known):
        raise ValueError(f"{len(known)} p-values cannot come from a family of {m} tests")
    if len(known) == 0:
        return adjusted.reshape(p.shape)
    order = known[np.argsort(flat[known])]  # among equals any order gives the same values
    rank = np.arange(1, len(order) + 1)
    if method == "holm":
        values = np.maximum.accumulate((m - rank + 1) * flat[order])
    else:
        factor = float((1 / np.arange(1, m + 1)).sum()) if method == "by" else 1.0
        values = np.minimum.accumulate((factor * m * flat[order] / rank)[::-1])[::-1]
    adjusted[order] = np.minimum(values, 1.0)
    return adjusted.reshape(p.shape)
