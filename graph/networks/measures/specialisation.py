"""How narrow or broad askers and ministries are: breadth, H2' and d'. Knows counts; knows no path, no random draw."""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from graph.networks.measures.measured import WHOLE, Measured, measured, table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import networkx as nx
    from numpy.typing import NDArray

FEW = 5
_CLOSE = 1e-12
_BLUETHGEN = "Blüthgen, Menzel & Blüthgen 2006, BMC Ecology 6:9"


def breadth(
    network: nx.Graph[str], *, weight: str = "weight", by: Literal["simpson", "shannon"] = "simpson"
) -> Measured:
    """Say how many-sided a node is: the chance that two of its questions go to different ministries.

    Formula: unbiased Simpson 1 - sum_j n_j (n_j - 1) / (N (N - 1)), or exp(-sum_j p_j ln p_j), an equivalent number of
    ministries. Raw concentration would look high for who asks little. Reference: Simpson 1949; Jost 2006. A node with
    fewer than 5 questions has no value: it is listed in the notes instead of ranked.

    >>> dict(breadth(bipartite([("A", "M", 3), ("A", "N", 3)])).values)["A"]
    0.6
    """
    counts = table(network, weight=weight)
    values = counts.nodes(_breadth(counts.counts, by=by), _breadth(counts.counts.T, by=by))
    few = sorted(str(node) for node, value in values.items() if np.isnan(value))
    return measured(
        "breadth",
        "node",
        values,
        definition="chance that two questions of the node lie on different edges"
        if by == "simpson"
        else "number of equally used edges with the same entropy",
        weight=weight,
        normalisation="unbiased Simpson" if by == "simpson" else "exp(Shannon)",
        reference="Simpson 1949, Nature 163; Jost 2006, Oikos 113",
        notes=(f"fewer than {FEW} questions, not ranked: {', '.join(few)}",) if few else (),
    )


def h2(network: nx.Graph[str], *, weight: str = "weight") -> Measured:
    """Say how specialised the whole network is, from 0 (everyone asks in proportion) to 1 (each to their own).

    Formula: H2' = (H2max - H2) / (H2max - H2min), H2 = -sum_ij p_ij ln p_ij. The extremes over whole counts with the
    same margins are found by greedy filling, so they are heuristic. Reference: Blüthgen et al. 2006.

    >>> h2(bipartite([("A", "M", 2), ("B", "N", 1)])).value
    1.0
    """
    counts = table(network, weight=weight)
    # The extremes depend on the margins alone; in order of size, so that no tie depends on a name.
    rows, columns = (np.sort(margin)[::-1] for margin in counts.margins[:2])
    observed = _entropy(counts.counts)
    low, high = min(_entropy(_packed(rows, columns)), observed), max(_entropy(_spread(rows, columns)), observed)
    value = (high - observed) / (high - low) if high - low > _CLOSE else float("nan")
    return measured(
        "h2",
        "network",
        {WHOLE: value},
        definition="specialisation of the network between the extremes its margins allow",
        weight=weight,
        normalisation="heuristic extremes",
        reference=_BLUETHGEN,
    )


def d(network: nx.Graph[str], *, weight: str = "weight") -> Measured:
    """Say how far a node departs from asking in proportion to what all others ask, from 0 to 1.

    Formula: d_i = sum_j p_ij ln(p_ij / q_j), q_j the share of j in all questions; d' = (d - dmin) / (dmax - dmin),
    dmin the least that whole counts allow, dmax = ln(S / s_i). Reference: Blüthgen et al. 2006.

    >>> dict(d(bipartite([("A", "M", 2), ("B", "N", 1)])).values)
    {'A': 1.0, 'B': 1.0, 'M': 1.0, 'N': 1.0}
    """
    counts = table(network, weight=weight)
    return measured(
        "d",
        "node",
        counts.nodes(_divergence(counts.counts), _divergence(counts.counts.T)),
        definition="departure of the node's questions from the shares of the whole network",
        weight=weight,
        normalisation="between its least value and ln(S/s)",
        reference=_BLUETHGEN,
    )


