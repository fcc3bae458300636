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
    from collections.abc import Iterable, Mapping

Target: TypeAlias = Literal["asked", "attributed"]
QuestionType: TypeAlias = Literal["QE", "QG", "QOSD", "all"]

TARGETS: tuple[Target, ...] = ("asked", "attributed")
QUESTION_TYPES: tuple[QuestionType, ...] = ("QE", "QG", "QOSD", "all")
NAMES = ("from", "group", "legislature", "target", "to", "type")

_DEFAULTS = {"target": "asked", "type": "QE"}
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
    group
        Key of a political group (``PO730964``): the author's group on the day of tabling.
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

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, whoever built the value."""
        if self.legislature is not None and not 1 <= self.legislature <= 999:
            raise _bad("legislature", str(self.legislature), "give the number of a legislature, such as 15")
        if self.group is not None and not is_key(self.group):
            raise _bad("group", self.group, "give the key of a group, such as PO730964")
        choose("target", self.target, TARGETS)
        choose("type", self.type, QUESTION_TYPES)
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise _bad("to", self.until.isoformat(), f"give a day after from={self.since.isoformat()}: to is exclusive")

    def canonical(self) -> dict[str, str | int]:
        """Give the text names in order, defaults left out: equal networks have equal canonical parameters."""
        return {name: value for name, value in self._named().items() if _DEFAULTS.get(name) != value}

    def questions(self, *, deputy: str, ministry: str) -> str:
        """Link to the questions behind one edge. Every filter is spelt out, so that the list equals the number."""
        return f"/questions?deputy={quote(deputy, safe='')}&ministry={quote(ministry, safe='')}&{self._filters()}"

    @lru_cache(maxsize=64)  # noqa: B019 a small frozen value, one text for thousands of edges
    def _filters(self) -> str:
        """Write the active filters as a query string."""
        return urlencode(self._named())

    def _named(self) -> dict[str, str | int]:
        """Give the parameters that are set, under their text names and in their order."""
        named: dict[str, str | int | None] = {
            "from": None if self.since is None else self.since.isoformat(),
            "group": self.group,
            "legislature": self.legislature,
            "target": self.target,
            "to": None if self.until is None else self.until.isoformat(),
            "type": self.type,
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
            raise QueryError(f"no such parameter: {name!r}", code="parameter", hint=_hint(name, NAMES))
    text = {name: value for name, value in given.items() if value}
    return Parameters(
        legislature=_legislature(text.get("legislature")),
        since=read_day("from", text.get("from")),
        until=read_day("to", text.get("to")),
        group=text.get("group"),
        target=cast("Target", choose("target", text.get("target", "asked"), TARGETS)),
        type=cast("QuestionType", choose("type", text.get("type", "QE"), QUESTION_TYPES)),
    )


def _legislature(text: str | None) -> int | None:
    """Read the number of a legislature."""
    if text is None:
        return None
    if _LEGISLATURE.fullmatch(text) is None:
        raise _bad("legislature", text, "give the number of a legislature, such as 15")
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
        raise _bad(name, text, "give a day as YYYY-MM-DD, such as 2018-07-17")
    return day


def choose(name: str, text: str, allowed: tuple[str, ...]) -> str:
    """Check that a value is one of those allowed."""
    if text not in allowed:
        raise _bad(name, text, _hint(text, allowed))
    return text


def _bad(name: str, value: str, hint: str) -> QueryError:
    """Say which parameter has which wrong value, and what to give instead."""
    return QueryError(f"parameter {name} cannot be {value!r}", code="parameter", hint=hint)


def _hint(text: str, allowed: Iterable[str]) -> str:
    """Name the nearest allowed word, then all of them."""
    words = list(allowed)
    folded = {word.casefold(): word for word in words}
    near = get_close_matches(text.casefold(), folded, n=1, cutoff=0.5)
    choice = f"one of {', '.join(words)}"
    return f"did you mean {folded[near[0]]}? {choice}" if near else choice
