"""How long each ministry, portfolio, group or period takes to answer, with what makes a comparison fair.

Knows spells and `graph.networks.survival`; knows no store. Unanswered questions are in every figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from graph.networks.correction import adjust
from graph.networks.lives import ANSWERED, LAPSED, NEVER, OPEN, OTHER, WITHDRAWN, Spells
from graph.networks.survival import aalen_johansen, followed, kaplan_meier, log_rank, pairwise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graph.networks.lives import Lives
    from graph.networks.survival import Incidence, LogRank, Survival

SMALL = 10
LEVEL = 0.95
_MOST_PAIRED = 12
DEFINITIONS: Mapping[str, str] = {
    "n": "questions that were with the group at some time",
    "answered": "questions answered while with the group; withdrawn, lapsed and other likewise",
    "waiting": "questions still open with the group on the day of the data",
    "left": "spells that ended because the question went to another group",
    "median_days": "first day by which half would be answered: Kaplan-Meier, unanswered questions censored on the day "
    "of the data, withdrawals and lapses censored when they happen (cause-specific); null: not reached",
    "median_low": f"bounds of the median at {LEVEL:.0%}, from the log-log band; null: open",
    "answered_share": "share answered by the last day seen, withdrawals and lapses as competing ends (Aalen-Johansen)",
    "in_time": "of the questions whose term has run out and which were not withdrawn or lapsed before, the share "
    "answered by then; the term is two calendar months (Règlement de l'Assemblée nationale, art. 135), and the "
    "question counts for the group that had it when it was answered or the term ran out",
    "in_time_low": f"bounds of in_time at {LEVEL:.0%} (Wilson)",
    "small": f"fewer than {SMALL} answered: figures to be read with care",
    "p": "log-rank: whether all groups wait equally long; of a group: whether it waits as long as all others together",
    "q": "p corrected for the number of groups, or of pairs, by Benjamini-Hochberg; groups that are small are not "
    "tested",
}
REFERENCES = (
    "Kaplan & Meier 1958, JASA 53",
    "Greenwood 1926",
    "Kalbfleisch & Prentice 1980 (log-log band)",
    "Brookmeyer & Crowley 1982, Biometrics 38 (interval of the median)",
    "Aalen & Johansen 1978, Scand. J. Stat. 5",
    "Mantel 1966; Peto & Peto 1972, JRSS A 135 (log-rank)",
    "Suissa 2008, Am. J. Epidemiol. 167 (immortal time)",
    "Wilson 1927, JASA 22",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of ``n``, with its interval; no value when n is 0."""

    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long one group takes. ``group`` is its code, ``spells`` are what the figures are of; see `DEFINITIONS`."""

    group: int
    n: int
    ends: Mapping[int, int]
    left: int
    median: int | None
    interval: tuple[int | None, int | None]
    quartiles: tuple[int | None, int | None]
    in_time: Share
    curve: Survival
    shares: Incidence
    spells: Spells

    @property
    def small(self) -> bool:
        """Say whether there are too few answers for more than a glance."""
        return self.ends[ANSWERED] < SMALL

    @property
    def beyond(self) -> int:
        """Count the spells that began when the curve had come to 0 already: the few that were there early had ended."""
        over = self.curve.day[self.curve.share <= 0]
        return int(((self.spells.entry >= over[0]) & (self.spells.days > over[0])).sum()) if over.size else 0

    def followed(self, days: NDArray[np.int64]) -> list[int]:
        """Count the spells under observation just before each of some days."""
        counts: list[int] = followed(days, self.spells.days, self.spells.entry).tolist()
        return counts

    def share(self, end: int) -> float:
        """Give the share that has come to an end by the last day seen."""
        last = self.shares.day[-1] if len(self.shares.day) else 0
        return self.shares.at(end, last) if end in self.shares.shares else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All groups, each by itself and tested against each other; ``every`` is all questions together.

    ``rest`` has (p, q) of each group against all others, ``pairs`` has (group, group, p, q); small groups are in none,
    and pairs of very many groups are not tested.
    """

    every: Delay
    groups: tuple[Delay, ...]
    test: LogRank | None
    rest: Mapping[int, tuple[float, float]]
    pairs: tuple[tuple[int, int, float, float], ...]


