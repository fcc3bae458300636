"""igraph, imported when it is first used: graphs of it, and path measures as networkx defines them. Knows no measure.

igraph takes two path lengths for equal when they differ by less than 1 in 10^10. With distances 1/w that is what makes
ties exact: as floats, 1/3 + 1/6 is not 1/2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from ontology.errors import MissingEngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    import networkx as nx
    from numpy.typing import NDArray

Node = TypeVar("Node")


def installed() -> bool:
    """Say whether the engine can be imported, without importing it."""
    return find_spec("igraph") is not None


def engine() -> ModuleType:
    """Import igraph, which has no types, or say which extra brings it."""
    try:
        return import_module("igraph")
    except ImportError:
        raise MissingEngineError("igraph is not installed", hint="install questeur[fast]") from None


@dataclass(frozen=True, kw_only=True)
class Converted(Generic[Node]):
    """A graph of igraph beside the names of its nodes: what networkx dispatches to the backend ``questeur``.

    Attributes
    ----------
    nodes
        The nodes, in the order of their numbers.
    edges
        The ends of the edges as numbers.
    weights
        Attributes of the edges by name.
    """

    __networkx_backend__ = "questeur"

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    weights: Mapping[str, Sequence[Any]]
    graph: Any
    __networkx_cache__: dict[str, Any] = field(default_factory=dict)

    def is_directed(self) -> bool:
        """Say that edges have no direction."""
        return False

    def is_multigraph(self) -> bool:
        """Say that two nodes have one edge at most."""
        return False

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self.nodes)

    def distances(self, weight: str | None) -> list[float] | None:
        """Give the lengths of the edges; None when each is 1."""
        return None if weight is None else [float(value) for value in self.weights[weight]]

    def betweenness(self, distances: list[float] | None) -> dict[Node, float]:
        """Count for each node the shortest paths of others over it, each pair of ends once."""
        raw: list[float] = self.graph.betweenness(weights=distances, directed=False)
        return dict(zip(self.nodes, raw, strict=True))

    def edge_betweenness(self, distances: list[float] | None) -> dict[tuple[Node, Node], float]:
        """Count for each edge the shortest paths over it, each pair of ends once."""
        raw: list[float] = self.graph.edge_betweenness(weights=distances, directed=False)
        ends = [(self.nodes[a], self.nodes[b]) for a, b in self.edges]
        return dict(zip(ends, raw, strict=True))

    def closeness(self, distances: list[float] | None, *, improved: bool = True) -> dict[Node, float]:
        """Give the nodes reached over the sum of the distances, times the share of all nodes that they are.

        igraph counts within a component and gives NaN to a lone node; ``improved`` brings in the share.
        """
        raw: NDArray[np.float64] = np.array(self.graph.closeness(weights=distances), dtype=np.float64)
        size = np.zeros(len(self.nodes))
        for component in self.graph.connected_components():
            size[list(component)] = len(component)
        share = (size - 1) / max(len(self.nodes) - 1, 1) if improved else 1.0
        return dict(zip(self.nodes, (np.nan_to_num(raw) * share).tolist(), strict=True))


def convert(network: nx.Graph[Node], attributes: Mapping[str, Any]) -> Converted[Node]:
    """Make a graph of igraph of one of networkx; ``attributes`` are those of edges to keep, with their defaults."""
    nodes = tuple(network)
    number = {node: index for index, node in enumerate(nodes)}
    found = list(network.edges(data=True))
    edges = tuple((number[a], number[b]) for a, b, _ in found)
    return Converted(
        nodes=nodes,
        edges=edges,
        weights={name: [data.get(name, default) for *_, data in found] for name, default in attributes.items()},
        graph=engine().Graph(n=len(nodes), edges=edges),
    )
