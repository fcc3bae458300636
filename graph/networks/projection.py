"""Project a bipartite network on one of its sides: who shares ministries, and how much. Knows scipy and networkx.

A raw projection of questions joins almost every pair: draw only the pairs that `graph.networks.bicm` validates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import networkx as nx
import numpy as np
from scipy import sparse

from graph.networks.measures.measured import table

if TYPE_CHECKING:
    from numpy.typing import NDArray


def project(
    network: nx.Graph[str], *, side: Literal[0, 1] = 0, weight: Literal["shared", "cosine", "newman"] = "shared"
) -> nx.Graph[str]:
    """Join the nodes of one side that share neighbours.

    ``shared``: c, the number of shared neighbours; ``cosine``: c / sqrt(k_i k_j); ``newman``: sum over the shared
    neighbours of 1 / (k - 1). Every edge carries c as ``shared`` too. Reference: Newman 2001, Phys. Rev. E 64.

    >>> project(bipartite([("A", "M", 2), ("B", "M", 1)])).edges["A", "B"]
    {'shared': 1, 'weight': 1}
    """
    counts = table(network)
    joined = (counts.counts > 0).astype(np.int64)
    matrix, names = (joined, counts.rows) if side == 0 else (joined.T, counts.columns)
    i, j, shared = pairs(matrix)
    found = weights(matrix, i, j, shared, weight=weight)
    projection: nx.Graph[str] = nx.Graph()
    projection.add_nodes_from((name, dict(network.nodes[name])) for name in names)
    for index, (c, w) in enumerate(zip(shared.tolist(), found.tolist(), strict=True)):
        projection.add_edge(names[int(i[index])], names[int(j[index])], shared=int(c), weight=w)
    return projection


def pairs(matrix: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Give the pairs of rows i < j of a 0/1 matrix that share columns, and how many.

    >>> [x.tolist() for x in pairs(np.array([[1, 1], [1, 1], [0, 0]]))]
    [[0], [1], [2]]
    """
    rows = sparse.csr_array(matrix)
    upper = sparse.triu(rows @ rows.T, k=1, format="coo")
    i, j, shared = upper.row.astype(np.intp), upper.col.astype(np.intp), upper.data.astype(np.int64)
    order = np.lexsort((j, i))
    return i[order], j[order], shared[order]


def weights(
    matrix: NDArray[np.int64],
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    shared: NDArray[np.int64],
    *,
    weight: Literal["shared", "cosine", "newman"],
) -> NDArray[np.int64] | NDArray[np.float64]:
    """Weigh the pairs."""
    if weight == "shared":
        return shared
    if weight == "cosine":
        degree = matrix.sum(axis=1)
        return np.asarray(shared / np.sqrt(degree[i] * degree[j]), dtype=np.float64)
    others = matrix.sum(axis=0) - 1
    scaled = sparse.csr_array(matrix / np.maximum(others, 1))
    product = (scaled @ sparse.csr_array(matrix).T).toarray()
    return np.asarray(product[i, j], dtype=np.float64)
