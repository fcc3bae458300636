"""The named queries: questions the graph must answer, as packaged SPARQL texts with titles and slots.

A slot is a ``VALUES ?name { … }`` of the text; what stands there is its default, ``UNDEF`` meaning any. A value given
for it is checked and written as a typed term: text of a caller never enters a query. Knows no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ontology import iris
from ontology.errors import NotFoundError, QueryError
from ontology.statements import Kind, term

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLE = re.compile(r"# (fr|en): (.+)")
_SLOT = re.compile(r"# slot (\w+) (\w+): (.+) \| (.+)")
_ANY = "UNDEF"
_LEXICAL = re.compile(r'<[^>]*/([^/>]+)>|"([^"]*)"(?:\^\^\S+)?')
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LITERALS = frozenset({"date", "moment", "number", "text"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A value that a named query takes. ``kind`` is date, moment, number, text, or a type of thing (its key).

    ``default`` is written as a caller would write it; empty: any.
    """

    name: str
    kind: str
    label_fr: str
    label_en: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedQuery:
    """A packaged query: its name, its titles, its slots, and the text with the defaults in it."""

    name: str
    title_fr: str
    title_en: str
    slots: tuple[Slot, ...]
    text: str

    def bind(self, values: Mapping[str, str]) -> str:
        """Give the text with values in its slots; an empty one keeps the default.

        Raises
        ------
        QueryError
            There is no such slot, or the value is not of its kind.
        """
        slots = {slot.name: slot for slot in self.slots}
        written: dict[str, str] = {}
        for name, value in values.items():
            if name not in slots:
                known = f"{self.name} takes {', '.join(slots) or 'nothing'}"
                raise QueryError(f"no such slot: {name[:40]!r}", code="parameter", hint=known)
            if value:
                written[_values(self.text, name)] = f"VALUES ?{name} {{ {_write(slots[name], value)} }}"
        if not written:
            return self.text
        blocks = "|".join(map(re.escape, written))  # in one pass: what was written is not searched again
        return re.sub(blocks, lambda found: written[found[0]], self.text)


@cache
def names() -> tuple[str, ...]:
    """List the names: journalists' questions (j), political scientists' (p), linked-data users' (l)."""
    found = [path.name.removesuffix(".rq") for path in files(__package__ or "").joinpath("queries").iterdir()]
    return tuple(sorted(found, key=_order))


def _order(name: str) -> tuple[int, int]:
    head = name.partition("-")[0]
    return "jpl".index(head[0]), int(head[1:])


@cache
def read(name: str) -> NamedQuery:
    """Read a named query.

    Raises
    ------
    NotFoundError
        There is none of that name; the hint gives the nearest.
    """
    if name not in names():
        near = [known for known in names() if known.startswith(f"{name.lower()}-")]
        near = near or get_close_matches(name.lower(), names(), n=1, cutoff=0.3)
        hint = f"did you mean {near[0]}?" if near else f"such as {names()[0]}"
        raise NotFoundError(f"there is no named query {name[:60]!r}", hint=hint)
    text = files(__package__ or "").joinpath("queries", f"{name}.rq").read_text(encoding="utf-8")
    titles = {match[1]: match[2] for match in map(_TITLE.fullmatch, text.splitlines()) if match}
    slots = tuple(
        Slot(
            name=match[1],
            kind=match[2],
            label_fr=match[3],
            label_en=match[4],
            default=_default(text, match[1]),
        )
        for match in map(_SLOT.fullmatch, text.splitlines())
        if match
    )
    return NamedQuery(name=name, title_fr=titles["fr"], title_en=titles["en"], slots=slots, text=text)


def _values(text: str, name: str) -> str:
    """Find the one VALUES block of a slot."""
    (block,) = re.findall(rf"VALUES \?{name} \{{ .*? \}}", text)
    return str(block)


def _default(text: str, name: str) -> str:
    """Read the default of a slot from its VALUES, as a caller would write it."""
    written = _values(text, name).partition("{ ")[2].removesuffix(" }")
    if written == _ANY:
        return ""
    match = _LEXICAL.fullmatch(written)
    if match is None:
        raise ValueError(f"the default of {name} is no single term: {written}")
    return match[1] or match[2]


def _write(slot: Slot, value: str) -> str:
    """Write a caller's value as a term of the slot's kind."""
    try:
        if slot.kind in _LITERALS:
            return _literal(slot.kind, value)
        return term(Kind.IRI, _thing(slot.kind, value))
    except ValueError:
        wanted = _WANTED.get(slot.kind, f"the key of a {slot.kind}, or its IRI")
        raise QueryError(f"{slot.name} cannot be {value[:60]!r}", code="parameter", hint=f"give {wanted}") from None


_WANTED = {
    "date": "a day, such as 2024-04-30",
    "moment": "a day or a moment in UTC, such as 2024-04-30 or 2024-04-30T12:00:00Z",
    "number": "a whole number",
    "text": "a text without control characters",
}


def _literal(kind: str, value: str) -> str:
    if kind == "date":
        return f'"{_day(value)}"^^xsd:date'
    if kind == "moment":
        return f'"{_moment(value)}"^^xsd:dateTime'
    if kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise ValueError(value)
        return term(Kind.INTEGER, str(int(value)))
    if not value.isprintable():
        raise ValueError(value)
    return term(Kind.STRING, value)


def _day(value: str) -> str:
    if _DAY.fullmatch(value) is None:  # date.fromisoformat also takes 20240430 and 2024-W18-2
        raise ValueError(value)
    return date.fromisoformat(value).isoformat()


def _moment(value: str) -> str:
    if len(value) == 10:
        return f"{_day(value)}T00:00:00Z"
    if _MOMENT.fullmatch(value) is None:
        raise ValueError(value)
    return datetime.fromisoformat(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def _thing(kind: str, value: str) -> str:
    """Give the IRI of a thing, from its key or from itself."""
    found = iris.split(value)
    if found is not None and found[0] == kind:
        return value
    return iris.thing(kind, value)
