"""Lists of questions, newest first, in pages that give each question once. Knows the store; must not know HTTP."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from api import queries
from graph.columns.table import day_number, day_text
from ontology.errors import QueryError
from ontology.iris import is_key, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.asked import Answering
    from api.selection import Selection
    from graph.columns.table import Columns
    from graph.columns.tally import Rows
    from graph.store import Limits, Term
    from graph.tabular import Sort

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of a list; empty text for what is not known."""

    id: str
    key: str
    label: str
    title: str
    asked: str
    answered: str
    delay_days: int | None
    deputy: str
    deputy_label: str
    ministry: str
    ministry_label: str


COLUMNS = tuple(field.name for field in fields(Item))
SORTS: Mapping[str, Sort] = {"asked": "date", "answered": "date", "delay_days": "integer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; ``after`` is where the next begins, empty on the last."""

    items: Sequence[Item]
    total: int
    after: str


def page(store: Answering, columns: Columns, chosen: Selection, *, limit: int, after: str, limits: Limits) -> Page:
    """Read one page of a list: which questions from the columns, what is said of them from the store."""
    rows = chosen.rows(columns)
    begin = _begin(columns, rows, after) if after else 0
    shown = rows[begin : begin + limit]
    items = list(details(store, chosen, [columns.iri(int(row)) for row in shown], limits))
    following = _encode(columns, int(shown[-1])) if begin + limit < len(rows) else ""
    return Page(items=items, total=len(rows), after=following)


def every(store: Answering, columns: Columns, chosen: Selection, *, limits: Limits) -> Iterator[Item]:
    """Read a whole list."""
    yield from details(store, chosen, [columns.iri(int(row)) for row in chosen.rows(columns)], limits)


def counting(chosen: Selection) -> str:
    """Write the query whose answer is how many questions a list holds."""
    return queries.text("count", **chosen.slots())


def details(store: Answering, chosen: Selection, iris: Sequence[str], limits: Limits) -> Iterator[Item]:
    """Say what a list says of each question, in the order given; a second label of anything is left out."""
    for start in range(0, len(iris), _BATCH):
        batch = iris[start : start + _BATCH]
        text = queries.text("details", questions=queries.iris(batch), asks=queries.iri(chosen.asks))
        items: dict[str, Item] = {}
        for row in store.rows(text, limits=limits):
            item = _item(row)
            items.setdefault(item.id, item)
        yield from (items[iri] for iri in batch if iri in items)


def _item(row: Sequence[Term | None]) -> Item:
    """Read one row of the query of details, column by column."""
    cells = iter("" if value is None else str(value) for value in row)
    question, label, title, asked, answered, delay = (next(cells) for _ in range(6))
    deputy, deputy_label, ministry, ministry_label = cells
    return Item(
        id=question,
        key=_key(question),
        label=label or _key(question),
        title=title,
        asked=asked,
        answered=answered,
        delay_days=int(delay) if delay else None,
        deputy=_key(deputy),
        deputy_label=deputy_label or _key(deputy),
        ministry=_key(ministry),
        ministry_label=ministry_label or _key(ministry),
    )


def _key(iri: str) -> str:
    """Give the key of a thing of ours."""
    parts = split(iri)
    return parts[1] if parts else ""


def _encode(columns: Columns, row: int) -> str:
    """Write where a page ends: opaque to the caller."""
    place = f"{day_text(int(columns.asked[row]))} {_key(columns.iri(row))}"
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _begin(columns: Columns, rows: Rows, after: str) -> int:
    """Find where a page begins: after the place where the last ended, whether or not that question still is there."""
    day, key = _decode(after)
    earlier = np.count_nonzero(columns.asked[rows] > day)
    same = rows[columns.asked[rows] == day]
    return int(earlier + np.count_nonzero(columns.question[same] <= key.encode()))


def _decode(after: str) -> tuple[int, str]:
    """Read where a page ends; refuse what we did not write."""
    try:
        day, key = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode("ascii").split(" ")
        if is_key(key):
            date.fromisoformat(day)
            return day_number(day), key
    except (ValueError, binascii.Error):
        pass
    raise QueryError(
        f"parameter after cannot be {after[:40]!r}", code="parameter", hint="take it from the link to the next page"
    )
