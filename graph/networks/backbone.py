"""Which edges of a bipartite network are more, or less, than the margins explain. Knows the nulls, no store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from graph.networks.correction import adjust
from graph.networks.measures.margins import departures, expected, garwood, ratio
from graph.networks.measures.measured import table
from graph.networks.nulls import hypergeometric

if TYPE_CHECKING:
    from graph.networks.correction import Method
    from graph.networks.nulls import Side


def judged(
    network: nx.Graph[str],
    *,
    unit: str = "weight",
    side: Side = "both",
    alpha: float = 0.01,
    correction: Method = "bh",
) -> nx.Graph[str]:
    """Copy a network with ``expected lift lift_low lift_high z p q side significant`` on each edge.

    ``unit`` names the edge attribute that holds independent units. Runs of near-identical questions are no independent
    units: counted one by one they make false edges. The family is every pair with both margins above 0, joined or not.

    >>> judged(bipartite([("A", "M", 2), ("B", "M", 1)])).edges["A", "M"]["q"]
    1.0
    """
    counts = table(network, weight=unit)
    p = hypergeometric(counts.counts, side=side)
    mean = expected(counts)
    low, high = garwood(counts.counts)
    columns = {
        "expected": mean,
        "lift": ratio(counts.counts, mean),
        "lift_low": ratio(low, mean),
        "lift_high": ratio(high, mean),
        "z": departures(counts),
        "p": p,
        "q": adjust(p, method=correction),
    }
    copy: nx.Graph[str] = network.copy()
    tests = int(np.count_nonzero(~np.isnan(p)))
    copy.graph["null"] = _null(tests=tests, unit=unit, side=side, alpha=alpha, correction=correction)
    for i, j in zip(*np.nonzero(counts.counts), strict=True):
        values = {name: float(column[i, j]) for name, column in columns.items()}
        above = bool(counts.counts[i, j] > mean[i, j])
        edge = copy.edges[counts.rows[i], counts.columns[j]]
        edge.update(values, side="over" if above else "under", significant=values["q"] <= alpha)
    return copy


def backbone(
    network: nx.Graph[str],
    *,
    unit: str = "weight",
    side: Side = "over",
    alpha: float = 0.01,
    correction: Method = "bh",
) -> nx.Graph[str]:
    """Keep the significant edges and the nodes they join.

    >>> len(backbone(bipartite([("A", "M", 2), ("B", "M", 1)])))
    0
    """
    whole = judged(network, unit=unit, side=side, alpha=alpha, correction=correction)
    kept: nx.Graph[str] = nx.Graph(**whole.graph)
    edges = [(a, b, data) for a, b, data in whole.edges(data=True) if data["significant"]]
    ends = {node for a, b, _ in edges for node in (a, b)}
    kept.add_nodes_from((node, data) for node, data in whole.nodes(data=True) if node in ends)
    kept.add_edges_from(edges)
    return kept


def _null(*, tests: int, unit: str, side: Side, alpha: float, correction: Method) -> dict[str, object]:
    """Say what was tested."""
    return {
        "model": "hypergeometric",
        "conserves": ["strengths of both sides"],
        "unit": unit,
        "side": side,
        "tests": tests,
        "alpha": alpha,
        "correction": correction,
        "seed": None,
        "trials": None,
    }
