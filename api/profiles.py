"""Pages of people, bodies, places and topics: what was asked, of whom, by whom, each figure beside its query.

Figures are counted over the columns, which takes milliseconds; the query that each offers gives the same, as a test
proves by following it. Knows columns and queries; no HTTP, no template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api import queries
from api.pages import with_arguments
from graph.columns.tally import Load, Share, load, rows_of, tally
from ontology.iris import NS, split, thing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.asked import Memo
    from graph.columns.table import Columns
    from graph.columns.tally import Rows

# By type: the property that leads from a question to it, the name of its column and filter, and the tables of its page.
_PROPERTIES: Final[Mapping[str, str]] = {
    "deputy": "author",
    "group": "groupAtTabling",
    "declared": "groupAsPublished",
    "ministry": "addressedTo",
    "attributed": "attributedTo",
    "portfolio": "addressedTo",
    "topic": "topic",
    "constituency": "constituencyAtTabling",
}
_VIEWS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "person": (("deputy", ("portfolio", "topic", "group")),),
    "ministry": (("ministry", ("group", "deputy", "topic")), ("attributed", ("group",))),
    "portfolio": (("portfolio", ("ministry", "group", "deputy", "topic")),),
    "group": (("group", ("portfolio", "deputy", "topic")), ("declared", ("portfolio", "deputy"))),
    "constituency": (("constituency", ("deputy", "portfolio", "topic")),),
    "topic": (("topic", ("portfolio", "group", "deputy")),),
}
KINDS: Final = tuple(_VIEWS)
_SHOWN: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table: a thing, how many questions, how many answered, and the list of these questions."""

    label: str
    path: str
    share: Share
    list: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Questions counted by one thing: the first lines of ``total``, and the query that gives all."""

    by: str
    lines: Sequence[Line]
    total: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many questions stand in one relation to a thing; ``list`` and ``query`` give the same numbers."""

    relation: str
    load: Load
    tables: Sequence[Table]
    list: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Something held for a time: a mandate, a membership, an office; or a body that came before or after."""

    kind: str
    label: str
    path: str
    since: str
    until: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms in order of time, and the query that gives them."""

    name: str
    terms: Sequence[Term]
    query: str


def figures(columns: Columns, kind: str, name: str, language: str) -> list[Figures]:
    """Count the questions about a thing, in every relation that its page shows."""
    return [_figures(columns, by, tables, name, language) for by, tables in _VIEWS[kind]]


def _figures(columns: Columns, by: str, tables: Sequence[str], name: str, language: str) -> Figures:
    rows = rows_of(columns, by, name)
    slots = {"property": queries.iri(NS + _PROPERTIES[by])}
    about = "portfolio" if by == "portfolio" else "thing"
    kind = {"deputy": "person", "attributed": "ministry", "declared": "group"}.get(by, by)
    slots[about] = queries.iri(thing(kind, name))
    given = {"attributed": {"ministry": name, "target": "attributed"}, "declared": {}}.get(by, {by: name})
    return Figures(
        relation=by,
        load=load(columns, rows),
        tables=[_table(columns, rows, table, slots, given, language) for table in tables],
        list=with_arguments("/questions", given) if given else "",
        query=_query(queries.text("load", **slots)),
    )


def _table(
    columns: Columns,
    rows: Rows,
    by: str,
    slots: Mapping[str, queries.Term],
    given: Mapping[str, str],
    language: str,
) -> Table:
    """Count some questions by one thing."""
    shares = tally(columns, rows, by)
    grouped = "byportfolio" if by == "portfolio" else "by"
    kind = "person" if by == "deputy" else by
    return Table(
        by=by,
        lines=[
            Line(
                label=share.name(language),
                path=f"/{kind}/{share.key}",
                share=share,
                list=with_arguments("/questions", {**given, by: share.key}) if given else "",
            )
            for share in shares[:_SHOWN]
        ],
        total=len(shares),
        query=_query(queries.text("tally", **slots, **{grouped: queries.iri(NS + _PROPERTIES[by])})),
    )


def terms(memo: Memo, kind: str, name: str, language: str) -> list[Terms]:
    """List what a thing has been in time: offices and mandates, names under one portfolio, bodies before and after."""
    term = queries.iri(thing(kind, name))
    if kind == "person":
        return _present([_held(memo, "person", language, person=term)])
    if kind == "ministry":
        return _present(
            [_bodies(memo, "neighbours", language, before=term), _held(memo, "ministers", language, body=term)]
        )
    if kind == "portfolio":
        return _present([_bodies(memo, "lineage", language, portfolio=term)])
    if kind == "constituency":
        return _present([_held(memo, "elected", language, seat=term)])
    return []


def _present(found: Sequence[Terms]) -> list[Terms]:
    return [one for one in found if one.terms]


def _held(memo: Memo, title: str, language: str, **slots: queries.Term) -> Terms:
    """List mandates, memberships and offices."""
    asked = memo.ask("terms", **slots)
    labels = memo.labels((str(row[2]) for row in asked.rows), language)
    return Terms(
        name=title,
        terms=[
            Term(
                kind=str(held).removeprefix(NS),
                label=labels[str(place)],
                path=_path(place),
                since=str(since or ""),
                until=str(until or ""),
                note=str(quality or ""),
            )
            for held, _, place, since, until, quality in asked.rows
        ],
        query=asked.path,
    )


def _bodies(memo: Memo, title: str, language: str, **slots: queries.Term) -> Terms:
    """List ministries in order of time, each with its government."""
    asked = memo.ask("lineage", **slots)
    labels = memo.labels((str(cell) for row in asked.rows for cell in (row[0], row[3]) if cell is not None), language)
    return Terms(
        name=title,
        terms=[
            Term(
                kind="Ministry",
                label=labels[str(body)],
                path=_path(body),
                since=str(since or ""),
                until=str(until or ""),
                note=labels[str(government)] if government is not None else "",
            )
            for body, since, until, government in asked.rows
        ],
        query=asked.path,
    )


def _path(term: object) -> str:
    """Give the page of a thing of ours; empty for what is not."""
    ours = split(str(term))
    return f"/{ours[0]}/{ours[1]}" if ours else ""


def _query(text: str) -> str:
    """Lead to the page where a query can be read, changed and run."""
    return f"/sparql?{urlencode({'query': text})}"
