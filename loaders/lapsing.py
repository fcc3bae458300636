"""Dates a source, and holds the lapses that its questions were said to have against that day.

A question that its record leaves open fell with its legislature only as far as its source can know: one of an earlier
day cannot tell that no answer came. That day may be known for sure only when the whole source has been read.
"""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from loaders.record import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loaders.mapped import Row
    from loaders.reading import Shelf
    from loaders.taken import Taken


def date_of(shelf: Shelf, taken: Taken) -> date | None:
    """Give the day of a source of questions; where nothing else dates it, the latest day that its records state."""
    books = [book for book in shelf.books.values() if book.source != "an-actors"]
    stated = max((row.newest for row in _rows(taken)), default="")
    for book in books:
        book.newest = book.newest or (date.fromisoformat(stated) if stated else None)
    return max((book.newest for book in books if book.newest is not None), default=None)


def undated(sources: Iterable[Taken]) -> Iterator[Problem]:
    """Note the sources that nothing dates: what is said of how fresh they are is nothing, not a guess."""
    for taken in sources:
        for book in taken.books:
            if book.date is None and book.read > book.refused:
                yield Problem(
                    severity="note",
                    code="undated-source",
                    message=f"nothing dates {book.source} in {book.path}: say its day with --snapshot-date",
                    source=taken.name,
                )


def misjudged(taken: Taken, day: date | None) -> set[str]:
    """Give the digests of the records whose lapse was judged by another day than that of the source."""
    known_to = day.isoformat() if day else ""
    return {row.sha for row in _rows(taken) if row.ended and row.lapsed != (row.ended <= known_to)}


def judge_anew(taken: Taken, rows: Iterable[Row]) -> None:
    """Put rows that were mapped again in the place of those that were misjudged."""
    again = {(row.uid, row.form): row for row in rows}
    for uid in {uid for uid, _ in again} & taken.kept.keys():
        del taken.kept[uid]
    taken.rows[:] = [again.pop((row.uid, row.form), row) for row in taken.rows]
    taken.rows += again.values()
    taken.found |= {(row.uid, row.form): row.digest for row in taken.rows}


def _rows(taken: Taken) -> Iterable[Row]:
    return chain(taken.rows, taken.kept.values())
