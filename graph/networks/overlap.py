"""Which texts share so many runs of words that they may be copies. Knows numpy and scipy; knows no text.

Exact: every pair that shares enough is found, unless the texts are so much alike that this would take for ever. Then
the search says from which overlap on it is complete, and how many pairs it left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from graph.networks.runs import Runs

    Matrix: TypeAlias = "sparse.csr_array[Any, tuple[int, int]]"

_CAP: Final = 64  # texts; a run of more is left out of the search where that loses no pair
_WORK: Final = 1_500_000_000  # steps of the product, about 30 million a second
_LEVELS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_BLOCK: Final = 16_000_000  # steps of one block
_SLABS: Final = 8
_SPAN: Final = 16_384  # texts
_PAIRS: Final = 1_000_000
_NEIGHBOURS: Final = (512, 4)  # of one text: while there is room, and then
_RECOUNTED: Final = 20_000  # pairs at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The pairs of texts ``first < second`` that share enough runs, in order, with how many they share.

    ``complete`` is the least overlap from which on no pair was left out of the search, None when that cannot be said;
    ``omitted`` counts the pairs of texts with very many neighbours that were passed over.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    common: NDArray[np.int64]
    complete: float | None
    omitted: int


def candidates(
    found: Runs,
    lengths: NDArray[np.int64],
    *,
    least: float,
    ratio: float,
    work: int = _WORK,
    progress: Callable[[float], None] | None = None,
) -> Candidates:
    """Find all pairs whose overlap J = c / (n_i + n_j - c) is at least ``least``.

    Runs that very many texts have are left out of the search, or boilerplate would join everything to everything; but
    of each text at most so many that a pair with J >= ``least`` still shares others (prefix filter: Chaudhuri, Ganti &
    Kaushik 2006). So a campaign is found however large it is. What is found is then counted by all runs.

    Parameters
    ----------
    lengths
        Words of each text; pairs whose shorter has less than ``ratio`` of the longer are no copies.
    work
        Most steps of the search. Where more would be needed, more runs are left out, and ``complete`` says so.
    progress
        Told the share that is done, now and then.
    """
    rows = _rows(found)
    plan = _plan(rows, found, least=least, work=work)
    first, second, common = ([np.zeros(0, dtype=np.int64)] for _ in range(3))
    omitted = taken = 0
    for i, j, bound, done in _products(plan, found, lengths, ratio=ratio):
        chosen = nearest(i, bound, most=_NEIGHBOURS[taken > _PAIRS // 2])
        omitted += len(i) - len(chosen)
        one, other = i[chosen], j[chosen]
        count = _shared(rows, one, other)
        enough = count >= least * (found.size[one] + found.size[other] - count)
        taken += int(enough.sum())
        for kept, values in ((first, one), (second, other), (common, count)):
            kept.append(values[enough])
        if progress is not None:
            progress(done)
    pairs = [np.concatenate(parts) for parts in (first, second, common)]
    order = np.lexsort((pairs[1], pairs[0]))
    return Candidates(
        first=pairs[0][order],
        second=pairs[1][order],
        common=pairs[2][order],
        complete=plan.complete,
        omitted=omitted,
    )


def _rows(found: Runs) -> Matrix:
    """Give the bundles of each text, the commonest first; the values are how many runs each is."""
    frequency = np.diff(found.offsets)
    width = len(frequency)
    ones = np.ones(len(found.owner), dtype=np.int32)
    rows: Matrix = sparse.csc_array((ones, found.owner, found.offsets), shape=(len(found.size), width)).tocsr()
    order = np.argsort(-frequency, kind="stable")
    rank = np.empty(width, dtype=rows.indices.dtype)
    rank[order] = np.arange(width)
    rows.indices = rank[rows.indices]
    rows.has_sorted_indices = False
    rows.sort_indices()
    rows.data = found.weight[order][rows.indices]
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is searched: the rows without what is left out, how many runs each lacks, and what each row costs."""

    rows: Matrix
    missing: NDArray[np.int64]
    cost: NDArray[np.int64]
    screen: float
    complete: float | None


def _plan(rows: Matrix, found: Runs, *, least: float, work: int) -> _Plan:
    """Leave out the commonest runs of each text: fewer than ``least`` of them, or as many as the work asks for."""
    frequency = -np.sort(-np.diff(found.offsets))
    for level in (least, *(level for level in _LEVELS if level > least)):
        keep, missing = _left_out(rows, frequency, found.size, level)
        thin = _thinned(rows, keep)
        if (cost := _costs(thin)).sum() <= 2 * work:
            return _Plan(rows=thin, missing=missing, cost=cost, screen=level, complete=level)
    cheap = np.cumsum(frequency[::-1] ** 2)[::-1] <= 2 * work
    thin = _thinned(rows, cheap[rows.indices])
    return _Plan(rows=thin, missing=np.zeros_like(found.size), cost=_costs(thin), screen=least, complete=None)


