"""The three reviewed tables as frozen values: governments, portfolios of ministries, successions of ministries.

Knows the columns of the tables beside it and nothing of the data they were drawn from: how a row was decided is told in
``docs/portfolios.md``, whether the rows fit the reference data is held by the tests.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from ontology.errors import SourceError
from ontology.iris import is_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Choice = TypeVar("_Choice", bound=StrEnum)
_BODY = re.compile(r"PO[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Evidence(StrEnum):
    """Why a ministry has a portfolio."""

    PRECEDENT = "precedent"  # its name says so, and the source links it to a predecessor that has the portfolio too
    NAME = "name"  # its name says so
    RULE = "rule"  # its name gives no area: it takes those of the body it is attached to
    HAND = "hand"  # a reading of the name, or what is known of the ministry; the note gives the reason


class Continuity(StrEnum):
    """Why one ministry follows another."""

    PRECEDENT = "precedent"  # stated by the source
    NAME = "name"  # the same name, one to seven days later
    HANDOVER = "handover"  # the same name, on the last day of the former
    HAND = "hand"  # one of several bodies of the same name, told apart by reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Government:
    """A government with its first and last day, ``end`` None while none is recorded."""

    key: str
    name: str
    start: date
    end: date | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRow:
    """One portfolio of one ministry, on the ministry's own days; ``attached_to`` stands on the main row alone."""

    ministry: str
    name: str
    portfolio: str
    main: bool
    since: date
    until: date | None
    attached_to: tuple[str, ...]
    evidence: Evidence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """A ministry that took the place of another on a day."""

    former: str
    successor: str
    on: date
    evidence: Continuity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of a table, and where it stands, for the errors."""

    table: str
    number: int
    cells: dict[str, str]

    def refuse(self, column: str, wanted: str) -> SourceError:
        found = self.cells.get(column, "")
        return SourceError(
            f"{self.table}, line {self.number}, column {column}: found {found!r}, wanted {wanted}",
            source=self.table,
            record=str(self.number),
            path=column,
            code="curated-table",
            hint="mend the line of the table",
        )

    def matching(self, column: str, accept: Callable[[str], object], wanted: str) -> str:
        cell = self.cells[column]
        if not accept(cell):
            raise self.refuse(column, wanted)
        return cell

    def text(self, column: str) -> str:
        return self.matching(column, str.strip, "a text")

    def key(self, column: str) -> str:
        return self.matching(column, is_key, "a key of letters, digits and hyphens")

    def body(self, column: str) -> str:
        return self.matching(column, _BODY.fullmatch, "a PO identifier")

    def bodies(self, column: str) -> tuple[str, ...]:
        found = tuple(self.cells[column].split())
        if len(set(found)) != len(found) or not all(map(_BODY.fullmatch, found)):
            raise self.refuse(column, "distinct PO identifiers with spaces between them, or nothing")
        return found

    def flag(self, column: str) -> bool:
        return self.matching(column, ("0", "1").__contains__, "0 or 1") == "1"

    def day(self, column: str) -> date:
        cell = self.matching(column, _DAY.fullmatch, "a day, as 2017-06-22")
        try:
            return date.fromisoformat(cell)
        except ValueError as error:
            raise self.refuse(column, "a day of the calendar") from error

    def last_day(self, column: str, first: date) -> date | None:
        if not self.cells[column]:
            return None
        last = self.day(column)
        if last < first:
            raise self.refuse(column, f"a day not before {first}, or nothing")
        return last

    def one_of(self, column: str, choices: type[_Choice]) -> _Choice:
        try:
            return choices(self.cells[column])
        except ValueError as error:
            raise self.refuse(column, "one of " + ", ".join(choices)) from error


def _lines(table: str, text: str, columns: tuple[str, ...]) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = tuple(next(reader, ()))
        if header != columns:
            raise _Line(table=table, number=1, cells={"header": ",".join(header)}).refuse("header", ",".join(columns))
        for cells in reader:
            line = _Line(table=table, number=reader.line_num, cells=dict(zip(columns, cells, strict=False)))
            if len(cells) != len(columns):
                raise line.refuse(columns[0], f"{len(columns)} cells on the line, not {len(cells)}")
            yield line
    except csv.Error as error:
        raise _Line(table=table, number=reader.line_num, cells={"quotes": str(error)}).refuse(
            "quotes", "CSV"
        ) from error


def parse_governments(text: str) -> tuple[Government, ...]:
    """Read the table of governments from its text.

    Raises
    ------
    SourceError
        A line is malformed: ``record`` is its number, ``path`` the column.
    """
    return tuple(
        Government(
            key=line.key("key"),
            name=line.text("name"),
            start=(start := line.day("start")),
            end=line.last_day("end", start),
            evidence=line.text("evidence"),
        )
        for line in _lines("governments.csv", text, ("key", "name", "start", "end", "evidence"))
    )


def _portfolio_row(line: _Line) -> PortfolioRow:
    row = PortfolioRow(
        ministry=line.body("ministry"),
        name=line.text("name"),
        portfolio=line.key("portfolio"),
        main=line.flag("main"),
        since=(since := line.day("since")),
        until=line.last_day("until", since),
        attached_to=line.bodies("attached_to"),
        evidence=line.one_of("evidence", Evidence),
        note=line.cells["note"],
    )
    if row.attached_to and (not row.main or row.ministry in row.attached_to):
        raise line.refuse("attached_to", "another body, and on the main row alone")
    if row.evidence is Evidence.HAND and not row.note:
        raise line.refuse("note", "the reason of a decision by hand")
    return row


def parse_portfolio_rows(text: str) -> tuple[PortfolioRow, ...]:
    """Read the table of portfolios from its text.

    Raises
    ------
    SourceError
        A line is malformed: ``record`` is its number, ``path`` the column.
    """
    columns = ("ministry", "name", "portfolio", "main", "since", "until", "attached_to", "evidence", "note")
    return tuple(_portfolio_row(line) for line in _lines("portfolios.csv", text, columns))


def parse_successions(text: str) -> tuple[Succession, ...]:
    """Read the table of successions from its text.

    Raises
    ------
    SourceError
        A line is malformed: ``record`` is its number, ``path`` the column.
    """
    return tuple(
        Succession(
            former=line.body("from"),
            successor=line.body("to"),
            on=line.day("on"),
            evidence=line.one_of("evidence", Continuity),
        )
        for line in _lines("successions.csv", text, ("from", "to", "on", "evidence"))
    )


def _text(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


@cache
def governments() -> tuple[Government, ...]:
    """Give the reviewed governments, in order of time."""
    return parse_governments(_text("governments.csv"))


@cache
def portfolio_rows() -> tuple[PortfolioRow, ...]:
    """Give the reviewed portfolios of ministries: the main row of each ministry, then its further ones."""
    return parse_portfolio_rows(_text("portfolios.csv"))


@cache
def successions() -> tuple[Succession, ...]:
    """Give the reviewed successions of ministries, in order of time."""
    return parse_successions(_text("successions.csv"))
