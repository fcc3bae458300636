"""Lists of questions, newest first, in pages that give each question once. Knows the store; must not know HTTP."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from api import queries
from ontology.errors import QueryError
from ontology.iris import is_key, split, thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from api.asked import Answering
    from api.selection import Selection
    from graph.store import Limits, Term

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; ``after`` is where the next begins, empty on the last."""

    items: Sequence[Item]
    total: int
    after: str


def page(store: Answering, chosen: Selection, *, limit: int, after: str, limits: Limits) -> Page:
    """Read one page of a list."""
    slots = chosen.slots()
    if after:
        day, key = _decode(after)
        slots |= {"day": queries.day(day), "key": queries.string(thing("question", key))}
    found = _keys(store, slots | {"limit": queries.integer(limit + 1)}, limits)
    items = list(details(store, chosen, [iri for iri, _ in found[:limit]], limits))
    total = store.rows(queries.text("count", **chosen.slots()), limits=limits)
    following = _encode(*found[limit - 1]) if len(found) > limit else ""
    return Page(items=items, total=int(str(total.rows[0][0])), after=following)


def every(store: Answering, chosen: Selection, *, limits: Limits) -> Iterator[Item]:
    """Read a whole list."""
    yield from details(store, chosen, [iri for iri, _ in _keys(store, chosen.slots(), limits)], limits)


def _keys(store: Answering, slots: Mapping[str, queries.Term], limits: Limits) -> list[tuple[str, str]]:
    """Give the IRI and the day of each question, in order."""
    return [(str(iri), str(day)) for iri, day in store.rows(queries.text("questions", **slots), limits=limits)]


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


def _encode(iri: str, day: str) -> str:
    """Write where a page ends: opaque to the caller."""
    return urlsafe_b64encode(f"{day} {_key(iri)}".encode()).decode().rstrip("=")


def _decode(after: str) -> tuple[date, str]:
    """Read where a page ends; refuse what we did not write."""
    try:
        day, key = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode("ascii").split(" ")
        if is_key(key):
            return date.fromisoformat(day), key
    except (ValueError, binascii.Error):
        pass
    raise QueryError(
        f"parameter after cannot be {after[:40]!r}", code="parameter", hint="take it from the link to the next page"
    )
