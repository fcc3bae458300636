"""Which questions a list, a search or a figure is about: the filters, read once. Knows terms; no HTTP, no store."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from api import queries
from graph.columns.tally import COLUMNS, select
from graph.networks.parameters import Parameters, parse
from ontology.errors import QueryError
from ontology.iris import NS, is_key, thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.columns.table import Columns
    from graph.columns.tally import Rows

_CLASSES: Mapping[str, str] = {
    "QE": "WrittenQuestion",
    "QG": "GovernmentQuestion",
    "QOSD": "OralQuestion",
    "all": "Question",
}
# Filters that name a thing: the type of its IRI.
_THINGS: Mapping[str, str] = {
    "deputy": "person",
    "ministry": "ministry",
    "portfolio": "portfolio",
    "topic": "topic",
    "constituency": "constituency",
    "departement": "departement",
}
_GROUPS: Mapping[str, str] = {"dated": "groupAtTabling", "declared": "groupAsPublished"}
STATUSES = ("open", "answered", "withdrawn", "lapsed", "closed")
NAMES = ("legislature", "from", "to", "group", "group_as", *_THINGS, "status", "target", "type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which questions are meant: the filters of networks, and those of lists. Each is a key, None when it is off."""

    parameters: Parameters
    deputy: str | None = None
    ministry: str | None = None
    portfolio: str | None = None
    topic: str | None = None
    constituency: str | None = None
    departement: str | None = None
    status: str | None = None

    @property
    def asks(self) -> str:
        """Give the property that leads from a question to the ministry meant by ``target``."""
        return f"{NS}addressedTo" if self.parameters.target == "asked" else f"{NS}attributedTo"

    def slots(self) -> dict[str, queries.Term]:
        """Give the terms of the filters that are on."""
        chosen = self.parameters
        things: dict[str, tuple[str, str | None]] = {
            name: (kind, getattr(self, name)) for name, kind in _THINGS.items()
        }
        things["group"] = ("group", chosen.group)
        things["legislature"] = ("legislature", None if chosen.legislature is None else str(chosen.legislature))
        slots = {
            "class": queries.iri(NS + _CLASSES[chosen.type]),
            "asks": queries.iri(self.asks),
            "groupas": queries.iri(NS + _GROUPS[chosen.group_as]),
        }
        slots |= {name: queries.iri(thing(kind, key)) for name, (kind, key) in things.items() if key is not None}
        if self.status is not None:
            slots["status"] = queries.iri(f"{NS}status{self.status.capitalize()}")
        days = {"since": chosen.since, "until": chosen.until}
        return slots | {name: queries.day(value) for name, value in days.items() if value is not None}

    def rows(self, columns: Columns) -> Rows:
        """List the rows of these questions, newest first: those that the query of the list gives, in its order."""
        chosen = self.parameters
        attributed = chosen.target == "attributed"
        named = {name: getattr(self, name) for name in _THINGS} | {"group": chosen.group}
        ends = {"ministry": "attributed", "portfolio": "portfolio_attributed"} if attributed else {}
        ends |= {"group": "declared"} if chosen.group_as == "declared" else {}
        keys = {COLUMNS[ends.get(name, name)][0]: key for name, key in named.items() if key is not None}
        return select(
            columns,
            keys,
            type=None if chosen.type == "all" else chosen.type,
            legislature=chosen.legislature,
            since=chosen.since,
            until=chosen.until,
            status=self.status,
        )

    def given(self) -> dict[str, str]:
        """Write the filters that are on as arguments of an address, in one order, defaults of a list left out."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "parameters"}
        # What a network leaves out, a list must say, and the other way round: it shows every type unless asked.
        shared = {"type": "QE", **self.parameters.canonical()}
        shared = {name: value for name, value in shared.items() if (name, value) != ("type", "all")}
        values = {**shared, **{name: value for name, value in own.items() if value is not None}}
        return {name: str(values[name]) for name in NAMES if name in values}


def selection(given: Mapping[str, str]) -> Selection:
    """Read the filters of a list from text. Unlike a network, a list shows every type unless asked.

    Raises
    ------
    QueryError
        A name or a value is not allowed.
    """
    rest = {"type": "all", **given}
    own = {name: rest.pop(name, None) for name in (*_THINGS, "status")}
    for name, key in own.items():
        if key is not None and not is_key(key):
            raise QueryError(
                f"parameter {name} cannot be {key[:40]!r}",
                code="parameter",
                hint="give a key, such as PA720054 or PO729982",
            )
    status = own["status"]
    if status is not None and status not in STATUSES:
        raise QueryError(
            f"parameter status cannot be {status[:40]!r}", code="parameter", hint=f"one of {', '.join(STATUSES)}"
        )
    return Selection(parameters=parse(rest), **own)
