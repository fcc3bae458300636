"""Measures that are eigenvectors: eigenvector centrality, PageRank, BiRank. Knows numpy and networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from graph.networks.measures.measured import Measured, measured, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_ROUNDS = 1000
_CLOSE = 1e-13
_ALIKE = 1e-10
_SEVERAL = "{} parts of the network lead alike, with no edge between them: each has its share of the vector"


def eigenvector(network: nx.Graph[str], *, weight: str | None = "weight") -> Measured:
    """Say who asks much-asked ministries, and which ministries much-asking deputies ask.

    Formula: the leading singular pair u, v of the table B, each divided by sqrt(2): together the leading eigenvector of
    the network, of length 1. Power iteration would swing for ever between the two sides. The sign is chosen so that the
    sum is positive. Where parts of the network lead alike, each has its share of it. Reference: Bonacich 1972; Faust
    1997.

    >>> {k: round(x, 3) for k, x in eigenvector(bipartite([("A", "M", 1), ("B", "M", 1)])).values.items()}
    {'A': 0.5, 'B': 0.5, 'M': 0.707}
    """
    counts = table(network, weight=weight)
    rows, columns, several = _leading(counts.counts.astype(np.float64))
    return measured(
        "eigenvector",
        "node",
        counts.nodes(_positive(rows), _positive(columns)),
        definition="entry of the leading eigenvector of the weighted network",
        weight=weight,
        normalisation="length 1",
        reference="Bonacich 1972, J. Math. Sociology 2; Faust 1997, Social Networks 19",
        notes=(_SEVERAL.format(several),) if several > 1 else (),
    )


def pagerank(network: nx.Graph[str], *, weight: str | None = "weight", damping: float = 0.85) -> Measured:
    """Say where a reader ends who follows edges at random, in proportion to their weight, and at times starts anew.

    Formula: p_i = (1 - a)/n + a sum_j p_j w_ji / s_j. Reference: Brin & Page 1998.

    >>> {k: round(x, 3) for k, x in pagerank(bipartite([("A", "M", 2), ("B", "M", 1)])).values.items()}
    {'A': 0.326, 'B': 0.188, 'M': 0.486}
    """
    ranks: Mapping[Any, float] = nx.pagerank(
        network, alpha=damping, weight=weight, max_iter=_ROUNDS, tol=_CLOSE, backend="networkx"
    )
    return measured(
        "pagerank",
        "node",
        ranks,
        definition="share of a random walk with restarts spent at the node",
        weight=weight,
        normalisation=f"sums to 1, damping {damping:g}",
        engine="networkx",
        reference="Brin & Page 1998, Computer Networks 30",
    )


def birank(network: nx.Graph[str], *, weight: str | None = "weight", damping: float = 0.85) -> Measured:
    """Rank both sides by each other, discounting who asks everyone and who is asked by everyone.

    Formula: u = a S v + (1 - a)/n, v = a S' u + (1 - a)/m, S_ij = w_ij / sqrt(s_i s_j). Reference: He et al. 2017.

    >>> {k: round(x, 3) for k, x in birank(bipartite([("A", "M", 1), ("B", "M", 1)])).values.items()}
    {'A': 0.595, 'B': 0.595, 'M': 0.865}
    """
    counts = table(network, weight=weight)
    rows, columns, _ = counts.margins
    scale = np.sqrt(np.outer(np.maximum(rows, 1), np.maximum(columns, 1)))
    smoothed = counts.counts / scale
    u, v = np.full(len(rows), 1 / max(len(rows), 1)), np.full(len(columns), 1 / max(len(columns), 1))
    restart_u, restart_v = (1 - damping) * u, (1 - damping) * v
    for _ in range(_ROUNDS):
        before = u
        v = damping * (smoothed.T @ u) + restart_v
        u = damping * (smoothed @ v) + restart_u
        if np.abs(u - before).sum() < _CLOSE:
            break
    return measured(
        "birank",
        "node",
        counts.nodes(u, v),
        definition="mutual rank of askers and ministries",
        weight=weight,
        normalisation=f"damping {damping:g}",
        reference="He, Gao, Kan & Wang 2017, IEEE TKDE 29",
    )


def _leading(table_: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Give the leading eigenvector of a network by its two sides, and how many lead alike.

    The singular vectors of a table are those of the shorter of its products with itself. Of several the sum of what all
    nodes alike have of each: no order of nodes, and no basis that an engine finds, changes it.
    """
    if len(table_) < table_.shape[1]:
        columns, rows, several = _leading(table_.T)
        return rows, columns, several
    if not table_.any():
        return np.zeros(len(table_)), np.zeros(len(table_.T)), 0
    values, vectors = np.linalg.eigh(table_.T @ table_)
    right = vectors[:, values >= values[-1] * (1 - _ALIKE)]
    left = table_ @ right / np.sqrt(values[-1])
    parts = left.sum(axis=0) + right.sum(axis=0)
    length = np.sqrt(2 * (parts @ parts)) or 1.0
    return left @ parts / length, right @ parts / length, right.shape[1]


def _positive(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the -0.0 and the tiny negative entries of nodes outside the leading component into 0."""
    return np.where(np.abs(values) < _CLOSE, 0.0, values)
