"""Flows as a drawing: who gives on the left, who takes on the right, a band a flow, as wide as it is strong. Pure.

Bands stand in the order of their ends on both sides, and those who take near those who give to them, so that few cross.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from api.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH: Final = 1000
_SIDE: Final = 270  # for names
_BAR: Final = 10
_TALL: Final = 420  # all flows together
_LEAST: Final = 17  # a name needs so much
_GAP: Final = 5
_MOST: Final = 60
_LETTERS: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One who gives or takes: its place, its name whole and as drawn, how many questions, its own page."""

    x: float
    y: float
    height: float
    label: str
    short: str
    n: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One flow: its outline, its ends, how many questions and where they are listed."""

    path: str
    origin: Bar
    destination: Bar
    n: int
    significant: bool
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sankey:
    """The drawing; ``shown`` of ``total`` questions are in the ``bands``, of ``flows`` flows in all."""

    height: int
    bar: int
    left: Sequence[Bar]
    right: Sequence[Bar]
    bands: Sequence[Band]
    shown: int
    total: int
    flows: int


def sankey(edges: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Sankey | None:
    """Draw the largest flows, ``names`` being those of portfolios by key; None where there is no flow."""
    drawn = sorted(edges, key=lambda edge: (-edge["weight"], edge["origin"], edge["destination"]))[:_MOST]
    if not drawn:
        return None
    scale = _TALL / sum(edge["weight"] for edge in drawn)
    given, taken = _sums(drawn, "origin"), _sums(drawn, "destination")
    tall = max(_height(given, scale), _height(taken, scale))
    ranked = sorted(given, key=lambda key: (-given[key], key))
    left = _column(ranked, given, names, place=(_SIDE, (tall - _height(given, scale)) / 2), scale=scale)
    middle = {key: _middle(drawn, key, left) for key in taken}
    order = sorted(taken, key=lambda key: (middle[key], key))
    beside = (WIDTH - _SIDE - _BAR, (tall - _height(taken, scale)) / 2)
    right = _column(order, taken, names, place=beside, scale=scale)
    return Sankey(
        height=round(tall),
        bar=_BAR,
        left=list(left.values()),
        right=list(right.values()),
        bands=_bands(drawn, left, right, scale),
        shown=sum(edge["weight"] for edge in drawn),
        total=sum(edge["weight"] for edge in edges),
        flows=len(edges),
    )


def _sums(edges: Iterable[Mapping[str, Any]], end: str) -> dict[str, int]:
    """Count the questions of each end."""
    found: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        found[edge[end]] += edge["weight"]
    return dict(found)


def _middle(edges: Iterable[Mapping[str, Any]], key: str, left: Mapping[str, Bar]) -> float:
    """Give the mean height of those who give to one."""
    own: list[tuple[int, Bar]] = [
        (edge["weight"], left[edge["origin"]]) for edge in edges if edge["destination"] == key
    ]
    return sum(n * (bar.y + bar.height / 2) for n, bar in own) / sum(n for n, _ in own)


def _height(sums: Mapping[str, int], scale: float) -> float:
    """Say how tall a column is."""
    return sum(max(n * scale, _LEAST) + _GAP for n in sums.values()) + _GAP


def _column(
    order: Iterable[str], sums: Mapping[str, int], names: Mapping[str, str], *, place: tuple[float, float], scale: float
) -> dict[str, Bar]:
    """Put ends one under the other from a place on, each with room for its name."""
    found: dict[str, Bar] = {}
    x, y = place[0], place[1] + _GAP
    for key in order:
        height = max(1.0, sums[key] * scale)
        room = max(height, _LEAST)
        label = names.get(key, key)
        found[key] = Bar(
            x=x,
            y=round(y + (room - height) / 2, 1),
            height=round(height, 1),
            label=label,
            short=cut(label, _LETTERS),
            n=sums[key],
            href=f"/portfolio/{key}",
        )
        y += room + _GAP
    return found


def _bands(
    edges: Sequence[Mapping[str, Any]], left: Mapping[str, Bar], right: Mapping[str, Bar], scale: float
) -> list[Band]:
    """Draw the flows, the widest first, so that a narrow one is never hidden behind it."""
    starts = _tops([(e["origin"], e["destination"], e["weight"]) for e in edges], left, right, scale)
    ends = _tops([(e["destination"], e["origin"], e["weight"]) for e in edges], right, left, scale)
    x0, x1 = _SIDE + _BAR, WIDTH - _SIDE - _BAR
    middle = (x0 + x1) / 2
    found: list[Band] = []
    for edge in edges:
        pair = edge["origin"], edge["destination"]
        thick = max(1.0, edge["weight"] * scale)
        y0, y1 = starts[pair], ends[pair[::-1]]
        over = f"M{x0} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {x1} {y1:.1f}"
        under = f"V{y1 + thick:.1f}C{middle} {y1 + thick:.1f} {middle} {y0 + thick:.1f} {x0} {y0 + thick:.1f}Z"
        found.append(
            Band(
                path=over + under,
                origin=left[pair[0]],
                destination=right[pair[1]],
                n=edge["weight"],
                significant=bool(edge["significant"]),
                href=edge["questions"],
            )
        )
    return found


def _tops(
    pairs: Iterable[tuple[str, str, int]], here: Mapping[str, Bar], there: Mapping[str, Bar], scale: float
) -> dict[tuple[str, str], float]:
    """Say where each band begins on the bars of one side, in the order in which its other ends stand."""
    found: dict[tuple[str, str], float] = {}
    used: defaultdict[str, float] = defaultdict(float)
    for own, other, n in sorted(pairs, key=lambda pair: (there[pair[1]].y, pair[1])):
        found[own, other] = here[own].y + used[own]
        used[own] += n * scale
    return found
