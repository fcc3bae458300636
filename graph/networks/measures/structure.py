"""Measures of shape: cores, nestedness, clustering, assortativity, turnover. Knows networkx and numpy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from graph.networks.measures.measured import WHOLE, Measured, measured, table
from ontology.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def core(network: nx.Graph[str]) -> Measured:
    """Say how deep a node sits: the largest k such that a part where all have k neighbours holds it.

    Use it on a validated backbone: raw cores restate the degree. Reference: Seidman 1983; Batagelj & Zaversnik 2003.

    >>> dict(core(bipartite([("A", "M", 2), ("B", "M", 1)])).values)
    {'A': 1.0, 'B': 1.0, 'M': 1.0}
    """
    numbers: dict[str, int] = nx.core_number(network, backend="networkx")
    return measured(
        "core",
        "node",
        {node: float(k) for node, k in numbers.items()},
        definition="largest k whose k-core holds the node",
        engine="networkx",
        reference="Seidman 1983, Social Networks 5",
    )


def nodf(network: nx.Graph[str]) -> Measured:
    """Say how nested the network is, from 0 to 100: whether those with few neighbours have them among those of others.

    Formula: mean over all pairs of one side of 100 x shared / smaller degree, 0 where degrees are equal.
    Reference: Almeida-Neto et al. 2008.

    >>> nodf(bipartite([("A", "M", 1), ("A", "N", 1), ("B", "M", 1)])).value
    100.0
    """
    joined = (table(network).counts > 0).astype(np.int64)
    sums, pairs = zip(*(_nested(matrix) for matrix in (joined, joined.T)), strict=True)
    return measured(
        "nodf",
        "network",
        {WHOLE: 100 * sum(sums) / sum(pairs) if sum(pairs) else float("nan")},
        definition="nestedness by overlap and decreasing fill",
        normalisation="0 to 100; equal degrees give 0",
        reference="Almeida-Neto et al. 2008, Oikos 117",
    )


def clustering(network: nx.Graph[str]) -> Measured:
    """Say how often three steps close to a square: two deputies who share one ministry share a second.

    Formula: 4 x squares / paths of three edges. Triangles cannot exist here. Reference: Robins & Alexander 2004.

    >>> clustering(bipartite([("A", "M", 1), ("A", "N", 1), ("B", "M", 1), ("B", "N", 1)])).value
    1.0
    """
    joined = (table(network).counts > 0).astype(np.int64)
    shared = joined @ joined.T
    np.fill_diagonal(shared, 0)
    squares = int((shared * (shared - 1)).sum()) // 4
    rows, columns = joined.sum(axis=1) - 1, joined.sum(axis=0) - 1
    paths = int(rows @ joined @ columns)
    return measured(
        "clustering",
        "network",
        {WHOLE: 4 * squares / paths if paths else 0.0},
        definition="share of three-edge paths that close to a square",
        reference="Robins & Alexander 2004, Comput. Math. Organ. Theory 10",
    )


def assortativity(network: nx.Graph[str], *, attribute: str = "group") -> Measured:
    """Say whether edges keep within an attribute, such as the group: 1 always, 0 as by chance.

    Formula: (sum_i e_ii - sum_i a_i b_i) / (1 - sum_i a_i b_i), over edges whose both ends have the attribute; none
    where all have the same. For projections; show it beside its null. Reference: Newman 2003.

    Raises
    ------
    QueryError
        The network has two sides, or no node has the attribute.

    >>> pair = nx.Graph([("A", "B"), ("B", "C")])
    >>> nx.set_node_attributes(pair, {"A": "g", "B": "g", "C": "h"}, "group")
    >>> round(assortativity(pair, attribute="group").value, 3)
    -0.333
    """
    if {0, 1} <= {data.get("bipartite") for _, data in network.nodes(data=True)}:
        raise QueryError(
            "the edges of a network with two sides keep within none",
            code="measure",
            hint="measure the assortativity of a projection, such as deputy-deputy",
        )
    values = {node: data[attribute] for node, data in network.nodes(data=True) if attribute in data}
    if len(network) and not values:
        raise QueryError(f"no node of this network has a {attribute}", code="measure", hint="take another attribute")
    known = network.subgraph(values)
    several = len({values[end] for edge in known.edges for end in edge}) > 1
    value: float = nx.attribute_assortativity_coefficient(known, attribute, backend="networkx") if several else math.nan
    return measured(
        "assortativity",
        "network",
        {WHOLE: value},
        definition=f"assortativity of edges by {attribute}",
        engine="networkx",
        reference="Newman 2003, Phys. Rev. E 67",
    )


def turnover(first: nx.Graph[str], second: nx.Graph[str]) -> Measured:
    """Say which part of the edges of two slices is in one of them only.

    Formula: 1 - |E1 and E2| / |E1 or E2|, of validated edges. Small slices differ by chance: compare with the halves
    that `graph.networks.nulls.halves` draws. Reference: Jaccard 1912.

    >>> turnover(bipartite([("A", "M", 1)]), bipartite([("A", "M", 1), ("B", "M", 1)])).value
    0.5
    """
    one, two = ({frozenset(edge) for edge in network.edges} for network in (first, second))
    every = one | two
    return measured(
        "turnover",
        "network",
        {WHOLE: 1 - len(one & two) / len(every) if every else float("nan")},
        definition="share of the edges of both slices that only one of them has",
        reference="Jaccard 1912, New Phytologist 11",
    )


def _nested(joined: NDArray[np.int64]) -> tuple[float, int]:
    """Give the sum of the overlaps of rows of unequal degree, and the number of pairs."""
    degree = joined.sum(axis=1)
    i, j = np.triu_indices(len(degree), k=1)
    shared, smaller = (joined @ joined.T)[i, j], np.minimum(degree[i], degree[j])
    counted = (degree[i] != degree[j]) & (smaller > 0)
    return float((shared[counted] / smaller[counted]).sum()), len(i)
