"""The columns themselves, one row a question in the order of their keys. Knows numpy; knows no store and no file.

Codes are -1 and days ``NO_DAY`` where the graph says nothing. A day is a number of days since 1970-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.iris import thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from graph.columns.codes import Codes

NO_DAY: Final = -(2**31)
TYPES: Final = ("QE", "QG", "QOSD")
ENDS: Final = ("open", "answered", "withdrawn", "lapsed", "closed")
STANCES: Final = ("majority", "minority", "opposition")
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributions:
    """Who was in charge of each question, and when: those of row i are ``offsets[i]`` to ``offsets[i + 1]``."""

    offsets: NDArray[np.int64]
    ministry: NDArray[np.int32]
    since: NDArray[np.int32]
    until: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The changes of ministry of each question, by rows as `Attributions`.

    ``transferred`` tells a real transfer from what a reshuffle did; ``crosses`` whether the portfolio changed.
    """

    offsets: NDArray[np.int64]
    day: NDArray[np.int32]
    origin: NDArray[np.int32]
    target: NDArray[np.int32]
    transferred: NDArray[np.bool_]
    crosses: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The fact table of one generation.

    Attributes
    ----------
    generation
        The generation it was read from.
    question
        Keys of the questions (``QANR5L15QE10719``), sorted; the whole IRI where it is not ours.
    type, end
        Numbers in ``TYPES`` and ``ENDS``.
    legislature
        Number of the legislature, -1 when unknown.
    deputy, mandate, constituency, departement
        Who asked, under which mandate, and the seat on the day.
    group_declared, group_dated
        The author's group as printed, and from dated memberships.
    ministry_asked, ministry_attributed
        The dated body first addressed, and the last in charge.
    portfolio_asked, portfolio_attributed
        The main portfolios of those bodies.
    topic
        The rubric.
    asked, answered, closed, due
        Days of tabling, answer, end, and when an answer was due.
    signalled, renewals
        How often the question was flagged, and renewed.
    answer_group
        The first row that shares the answer; the row's own number when no other does.
    attributions, moves
        The history of each question.
    ministry_portfolio
        Main portfolio of each ministry.
    group_stance
        Number in ``STANCES`` of each group, -1 when it states none.
    government_since, legislature_since
        First day of each government and of each legislature.
    codes
        The code lists by type: ``person``, ``mandate``, ``constituency``, ``departement``, ``group``, ``ministry``,
        ``portfolio``, ``topic``, ``government``, ``legislature``.
    """

    generation: str
    question: NDArray[np.bytes_]
    type: NDArray[np.int8]
    end: NDArray[np.int8]
    legislature: NDArray[np.int16]
    deputy: NDArray[np.int32]
    mandate: NDArray[np.int32]
    constituency: NDArray[np.int32]
    departement: NDArray[np.int32]
    group_declared: NDArray[np.int32]
    group_dated: NDArray[np.int32]
    ministry_asked: NDArray[np.int32]
    ministry_attributed: NDArray[np.int32]
    portfolio_asked: NDArray[np.int32]
    portfolio_attributed: NDArray[np.int32]
    topic: NDArray[np.int32]
    asked: NDArray[np.int32]
    answered: NDArray[np.int32]
    closed: NDArray[np.int32]
    due: NDArray[np.int32]
    signalled: NDArray[np.int16]
    renewals: NDArray[np.int16]
    answer_group: NDArray[np.int32]
    attributions: Attributions
    moves: Moves
    ministry_portfolio: NDArray[np.int32]
    group_stance: NDArray[np.int8]
    government_since: NDArray[np.int32]
    legislature_since: NDArray[np.int32]
    codes: Mapping[str, Codes]

    def __len__(self) -> int:
        """Count the questions."""
        return len(self.question)

    @property
    def last_day(self) -> int:
        """Give the last day on which anything happened that the table knows; ``NO_DAY`` when nothing did."""
        return max((int(days.max()) for days in (self.asked, self.answered, self.closed) if len(days)), default=NO_DAY)

    def iri(self, row: int) -> str:
        """Give the IRI of the question of a row."""
        key = self.question[row].decode()
        return key if ":" in key else thing("question", key)

    def arrays(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        """Give every array by name, those of the histories as ``moves.day``."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                yield field.name, value
            elif isinstance(value, Attributions | Moves):
                yield from ((f"{field.name}.{inner.name}", getattr(value, inner.name)) for inner in fields(value))


def day_number(text: str) -> int:
    """Read an ISO day as a number; ``NO_DAY`` for what is none.

    >>> day_number("1970-01-02"), day_number("") == NO_DAY
    (1, True)
    """
    try:
        return (date.fromisoformat(text[:10]) - _EPOCH).days
    except ValueError:
        return NO_DAY


def day_text(number: int) -> str:
    """Write the number of a day as ISO; empty for ``NO_DAY``.

    >>> day_text(17729)
    '2018-07-17'
    """
    return "" if number == NO_DAY else (_EPOCH + timedelta(days=number)).isoformat()
