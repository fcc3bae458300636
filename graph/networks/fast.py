"""The optional fast engine: igraph, imported when it is first used and never needed. Knows edge lists.

igraph is under the GPL, so it is an extra (``fast``) that the user chooses. Its results equal those of the exact core,
which a test holds; its random numbers are global to the process, so Leiden repeats only where nothing else draws.
"""

from __future__ import annotations

import random
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.networks.measures.measured import measured
from graph.networks.measures.paths import most_between, refuse_dense
from ontology.errors import MissingEngineError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    import networkx as nx

    from graph.networks.measures.measured import Measured
    from graph.networks.measures.paths import Normalisation


def installed() -> bool:
    """Say whether the engine can be imported, without importing it."""
    return find_spec("igraph") is not None


def leiden(nodes: int, edges: Sequence[tuple[int, int, float]], *, seed: int) -> list[list[int]]:
    """Split a numbered network by Leiden, until nothing improves. Reference: Traag et al. 2019, Sci. Rep. 9.

    Raises
    ------
    MissingEngineError
        The extra is not installed.
    """
    igraph = _engine()
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311 a seeded draw, no secret
    graph = igraph.Graph(n=nodes, edges=[edge[:2] for edge in edges])
    found = graph.community_leiden(objective_function="modularity", weights=[w for *_, w in edges], n_iterations=-1)
    return [list(members) for members in found]


def betweenness(
    network: nx.Graph[str], *, weight: str | None = "weight", normalisation: Normalisation = "bipartite"
) -> Measured:
    """Give `graph.networks.measures.paths.betweenness`, 30 to 100 times faster."""
    refuse_dense(network)
    igraph = _engine()
    nodes = sorted(network)
    graph, distances = _graph(igraph, network, nodes, weight)
    raw: list[float] = graph.betweenness(weights=distances, directed=False)
    most = most_between(network, normalisation)
    return measured(
        "betweenness",
        "node",
        {node: value / most[node] if most[node] else 0.0 for node, value in zip(nodes, raw, strict=True)},
        definition="shortest paths of other nodes that pass through the node",
        weight=weight,
        normalisation=normalisation,
        engine="igraph",
        version=str(igraph.__version__),
        reference="Brandes 2001, J. Math. Sociology 25; Borgatti & Everett 1997, Social Networks 19",
    )


def closeness(network: nx.Graph[str], *, weight: str | None = "weight") -> Measured:
    """Give `graph.networks.measures.paths.closeness` of the whole graph, faster.

    igraph counts within a component and gives NaN to a lone node; ours multiplies by the share of nodes reached.
    """
    refuse_dense(network)
    igraph = _engine()
    nodes = sorted(network)
    graph, distances = _graph(igraph, network, nodes, weight)
    inside = np.nan_to_num(np.array(graph.closeness(weights=distances), dtype=np.float64))
    size = np.zeros(len(nodes))
    for component in graph.connected_components():
        size[list(component)] = len(component)
    values = inside * (size - 1) / max(len(nodes) - 1, 1)
    return measured(
        "closeness",
        "node",
        dict(zip(nodes, values.tolist(), strict=True)),
        definition="nearness to all nodes that can be reached",
        weight=weight,
        normalisation="graph",
        engine="igraph",
        version=str(igraph.__version__),
        reference="Wasserman & Faust 1994; Borgatti & Everett 1997, Social Networks 19",
    )


def _graph(igraph: ModuleType, network: nx.Graph[str], nodes: list[str], weight: str | None) -> tuple[Any, list[float]]:
    """Make an igraph of a network, and its distances 1/w: igraph compares path lengths with a tolerance."""
    number = {node: index for index, node in enumerate(nodes)}
    edges = [(number[a], number[b], data) for a, b, data in network.edges(data=True)]
    distances = [1.0 if weight is None else 1.0 / data.get(weight, 1) for *_, data in edges]
    return igraph.Graph(n=len(nodes), edges=[edge[:2] for edge in edges]), distances


def _engine() -> ModuleType:
    """Import igraph, which has no types, or say which extra brings it."""
    try:
        return import_module("igraph")
    except ImportError:
        raise MissingEngineError("igraph is not installed", hint="install questeur[fast]") from None
