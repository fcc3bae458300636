"""Long tables of plain values, written as CSV or Parquet piece by piece: nothing is held but the rows of one piece.

Knows no store and no HTTP. Parquet needs pyarrow, an extra, which is imported when it is asked for.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from ontology.errors import MissingEngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.tabular import Sort, Value

_LINES: Final = 1_000  # of CSV, written at once
_ARROW: Final = {"integer": "int64", "number": "float64", "boolean": "bool_", "date": "date32", "text": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table to be written once: its columns with the sort of their cells, its rows, and what it says of itself.

    A day is written as ISO, as a date where the format has them; None is a cell that is not known. ``piece`` is how
    many rows of Parquet stand together, and are held at once.
    """

    head: Mapping[str, Sort]
    rows: Iterator[Sequence[Value | None]]
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    piece: int = 10_000


def has_parquet() -> bool:
    """Say whether Parquet can be written here."""
    return find_spec("pyarrow") is not None


def write_csv(sheet: Sheet, file: IO[bytes]) -> int:
    """Write a table as CSV of UTF-8 with its head, unknown cells empty; give the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(sheet.head)
    count = 0
    while piece := list(islice(sheet.rows, _LINES)):
        writer.writerows(piece)
        count += len(piece)
    text.detach()
    return count


def write_parquet(sheet: Sheet, file: IO[bytes]) -> int:
    """Write a table as Parquet, each column typed, what it says of itself in its schema; give the number of rows.

    Raises
    ------
    MissingEngineError
        pyarrow is not installed.
    """
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    kinds = [getattr(arrow, _ARROW[sort])() for sort in sheet.head.values()]
    schema = arrow.schema(list(zip(sheet.head, kinds, strict=True)), metadata=dict(sheet.said))
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while piece := list(islice(sheet.rows, sheet.piece)):
            cells = list(zip(*piece, strict=True))
            columns = [
                arrow.array([_typed(cell, sort) for cell in column], kind)
                for column, kind, sort in zip(cells, kinds, sheet.head.values(), strict=True)
            ]
            writer.write_table(arrow.table(columns, schema=schema))
            count += len(piece)
    return count


def _typed(cell: Value | None, sort: Sort) -> Value | None:
    """Give a cell as its sort has it: text that is empty is text that is not known."""
    if cell is None or cell == "":
        return None
    return date.fromisoformat(cell) if sort == "date" and isinstance(cell, str) else cell


def _library(name: str) -> Any:  # noqa: ANN401  a module of a library that may not be there
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingEngineError(
            "Parquet cannot be written here: pyarrow is not installed.",
            hint="pip install 'questeur[arrow]', or take CSV",
        ) from error