def _left_out(
    rows: Matrix, frequency: NDArray[np.int64], size: NDArray[np.int64], level: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Leave out fewer than a share of the runs of each text, of those above the cap the commonest; count them."""
    keep = np.ones(len(rows.data), dtype=np.bool_)
    missing = np.zeros(len(size), dtype=np.int64)
    for low, high in _spans(len(size)):
        start, end = rows.indptr[low], rows.indptr[high]
        text = np.repeat(np.arange(high - low), np.diff(rows.indptr[low : high + 1]))
        upto = np.cumsum(rows.data[start:end], dtype=np.int64)  # the runs of the text as far as this bundle
        upto -= np.append(0, upto)[rows.indptr[low:high] - start][text]
        out = (frequency[rows.indices[start:end]] > _CAP) & (upto < np.ceil(level * size[low:high])[text])
        missing[low:high] = np.bincount(text[out], weights=rows.data[start:end][out], minlength=high - low)
        keep[start:end] = ~out
    return keep, missing


def _thinned(rows: Matrix, keep: NDArray[np.bool_]) -> Matrix:
    """Keep some entries of a matrix."""
    starts = np.zeros(len(rows.indptr), dtype=np.int64)
    for low, high in _spans(rows.shape[0]):
        kept = np.append(0, np.cumsum(keep[rows.indptr[low] : rows.indptr[high]]))
        starts[low + 1 : high + 1] = starts[low] + kept[rows.indptr[low + 1 : high + 1] - rows.indptr[low]]
    return sparse.csr_array((rows.data[keep], rows.indices[keep], starts), shape=rows.shape)


def _costs(rows: Matrix) -> NDArray[np.int64]:
    """Count the steps of the product with all rows that each row takes."""
    many = np.bincount(rows.indices, minlength=rows.shape[1])
    costs = [np.zeros(0, dtype=np.int64)]
    for low, high in _spans(rows.shape[0]):
        steps = np.append(0, np.cumsum(many[rows.indices[rows.indptr[low] : rows.indptr[high]]]))
        costs.append(np.diff(steps[rows.indptr[low : high + 1] - rows.indptr[low]]))
    return np.concatenate(costs)


def _spans(count: int) -> Iterator[tuple[int, int]]:
    """Cut the texts into spans, so that what is worked out for one of them is small."""
    yield from pairwise([*range(0, count, _SPAN), count])


def _products(
    plan: _Plan, found: Runs, lengths: NDArray[np.int64], *, ratio: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], float]]:
    """Give the pairs i < j that may overlap enough, block by block, with the most they can, and the share done.

    A run that both texts have and that is not counted is among those left out of the one that leaves out more: both
    leave out their commonest in the same order.
    """
    edges = np.linspace(0, len(found.size), _SLABS + 1).astype(np.int64)
    slabs: list[Matrix] = []
    for low, high in pairwise(edges.tolist()):
        slab = plan.rows[low:high].T.tocsr()
        slab.data = np.ones_like(slab.data)
        slabs.append(slab)
    done, whole = 0, max(int(plan.cost.sum()), 1)
    for low, high in _blocks(plan.cost, edges):
        for number in range(int(np.searchsorted(edges, low, side="right")) - 1, _SLABS):
            product: Matrix = plan.rows[low:high] @ slabs[number]
            i = np.repeat(np.arange(low, high), np.diff(product.indptr))
            j = product.indices + edges[number]
            shorter, longer = np.minimum(lengths[i], lengths[j]), np.maximum(lengths[i], lengths[j])
            most = product.data + np.maximum(plan.missing[i], plan.missing[j])
            bound = most / np.maximum(found.size[i] + found.size[j] - most, 1)
            enough = (j > i) & (shorter >= ratio * longer) & (bound >= plan.screen)
            yield i[enough], j[enough], bound[enough], (done + int(plan.cost[low:high].sum())) / whole
        done += int(plan.cost[low:high].sum())


def _blocks(cost: NDArray[np.int64], edges: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut the rows into blocks of about equal cost, none across an edge."""
    numbers = np.cumsum(cost) // _BLOCK
    cuts = np.union1d(np.flatnonzero(np.diff(numbers)) + 1, edges)
    yield from pairwise(cuts.tolist())


def nearest(i: NDArray[np.int64], bound: NDArray[np.float64], *, most: int) -> NDArray[np.intp]:
    """Choose at most so many neighbours of each text: the nearest half, and of the others some at even distances."""
    many = np.bincount(i - i[0])[i - i[0]] if len(i) else i
    if not (many > most).any():
        return np.arange(len(i))
    order = np.lexsort((-bound, i))
    first = np.searchsorted(i[order], i[order])
    rank, many = np.arange(len(i)) - first, many[order]
    half = most // 2
    spread = (rank - half) * (most - half) // np.maximum(many - half, 1)
    before = (rank - half - 1) * (most - half) // np.maximum(many - half, 1)
    return np.sort(order[(many <= most) | (rank < half) | (spread != before)])


def _shared(rows: Matrix, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the runs that the texts of each pair share."""
    parts = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(i), _RECOUNTED):
        some = slice(start, start + _RECOUNTED)
        parts.append(np.asarray(rows[i[some]].minimum(rows[j[some]]).sum(axis=1), dtype=np.int64))
    return np.concatenate(parts)
