"""The tables that are taken away: a row a question with all the columns know of it, and a row a question of its texts.

Knows columns, and whoever reads values of things; no engine, no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from graph.columns.table import ENDS, NO_DAY, TYPES, day_text
from graph.sheets import Sheet
from ontology.iris import NS, parse_uid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.columns.table import Columns
    from graph.tabular import Sort, Value

_TITLE: Final = "http://purl.org/dc/terms/title"
# A column of keys and one of names for each of these: the name in the table, the column, the code list.
_THINGS: Final = (
    ("deputy", "deputy", "person"),
    ("group", "group_dated", "group"),
    ("group_declared", "group_declared", "group"),
    ("constituency", "constituency", "constituency"),
    ("departement", "departement", "departement"),
    ("ministry_asked", "ministry_asked", "ministry"),
    ("ministry_attributed", "ministry_attributed", "ministry"),
    ("portfolio_asked", "portfolio_asked", "portfolio"),
    ("portfolio_attributed", "portfolio_attributed", "portfolio"),
    ("topic", "topic", "topic"),
)
_LONG: Final = 2_000  # rows of long texts
_DAYS: Final = ("asked", "answered", "closed", "due")
QUESTIONS: Final[Mapping[str, Sort]] = {
    "id": "text",
    "key": "text",
    "legislature": "integer",
    "type": "text",
    "number": "integer",
    "title": "text",
    "status": "text",
    **dict.fromkeys(_DAYS, "date"),
    "delay_days": "integer",
    "signalled": "integer",
    "renewals": "integer",
    **{f"{name}{part}": "text" for name, *_ in _THINGS for part in ("", "_label")},
}
TEXTS: Final[Mapping[str, Sort]] = {"id": "text", "key": "text", "question_text": "text", "answer_text": "text"}


class Reading(Protocol):
    """Whoever gives what a path of properties leads to from a thing, sorted."""

    def values(self, subject: str, *path: str) -> list[str]:
        """Give the values."""
        ...


def questions(columns: Columns, reading: Reading, said: Mapping[str, str]) -> Sheet:
    """Give every question: who, whom, when, about what, and what became of it."""
    return Sheet(head=QUESTIONS, rows=_questions(columns, reading), said=said)


def texts(columns: Columns, reading: Reading, said: Mapping[str, str]) -> Sheet:
    """Give the words of every question and of its answer."""
    return Sheet(head=TEXTS, rows=_texts(columns, reading), said=said, piece=_LONG)


def _questions(columns: Columns, reading: Reading) -> Iterator[tuple[Value | None, ...]]:
    for row in range(len(columns)):
        iri, key = columns.iri(row), columns.question[row].decode()
        uid = parse_uid(key)
        days = [int(getattr(columns, name)[row]) for name in _DAYS]
        asked, answered = days[:2]
        known = NO_DAY not in (asked, answered)
        yield (
            iri,
            key,
            int(columns.legislature[row]) if columns.legislature[row] >= 0 else None,
            _of(TYPES, int(columns.type[row])),
            uid[2] if uid else None,
            next(iter(reading.values(iri, _TITLE)), None),
            _of(ENDS, int(columns.end[row])),
            *(day_text(day) or None for day in days),
            answered - asked if known else None,
            int(columns.signalled[row]),
            int(columns.renewals[row]),
            *_things(columns, row),
        )


def _things(columns: Columns, row: int) -> Iterator[str | None]:
    """Give the key and the name of each thing that a question has to do with."""
    for _, column, kind in _THINGS:
        code, codes = int(getattr(columns, column)[row]), columns.codes[kind]
        yield from (codes.keys[code], codes.fr[code]) if code >= 0 else (None, None)


def _of(names: tuple[str, ...], code: int) -> str | None:
    return names[code] if code >= 0 else None


def _texts(columns: Columns, reading: Reading) -> Iterator[tuple[Value | None, ...]]:
    for row in range(len(columns)):
        iri = columns.iri(row)
        said = reading.values(iri, f"{NS}questionText")
        answered = reading.values(iri, f"{NS}hasAnswer", f"{NS}answerText")
        yield iri, columns.question[row].decode(), "\n\n".join(said) or None, "\n\n".join(answered) or None
