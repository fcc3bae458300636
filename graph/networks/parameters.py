"""The parameters of a network: one frozen value, read from text and written canonically. Knows no store, no HTTP.

The names are the same in Python, in a URL and on the command line, but for the range of days: ``since`` and ``until``
in Python are ``from`` and ``to`` in text, because ``from`` is a keyword. The range is half-open: ``[from, to)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, cast
from urllib.parse import quote, urlencode

from ontology.errors import QueryError
from ontology.iris import is_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

Target: TypeAlias = Literal["asked", "attributed"]
QuestionType: TypeAlias = Literal["QE", "QG", "QOSD", "all"]
GroupAs: TypeAlias = Literal["dated", "declared"]
Status: TypeAlias = Literal["open", "answered", "withdrawn", "lapsed", "closed"]

TARGETS: tuple[Target, ...] = ("asked", "attributed")
QUESTION_TYPES: tuple[QuestionType, ...] = ("QE", "QG", "QOSD", "all")
GROUPS_AS: tuple[GroupAs, ...] = ("dated", "declared")
STATUSES: tuple[Status, ...] = ("open", "answered", "withdrawn", "lapsed", "closed")
KEYS = {
    "constituency": "give the key of a constituency, as its address shows it",
    "departement": "give the key of a département, as its address shows it",
    "deputy": "give the key of a deputy, such as PA720054",
    "group": "give the key of a group, such as PO730964",
    "ministry": "give the key of a ministry, such as PO729982",
    "portfolio": "give the key of a portfolio, such as economie-finances",
    "topic": "give the key of a topic, as its address shows it",
}
NAMES = tuple(sorted({"from", "group_as", "legislature", "status", "target", "to", "type", *KEYS}))

_DEFAULTS = {"group_as": "dated", "target": "asked", "type": "QE"}
_SPELT_OUT = {"target", "type"}  # written into every link, defaults too
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LEGISLATURE = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Which questions make the network, and which end of each is its ministry.

    Attributes
    ----------
    legislature
        Number of the legislature, every one when None.
    since, until
        Days of tabling, ``[since, until)``.
    deputy, group, departement, constituency
        Key of who asked; of the author's group, ``group_as`` from ``dated`` memberships on the day of tabling or as
        ``declared`` by the source; of the seat on the day.
    topic
        Key of the rubric.
    ministry, portfolio
        Key of the dated body, or of the durable area, at the end that ``target`` names.
    status
        How the question ended, or ``open``.
    target
        ``asked``: the ministry first addressed; ``attributed``: the one last in charge.
    type
        ``QE`` written, ``QG`` to the Government, ``QOSD`` oral without debate, or ``all``.
    """

    legislature: int | None = None
    since: date | None = None
    until: date | None = None
    group: str | None = None
    target: Target = "asked"
    type: QuestionType = "QE"
    deputy: str | None = None
    departement: str | None = None
    constituency: str | None = None
    topic: str | None = None
    portfolio: str | None = None
    ministry: str | None = None
    status: Status | None = None
    group_as: GroupAs = "dated"

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, whoever built the value."""
        if self.legislature is not None and not 1 <= self.legislature <= 999:
            raise bad("legislature", str(self.legislature), "give the number of a legislature, such as 15")
        for name, hint in KEYS.items():
            key: str | None = getattr(self, name)
            if key is not None and not is_key(key):
                raise bad(name, key, hint)
        if self.status is not None:
            choose("status", self.status, STATUSES)
        choose("group_as", self.group_as, GROUPS_AS)
        choose("target", self.target, TARGETS)
        choose("type", self.type, QUESTION_TYPES)
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise bad("to", self.until.isoformat(), f"give a day after from={self.since.isoformat()}: to is exclusive")

    def canonical(self) -> dict[str, str | int]:
        """Give the text names in order, defaults left out: equal networks have equal canonical parameters."""
        return {name: value for name, value in self._named().items() if _DEFAULTS.get(name) != value}

    def questions(self, **ends: str) -> str:
        """Link to the questions behind one edge. Every filter is spelt out, so that the list equals the number."""
        named = "&".join(f"{name}={quote(key, safe='')}" for name, key in ends.items())
        return f"/questions?{named}&{self._filters(tuple(ends))}"

    def links(self, ends: Sequence[tuple[str, Sequence[str], NDArray[np.int64]]]) -> list[str]:
        """Give `questions` of many edges: for each end its name, the keys of its code list, and a code an edge."""
        parts = [[f"{name}={_quoted(key)}&" for key in keys] for name, keys, _ in ends]
        filters = self._filters(tuple(name for name, *_ in ends))
        parts[0] = [f"/questions?{part}" for part in parts[0]]
        parts[-1] = [part + filters for part in parts[-1]]
        numbers: list[list[int]] = [codes.tolist() for *_, codes in ends]
        named = [[part[code] for code in codes] for part, codes in zip(parts, numbers, strict=True)]
        return list(map("".join, zip(*named, strict=True)))

    def _filters(self, ends: tuple[str, ...]) -> str:
        """Write the active filters but those of the ends as a query string."""
        named = self._named().items()
        kept = [(n, v) for n, v in named if n not in ends and (n in _SPELT_OUT or _DEFAULTS.get(n) != v)]
        return urlencode(kept)

    def _named(self) -> dict[str, str | int]:
        """Give the parameters that are set, under their text names and in their order."""
        days = {"from": self.since, "to": self.until}
        named: dict[str, str | int | None] = {
            name: (None if (day := days[name]) is None else day.isoformat()) if name in days else getattr(self, name)
            for name in NAMES
        }
        return {name: value for name, value in named.items() if value is not None}


def parse(given: Mapping[str, str]) -> Parameters:
    """Read parameters from text, as a URL or a command line gives them. An empty value counts as absent.

    Raises
    ------
    QueryError
        A name or a value is not allowed; the hint names the nearest one that is.
    """
    for name in given:
        if name not in NAMES:
            raise QueryError(f"no such parameter: {name!r}", code="parameter", hint=hinted(name, NAMES))
    text = {name: value for name, value in given.items() if value}
    return Parameters(
        legislature=_legislature(text.get("legislature")),
        since=read_day("from", text.get("from")),
        until=read_day("to", text.get("to")),
        target=cast("Target", text.get("target", "asked")),  # the value itself refuses what is not one of them
        type=cast("QuestionType", text.get("type", "QE")),
        status=cast("Status | None", text.get("status")),
        group_as=cast("GroupAs", text.get("group_as", "dated")),
        **{name: text.get(name) for name in KEYS},
    )


def _legislature(text: str | None) -> int | None:
    """Read the number of a legislature."""
    if text is None:
        return None
    if _LEGISLATURE.fullmatch(text) is None:
        raise bad("legislature", text, "give the number of a legislature, such as 15")
    return int(text)


def read_day(name: str, text: str | None) -> date | None:
    """Read an ISO day. The pattern refuses the other forms that Python's parser takes, such as week dates."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise bad(name, text, "give a day as YYYY-MM-DD, such as 2018-07-17")
    return day


@lru_cache(maxsize=65_536)
def _quoted(key: str) -> str:
    """Write a key as it stands in a query string."""
    return quote(key, safe="")


def choose(name: str, text: str, allowed: tuple[str, ...]) -> str:
    """Check that a value is one of those allowed."""
    if text not in allowed:
        raise bad(name, text, hinted(text, allowed))
    return text


def bad(name: str, value: str, hint: str) -> QueryError:
    """Say which parameter has which wrong value, and what to give instead."""
    return QueryError(f"parameter {name} cannot be {value!r}", code="parameter", hint=hint)


def hinted(text: str, allowed: Iterable[str]) -> str:
    """Name the nearest allowed word, then all of them."""
    words = list(allowed)
    folded = {word.casefold(): word for word in words}
    near = get_close_matches(text.casefold(), folded, n=1, cutoff=0.5)
    choice = f"one of {', '.join(words)}"
    return f"did you mean {folded[near[0]]}? {choice}" if near else choice
