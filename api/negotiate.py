"""Which format an answer takes: suffix, then ``?format=``, then Accept. Knows formats and header text, no framework.

Own code, because the common ones fail on an empty Accept, on media type parameters, and give HTML to ``*/*``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from api.formats import HTML, NAMES
from ontology.errors import NotAcceptableError, NotFoundError, QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.formats import Format

_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r';\s*([^\s;=]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_RANGE = re.compile(r"\s*([A-Za-z0-9!#$&^_.+*-]+)/([A-Za-z0-9!#$&^_.+*-]+)\s*(?:;.*)?", re.DOTALL)
_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class NoFormatError(NotAcceptableError):
    """No format on offer was asked for; ``offered`` lists what there is."""

    def __init__(self, message: str, *, offered: Sequence[Format]) -> None:
        names = ", ".join(f"{fmt.name} ({fmt.media_type})" for fmt in offered)
        super().__init__(message, hint=f"there is {names}: ask with Accept or ?format=")
        self.offered = tuple(offered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One media range of an Accept header. Parameters other than ``q`` do not choose between formats."""

    type: str
    subtype: str
    quality: float

    def specificity(self, fmt: Format) -> int:
        """Say how closely the range names the format: 2 by name, 1 by type, 0 by ``*/*``, -1 not at all."""
        asked = f"{self.type}/{self.subtype}"
        if asked == fmt.media_type or asked in fmt.aliases:
            return 2
        if fmt is HTML:  # browsers always name text/html; whoever sends */* is a program and wants data
            return -1
        if self.subtype == "*" and self.type in ("*", fmt.media_type.partition("/")[0]):
            return 0 if self.type == "*" else 1
        return -1


def ranges(accept: str) -> Iterator[Range]:
    """Read an Accept header; a range that is malformed asks for nothing."""
    for item in _ITEM.findall(accept):
        match = _RANGE.fullmatch(item)
        if match is None:
            continue
        parameters = {name.lower(): value.strip() for name, value in _PARAMETER.findall(item)}
        quality = parameters.get("q", "1")
        if _QUALITY.fullmatch(quality):
            yield Range(type=match[1].lower(), subtype=match[2].lower(), quality=float(quality))


def rank(offered: Sequence[Format], *, accept: str | None) -> tuple[Format, ...]:
    """Order the acceptable formats: by q of the most specific range, then how specific it is, then server's order.

    Raises
    ------
    NoFormatError
        The header accepts none of them.
    """
    asked = list(ranges(accept)) if accept and accept.strip() else [Range(type="*", subtype="*", quality=1.0)]
    scored: list[tuple[float, int, int]] = []
    for place, fmt in enumerate(offered):
        closest = max(((asks.specificity(fmt), asks.quality) for asks in asked), default=(-1, 0.0))
        if closest[0] >= 0 and closest[1] > 0:
            scored.append((-closest[1], -closest[0], place))
    if not scored:
        raise NoFormatError(f"nothing here fits Accept: {(accept or '')[:200]}", offered=offered)
    return tuple(offered[place] for *_, place in sorted(scored))


def choose(
    offered: Sequence[Format], *, suffix: str | None = None, named: str | None = None, accept: str | None = None
) -> tuple[Format, ...]:
    """Order the formats that the caller would take, the best first: the suffix wins over ``?format=`` over Accept.

    Raises
    ------
    NotFoundError
        The suffix is no format at all.
    QueryError
        ``?format=`` is no format at all.
    NoFormatError
        It is a format, and not one on offer here.
    """
    name = suffix if suffix is not None else named
    if name is None:
        return rank(offered, accept=accept)
    chosen = tuple(fmt for fmt in offered if name in fmt.suffixes or (suffix is None and fmt.called(name)))
    if chosen:
        return chosen
    if name in NAMES:
        raise NoFormatError(f"there is no {name} of this", offered=offered)
    near = get_close_matches(name, NAMES, n=1)
    hint = (f"did you mean {near[0]}? " if near else "") + "there is " + ", ".join(fmt.name for fmt in offered)
    if suffix is not None:
        raise NotFoundError(f"no such format: {name[:40]!r}", hint=hint)
    raise QueryError(f"parameter format cannot be {name[:40]!r}", code="parameter", hint=hint)
