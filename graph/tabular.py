"""Typed rows as columns of plain Python values, one kind of value in each: what data frames are made of.

Knows RDF's datatypes; must not know any library of data frames.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rdflib.namespace import XSD
from rdflib.term import Literal as RdfLiteral

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.store import Rows, Term

Sort: TypeAlias = Literal["integer", "number", "boolean", "date", "text"]
Value: TypeAlias = int | float | bool | date | str

_LARGEST: Final = 2**63
_INTEGERS: Final = frozenset(
    str(XSD[name])
    for name in (
        *("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
_NUMBERS: Final = frozenset(str(XSD[name]) for name in ("decimal", "double", "float"))
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INFINITE: Final = {"INF": "inf", "+INF": "inf", "-INF": "-inf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, the sort of its cells, and a value for each row, None where the cell is unbound."""

    name: str
    sort: Sort
    cells: Sequence[Value | None]


def columns(rows: Rows) -> tuple[Column, ...]:
    """Give the columns of rows.

    A column is of a sort if all its bound cells are: whole numbers that 64 bits hold, numbers, booleans, days.
    Whole numbers among other numbers are numbers. All else, and any cell whose text is no value of its datatype, makes
    the column text: IRIs and literals as they are written, ``xsd:dateTime`` too, languages left out.
    """
    return tuple(_column(name, [row[at] for row in rows]) for at, name in enumerate(rows.columns))


def _column(name: str, cells: Sequence[Term | None]) -> Column:
    bound = [cell for cell in cells if cell is not None]
    sort = _sort({_sort_of(cell) for cell in bound})
    read = _READERS[sort]
    try:
        return Column(name=name, sort=sort, cells=[None if cell is None else read(str(cell)) for cell in cells])
    except (ValueError, ArithmeticError):
        return Column(name=name, sort="text", cells=[None if cell is None else str(cell) for cell in cells])


def _sort(found: set[Sort]) -> Sort:
    if len(found) == 1:
        return next(iter(found))
    return "number" if found == {"integer", "number"} else "text"


def _sort_of(cell: Term) -> Sort:
    datatype = str(cell.datatype) if isinstance(cell, RdfLiteral) and cell.datatype is not None else ""
    if datatype in _INTEGERS:
        return "integer"
    if datatype in _NUMBERS:
        return "number"
    return _OTHERS.get(datatype, "text")


_OTHERS: Final[Mapping[str, Sort]] = {
    str(XSD.boolean): "boolean",
    str(XSD.date): "date",
}


def _whole(text: str) -> int:
    value = int(text)
    if not -_LARGEST <= value < _LARGEST:
        raise ValueError(text)
    return value


def _number(text: str) -> float:
    return float(_INFINITE[text]) if text in _INFINITE else float(Decimal(text))


def _boolean(text: str) -> bool:
    if text not in _TRUTHS:
        raise ValueError(text)
    return _TRUTHS[text]


_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


def _day(text: str) -> date:
    if _DAY.fullmatch(text) is None:  # with a zone, a day is no day of the calendar
        raise ValueError(text)
    return date.fromisoformat(text)


_READERS: Final[Mapping[Sort, Callable[[str], Value]]] = {
    "integer": _whole,
    "number": _number,
    "boolean": _boolean,
    "date": _day,
    "text": str,
}
