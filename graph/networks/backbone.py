"""Which edges of a bipartite network are more, or less, than the margins explain. Knows the nulls, no store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from graph.networks.correction import adjust
from graph.networks.measures.margins import departures, expected, garwood, ratio
from graph.networks.measures.measured import Table, table
from graph.networks.nulls import hypergeometric

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    found = judge(counts.counts, side=side, correction=correction)
    copy: nx.Graph[str] = network.copy()
    copy.graph["null"] = conditions(tests=found.tests, unit=unit, side=side, alpha=alpha, correction=correction)
    columns = {name: column.tolist() for name, column in found.columns(alpha, found.count > 0).items()}
    for i, j, values in zip(found.i.tolist(), found.j.tolist(), zip(*columns.values(), strict=True), strict=True):
        copy.edges[counts.rows[i], counts.columns[j]].update(zip(columns, values, strict=True))
    return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is known of each joined pair of a table: its place, its expectation, and how far it is from it."""

    i: NDArray[np.intp]
    j: NDArray[np.intp]
    count: NDArray[np.int64]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    tests: int

    def columns(self, alpha: float, shown: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Give the attributes that edges carry, of the pairs that are shown, column by column."""
        columns: dict[str, NDArray[Any]] = {
            "expected": self.expected,
            "lift": ratio(self.count, self.expected),
            "lift_low": ratio(self.low, self.expected),
            "lift_high": ratio(self.high, self.expected),
            "z": self.z,
            "p": self.p,
            "q": self.q,
            "side": np.where(self.count > self.expected, "over", "under"),
            "significant": self.q <= alpha,
        }
        return {name: column[shown] for name, column in columns.items()}


def judge(counts: NDArray[np.int64], *, side: Side = "both", correction: Method = "bh") -> Judgement:
    """Test every pair of a table with margins above 0, joined or not; tell of those that are joined.

    >>> judge(np.array([[2], [1]])).q.tolist()
    [1.0, 1.0]
    """
    p = hypergeometric(counts, side=side)
    q = adjust(p, method=correction)
    whole = Table(rows=(), columns=(), counts=counts)
    i, j = np.nonzero(counts)
    low, high = garwood(counts[i, j])
    return Judgement(
        i=i,
        j=j,
        count=counts[i, j],
        expected=expected(whole)[i, j],
        low=low,
        high=high,
        z=departures(whole)[i, j],
        p=p[i, j],
        q=q[i, j],
        tests=int(np.count_nonzero(~np.isnan(p))),
    )


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


def conditions(*, tests: int, unit: str, side: Side, alpha: float, correction: Method) -> dict[str, object]:
    """Say what edges were tested against."""
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
