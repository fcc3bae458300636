"""A query's answer as a page: the first rows of its table, and how many there are. Reads the spooled body once."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

from api.cells import plain
from api.context import service
from api.pages import render
from api.rdf import terms
from graph.store import DATA_DATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from flask import Response

    from api.answers import Given
    from api.cells import Cell
    from api.formats import Format

# One line per row or triple, so that a page needs to read only its own rows and may count the rest.
MEDIA_TYPES = ("text/tab-separated-values", "application/n-triples", "application/sparql-results+json")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the result page shows: a verdict, or the first ``rows`` of ``total``."""

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    total: int = 0
    verdict: bool | None = None
    milliseconds: int = 0
    data_date: date | None = None


def page(
    given: Given,
    *,
    query: str,
    alternates: Iterable[Format],
    template: str = "sparql.html",
    values: Mapping[str, object] | None = None,
) -> Response:
    """Show an answer, not compressed, under the form that made it."""
    with io.BytesIO(given.body) if isinstance(given.body, bytes) else given.body as body:
        result = replace(_read(given, body), data_date=given.data_date)
    fitting = [fmt for fmt in alternates if given.kind in fmt.kinds]
    response = render(template, query=query, result=result, alternates=fitting, status=200, **(values or {}))
    response.headers["X-Questeur-Generation"] = given.generation
    if given.data_date is not None:
        response.headers[DATA_DATE] = given.data_date.isoformat()
    return response


def _read(given: Given, body: IO[bytes]) -> Result:
    """Read the part of the body that the page shows."""
    took = round(sum(given.timings.values()))
    if given.kind == "boolean":
        return Result(verdict=bool(json.load(body)["boolean"]), milliseconds=took)
    graph = given.kind == "graph"
    head = ("s", "p", "o") if graph else tuple(name.lstrip("?") for name in _line(body).split("\t") if name)
    rows: list[list[Cell]] = []
    for raw in body:
        line = raw.decode("utf-8").rstrip("\r\n")
        rows.append([plain(term) for term in terms(line)[:3]] if graph else [_cell(text) for text in line.split("\t")])
        if len(rows) == service().settings.page_rows:
            break
    rest = sum(chunk.count(b"\n") for chunk in iter(lambda: body.read(_CHUNK), b""))
    return Result(columns=head, rows=rows, total=len(rows) + rest, milliseconds=took)


def _line(body: IO[bytes]) -> str:
    """Read one line."""
    return body.readline().decode("utf-8").rstrip("\r\n")


def _cell(text: str) -> Cell:
    """Read one cell of a TSV row; an empty one is unbound."""
    found = terms(text)
    return plain(found[0] if found else None)
