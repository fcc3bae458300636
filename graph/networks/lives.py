"""The life of each question in days: asked, due, ended, and who was in charge when. Knows arrays; knows no store.

A life is read as it was known on a day: what was asked later is not there yet, what ended later was still open. A spell
is a stretch of a life spent with one group of a comparison, on the question's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN, ANSWERED, WITHDRAWN, LAPSED, OTHER = range(5)
NEVER = -(2**31)
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """Who was in charge: the charges of question i are those from ``offsets[i]`` to ``offsets[i + 1]``, in order.

    Attributes
    ----------
    holder
        Code of the ministry, or of anything it stands for; ``NOBODY`` when unknown.
    since
        First day of the charge.
    """

    offsets: NDArray[np.int64]
    holder: NDArray[np.int64]
    since: NDArray[np.int64]

    def owner(self) -> NDArray[np.int64]:
        """Give the question of each charge."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """Days since 1970 of each question, ``NEVER`` where there is none, and how it ended."""

    asked: NDArray[np.int64]
    due: NDArray[np.int64]
    ended: NDArray[np.int64]
    end: NDArray[np.int64]

    def last(self) -> int:
        """Give the day of the data: the last one on which a question was asked or ended."""
        return int(max(self.asked.max(initial=NEVER), self.ended.max(initial=NEVER)))

    def known_on(self, day: int) -> Lives:
        """Give the same lives as they were known on a day: what ended later is open, and waits until that day."""
        still = (self.end == OPEN) | (self.ended > day)
        return replace(self, ended=np.where(still, day, self.ended), end=np.where(still, OPEN, self.end))

    def excluded(self, day: int) -> dict[str, NDArray[np.bool_]]:
        """Say which questions have no place in a comparison on a day, and why: each for one reason only."""
        reasons = {
            "no_day": self.asked == NEVER,
            "later": self.asked > day,
            "no_end_day": (self.end != OPEN) & (self.ended == NEVER),
            "ended_before_asked": (self.end != OPEN) & (self.ended < self.asked),
        }
        seen = np.zeros(len(self.asked), dtype=np.bool_)
        for name, mask in reasons.items():
            reasons[name] = mask & ~seen
            seen |= mask
        return reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Stretches of lives: whose, with which group, from which day to which day of the life, and how they ended.

    ``left`` marks those that ended with a hand-over: no event, and no waiting either.
    """

    question: NDArray[np.int64]
    group: NDArray[np.int64]
    entry: NDArray[np.int64]
    days: NDArray[np.int64]
    ends: NDArray[np.int64]
    left: NDArray[np.bool_]

    def of(self, kept: NDArray[np.bool_]) -> Spells:
        """Keep some of the spells."""
        return Spells(
            question=self.question[kept],
            group=self.group[kept],
            entry=self.entry[kept],
            days=self.days[kept],
            ends=self.ends[kept],
            left=self.left[kept],
        )


def whole(lives: Lives, group: NDArray[np.int64], rows: NDArray[np.int64]) -> Spells:
    """Give one spell for each of some questions: its whole life, credited to one group.

    >>> lives = Lives(asked=np.array([0]), due=np.array([60]), ended=np.array([9]), end=np.array([1]))
    >>> whole(lives, np.array([7]), np.array([0])).days.tolist()
    [9]
    """
    return Spells(
        question=rows,
        group=group[rows],
        entry=np.zeros(len(rows), dtype=np.int64),
        days=lives.ended[rows] - lives.asked[rows],
        ends=lives.end[rows],
        left=np.zeros(len(rows), dtype=np.bool_),
    )


