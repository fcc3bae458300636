"""One node of a network and those it is linked to, as a drawing: it in the middle, they on a circle. Pure.

A line is as wide as the link has questions; what stands out by chance's measure is told by its colour and by a star.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, degrees, pi, sin
from typing import TYPE_CHECKING, Any, Final

from api.matrix import questions
from api.words import cut
from graph.networks.edges import edges_of
from ontology.errors import NotFoundError
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.networks.edges import Edge
    from graph.networks.network import Network

SIZE: Final = 1000
_RADIUS: Final = 230.0
_UPRIGHT: Final = 1e-9
_DRAWN: Final = 36
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One at the other end of a link: its place, its name, how many questions, and where they are.

    By its ``key``, the same page may be asked for around it. The name is turned outward, from the middle: ``turn`` in
    degrees, and on the left, where it would stand on its head, it ``end``s at its node.
    """

    x: float
    y: float
    turn: float
    end: bool
    label: str
    short: str
    key: str
    href: str
    n: int
    width: int
    expected: float | None
    q: float | None
    significant: bool
    questions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The node in the middle, and its neighbours, those with most questions first; the first ``drawn`` are drawn."""

    key: str
    label: str
    href: str
    n: int
    neighbours: Sequence[Neighbour]
    drawn: int


def ego(found: Network, key: str) -> Network:
    """Keep one node of a network, its links and those at their other ends; figures stay those of the whole.

    Raises
    ------
    NotFoundError
        No node has this key.
    """
    centre = next((node for node, data in found.nodes if data["key"] == key), None)
    if centre is None:
        raise NotFoundError(
            f"{key[:60]!r} is not in this network",
            hint="give the key of one of its nodes; filters may have left it out",
        )
    ends = list(zip(found.edges.source, found.edges.target, strict=True))
    places = [place for place, pair in enumerate(ends) if centre in pair]
    edges = edges_of(
        [ends[place][0] for place in places],
        [ends[place][1] for place in places],
        {name: [values[place] for place in places] for name, values in found.edges.columns.items()},
    )
    kept = {centre, *edges.source, *edges.target}
    nodes = tuple(pair for pair in found.nodes if pair[0] in kept)
    return replace(found, meta={**found.meta, "around": key}, nodes=nodes, edges=edges)


def around(found: Network, key: str, *, language: str) -> Around:
    """Draw the links of one node; the network holds no others."""
    known = dict(found.nodes)
    centre = next(node for node, data in found.nodes if data["key"] == key)
    ranked = sorted(found.edges, key=lambda edge: (-questions(edge[2]), edge[:2]))
    drawn = min(len(ranked), _DRAWN)
    neighbours = [_neighbour(edge, known, centre, at=at, of=drawn, language=language) for at, edge in enumerate(ranked)]
    return Around(
        key=key,
        label=_name(known[centre], language),
        href=_path(centre),
        n=int(known[centre]["n"]),
        neighbours=neighbours,
        drawn=drawn,
    )


def _neighbour(
    edge: Edge, known: Mapping[str, Mapping[str, Any]], centre: str, *, at: int, of: int, language: str
) -> Neighbour:
    """Place the neighbour of a link, from the top clockwise."""
    data = edge[2]
    other = edge[1] if edge[0] == centre else edge[0]
    own = data["questions"] if edge[0] == centre or "questions_target" not in data else data["questions_target"]
    angle = 2 * pi * at / max(of, 1) - pi / 2
    x, y = cos(angle), sin(angle)
    label = _name(known[other], language)
    return Neighbour(
        x=round(SIZE / 2 + _RADIUS * x, 1),
        y=round(SIZE / 2 + _RADIUS * y, 1),
        turn=round(degrees(angle) + (180 if x < -_UPRIGHT else 0), 1),
        end=x < -_UPRIGHT,
        label=label,
        short=cut(label, _LETTERS),
        key=str(known[other]["key"]),
        href=_path(other),
        n=questions(data),
        width=min(4, 1 + questions(data).bit_length() // 2),
        expected=data.get("expected"),
        q=data.get("q"),
        significant=bool(data.get("significant")),
        questions=str(own),
    )


def _name(data: Mapping[str, Any], language: str) -> str:
    return str((data.get("label_en") if language == "en" else None) or data["label"])


def _path(iri: str) -> str:
    return "/".join(("", *(split(iri) or ())))
