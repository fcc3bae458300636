"""A two-sided network as a drawing: who is asked on a ring, who asks inside, near what they ask. Knows no HTTP.

A place depends on the network alone and on no chance: the second end in the order of the table, the first at the
barycentre of its links, a little aside by a hash of its key, so that equals do not hide each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import cos, degrees, hypot, pi, sin
from typing import TYPE_CHECKING, Any

from api.matrix import questions
from api.words import cut
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SIZE = 1000
_RADIUS = 300.0
_INNER = 0.86
_ASIDE = 22.0
_LINKS = 600
_NAMED = 40  # so many inside can carry their names
_LETTERS = 30
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One node: its place, its name as drawn and whole, the turn of the name, and its own page."""

    x: float
    y: float
    label: str
    short: str
    turn: float
    end: bool
    href: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One link: its two spots, how many questions, and where they are listed."""

    a: Spot
    b: Spot
    n: int
    width: int
    expected: float
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """The drawing. ``validated`` says whether the links stand out by chance's measure, or are merely the many."""

    outer: Sequence[Spot]
    inner: Sequence[Spot]
    ties: Sequence[Tie]
    validated: bool
    named: bool
    of: int


def ring(
    nodes: Iterable[tuple[str, Mapping[str, Any]]], edges: Sequence[tuple[str, str, Mapping[str, Any]]]
) -> Ring | None:
    """Draw the links that stand out; where none does, those of three questions or more; None without any."""
    known = dict(nodes)
    over = [edge for edge in edges if edge[2].get("significant") and edge[2]["side"] == "over"]
    shown = over or [edge for edge in edges if questions(edge[2]) >= _FEW]
    if not shown:
        return None
    ranked = sorted(shown, key=lambda edge: (edge[2].get("q", 1.0), -questions(edge[2]), edge[0], edge[1]))[:_LINKS]
    pairs = [(a, b, data) if known[a]["bipartite"] == 0 else (b, a, data) for a, b, data in ranked]
    outer = _outer({b: known[b] for _, b, _ in pairs})
    inner = _inner({a: known[a] for a, _, _ in pairs}, pairs, outer)
    ties = [
        Tie(
            a=inner[a],
            b=outer[b],
            n=questions(data),
            width=min(4, 1 + questions(data).bit_length() // 2),
            expected=float(data.get("expected", 0)),
            href=str(data["questions"]),
        )
        for a, b, data in pairs
    ]
    return Ring(
        outer=list(outer.values()),
        inner=list(inner.values()),
        ties=ties,
        validated=bool(over),
        named=len(inner) <= _NAMED,
        of=len(edges),
    )


def _outer(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, Spot]:
    """Put nodes on the ring, those of the most questions first, from the top clockwise."""
    order = sorted(nodes, key=lambda iri: (-int(nodes[iri]["n"]), str(nodes[iri]["label"]), iri))
    found: dict[str, Spot] = {}
    for at, iri in enumerate(order):
        angle = 2 * pi * at / len(order) - pi / 2
        end = cos(angle) < 0  # on the left a name would stand on its head: turned, it ends at its node
        turn = degrees(angle) + (180 if end else 0)
        found[iri] = _spot(iri, nodes[iri], (_RADIUS * cos(angle), _RADIUS * sin(angle)), turn=turn, end=end)
    return found


def _inner(
    nodes: Mapping[str, Mapping[str, Any]],
    pairs: Iterable[tuple[str, str, Mapping[str, Any]]],
    outer: Mapping[str, Spot],
) -> dict[str, Spot]:
    """Put nodes at the barycentre of what they ask."""
    pull: dict[str, list[tuple[int, float, float]]] = {iri: [] for iri in nodes}
    for a, b, data in pairs:
        pull[a].append((questions(data), outer[b].x - SIZE / 2, outer[b].y - SIZE / 2))
    found: dict[str, Spot] = {}
    for iri, own in pull.items():
        total = sum(weight for weight, *_ in own)
        digest = blake2b(iri.encode(), digest_size=2).digest()
        angle, aside = 2 * pi * digest[0] / 256, _ASIDE * (0.3 + 0.7 * digest[1] / 255)
        x = _INNER * sum(weight * x for weight, x, _ in own) / total + aside * cos(angle)
        y = _INNER * sum(weight * y for weight, _, y in own) / total + aside * sin(angle)
        back = min(1.0, 0.93 * _RADIUS / max(hypot(x, y), 1.0))
        found[iri] = _spot(iri, nodes[iri], (x * back, y * back), turn=0, end=False)
    return found


def _spot(iri: str, data: Mapping[str, Any], place: tuple[float, float], *, turn: float, end: bool) -> Spot:
    """Describe a node at a place counted from the middle."""
    label = str(data["label"])
    return Spot(
        x=round(SIZE / 2 + place[0], 1),
        y=round(SIZE / 2 + place[1], 1),
        label=label,
        short=cut(label, _LETTERS),
        turn=round(turn, 1),
        end=end,
        href="/".join(("", *(split(iri) or ()))),
        n=int(data["n"]),
    )
