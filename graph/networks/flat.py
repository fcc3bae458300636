"""A network as every format can carry it: plain values, one type per attribute, no null and no NaN. Knows networkx.

One step flattens the network for every writer: ISO days, plain numbers, no control character. Without it GraphML and
GEXF refuse values, write a dict's repr, or write files nobody can read.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import networkx as nx

Scalar: TypeAlias = "str | int | float | bool"
Attributes: TypeAlias = "dict[str, Scalar]"

_PLAIN = frozenset((int, bool))
_SCALAR = (str, int, float)
_SPACES = re.compile(r"[\t\n\r]+")
_UNWRITABLE = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """A network as every format can carry it. Nodes and edges are in the order of their ids."""

    directed: bool
    meta: dict[str, object]
    nodes: list[tuple[str, Attributes]]
    edges: Sequence[tuple[str, str, Attributes]]


def flatten(network: nx.Graph[str]) -> Flat:
    """Make a network that every format can carry. An undirected edge of a bipartite network starts on side 0."""
    side: dict[str, int] = {node: attributes.get("bipartite", 0) for node, attributes in network.nodes(data=True)}
    directed = network.is_directed()
    ends: list[tuple[str, str, Attributes]] = []
    for a, b, attributes in network.edges(data=True):
        source, target = (a, b) if directed or (side[a], a) <= (side[b], b) else (b, a)
        ends.append((clean(source), clean(target), scalars(attributes)))
    edges = sorted(ends, key=lambda edge: edge[:2])
    _unify([attributes for _, _, attributes in edges])
    nodes = flat_nodes((node, attributes) for node, attributes in network.nodes(data=True))
    return Flat(directed=directed, meta=flat_meta(network.graph), nodes=nodes, edges=edges)


def flat_nodes(nodes: Iterable[tuple[str, Mapping[str, object]]]) -> list[tuple[str, Attributes]]:
    """Flatten nodes, in the order of their ids."""
    found = sorted((clean(node), scalars(attributes)) for node, attributes in nodes)
    _unify([attributes for _, attributes in found])
    return found


def flat_meta(meta: Mapping[str, object]) -> dict[str, object]:
    """Flatten what a network says of itself."""
    return {str(name): plain(value) for name, value in meta.items()}


def scalars(attributes: Mapping[str, object]) -> Attributes:
    """Keep what is text, number or truth; a list or a mapping becomes JSON, null and NaN are dropped."""
    kept: Attributes = {}
    for name, value in attributes.items():
        if type(value) is str:
            kept[_cleaned(name)] = value if value.isprintable() else clean(value)
        elif type(value) in _PLAIN:
            kept[_cleaned(name)] = cast("Scalar", value)
        elif (found := plain(value)) is not None:
            kept[_cleaned(name)] = (
                found if isinstance(found, _SCALAR) else json.dumps(found, ensure_ascii=False, sort_keys=True)
            )
    return kept


def plain(value: object) -> object:
    """Give the JSON value of anything a network may carry; NaN and the infinities are null."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {clean(str(key)): plain(inner) for key, inner in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in cast("list[object]", value)]
    tolist: Callable[[], object] | None = getattr(value, "tolist", None)
    if tolist is not None:  # a numpy scalar or array
        return plain(tolist())
    return _scalar(value)


def _scalar(value: object) -> Scalar | None:
    """Give a plain text, number or truth, never of a subclass; any other value as text, a day as ISO."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return clean(value.isoformat() if isinstance(value, date) else str(value))


def clean(text: str) -> str:
    """Take out what XML cannot carry; a break becomes a space, since readers of XML change breaks."""
    return text if text.isprintable() and type(text) is str else _UNWRITABLE.sub("", _SPACES.sub(" ", text))


@lru_cache(maxsize=256)
def _cleaned(name: str) -> str:
    """Give the name of an attribute cleaned, once for all nodes."""
    return clean(name)


def _unify(rows: list[Attributes]) -> None:
    """Give each attribute one type: XML formats declare it once, and numbers of two types would be two attributes."""
    each: set[tuple[str, type]] = set()
    for row in rows:
        each.update(zip(row, map(type, row.values()), strict=True))
    kinds: defaultdict[str, set[type]] = defaultdict(set)
    for name, kind in each:
        kinds[name].add(kind)
    for name, found in kinds.items():
        if len(found) > 1:
            common = float if found == {int, float} else str
            for row in rows:
                if name in row:
                    row[name] = common(row[name])