def episodes(lives: Lives, charges: Charges, rows: NDArray[np.int64]) -> Spells:
    """Give one spell for each stretch that some questions spent with one holder; a hand-over ends it without event.

    The whole delay credited to the last holder would punish whoever is handed old questions (immortal time: Suissa
    2008, Am. J. Epidemiol. 167). Neighbouring charges of one holder are one stretch: a reshuffle that leaves the
    portfolio where it was is no hand-over. A stretch of no length, or after the end, is none.

    >>> lives = Lives(asked=np.array([0]), due=np.array([60]), ended=np.array([9]), end=np.array([1]))
    >>> charges = Charges(offsets=np.array([0, 2]), holder=np.array([3, 4]), since=np.array([0, 5]))
    >>> found = episodes(lives, charges, np.array([0]))
    >>> list(zip(found.group.tolist(), found.entry.tolist(), found.days.tolist(), found.ends.tolist()))
    [(3, 0, 5, 0), (4, 5, 9, 1)]
    """
    wanted = np.zeros(len(lives.asked), dtype=np.bool_)
    wanted[rows] = True
    owner = charges.owner()
    since = charges.since - lives.asked[owner]
    length = (lives.ended - lives.asked)[owner]
    kept = wanted[owner] & (since <= length)
    owner, holder, since, length = owner[kept], charges.holder[kept], since[kept], length[kept]
    first = _starts(owner, owner)
    since = np.where(first, 0, np.maximum(since, 0))
    kept = _starts(owner, holder)
    owner, holder, since, length = owner[kept], holder[kept], since[kept], length[kept]
    last = np.ones(len(owner), dtype=np.bool_)
    last[:-1] = owner[1:] != owner[:-1]
    until = length.copy()
    until[:-1] = np.where(last[:-1], length[:-1], since[1:])
    ends = np.where(last, lives.end[owner], OPEN)
    found = Spells(question=owner, group=holder, entry=since, days=until, ends=ends, left=~last)
    return found.of(last | (found.days > found.entry))


def in_charge(lives: Lives, charges: Charges, day: NDArray[np.int64]) -> NDArray[np.int64]:
    """Say who was in charge of each question on a day of its own; ``NOBODY`` where that is unknown.

    >>> lives = Lives(asked=np.array([0]), due=np.array([60]), ended=np.array([9]), end=np.array([1]))
    >>> charges = Charges(offsets=np.array([0, 2]), holder=np.array([3, 4]), since=np.array([0, 5]))
    >>> in_charge(lives, charges, np.array([4])).tolist(), in_charge(lives, charges, np.array([5])).tolist()
    ([3], [4])
    """
    owner = charges.owner()
    first = _starts(owner, owner)
    begun = first | (charges.since <= day[owner])
    place = np.full(len(lives.asked), -1, dtype=np.int64)
    np.maximum.at(place, owner[begun], np.flatnonzero(begun))
    found = np.full(len(lives.asked), NOBODY, dtype=np.int64)
    known = place >= 0
    found[known] = charges.holder[place[known]]
    return found


def overdue(lives: Lives, day: int) -> NDArray[np.int64]:
    """Give the questions that were past their legal term and open at the end of a day, the longest overdue first.

    Règlement de l'Assemblée nationale, art. 135: an answer is due within two months; a question that ends on its last
    day is in time. Ties keep the order of the rows.

    >>> lives = Lives(asked=np.array([0]), due=np.array([60]), ended=np.array([NEVER]), end=np.array([0]))
    >>> overdue(lives, 60).tolist(), overdue(lives, 61).tolist()
    ([], [0])
    """
    there = (lives.asked != NEVER) & (lives.asked <= day)
    waiting = (lives.end == OPEN) | (lives.ended > day)
    late = np.flatnonzero(there & waiting & (lives.due != NEVER) & (lives.due < day))
    return np.asarray(late[np.argsort(lives.due[late], kind="stable")], dtype=np.int64)


def _starts(owner: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark where an owner, or its label, differs from the one before."""
    marks = np.ones(len(owner), dtype=np.bool_)
    marks[1:] = (owner[1:] != owner[:-1]) | (label[1:] != label[:-1])
    return marks
