"""Measures that need the margins alone: degree, strength, share, lift and z. Knows no path and no random draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from graph.networks.measures.measured import Measured, measured, table

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray

    from graph.networks.measures.measured import Table


def degree(network: nx.Graph[str], *, normalisation: Literal["none", "bipartite"] = "none") -> Measured:
    """Count the neighbours of each node: how many ministries a deputy asked, how many deputies asked a ministry.

    Formula: d_i = #{j: w_ij > 0}; ``bipartite`` divides by the size of the other side (Borgatti & Everett 1997).

    >>> dict(degree(bipartite([("A", "M", 2), ("B", "M", 1)])).values)
    {'A': 1.0, 'B': 1.0, 'M': 2.0}
    """
    counts = table(network)
    joined = counts.counts > 0
    rows, columns = joined.sum(axis=1).astype(np.float64), joined.sum(axis=0).astype(np.float64)
    if normalisation == "bipartite":
        rows, columns = rows / max(len(counts.columns), 1), columns / max(len(counts.rows), 1)
    return measured(
        "degree",
        "node",
        counts.nodes(rows, columns),
        definition="number of neighbours",
        normalisation=normalisation,
        reference="Borgatti & Everett 1997, Social Networks 19",
    )


def strength(network: nx.Graph[str], *, weight: str = "weight") -> Measured:
    """Count the questions of each node: how much a deputy asks, how much a ministry is asked.

    Formula: s_i = sum_j w_ij. Reference: Barrat et al. 2004.

    >>> dict(strength(bipartite([("A", "M", 2), ("B", "M", 1)])).values)
    {'A': 2.0, 'B': 1.0, 'M': 3.0}
    """
    counts = table(network, weight=weight)
    rows, columns, _ = counts.margins
    return measured(
        "strength",
        "node",
        counts.nodes(rows.astype(np.float64), columns.astype(np.float64)),
        definition="sum of the weights of the node's edges",
        weight=weight,
        reference="Barrat et al. 2004, PNAS 101",
    )


def share(network: nx.Graph[str], *, weight: str = "weight", side: Literal[0, 1] = 0) -> Measured:
    """Say which part of a node's questions one edge is: of the deputy's (side 0) or of the ministry's (side 1).

    Formula: w_ij / s_i.

    >>> dict(share(bipartite([("A", "M", 2), ("B", "M", 1)]), side=1).values)[("A", "M")]
    0.6666666666666666
    """
    counts = table(network, weight=weight)
    whole = counts.counts.sum(axis=1 - side, keepdims=True)
    return measured(
        "share",
        "edge",
        counts.edges(ratio(counts.counts, np.broadcast_to(whole, counts.counts.shape))),
        definition="weight of the edge over the strength of its asker" if side == 0 else "over that of its ministry",
        weight=weight,
        normalisation="by asker" if side == 0 else "by ministry",
    )


def lift(
    network: nx.Graph[str],
    *,
    weight: str = "weight",
    bound: Literal["none", "low", "high"] = "none",
    level: float = 0.95,
) -> Measured:
    """Say how many times more than expected a deputy asks a ministry, given how much each asks and is asked.

    Formula: w_ij S / (s_i s_j), S the sum of all weights; a ``bound`` is the Garwood limit of w over the expectation.
    The lift of one question is noise: rank by `z`. Reference: Garwood 1936.

    >>> dict(lift(bipartite([("A", "M", 2), ("B", "M", 1)])).values)[("A", "M")]
    1.0
    """
    counts = table(network, weight=weight)
    observed = counts.counts.astype(np.float64)
    if bound != "none":
        low, high = garwood(counts.counts, level=level)
        observed = low if bound == "low" else high
    return measured(
        "lift" if bound == "none" else f"lift_{bound}",
        "edge",
        counts.edges(ratio(observed, expected(counts))),
        definition="weight over the weight expected from the margins",
        weight=weight,
        normalisation="none" if bound == "none" else f"{level:g} Poisson limit",
        reference="Garwood 1936, Biometrika 28",
    )


def z(network: nx.Graph[str], *, weight: str = "weight") -> Measured:
    """Say by how many standard deviations a count departs from what the margins make likely.

    Formula: (w - e) / sqrt(e (1 - s_i/S) (1 - s_j/S) S/(S-1)), e = s_i s_j / S, the moments of the hypergeometric law.
    (w - e)/sqrt(e) would have a variance below 1. Undefined where the margins leave no choice.

    >>> dict(z(bipartite([("A", "M", 2), ("B", "N", 1), ("A", "N", 1)])).values)[("A", "M")]
    1.0
    """
    counts = table(network, weight=weight)
    return measured(
        "z",
        "edge",
        counts.edges(departures(counts)),
        definition="departure of the weight from its expectation, in standard deviations",
        weight=weight,
        normalisation="hypergeometric moments",
    )


def expected(counts: Table) -> NDArray[np.float64]:
    """Give s_i s_j / S, the counts expected from the margins."""
    rows, columns, total = counts.margins
    return np.outer(rows, columns).astype(np.float64) / max(total, 1)


def departures(counts: Table) -> NDArray[np.float64]:
    """Give the z of every pair, joined or not."""
    rows, columns, total = counts.margins
    mean = expected(counts)
    free = (1 - rows / max(total, 1))[:, None] * (1 - columns / max(total, 1))[None, :]
    variance = mean * free * (total / (total - 1) if total > 1 else np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(variance > 0, (counts.counts - mean) / np.sqrt(variance), np.nan)
    return np.asarray(values, dtype=np.float64)


def garwood(counts: NDArray[np.int64], *, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the exact limits of Poisson means that make each count likely enough: quantiles of the gamma law.

    >>> low, high = garwood(np.array([0, 10]))
    >>> [round(float(x), 3) for x in (*low, *high)]
    [0.0, 4.795, 3.689, 18.39]
    """
    tail = (1 - level) / 2
    several, place = np.unique(counts, return_inverse=True)  # few: most edges are of one question, or of two
    whole = several.astype(np.float64)
    low = np.where(several > 0, special.gammaincinv(np.maximum(whole, 1), tail), 0.0)
    high = special.gammainccinv(whole + 1, tail)
    place = place.reshape(counts.shape)
    return np.asarray(low[place], dtype=np.float64), np.asarray(high[place], dtype=np.float64)


def ratio(
    above: NDArray[np.int64] | NDArray[np.float64], below: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Divide, giving NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(below > 0, above / below, np.nan), dtype=np.float64)
