"""What is made of the counted pairs: ends, weight, null, slices. One frozen value; knows no store, no HTTP.

`Parameters` say which questions, these how they are shown as a network; the names are those of URLs and commands.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from graph.networks.parameters import NAMES, Parameters, bad, choose, hinted, parse
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.networks.correction import Method
    from graph.networks.nulls import Side

MinistryAs: TypeAlias = Literal["portfolio", "ministry"]
Weight: TypeAlias = Literal["count", "share", "lift", "cosine", "newman"]
Null: TypeAlias = Literal["hypergeometric", "bicm", "none"]
Via: TypeAlias = Literal["topic", "ministry", "deputy"]
Slice: TypeAlias = Literal["year", "half", "government", "legislature"]
Unit: TypeAlias = Literal["question", "cluster"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "ministry_as": get_args(MinistryAs),
    "weight": get_args(Weight),
    "null": get_args(Null),
    "side": ("over", "under", "both"),
    "correction": ("bh", "by", "holm"),
    "via": get_args(Via),
    "slice": get_args(Slice),
    "unit": get_args(Unit),
}
_MOST = 1_000_000
SEEDS = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a network is made of the questions that pass.

    Attributes
    ----------
    ministry_as
        Ministries as durable ``portfolio`` or as dated ``ministry``.
    via
        What the ends of a projection share.
    weight
        ``count`` of questions, or its ``share`` of the first end's, or the ``lift`` of its units; in a projection
        the ``count`` of shared neighbours, their ``cosine``, or Newman's sum ``newman``.
    min_weight
        Fewest questions, or shared neighbours, of an edge that is shown.
    null, side, alpha, correction
        What edges are tested against, in which direction, and at which level after which correction.
    significant
        Show significant edges only.
    unit
        What counts once in the test: a ``question``, or a ``cluster`` of near-identical ones of one end to the other.
    seed
        Of what is drawn by lot, such as communities.
    slice
        Cut the range into parts of this kind, a network each.
    """

    ministry_as: MinistryAs = "portfolio"
    via: Via | None = None
    weight: Weight = "count"
    min_weight: int = 1
    null: Null = "hypergeometric"
    side: Side = "both"
    alpha: float = 0.01
    correction: Method = "bh"
    significant: bool = False
    unit: Unit = "question"
    seed: int = 0
    slice: Slice | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        for name, allowed in _CHOICES.items():
            value: str | None = getattr(self, name)
            if value is not None:
                choose(name, value, allowed)
        if not 0 < self.alpha < 1:
            raise bad("alpha", str(self.alpha), "give a level between 0 and 1, such as 0.01")
        if not 1 <= self.min_weight <= _MOST:
            raise bad("min_weight", str(self.min_weight), f"give a number from 1 to {_MOST}")
        if not 0 <= self.seed < SEEDS:
            raise bad("seed", str(self.seed), f"give a number from 0 to {SEEDS - 1}")

    def changed(self, defaults: Options) -> dict[str, str | int | float]:
        """Give what differs from some defaults, under its names in order."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: int(value) if isinstance(value, bool) else value
            for name, value in sorted(named.items())
            if value is not None and value != getattr(defaults, name)
        }


OPTION_NAMES = tuple(sorted(field.name for field in fields(Options)))
ALL_NAMES = tuple(sorted({*NAMES, *OPTION_NAMES}))
PARTS = tuple(name for name in ALL_NAMES if name not in {"significant", "slice", "min_weight"})  # of parts of a network

PLAN_NAMES = ("m", "trials", "algorithm")  # of what is stated of a network beside its edges


def parse_all(given: Mapping[str, str], defaults: Options) -> tuple[Parameters, Options]:
    """Read what questions are meant and how they are shown from text. An empty value counts as absent.

    Raises
    ------
    QueryError
        A name or a value is not allowed; the hint names the nearest one that is.
    """
    for name in given:
        if name not in ALL_NAMES:
            raise QueryError(f"no such parameter: {name[:40]!r}", code="parameter", hint=hinted(name, ALL_NAMES))
    parameters = parse({name: value for name, value in given.items() if name in NAMES})
    chosen: dict[str, Any] = {
        name: _read(name, value) for name, value in given.items() if name in OPTION_NAMES and value
    }
    kept = {name: getattr(defaults, name) for name in OPTION_NAMES}
    return parameters, Options(**{**kept, **chosen})


def _read(name: str, text: str) -> str | int | float | bool:
    """Read one value; numbers and switches are not plain texts."""
    if name == "significant":
        return choose(name, text, ("0", "1")) == "1"
    if name in {"min_weight", "seed"}:
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise bad(name, text[:40], "give a whole number")
        return int(text)
    if name == "alpha":
        try:
            return float(text)
        except ValueError:
            raise bad(name, text[:40], "give a level between 0 and 1, such as 0.01") from None
    return text
