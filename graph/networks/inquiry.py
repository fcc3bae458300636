"""What is asked of the analyses of delays: which questions, compared by what, as known on which day. No store.

The filters are those of networks but for the ministry, with their names; ``by``, ``credit``, ``of`` and ``on`` are
added to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, cast, get_args

import numpy as np

from graph.columns.table import NO_DAY, day_number
from graph.networks.parameters import NAMES as FILTERS
from graph.networks.parameters import Parameters, choose, parse, read_day
from ontology.errors import QueryError
from ontology.iris import is_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from graph.columns.table import Columns

By: TypeAlias = Literal[
    "portfolio", "ministry", "group", "topic", "departement", "legislature", "year", "government", "majority"
]
Credit: TypeAlias = Literal["episodes", "last"]

BYS: tuple[By, ...] = get_args(By)
CREDITS: tuple[Credit, ...] = ("episodes", "last")
HELD: tuple[By, ...] = ("portfolio", "ministry")
NAMES = tuple(sorted(({*FILTERS} - {"target", "ministry", "portfolio"}) | {"by", "credit", "of", "on"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """Which lives are compared, and how.

    Attributes
    ----------
    parameters
        The filters of networks.
    by
        What makes the groups.
    credit
        By portfolio or ministry: ``episodes`` credits each with the time it had the question, ``last`` credits the
        whole delay to the last in charge.
    on
        The day as of which the lives are read; the last day of the data when None.
    of
        Key of one group, whose questions alone are listed.
    """

    parameters: Parameters = field(default_factory=Parameters)
    by: By = "portfolio"
    credit: Credit = "episodes"
    on: date | None = None
    of: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, whoever built the value."""
        choose("by", self.by, BYS)
        choose("credit", self.credit, CREDITS)
        if self.of is not None and not is_key(self.of):
            raise QueryError(f"parameter of cannot be {self.of!r}", code="parameter", hint="give the key of a group")

    @property
    def held(self) -> bool:
        """Say whether a group holds a question for a time, and hands it over."""
        return self.by in HELD and self.credit == "episodes"

    def canonical(self) -> dict[str, str | int]:
        """Give the text names in order, defaults left out."""
        own = {
            "by": "" if self.by == "portfolio" else self.by,
            "credit": "last" if self.by in HELD and self.credit == "last" else "",
            "of": self.of or "",
            "on": "" if self.on is None else self.on.isoformat(),
        }
        return dict(sorted({**self.parameters.canonical(), **{k: v for k, v in own.items() if v}}.items()))

    def only(self, key: str) -> dict[str, str | int]:
        """Give the parameters that name one group of this comparison."""
        return replace(self, of=key).canonical()


def read(given: Mapping[str, str]) -> Inquiry:
    """Read an inquiry from text, as a URL or a command line gives it. An empty value counts as absent.

    Raises
    ------
    QueryError
        A name or a value is not allowed; the hint names the nearest one that is.

    >>> read({"by": "group", "legislature": "15"}).canonical()
    {'by': 'group', 'legislature': 15}
    """
    for name in given:
        choose("name", name, NAMES)
    text = {name: value for name, value in given.items() if value}
    return Inquiry(
        parameters=parse({name: value for name, value in text.items() if name in FILTERS}),
        by=cast("By", choose("by", text.get("by", "portfolio"), BYS)),
        credit=cast("Credit", choose("credit", text.get("credit", "episodes"), CREDITS)),
        on=read_day("on", text.get("on")),
        of=text.get("of"),
    )


def as_of(columns: Columns, inquiry: Inquiry) -> int:
    """Give the day as of which the lives are read.

    Raises
    ------
    QueryError
        It lies after the last day of the data.
    """
    if inquiry.on is None:
        return columns.last_day
    day = day_number(inquiry.on.isoformat())
    if day > columns.last_day:
        last = "nowhere" if columns.last_day == NO_DAY else f"on {text_of(columns.last_day)}"
        raise QueryError(
            f"parameter on cannot be {inquiry.on.isoformat()!r}: the data end {last}",
            code="parameter",
            hint="give a day before, or leave it out",
        )
    return day


def text_of(day: int) -> str:
    """Write a day as ISO; empty for none.

    >>> text_of(17729), text_of(NO_DAY)
    ('2018-07-17', '')
    """
    return "" if day == NO_DAY else str(np.datetime64(day, "D"))
