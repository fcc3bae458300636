"""Counts of questions by any column: the figures of pages. Knows columns; not the queries that give the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.columns.table import ENDS, NO_DAY, TYPES, day_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from graph.columns.codes import Codes
    from graph.columns.table import Columns

    Rows = NDArray[np.int64]

# What questions are selected and counted by: the column, and the type of its things.
COLUMNS: Final[Mapping[str, tuple[str, str]]] = {
    "deputy": ("deputy", "person"),
    "group": ("group_dated", "group"),
    "declared": ("group_declared", "group"),
    "ministry": ("ministry_asked", "ministry"),
    "attributed": ("ministry_attributed", "ministry"),
    "portfolio": ("portfolio_asked", "portfolio"),
    "portfolio_attributed": ("portfolio_attributed", "portfolio"),
    "topic": ("topic", "topic"),
    "constituency": ("constituency", "constituency"),
    "departement": ("departement", "departement"),
}


ABSENT: Final = -2  # the code of what the columns do not hold; -1 is that of nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many questions: in all, written ones (which have a day when an answer is due), answered, and within it."""

    questions: int
    written: int
    answered: int
    in_time: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One value of a column: how many questions have it, and how many of these are answered."""

    key: str
    label: str
    english: str
    questions: int
    answered: int

    def name(self, language: str) -> str:
        """Name it in a language."""
        return self.english if language == "en" else self.label


def rows_of(columns: Columns, by: str, key: str) -> Rows:
    """List the rows of the questions that have a value; none for one that no question has."""
    values, codes = _column(columns, by)
    code = codes.code.get(key)
    return np.flatnonzero(values == code) if code is not None else np.empty(0, dtype=np.int64)


def select(
    columns: Columns,
    keys: Mapping[str, str],
    *,
    type: str | None = None,  # noqa: A002  the name of the filter
    legislature: int | None = None,
    since: date | None = None,
    until: date | None = None,
    status: str | None = None,
) -> Rows:
    """List the rows that pass filters, newest first, ties by key. ``keys`` are by name of a column of the table."""
    keep = columns.asked != NO_DAY
    if type is not None:
        keep &= columns.type == TYPES.index(type)
    if legislature is not None:
        keep &= columns.legislature == legislature
    if since is not None:
        keep &= columns.asked >= day_number(since.isoformat())
    if until is not None:
        keep &= columns.asked < day_number(until.isoformat())
    if status is not None:
        keep &= columns.end == ENDS.index(status)
    kinds: Mapping[str, str] = dict(COLUMNS.values())
    for name, key in keys.items():
        values: NDArray[np.int32] = getattr(columns, name)
        keep &= values == columns.codes[kinds[name]].code.get(key, ABSENT)
    rows = np.flatnonzero(keep)
    return rows[np.lexsort((rows, -columns.asked[rows]))]


def load(columns: Columns, rows: Rows) -> Load:
    """Count questions."""
    due, answered = columns.due[rows], columns.answered[rows]
    given = answered != NO_DAY
    return Load(
        questions=len(rows),
        written=int((columns.type[rows] == TYPES.index("QE")).sum()),
        answered=int(given.sum()),
        in_time=int((given & (due != NO_DAY) & (answered <= due)).sum()),
        open=int((columns.end[rows] == 0).sum()),
    )


def tally(columns: Columns, rows: Rows, by: str) -> Sequence[Share]:
    """Count questions by a column: the value with most first, ties by key."""
    values, codes = _column(columns, by)
    found = values[rows]
    given = columns.answered[rows] != NO_DAY
    known = found >= 0
    counts = np.bincount(found[known], minlength=len(codes))
    answered = np.bincount(found[known & given], minlength=len(codes))
    order: list[int] = np.lexsort((np.arange(len(codes)), -counts)).tolist()
    return [
        Share(
            key=codes.keys[code],
            label=codes.fr[code],
            english=codes.en[code],
            questions=int(counts[code]),
            answered=int(answered[code]),
        )
        for code in order
        if counts[code]
    ]


def _column(columns: Columns, by: str) -> tuple[NDArray[np.int32], Codes]:
    """Give a column and its code list."""
    name, kind = COLUMNS[by]
    values: NDArray[np.int32] = getattr(columns, name)
    return values, columns.codes[kind]