def _breadth(counts: NDArray[np.int64], *, by: Literal["simpson", "shannon"]) -> NDArray[np.float64]:
    """Measure the breadth of each row."""
    total = counts.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        if by == "simpson":
            values = 1 - (counts * (counts - 1)).sum(axis=1) / (total * (total - 1))
        else:
            part: NDArray[np.float64] = np.asarray(special.entr(counts / total[:, None]), dtype=np.float64)
            values = np.exp(part.sum(axis=1))
    return np.asarray(np.where(total >= FEW, values, np.nan), dtype=np.float64)


def _entropy(counts: NDArray[np.int64]) -> float:
    """Give the entropy of the cells of a table."""
    part: NDArray[np.float64] = np.asarray(special.entr(counts / max(int(counts.sum()), 1)), dtype=np.float64)
    return float(part.sum())


def _spread(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Fill a table with the given margins as evenly as whole counts allow: each unit where most is missing."""
    mean = np.outer(rows, columns) / max(int(rows.sum()), 1)
    filled = np.floor(mean).astype(np.int64)
    rows, columns = rows - filled.sum(axis=1), columns - filled.sum(axis=0)
    left, over = rows.tolist(), columns.tolist()
    while any(left):
        # What is missing in a cell changes only when it is filled, so one order serves until every cell had its turn.
        for cell in np.argsort(-(mean - filled), axis=None, kind="stable").tolist():
            i, j = divmod(cell, len(over))
            if left[i] and over[j]:
                filled[i, j] += 1
                left[i] -= 1
                over[j] -= 1
    return filled


def _packed(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Fill a table with the given margins as unevenly as possible: always the largest cell that still fits."""
    rows, columns = rows.copy(), columns.copy()
    filled = np.zeros((len(rows), len(columns)), dtype=np.int64)
    while rows.any():
        i, j = int(np.argmax(rows)), int(np.argmax(columns))
        same = np.flatnonzero(columns == rows[i])  # a perfect fit empties both at once
        j = int(same[0]) if same.size else j
        unit = min(rows[i], columns[j])
        filled[i, j] += unit
        rows[i] -= unit
        columns[j] -= unit
    return filled


def _divergence(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Measure d' of each row."""
    total = int(counts.sum())
    q = counts.sum(axis=0) / max(total, 1)
    values = np.full(counts.shape[0], np.nan)
    sizes: list[int] = counts.sum(axis=1).tolist()
    least = {size: _kullback(row, q) for size, row in _proportional({*sizes} - {0, total}, q)}
    for i, (size, row) in enumerate(zip(sizes, counts, strict=True)):
        if size not in least:
            continue
        high = float(np.log(total / size))
        low = min(least[size], high)
        if high - low > _CLOSE:
            values[i] = min(max((_kullback(row, q) - low) / (high - low), 0.0), 1.0)
    return values


def _kullback(row: NDArray[np.int64], q: NDArray[np.float64]) -> float:
    """Give the Kullback-Leibler divergence of a row of counts from shares."""
    used = row > 0
    p = row[used] / row.sum()
    return float((p * np.log(p / q[used])).sum())


def _proportional(sizes: Collection[int], q: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Spread as many units as each size says as near to shares as possible; valid until the next is asked for.

    Unit by unit is exact, the divergence being convex: so each size is a stage on the way to the next.
    """
    row = np.zeros(len(q), dtype=np.int64)

    def cost(j: int) -> float:
        """Give what one more unit in a cell adds to the divergence."""
        n = int(row[j])
        after = (n + 1) * float(np.log((n + 1) / q[j]))
        return after - (n * float(np.log(n / q[j])) if n else 0.0)

    heap = [(cost(j), j) for j in range(len(q)) if q[j] > 0]
    heapq.heapify(heap)
    for before, size in pairwise([0, *sorted(sizes)]):
        for _ in range(size - before):
            j = heap[0][1]
            row[j] += 1
            heapq.heapreplace(heap, (cost(j), j))
        yield size, row
