"""The bipartite configuration model: which pairs share more neighbours than their degrees explain.

Knows numpy and networkx; knows no store. The model is the random network of largest entropy whose expected degrees are
the observed ones; under it the number of shared neighbours follows a Poisson-binomial law, computed exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import networkx as nx
import numpy as np

from graph.networks.correction import adjust
from graph.networks.measures.measured import table
from graph.networks.projection import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.networks.correction import Method

_CLOSE = 1e-10
_ROUNDS = 20_000
_BLOCK = 192


def probabilities(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the probability of each cell of a 0/1 matrix in the model.

    Formula: P_ij = x_i y_j / (1 + x_i y_j), sum_j P_ij = k_i, sum_i P_ij = d_j. Cells that are 0, or 1, in every matrix
    of these degrees are set so first, those of empty and full rows and columns among them: with them the fixed point
    would never be reached. Reference: Saracco et al. 2015, Sci. Rep. 5.

    >>> probabilities(np.array([[1, 0], [0, 1], [1, 1]])).round(6).tolist()
    [[0.5, 0.5], [0.5, 0.5], [1.0, 1.0]]
    """
    k, d = matrix.sum(axis=1), matrix.sum(axis=0)
    rows, columns = np.argsort(-k, kind="stable"), np.argsort(-d, kind="stable")
    model = np.zeros(matrix.shape)
    for (above, right), (below, left) in pairwise(_cuts(k[rows], d[columns])):
        i, j = rows[above:below], columns[left:right]
        model[np.ix_(i, columns[:left])] = 1.0
        if len(i) and len(j):
            model[np.ix_(i, j)] = _solve(k[i] - left, d[j] - above)
    return model


def _cuts(k: NDArray[np.int64], d: NDArray[np.int64]) -> list[list[int]]:
    """Say where degrees, the largest first, leave no choice.

    At a cut (r, c) the first r rows fill the first c columns, and no other row has any of the other columns. From cut
    to cut r grows and c shrinks.

    Reference: Gale 1957, Pacific J. Math. 7; Ryser 1957, Canad. J. Math. 9.

    >>> _cuts(np.array([2, 1, 1]), np.array([2, 2]))
    [[0, 2], [1, 2], [3, 0]]
    """
    rows, columns = (np.append(0, np.cumsum(degrees)) for degrees in (k, d))
    spare = np.outer(np.arange(len(rows)), np.arange(len(columns))) + (columns[-1] - columns)[None, :] - rows[:, None]
    cuts: list[list[int]] = np.argwhere(spare == 0).tolist()
    return sorted(cuts, key=lambda cut: (cut[0], -cut[1]))


def _solve(k: NDArray[np.int64], d: NDArray[np.int64]) -> NDArray[np.float64]:
    """Find the model of a core in which every cell may be 0 or 1, once for each distinct degree."""
    rows, back_rows, many_rows = np.unique(k, return_inverse=True, return_counts=True)
    columns, back_columns, many_columns = np.unique(d, return_inverse=True, return_counts=True)
    total = np.sqrt(float(k.sum()))
    x, y = rows / total, columns / total
    for _ in range(_ROUNDS):
        product = 1 + np.outer(x, y)
        new_x = rows / (many_columns * y / product).sum(axis=1)
        new_y = columns / (many_rows * new_x / (1 + np.outer(new_x, y)).T).sum(axis=1)
        change = max(float(np.abs(new_x / x - 1).max()), float(np.abs(new_y / y - 1).max()))
        x, y = new_x, new_y
        if change < _CLOSE:
            break
    else:
        raise ArithmeticError(f"the bipartite configuration model did not settle in {_ROUNDS} rounds")
    product = np.outer(x, y)
    return np.asarray((product / (1 + product))[np.ix_(back_rows, back_columns)], dtype=np.float64)


