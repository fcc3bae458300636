"""How long answers take, unanswered questions included: Kaplan-Meier, Aalen-Johansen, log-rank.

Knows durations and ends; knows no store and no network. A mean over the answered questions alone is wrong by
construction: the slow ones are not answered yet. A question that is open at the day of the data is censored; one
withdrawn or lapsed has come to another end. Entry after 0 (left truncation) credits each ministry with the time it had
the question, not with the time before.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CENSORED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """The share still waiting, S, just after each day on which something ended.

    Attributes
    ----------
    at_risk, ended
        How many waited just before the day, and how many ended on it.
    error
        Greenwood's standard error of S.
    low, high
        Pointwise band on the log-log scale, within 0 and 1; NaN where S is 0 or 1.
    """

    day: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    ended: NDArray[np.int64]
    share: NDArray[np.float64]
    error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float

    def at(self, day: float) -> float:
        """Give S on a day: the share that still waits after it."""
        index = int(np.searchsorted(self.day, day, side="right")) - 1
        return 1.0 if index < 0 else float(self.share[index])

    def quantile(self, part: float) -> int | None:
        """Give the first day by which ``part`` has ended; None when that was not reached.

        >>> kaplan_meier(np.array([1, 2, 3]), np.array([1, 1, 0])).quantile(0.5)
        2
        """
        reached = np.flatnonzero(self.share <= 1 - part + 1e-12)
        return int(self.day[reached[0]]) if reached.size else None

    @property
    def median(self) -> int | None:
        """Give the first day by which half has ended, None while more than half still waits."""
        return self.quantile(0.5)

    def interval(self, part: float = 0.5) -> tuple[int | None, int | None]:
        """Give the first and last day that the band allows for a quantile; None where it is open.

        The band is turned on its side: the days at which it covers 1 - ``part``.
        Reference: Brookmeyer & Crowley 1982, Biometrics 38.

        >>> kaplan_meier(np.array([1, 2, 3, 4]), np.array([1, 1, 1, 0])).interval()
        (1, None)
        """
        bar = 1 - part + 1e-12
        bounds = (np.where(self.share > 0, self.low, 0.0), self.high)
        low, high = (np.flatnonzero(bound <= bar) for bound in bounds)
        return (int(self.day[low[0]]) if low.size else None, int(self.day[high[0]]) if high.size else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """The share that has come to each end by each day; with the share still waiting they add up to 1."""

    day: NDArray[np.int64]
    waiting: NDArray[np.float64]
    shares: dict[int, NDArray[np.float64]]

    def at(self, end: int, day: float) -> float:
        """Give the share that came to an end by a day."""
        index = int(np.searchsorted(self.day, day, side="right")) - 1
        return 0.0 if index < 0 else float(self.shares[end][index])


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRank:
    """Whether groups wait equally long: the statistic, its degrees of freedom, its p, and ends against expected.

    ``rest`` is the p of each group against all others together, in the order of the groups.
    """

    statistic: float
    freedom: int
    p: float
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    rest: NDArray[np.float64]


def kaplan_meier(
    days: NDArray[np.int64],
    ends: NDArray[np.int64],
    *,
    cause: int = 1,
    entry: NDArray[np.int64] | None = None,
    level: float = 0.95,
) -> Survival:
    """Estimate the share still waiting, other ends counted as censoring (cause-specific).

    Formula: S(t) = prod over t_i <= t of (1 - d_i / n_i); error S sqrt(sum d_i / (n_i (n_i - d_i))) (Greenwood); band
    S^exp(-+ z error / (S ln S)), which stays within 0 and 1.

    Parameters
    ----------
    days
        Days from the question to its end, or to the day of the data.
    ends
        0 open (censored), else the end; ``cause`` is the one that is estimated.
    entry
        Day from which each was under observation, 0 when None; it counts as waiting after that day, or on it when it
        ends on it.
    level
        Confidence of the band.

    References
    ----------
    Kaplan & Meier 1958, JASA 53; Greenwood 1926; Kalbfleisch & Prentice 1980.

    >>> kaplan_meier(np.array([1, 2, 3]), np.array([1, 0, 1])).share.round(3).tolist()
    [0.667, 0.0]
    """
    day, ended, at_risk = _table(days, ends == cause, entry)
    share: NDArray[np.float64] = np.cumprod(1 - ended / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended))))
        error = np.where(share > 0, share * spread, np.nan)
        z = NormalDist().inv_cdf(0.5 + level / 2)
        reach = z * spread / np.abs(np.log(share))
        inside = (share > 0) & (share < 1)
        low = np.where(inside, share ** np.exp(reach), np.nan)
        high = np.where(inside, share ** np.exp(-reach), np.nan)
    return Survival(day=day, at_risk=at_risk, ended=ended, share=share, error=error, low=low, high=high, level=level)


def aalen_johansen(
    days: NDArray[np.int64], ends: NDArray[np.int64], *, entry: NDArray[np.int64] | None = None
) -> Incidence:
    """Estimate the share that has come to each end by each day: answered, withdrawn, lapsed.

    Formula: F_k(t) = sum over t_i <= t of S(t_i-) d_ki / n_i, S counting every end. 1 minus Kaplan-Meier would
    overstate it. Reference: Aalen & Johansen 1978, Scand. J. Stat. 5.

    >>> {end: share.tolist() for end, share in aalen_johansen(np.array([1, 2]), np.array([1, 2])).shares.items()}
    {1: [0.5, 0.5], 2: [0.0, 0.5]}
    """
    day, ended, at_risk = _table(days, ends != CENSORED, entry)
    waiting: NDArray[np.float64] = np.cumprod(1 - ended / at_risk, dtype=np.float64)
    before = np.concatenate([[1.0], waiting[:-1]])
    shares: dict[int, NDArray[np.float64]] = {}
    for end in sorted(set(ends.tolist()) - {CENSORED}):
        of_end = np.bincount(np.searchsorted(day, days[ends == end]), minlength=len(day))
        shares[int(end)] = np.cumsum(before * of_end / at_risk)
    return Incidence(day=day, waiting=waiting, shares=shares)


def log_rank(
    days: NDArray[np.int64],
    ends: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    cause: int = 1,
    entry: NDArray[np.int64] | None = None,
) -> LogRank:
    """Test whether groups wait equally long.

    Formula: over the days, observed minus expected ends of each group, with the hypergeometric variance at ties;
    chi-squared with k - 1 degrees of freedom. Reference: Mantel 1966; Peto & Peto 1972, JRSS A 135.

    >>> log_rank(np.array([1, 1, 2]), np.array([1, 1, 1]), np.array([0, 1, 0])).freedom
    1
    """
    names = np.unique(groups)
    start = np.zeros_like(days) if entry is None else entry
    day, ended, at_risk = _table(days, ends == cause, entry)
    risk = np.stack([followed(day, days[groups == g], start[groups == g]) for g in names])
    seen = np.stack(
        [np.bincount(np.searchsorted(day, days[(groups == g) & (ends == cause)]), minlength=len(day)) for g in names]
    )
    part = risk / at_risk
    expected = part * ended
    # The pairwise variance of the group counts at each day, summed over the days.
    spread = ended * (at_risk - ended) / np.maximum(at_risk - 1, 1)
    variance = np.diag((spread * part).sum(axis=1)) - (spread * part) @ part.T
    observed_sums, expected_sums = seen.sum(axis=1).astype(np.float64), expected.sum(axis=1)
    difference = observed_sums - expected_sums
    statistic = float(difference[:-1] @ np.linalg.pinv(variance[:-1, :-1]) @ difference[:-1])
    own = np.diag(variance)  # of one group and all others, which are two groups on the same days
    alone = np.divide(difference**2, own, out=np.zeros_like(own), where=own > 0)
    freedom = len(names) - 1
    return LogRank(
        statistic=statistic,
        freedom=freedom,
        p=float(special.chdtrc(freedom, statistic)) if freedom else 1.0,
        observed=observed_sums,
        expected=expected_sums,
        rest=np.asarray(special.chdtrc(1, alone), dtype=np.float64),
    )


def followed(day: NDArray[np.int64], days: NDArray[np.int64], start: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count who entered before a day and had not ended by the day before.

    An entry on day 0 counts on day 0 too, and who ends on the day of entry was at risk on that day.

    >>> followed(np.array([0, 3, 9]), np.array([2, 5]), np.array([0, 0])).tolist()
    [2, 1, 0]
    """
    entered = np.searchsorted(np.sort(np.where((start == 0) | (start == days), start - 1, start)), day, side="left")
    gone = np.searchsorted(np.sort(days), day, side="left")
    return np.asarray(entered - gone, dtype=np.int64)


