"""Which questions repeat the words of others: exact search by shared runs of words, then alignment.

Knows texts, scipy and `graph.networks.wording`; knows no store. Every pair that shares enough is found: nothing is
sampled, so that recall is a matter of thresholds and not of luck.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import sparse

from graph.networks.nulls import Permuted, compare, draws
from graph.networks.runs import code, shared
from graph.networks.wording import similarity, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from graph.networks.runs import Runs

Kind: TypeAlias = Literal["same", "similar"]

SAME = 0.95
SIMILAR = 0.70
LEAST = 0.20
RUN = 3
_CAP = 64
_CAP_SHARE = 0.005
_BLOCK = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two questions that share their words.

    Attributes
    ----------
    earlier, later
        Their positions; by position when they were published on one day, and then not ``directed``.
    jaccard
        Shared runs of words over the runs of both.
    in_later, in_earlier
        Which part of the earlier's runs is in the later, and the other way round.
    similarity
        1 minus the edit distance in words over the length of the longer.
    """

    earlier: int
    later: int
    directed: bool
    jaccard: float
    in_later: float
    in_earlier: float
    similarity: float

    @property
    def kind(self) -> Kind:
        """Say whether the two are the same text, or similar ones."""
        return "same" if self.similarity >= SAME else "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Questions joined by pairs. A chain can join unlike ends: hence the least similarity, not only the median."""

    members: tuple[int, ...]
    least: float
    median: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """The pairs, the clusters they make, and the cluster of each text: its own when it stands alone."""

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    cluster_of: NDArray[np.int64]


def find(
    texts: Iterable[str],
    *,
    days: Sequence[int] | None = None,
    least: float = LEAST,
    run: int = RUN,
    parts: int | None = None,
) -> Reuse:
    """Find the questions that repeat others, and the clusters they make.

    Exact copies are put together first, each paired with the first of them. Of the other texts, those pairs are aligned
    word by word whose runs of words overlap by J = c / (n_i + n_j - c) of at least ``least``; none is missed. Pairs of
    a similarity of at least 0.7 are kept.

    Parameters
    ----------
    texts
        The questions as published, each read once.
    days
        Day of publication of each; it decides which of two is the earlier.
    least
        Least Jaccard coefficient of the runs for a pair to be aligned.
    run
        Number of words of a run.
    parts
        Partitions of the search; as many as memory asks for when None.

    References
    ----------
    Broder 1997; Levenshtein 1966.

    >>> miel = "le miel importé fait du tort aux apiculteurs de nos montagnes"
    >>> find([miel, "la pêche", miel]).cluster_of.tolist()
    [0, 1, 0]
    """
    coded = code(words(text) for text in texts)
    count = len(coded)
    when = np.zeros(count, dtype=np.int64) if days is None else np.array(days, dtype=np.int64)
    first: dict[bytes, int] = {}
    copy_of = [first.setdefault(key, index) if (key := coded.bytes_of(index)) else index for index in range(count)]
    kept = sorted(set(copy_of))
    found = [
        _pair(index, original, when, Overlap(jaccard=1.0, in_first=1.0, in_second=1.0), 1.0)
        for index, original in enumerate(copy_of)
        if index != original
    ]
    for i, j, overlap in _overlapping(shared(coded, kept, size=run, parts=parts), least=least):
        a, b = kept[i], kept[j]
        alike = _alike(coded.of(a), coded.of(b))
        if alike >= SIMILAR:
            found.append(_pair(a, b, when, overlap, alike))
    pairs = tuple(sorted(found, key=lambda pair: (pair.earlier, pair.later)))
    clusters, cluster_of = _clusters(pairs, count)
    return Reuse(pairs=pairs, clusters=clusters, cluster_of=cluster_of)