def tails(chances: NDArray[np.float64], *, most: int) -> NDArray[np.float64]:
    """Give P(X >= c), c = 0..most, for each row of independent chances: the tails of Poisson-binomial laws.

    Formula: T_c <- T_c (1 - p) + T_(c-1) p, one chance after the other. All terms are positive, so that even the
    smallest tail keeps its digits; 1 - cdf would end at 1e-16. Reference: Hong 2013, Comput. Stat. Data Anal. 59.

    >>> tails(np.array([[0.5, 0.5]]), most=2).tolist()
    [[1.0, 0.75, 0.25]]
    """
    tail = np.zeros((len(chances), most + 1))
    tail[:, 0] = 1.0
    for p in chances.T:
        tail[:, 1:] += p[:, None] * (tail[:, :-1] - tail[:, 1:])
    return tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The pairs of rows that share columns, and how likely as many shared columns are. Other pairs have p = 1."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    shared: NDArray[np.int64]
    p: NDArray[np.float64]
    tests: int


def shared_neighbours(matrix: NDArray[np.int64]) -> Shared:
    """Test all pairs of rows of a 0/1 matrix for more shared columns than their degrees explain.

    Formula: P(X >= c), X the sum over columns a of independent chances P_ia P_ja; one law per pair of distinct degrees.
    Reference: Saracco et al. 2017, New J. Phys. 19.

    >>> shared_neighbours(np.array([[1, 0], [1, 0], [0, 1]])).p.round(3).tolist()
    [0.506]
    """
    i, j, shared = pairs(matrix)
    degree = matrix.sum(axis=1)
    model = probabilities(matrix)
    # Rows of equal degree have equal chances in the model, so one representative of each degree is enough.
    of_degree = {int(k): model[index] for index, k in enumerate(degree.tolist())}
    low, high = np.minimum(degree[i], degree[j]), np.maximum(degree[i], degree[j])
    laws, law = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    law = law.reshape(-1)
    most = np.zeros(len(laws), dtype=np.int64)
    np.maximum.at(most, law, shared)
    p = np.ones(len(i))
    order = np.argsort(most, kind="stable")
    place = np.empty(len(laws), dtype=np.int64)
    for start in range(0, len(laws), _BLOCK):
        block = order[start : start + _BLOCK]
        place[block] = np.arange(len(block))
        chances = np.array([of_degree[a] * of_degree[b] for a, b in laws[block].tolist()])
        tail = tails(chances, most=int(most[block].max()))
        inside = np.isin(law, block)
        p[inside] = tail[place[law[inside]], shared[inside]]
    n = matrix.shape[0]
    return Shared(first=i, second=j, shared=shared, p=p, tests=n * (n - 1) // 2)


def validated(
    network: nx.Graph[str], *, side: Literal[0, 1] = 0, alpha: float = 0.01, correction: Method = "bh"
) -> nx.Graph[str]:
    """Project a network on one side, keeping the pairs that share more than their degrees explain.

    Edges carry ``shared``, ``weight`` (the same), ``p`` and ``q``; the graph says what was tested.

    >>> validated(bipartite([("A", "M", 2), ("B", "M", 1)])).graph["null"]["tests"]
    1
    """
    counts = table(network)
    names = counts.rows if side == 0 else counts.columns
    joined = (counts.counts > 0).astype(np.int64)
    found = shared_neighbours(joined if side == 0 else joined.T)
    q = adjust(found.p, method=correction, tests=found.tests)
    projection: nx.Graph[str] = nx.Graph()
    projection.graph["null"] = conditions(tests=found.tests, alpha=alpha, correction=correction)
    projection.add_nodes_from((name, dict(network.nodes[name])) for name in names)
    for at in np.flatnonzero(q <= alpha).tolist():
        pair = names[int(found.first[at])], names[int(found.second[at])]
        count = int(found.shared[at])
        projection.add_edge(*pair, shared=count, weight=count, p=float(found.p[at]), q=float(q[at]))
    return projection


def conditions(*, tests: int, alpha: float, correction: Method) -> dict[str, object]:
    """Say what the pairs of a projection were tested against."""
    return {
        "model": "bicm",
        "conserves": ["expected degrees of both sides"],
        "unit": "joined pair",
        "side": "over",
        "tests": tests,
        "alpha": alpha,
        "correction": correction,
        "seed": None,
        "trials": None,
    }