def pairwise(
    days: NDArray[np.int64],
    ends: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    cause: int = 1,
    entry: NDArray[np.int64] | None = None,
) -> Sequence[tuple[int, int, float]]:
    """Test every pair of groups; correct the p-values with `graph.networks.correction`.

    Reference: as `log_rank`.

    >>> [pair[:2] for pair in pairwise(np.array([1, 2, 3]), np.array([1, 1, 1]), np.array([0, 1, 2]))]
    [(0, 1), (0, 2), (1, 2)]
    """
    names = np.unique(groups).tolist()
    found: list[tuple[int, int, float]] = []
    for index, a in enumerate(names):
        for b in names[index + 1 :]:
            both = (groups == a) | (groups == b)
            start = None if entry is None else entry[both]
            found.append((int(a), int(b), log_rank(days[both], ends[both], groups[both], cause=cause, entry=start).p))
    return found


def _table(
    days: NDArray[np.int64], ended: NDArray[np.bool_], entry: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give the days on which something ended, how many ended, and how many waited just before."""
    start = np.zeros_like(days) if entry is None else entry
    if (days < start).any():
        raise ValueError("an end lies before its entry")
    day, counts = np.unique(days[ended], return_counts=True)
    return day.astype(np.int64), counts.astype(np.int64), followed(day, days, start)
