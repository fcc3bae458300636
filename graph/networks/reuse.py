"""Which questions repeat the words of others: exact search by shared runs of words, then alignment.

Knows texts, scipy and `graph.networks.wording`; knows no store. Every pair that shares enough is found: nothing is
sampled, so that recall is a matter of thresholds and not of luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import sparse

from graph.networks.nulls import Permuted, compare, draws
from graph.networks.overlap import candidates
from graph.networks.runs import code, shared
from graph.networks.wording import similarity, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from graph.networks.overlap import Candidates, Matrix
    from graph.networks.runs import Coded

Kind: TypeAlias = Literal["same", "similar"]

SAME = 0.95
SIMILAR = 0.70
LEAST = 0.20
RUN = 3
_COMPARED = 20_000  # pairs at once
_UNKNOWN = np.iinfo(np.int64).max  # the day of what has none: behind all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two questions that share their words.

    Attributes
    ----------
    earlier, later
        Their positions; by position when they were published on one day, and then not ``directed``, as where a day is
        unknown.
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
    """The pairs, the clusters they make, and the cluster of each text: its own when it stands alone.

    ``complete`` is the overlap from which on every pair was compared, None when the texts are so much alike that this
    cannot be said; ``omitted`` counts the pairs of texts with very many neighbours that were not compared.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    cluster_of: NDArray[np.int64]
    complete: float | None
    omitted: int


def find(
    texts: Iterable[str],
    *,
    days: Sequence[int | None] | None = None,
    least: float = LEAST,
    run: int = RUN,
    parts: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Reuse:
    """Find the questions that repeat others, and the clusters they make.

    Exact copies are put together first, each paired with the earliest of them, which stands for all. Of the other
    texts, those pairs are aligned word by word whose runs of words overlap by J = c / (n_i + n_j - c) of at least
    ``least``; none is missed. Pairs of a similarity of at least 0.7 are kept.

    Parameters
    ----------
    texts
        The questions as published, each read once.
    days
        Day of publication of each, None where it is unknown; it decides which of two is the earlier.
    least
        Least Jaccard coefficient of the runs for a pair to be aligned.
    run
        Number of words of a run.
    parts
        Partitions of the search; as many as memory asks for when None.
    progress
        Told the share of the search that is done, now and then.

    References
    ----------
    Broder 1997; Levenshtein 1966.

    >>> miel = "le miel importé fait du tort aux apiculteurs de nos montagnes"
    >>> find([miel, "la pêche", miel]).cluster_of.tolist()
    [0, 1, 0]
    """
    coded = code(words(text) for text in texts)
    count = len(coded)
    when = np.array([_UNKNOWN if day is None else day for day in days or [0] * count], dtype=np.int64)
    copy_of = _originals(coded, when)
    kept = sorted(set(copy_of))
    found = [
        _pair(index, original, when, Overlap(jaccard=1.0, in_first=1.0, in_second=1.0), 1.0)
        for index, original in enumerate(copy_of)
        if index != original
    ]
    runs = shared(coded, kept, size=run, parts=parts)
    lengths = np.diff(coded.offsets)[kept]
    near = candidates(runs, lengths, least=least, ratio=SIMILAR, progress=progress)
    for i, j, common in _likely(coded, np.array(kept, dtype=np.int64), near):
        a, b = kept[i], kept[j]
        alike = similarity(coded.of(a), coded.of(b), least=SIMILAR)
        if alike >= SIMILAR:
            found.append(_pair(a, b, when, _overlap(int(runs.size[i]), int(runs.size[j]), common), alike))
    pairs = tuple(sorted(found, key=lambda pair: (pair.earlier, pair.later)))
    clusters, cluster_of = _clusters(pairs, count)
    return Reuse(pairs=pairs, clusters=clusters, cluster_of=cluster_of, complete=near.complete, omitted=near.omitted)


def _originals(coded: Coded, when: NDArray[np.int64]) -> list[int]:
    """Give for each text the earliest with the same words, of several on one day the first."""
    first: dict[bytes, int] = {}
    found = list(range(len(coded)))
    for index in np.argsort(when, kind="stable").tolist():
        if digest := coded.digest_of(index):
            found[index] = first.setdefault(digest, index)
    return found


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


def _overlap(first: int, second: int, common: int) -> Overlap:
    """Give the overlap of two texts by their runs and those that they share."""
    return Overlap(jaccard=common / (first + second - common), in_first=common / second, in_second=common / first)


def _likely(coded: Coded, kept: NDArray[np.int64], near: Candidates) -> Iterator[tuple[int, int, int]]:
    """Give the pairs that have words enough in common, in whatever order, to be similar; many pairs at once."""
    bags, row = _bags(coded, kept, np.union1d(near.first, near.second))
    lengths = np.diff(coded.offsets)[kept]
    for start in range(0, len(near.first), _COMPARED):
        a, b = (ends[start : start + _COMPARED] for ends in (near.first, near.second))
        common: NDArray[np.int64] = np.asarray(bags[row[a]].minimum(bags[row[b]]).sum(axis=1), dtype=np.int64)
        enough = start + np.flatnonzero(common >= SIMILAR * np.maximum(lengths[a], lengths[b]))
        columns = (near.first[enough], near.second[enough], near.common[enough])
        yield from zip(*(column.tolist() for column in columns), strict=True)


def _bags(coded: Coded, kept: NDArray[np.int64], some: NDArray[np.int64]) -> tuple[Matrix, NDArray[np.int64]]:
    """Count how often each word is in each of some of the texts, and give the row of each text in that."""
    row = np.zeros(len(kept), dtype=np.int64)
    row[some] = np.arange(len(some))
    length = np.diff(coded.offsets)[kept[some]]
    starts = np.append(0, np.cumsum(length))
    place = np.arange(int(starts[-1])) + np.repeat(coded.offsets[kept[some]] - starts[:-1], length)
    words = coded.codes[place].astype(np.int32)
    bags: Matrix = sparse.csr_array(
        (np.ones(len(words), dtype=np.int32), words, starts), shape=(len(some), len(coded.hashes))
    )
    bags.sum_duplicates()
    return bags, row


def _pair(a: int, b: int, when: NDArray[np.int64], overlap: Overlap, alike: float) -> Pair:
    """Put the earlier of two texts first."""
    swap = (int(when[b]), b) < (int(when[a]), a)
    return Pair(
        earlier=b if swap else a,
        later=a if swap else b,
        directed=bool(when[a] != when[b]) and int(max(when[a], when[b])) != _UNKNOWN,
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
