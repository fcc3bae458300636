"""Measures of shortest paths, exact: distances are whole numbers, so equally short paths are told apart without error.

The distance along an edge is L/w, L the least common multiple of the weights: with 1/w as floats, 1/3 + 1/6 is not 1/2
and equally short paths are split wrongly. Knows networkx; knows no other engine.
"""

from __future__ import annotations

from collections import Counter
from math import lcm
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import networkx as nx

from graph.networks.measures.measured import DENSE, Measured, measured
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

Normalisation: TypeAlias = Literal["none", "graph", "bipartite"]

_BRANDES = "Brandes 2001, J. Math. Sociology 25; Borgatti & Everett 1997, Social Networks 19"


def betweenness(
    network: nx.Graph[str], *, weight: str | None = "weight", normalisation: Normalisation = "bipartite"
) -> Measured:
    """Say how many shortest paths lead over a node: who ties together ministries that few others tie.

    Formula: sum over pairs s, t of the share of shortest paths through the node, distance 1/w; divided by the number of
    pairs (``graph``) or by the most a node of its side can reach (``bipartite``). References: Brandes 2001; Borgatti &
    Everett 1997.

    >>> dict(betweenness(bipartite([("A", "M", 2), ("B", "M", 1)]), normalisation="none").values)
    {'A': 0.0, 'B': 0.0, 'M': 1.0}
    """
    refuse_dense(network)
    graph, _ = whole_distances(network, weight=weight)
    raw: Mapping[Any, float] = nx.betweenness_centrality(graph, weight="distance", normalized=False, backend="networkx")
    most = most_between(network, normalisation)
    return measured(
        "betweenness",
        "node",
        {node: value / most[node] if most[node] else 0.0 for node, value in raw.items()},
        definition="shortest paths of other nodes that pass through the node",
        weight=weight,
        normalisation=normalisation,
        engine="networkx",
        reference=_BRANDES,
    )


def closeness(
    network: nx.Graph[str], *, weight: str | None = "weight", normalisation: Normalisation = "graph"
) -> Measured:
    """Say how near a node is to all others.

    Formula: (r - 1) / (sum of distances) x (r - 1) / (n - 1), r the nodes reached, itself included, distance 1/w;
    ``bipartite`` puts the least possible sum of unweighted distances above. Reference: Wasserman & Faust 1994.

    >>> dict(closeness(bipartite([("A", "M", 2), ("B", "M", 1)])).values)["M"]
    1.3333333333333333
    """
    refuse_dense(network)
    graph, scale = whole_distances(network, weight=weight)
    values: dict[str, float] = {}
    for node in network:
        reached: Mapping[str, float] = nx.single_source_dijkstra_path_length(graph, node, weight="distance")
        total = sum(reached.values())
        best = _least_far(network, node, reached) if normalisation == "bipartite" else len(reached) - 1
        part = 1.0 if normalisation == "none" else (len(reached) - 1) / (len(network) - 1) if total else 0.0
        values[node] = best * scale / total * part if total else 0.0
    return measured(
        "closeness",
        "node",
        values,
        definition="nearness to all nodes that can be reached",
        weight=weight,
        normalisation=normalisation,
        engine="networkx",
        reference="Wasserman & Faust 1994; Borgatti & Everett 1997, Social Networks 19",
    )


def whole_distances(network: nx.Graph[str], *, weight: str | None) -> tuple[nx.Graph[str], int]:
    """Copy the network with whole distances L/w, and give L.

    >>> graph, scale = whole_distances(bipartite([("A", "M", 2), ("B", "M", 3)]), weight="weight")
    >>> scale, graph.edges["A", "M"]["distance"], graph.edges["B", "M"]["distance"]
    (6, 3, 2)
    """
    weights: dict[tuple[str, str], int] = {}
    for a, b, data in network.edges(data=True):
        value = 1 if weight is None else data.get(weight, 1)
        if value < 1 or value != int(value):
            raise QueryError(
                f"{weight} is {value} between {a} and {b}: an exact distance needs a whole number of at least 1",
                code="measure",
            )
        weights[a, b] = int(value)
    scale = lcm(*set(weights.values()))
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(network)
    graph.add_edges_from((a, b, {"distance": scale // value}) for (a, b), value in weights.items())
    return graph, scale


def refuse_dense(network: nx.Graph[str]) -> None:
    """Refuse networks where almost every pair is joined: there a shortest path is an edge, and says nothing."""
    sides = [int(data.get("bipartite", -1)) for _, data in network.nodes(data=True)]
    pairs = sides.count(0) * sides.count(1) if -1 not in sides else len(sides) * (len(sides) - 1) // 2
    if len(network) > 3 and pairs and network.number_of_edges() / pairs > DENSE:
        share = network.number_of_edges() / pairs
        raise QueryError(
            f"{share:.0%} of the pairs are joined, so paths say nothing here",
            code="measure",
            hint=f"take a network with at most {DENSE:.0%}, such as its backbone",
        )


def _sides(network: nx.Graph[str], node: str) -> tuple[int, int]:
    """Give the size of the node's own side and of the other side."""
    sides = {name: data.get("bipartite") for name, data in network.nodes(data=True)}
    own = sum(side == sides[node] for side in sides.values())
    return own, len(sides) - own


def most_between(network: nx.Graph[str], normalisation: Normalisation) -> Mapping[str, float]:
    """Give what a node's raw betweenness is divided by."""
    n = len(network)
    if normalisation == "none":
        return dict.fromkeys(network, 1.0)
    if normalisation == "graph":
        return dict.fromkeys(network, (n - 1) * (n - 2) / 2)
    sides = {node: data.get("bipartite") for node, data in network.nodes(data=True)}
    count = Counter(sides.values())
    most = {side: _bipartite_most(own, n - own) for side, own in count.items()}
    return {node: most[side] for node, side in sides.items()}


def _bipartite_most(own: int, other: int) -> float:
    """Give the largest raw betweenness in a bipartite network (Borgatti & Everett 1997, formula for one side)."""
    if own == 0 or other == 0:
        return 0.0
    s, t = divmod(own - 1, other)
    return ((other * other) * (s + 1) ** 2 + other * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2.0


def _least_far(network: nx.Graph[str], node: str, reached: Mapping[str, float]) -> int:
    """Give the least possible sum of distances: 1 to all of the other side, 2 to all of one's own."""
    own, other = _sides(network, node) if len(reached) == len(network) else _sides(network.subgraph(reached), node)
    return other + 2 * (own - 1)
