"""What ``questeur query`` does: ask a store, and write the answer as the user wants."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from graph import named
from graph.gate import outline
from graph.opening import open_store
from graph.store import Limits
from ontology.errors import ConfigError
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from graph.store import Answer, Store, Term

MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "trig": "application/trig",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_PIPED = ("text/tab-separated-values", "text/turtle", "application/sparql-results+json")
_CELL = 60
MAX_TIMEOUT = 86_400


def ask_store(target: str, text: str, format_: str | None, output: Path | None, timeout: float) -> None:
    """Ask a query and print or write the answer; a table on a terminal unless a format is named."""
    if format_ not in {None, "table", *MEDIA_TYPES} or (format_ == "table" and output is not None):
        named = f"--format {format_}" if output is None else f"{output.name}: its suffix"
        raise ConfigError(f"{named} names no format to write", hint=f"one of: {' '.join(MEDIA_TYPES)}")
    if not 0 < timeout < MAX_TIMEOUT:
        raise ConfigError(f"--timeout {timeout}: give seconds, more than 0 and less than {MAX_TIMEOUT}")
    limits = Limits(deadline=timeout)
    with closing(open_store(target)) as store:
        if (format_ == "table" and output is None) or (format_ is None and output is None and sys.stdout.isatty()):
            _show(store, text, limits)
            return
        wanted = _PIPED if format_ is None else (MEDIA_TYPES[format_],)
        answer = store.query(text, media_types=wanted, limits=limits)
        _write(answer, output)
        click.echo(_origin(answer.generation, answer.data_date), err=True)


def named_query(name: str, settings: Iterable[str]) -> str:
    """Give the text of a named query with ``slot=value`` settings in it."""
    values: dict[str, str] = {}
    for setting in settings:
        slot, equals, value = setting.partition("=")
        if not equals or slot in values:
            raise ConfigError(f"--set {setting}: give slot=value, each slot once", hint="such as legislature=15")
        values[slot] = value
    return named.read(name).bind(values)


def show_named() -> None:
    """List the named queries with their titles and what they take."""
    for query in map(named.read, named.names()):
        click.echo(f"@{query.name}\n    {query.title_fr}\n    {query.title_en}")
        for slot in query.slots:
            click.echo(f"    --set {slot.name}={slot.default or '…'}  {slot.kind}")


def _write(answer: Answer, output: Path | None) -> None:
    with answer.body as body:
        if output is not None:
            with output.open("wb") as file:
                while chunk := body.read(1 << 16):
                    file.write(chunk)
            return
        while chunk := body.read(1 << 16):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()


def _show(store: Store, text: str, limits: Limits) -> None:
    """Show a SELECT as a table; an ASK as yes or no; a graph as Turtle."""
    if outline(text).form != "SELECT":
        answer = store.query(
            text, media_types=("text/turtle", "text/csv", "application/sparql-results+json"), limits=limits
        )
        _write(answer, None)
        click.echo(_origin(answer.generation, answer.data_date), err=True)
        return
    rows = store.rows(text, limits=limits)
    cells = [list(rows.columns), *([_cell(term) for term in row] for row in rows)]
    widths = [min(max(len(row[i]) for row in cells), _CELL) for i in range(len(rows.columns))]
    for number, row in enumerate(cells):
        click.echo("  ".join(_cut(c).ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            click.echo("  ".join("-" * w for w in widths))
    size = f"{len(rows)} row{'' if len(rows) == 1 else 's'}"
    click.echo(f"{size}, {_origin(rows.generation, rows.data_date)}", err=True)


def _origin(generation: str, day: date | None) -> str:
    """Say where an answer comes from: the generation, and the day of its data."""
    return f"generation {generation}, data of {day or 'an unknown day'}"


def _cut(cell: str) -> str:
    return cell if len(cell) <= _CELL else f"{cell[: _CELL - 1]}…"


def _cell(term: Term | None) -> str:
    """Write a term for reading: IRIs by prefix, literals by their text."""
    if term is None:
        return ""
    text = str(term)
    for prefix, namespace in PREFIXES.items():
        local = text.removeprefix(namespace)
        if local != text and "/" not in local:
            return f"{prefix}:{local}"
    return " ".join(text.split())
