"""Where nodes stand and how they look, the same for every reader and every filter. Knows numbers alone.

The second end stands on a ring in the order of its whole code list, so that it keeps its place whatever is filtered;
the first at the barycentre of what it asks, moved a little by a hash of its key, so that equals do not hide each other.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from math import cos, hypot, pi, sin, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.columns.codes import Codes
    from graph.networks.edges import Edges

# Okabe & Ito 2008: eight colours that colour-blind readers tell apart.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")
RADIUS = 1000.0
_INNER = 0.85
_OFFSET = 40.0
_NOWHERE = (0.0, 0.0, 0.0)


def placed(
    nodes: Mapping[str, Mapping[str, Any]],
    edges: Edges,
    lists: tuple[Codes, Codes],
) -> dict[str, dict[str, Any]]:
    """Add ``x y color size`` to the nodes; the area of a node goes with its questions."""
    ring = {iri: _on_ring(at, len(lists[1])) for at, iri in enumerate(lists[1].iris)}
    pull = _pull(edges, ring)
    most = max((int(data["n"]) for data in nodes.values()), default=1)
    found: dict[str, dict[str, Any]] = {}
    for iri, data in nodes.items():
        x, y = ring[iri] if data.get("bipartite") == 1 or iri in ring else _inside(iri, pull.get(iri, _NOWHERE))
        look = {"color": _colour(data), "size": round(4 + 26 * sqrt(int(data["n"]) / max(most, 1)), 2)}
        found[iri] = {**data, "x": round(x, 2), "y": round(y, 2), **look}
    return found


def _on_ring(at: int, length: int) -> tuple[float, float]:
    """Give a place on the ring."""
    angle = 2 * pi * at / max(length, 1)
    return RADIUS * sin(angle), RADIUS * cos(angle)


def _pull(edges: Edges, ring: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float, float]]:
    """Sum up what pulls each first end: the questions, and the places of the second ends times these."""
    names, a, b = edges.numbered
    x, y = np.array([ring.get(iri, (0.0, 0.0)) for iri in names], dtype=np.float64).reshape(-1, 2).T
    asked = np.array(edges.asked, dtype=np.float64)
    sums = (np.bincount(a, weights=pulls, minlength=len(names)) for pulls in (asked, asked * x[b], asked * y[b]))
    return dict(zip(names, zip(*(pulls.tolist() for pulls in sums), strict=True), strict=True))


def _inside(iri: str, pull: tuple[float, float, float]) -> tuple[float, float]:
    """Give the barycentre of what pulls, drawn inside the ring, and a little aside."""
    total, east, north = pull
    x, y = _INNER * east / (total or 1.0), _INNER * north / (total or 1.0)
    right, up = _aside(iri)
    x, y = x + right, y + up
    far = hypot(x, y)
    return (x, y) if far <= RADIUS else (x * RADIUS / far, y * RADIUS / far)


@lru_cache(maxsize=16_384)
def _aside(iri: str) -> tuple[float, float]:
    """Give how far a node is moved, by a hash of its IRI."""
    digest = hashlib.sha256(iri.encode()).digest()
    aside = _OFFSET * digest[0] / 255
    angle = 2 * pi * digest[1] / 256
    return aside * sin(angle), aside * cos(angle)


def _colour(data: Mapping[str, Any]) -> str:
    """Give the colour of a node: that of its group where it has one, else that of its type."""
    group = data["key"] if data["type"] == "Group" else data.get("group")
    if group is None:
        return "#666666" if data.get("bipartite") == 1 else "#999999"
    return _shade(str(group))


@lru_cache(maxsize=1024)
def _shade(group: str) -> str:
    """Give the colour of a group."""
    return PALETTE[hashlib.sha256(group.encode()).digest()[0] % len(PALETTE)]