def within(
    pairs: Sequence[tuple[int, int]], groups: NDArray[np.int64], *, trials: int = 1000, seed: int = 0
) -> Permuted:
    """Say which share of the reuse pairs of askers lies inside one group, beside groups dealt anew over the askers.

    Reference: as `graph.networks.nulls.compare`.

    >>> within([(0, 1)], np.array([5, 5, 7]), trials=9).observed
    1.0
    """
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def share(labels: NDArray[np.int64]) -> float:
        """Give the share of pairs with one label."""
        return float((labels[ends[:, 0]] == labels[ends[:, 1]]).mean()) if len(ends) else 0.0

    return compare(share(groups), lambda trial: share(draws(seed, trial).permutation(groups)), trials=trials, seed=seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """What two texts share of their runs of words."""

    jaccard: float
    in_first: float
    in_second: float


def _alike(a: list[int], b: list[int]) -> float:
    """Say how alike two texts are; 0 where the words that both have, in whatever order, are too few for a pair."""
    common = (Counter(a) & Counter(b)).total()
    return similarity(a, b) if common >= SIMILAR * max(len(a), len(b)) else 0.0


def _overlapping(found: Runs, *, least: float) -> Iterator[tuple[int, int, Overlap]]:
    """Give the pairs of texts that share enough runs, with their overlap."""
    width = int(found.column[-1]) + 1 if len(found.column) else 0
    ones = np.ones(len(found.column), dtype=np.int8)
    runs = sparse.csr_array((ones, (found.owner, found.column)), shape=(len(found.size), width))
    for i, j in _candidates(found, least=least):
        a, b = (runs.indices[runs.indptr[k] : runs.indptr[k + 1]] for k in (i, j))
        common = len(np.intersect1d(a, b, assume_unique=True))
        first, second = int(found.size[i]), int(found.size[j])
        jaccard = common / (first + second - common)
        if jaccard >= least:
            yield i, j, Overlap(jaccard=jaccard, in_first=common / second, in_second=common / first)


def _candidates(found: Runs, *, least: float) -> Iterator[tuple[int, int]]:
    """Give all pairs whose runs may overlap enough, and few others.

    Runs that very many texts have are left out of the product, or boilerplate would join everything to everything; but
    of each text at most so many that a pair with J >= ``least`` still shares others (prefix filter: Chaudhuri, Ganti &
    Kaushik 2006). So a campaign is found however large it is. The product is taken in blocks of rows, to save memory.
    """
    column, owner, size = found.column, found.owner, found.size
    frequency = np.bincount(column)[column] if len(column) else column
    left_out = _left_out(frequency, owner, size, least=least)
    missing = np.bincount(owner[left_out], minlength=len(size))
    keep = np.ones(len(column), dtype=np.bool_)
    keep[left_out] = False
    ones = np.ones(int(keep.sum()), dtype=np.int32)
    width = int(column[-1]) + 1 if len(column) else 0
    rows = sparse.csr_array((ones, (owner[keep], column[keep])), shape=(len(size), width))
    for start in range(0, len(size), _BLOCK):
        product = sparse.coo_array(rows[start : start + _BLOCK] @ rows[start:].T)
        i, j = product.row + start, product.col + start
        most = product.data + missing[i] + missing[j]
        enough = (j > i) & (most >= least * (size[i] + size[j] - most))
        order = np.lexsort((j[enough], i[enough]))
        yield from zip(i[enough][order].tolist(), j[enough][order].tolist(), strict=True)


def _left_out(
    frequency: NDArray[np.int64], owner: NDArray[np.int64], size: NDArray[np.int64], *, least: float
) -> NDArray[np.intp]:
    """Choose the runs to leave out: the commonest of each text, above the cap and fewer than ``least`` of the text."""
    common = np.flatnonzero(frequency > max(_CAP, int(_CAP_SHARE * len(size))))
    common = common[np.lexsort((-frequency[common], owner[common]))]
    many = np.bincount(owner[common], minlength=len(size))
    rank = np.arange(len(common)) - (np.cumsum(many) - many)[owner[common]]
    allowed = np.ceil(least * size).astype(np.int64) - 1
    return np.asarray(common[rank < allowed[owner[common]]], dtype=np.intp)


def _pair(a: int, b: int, when: NDArray[np.int64], overlap: Overlap, alike: float) -> Pair:
    """Put the earlier of two texts first."""
    swap = (int(when[b]), b) < (int(when[a]), a)
    return Pair(
        earlier=b if swap else a,
        later=a if swap else b,
        directed=bool(when[a] != when[b]),
        jaccard=overlap.jaccard,
        in_later=overlap.in_first if swap else overlap.in_second,
        in_earlier=overlap.in_second if swap else overlap.in_first,
        similarity=alike,
    )


def _clusters(pairs: Sequence[Pair], count: int) -> tuple[tuple[Cluster, ...], NDArray[np.int64]]:
    """Join the pairs to components, each named after its first text."""
    parent = list(range(count))

    def root(index: int) -> int:
        """Find the first text of a component, shortening the way."""
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for pair in pairs:
        low, high = sorted((root(pair.earlier), root(pair.later)))
        parent[high] = low
    cluster_of = np.array([root(index) for index in range(count)], dtype=np.int64)
    members: dict[int, list[int]] = {}
    for index, name in enumerate(cluster_of.tolist()):
        members.setdefault(name, []).append(index)
    inside: dict[int, list[float]] = {}
    for pair in pairs:
        inside.setdefault(int(cluster_of[pair.earlier]), []).append(pair.similarity)
    clusters = tuple(
        Cluster(members=tuple(members[name]), least=min(alike), median=median(alike))
        for name, alike in sorted(inside.items())
    )
    return clusters, cluster_of
