"""The rows of an answer as Python users want them: to read, as data frames, in a notebook. Knows no store.

Each library of data frames is imported when it is asked for: none is needed to install or run the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, overload

from graph.tabular import Column, columns
from ontology.errors import ConfigError
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from graph.store import Rows, Term

_SHOWN = 20
_CELL = 120
# The types of columns, by the sort of their cells.
_PANDAS = {
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
    "text": "string",
}
_POLARS = {"integer": "Int64", "number": "Float64", "boolean": "Boolean", "date": "Date", "text": "String"}
_ARROW = {"integer": "int64", "number": "float64", "boolean": "bool_", "date": "date32", "text": "string"}


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a SELECT, each a tuple of RDF terms (rdflib's), None where a cell is unbound.

    Attributes
    ----------
    rows
        The rows, as the store gives them.
    """

    rows: Rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns, in the order of the query."""
        return self.rows.columns

    @property
    def generation(self) -> str:
        """Name the generation that the answer came from."""
        return self.rows.generation

    @property
    def data_date(self) -> date | None:
        """Give the day of the data, None where it is not known."""
        return self.rows.data_date

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        """Iterate over the rows."""
        return iter(self.rows)

    @overload
    def __getitem__(self, at: int) -> tuple[Term | None, ...]: ...
    @overload
    def __getitem__(self, at: str) -> tuple[Any, ...]: ...
    def __getitem__(self, at: int | str) -> tuple[Any, ...]:
        """Give a row by its number, or the Python values of a column by its name."""
        if isinstance(at, int):
            return self.rows.rows[at]
        for column in self._columns():
            if column.name == at:
                return tuple(column.cells)
        raise KeyError(at)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give a mapping for each row, of Python values by column."""
        found = self._columns()
        names = [column.name for column in found]
        return [dict(zip(names, row, strict=True)) for row in zip(*(c.cells for c in found), strict=True)]

    def to_pandas(self) -> pd.DataFrame:
        """Give a pandas data frame; a missing cell is ``pandas.NA``.

        Raises
        ------
        ConfigError
            pandas is not installed.
        """
        library = _library("pandas", "pandas")
        series = {c.name: library.Series(list(c.cells), dtype=_PANDAS[c.sort]) for c in self._columns()}
        frame: pd.DataFrame = library.DataFrame(series, columns=list(self.columns))
        frame.attrs.update(self._origin())
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Give a polars data frame.

        Raises
        ------
        ConfigError
            polars is not installed.
        """
        library = _library("polars", "polars")
        frame: pl.DataFrame = library.DataFrame(
            [library.Series(c.name, list(c.cells), dtype=getattr(library, _POLARS[c.sort])) for c in self._columns()]
        )
        return frame

    def to_arrow(self) -> pa.Table:  # pyright: ignore[reportUnknownParameterType, reportUnknownMemberType]  # pyarrow has no types
        """Give an Arrow table; generation and day of the data are in the metadata of its schema.

        Raises
        ------
        ConfigError
            pyarrow is not installed.
        """
        library = _library("pyarrow", "arrow")
        found = self._columns()
        types = [getattr(library, _ARROW[c.sort])() for c in found]
        schema = library.schema(list(zip(self.columns, types, strict=True)), metadata=self._origin())
        cells = [library.array(c.cells, kind) for c, kind in zip(found, types, strict=True)]
        return library.table(cells, schema=schema)

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook: IRIs as links, what comes from the data escaped."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{_cell(term)}</td>' for term in row)}</tr>" for row in self.rows.rows[:_SHOWN]
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(self._size())}</p>"

    def __repr__(self) -> str:
        """Say how many rows there are of which columns, and where they come from."""
        return f"<Table: {self._size()}; {' '.join(self.columns)}>"

    def _size(self) -> str:
        rows = f"{len(self):,} row{'' if len(self) == 1 else 's'}"
        shown = f" ({_SHOWN} shown)" if len(self) > _SHOWN else ""
        return f"{rows}{shown}, generation {self.generation}, data of {self.data_date or 'an unknown day'}"

    def _columns(self) -> tuple[Column, ...]:
        return columns(self.rows)

    def _origin(self) -> Mapping[str, str]:
        return {"generation": self.generation, "data_date": str(self.data_date or "")}


def _cell(term: Term | None) -> str:
    if term is None:
        return ""
    text = str(term)
    shown = text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"
    if not text.startswith(("http://", "https://")) or getattr(term, "datatype", None) is not None:
        return escape(shown)
    for prefix, namespace in PREFIXES.items():
        local = text.removeprefix(namespace)
        if local != text and "/" not in local:
            shown = f"{prefix}:{local}"
    return f'<a href="{escape(text)}" rel="noreferrer">{escape(shown)}</a>'


def _library(name: str, extra: str) -> Any:  # noqa: ANN401  a module of a library that may not be there
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(f"{name} is not installed", hint=f"pip install 'questeur[{extra}]'") from error