def compare(lives: Lives, every: Spells, spells: Spells, held: NDArray[np.int64], *, day: int) -> Comparison:
    """Compare the delays of groups.

    Parameters
    ----------
    lives
        As known on ``day``.
    every
        One spell for each question, all in one group.
    spells
        The spells of the groups; those without group are left out.
    held
        The group of each question when it was answered or its term ran out.
    day
        The day of the data.

    References
    ----------
    See `REFERENCES`.

    >>> from graph.networks.lives import Lives, whole
    >>> lives = Lives(asked=np.array([0, 0]), due=np.array([60, 60]), ended=np.array([9, 70]), end=np.array([1, 0]))
    >>> one = whole(lives, np.array([0, 0]), np.array([0, 1]))
    >>> compare(lives, one, one, np.array([0, 0]), day=70).every.in_time.value
    0.5
    """
    grouped = spells.of(spells.group >= 0)
    names: list[int] = np.unique(grouped.group).tolist()
    timely, held = _timely(lives, day)[every.question], held[every.question]
    delays = [_delay(name, grouped.of(grouped.group == name), timely[held == name]) for name in names]
    large = [delay.group for delay in delays if not delay.small]
    tested = grouped.of(np.isin(grouped.group, large))
    several = len(large) > 1
    test = log_rank(tested.days, tested.ends, tested.group, entry=tested.entry) if several else None
    return Comparison(
        every=_delay(-1, every, timely),
        groups=tuple(sorted(delays, key=lambda delay: (-delay.n, delay.group))),
        test=test,
        rest=_rest(test, large) if test is not None else {},
        pairs=_pairs(tested) if 1 < len(large) <= _MOST_PAIRED else (),
    )


def wilson(successes: int, n: int, *, level: float = LEVEL) -> Share:
    """Give a share with Wilson's interval, which stays within 0 and 1.

    Reference: Wilson 1927, JASA 22.

    >>> share = wilson(9, 10)
    >>> share.value, round(share.low, 3), round(share.high, 3)
    (0.9, 0.596, 0.982)
    """
    if n == 0:
        return Share(n=0, value=None, low=None, high=None)
    z, p = NormalDist().inv_cdf(0.5 + level / 2), successes / n
    middle = p + z * z / (2 * n)
    reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Share(n=n, value=p, low=max((middle - reach) / scale, 0.0), high=min((middle + reach) / scale, 1.0))


def decided(lives: Lives) -> NDArray[np.int64]:
    """Give the day on which each question left its legal term: answered or otherwise ended, or run out."""
    ended = lives.end != OPEN
    return np.where(ended & ((lives.ended < lives.due) | (lives.due == NEVER)), lives.ended, lives.due)


def _timely(lives: Lives, day: int) -> NDArray[np.int64]:
    """Say of each question whether it was answered in time: 1, 0, or -1 where it cannot be said, or not fairly."""
    run_out = (lives.due != NEVER) & (lives.due <= day) & (lives.asked != NEVER) & (lives.asked <= day)
    by_then = (lives.end != OPEN) & (lives.ended <= lives.due)
    otherwise = by_then & (lives.end != ANSWERED)
    return np.where(run_out & ~otherwise, (by_then & (lives.end == ANSWERED)).astype(np.int64), -1)


def _delay(group: int, spells: Spells, timely: NDArray[np.int64]) -> Delay:
    """Say how long one group takes."""
    curve = kaplan_meier(spells.days, spells.ends, entry=spells.entry, level=LEVEL)
    ends = {end: int((spells.ends[~spells.left] == end).sum()) for end in (OPEN, ANSWERED, WITHDRAWN, LAPSED, OTHER)}
    return Delay(
        group=group,
        n=int(np.count_nonzero(np.bincount(spells.question))),
        ends=ends,
        left=int(spells.left.sum()),
        median=curve.median,
        interval=curve.interval(),
        quartiles=(curve.quantile(0.25), curve.quantile(0.75)),
        in_time=wilson(int((timely == 1).sum()), int((timely >= 0).sum())),
        curve=curve,
        shares=aalen_johansen(spells.days, spells.ends, entry=spells.entry),
        spells=spells,
    )


def _rest(test: LogRank, groups: list[int]) -> dict[int, tuple[float, float]]:
    """Give the test of each group against all others together, corrected for their number."""
    return {one: (float(a), float(b)) for one, a, b in zip(groups, test.rest, adjust(test.rest), strict=True)}


def _pairs(spells: Spells) -> tuple[tuple[int, int, float, float], ...]:
    """Test every pair of groups, corrected for their number."""
    found = pairwise(spells.days, spells.ends, spells.group, entry=spells.entry)
    q = adjust(np.array([p for *_, p in found], dtype=np.float64))
    return tuple((a, b, p, float(corrected)) for (a, b, p), corrected in zip(found, q, strict=True))
