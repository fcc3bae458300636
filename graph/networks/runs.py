"""Texts as numbers, and the runs of words that they share. Knows numpy; knows no store and no French.

A word is a number of 32 bits while texts are compared, so that half a million questions fit into memory; a run is told
by a hash of the letters of its words, the same in every run of the program. The runs are searched in partitions by
their hash: only one partition at a time is sorted, and what no two texts share is dropped at once. Runs that the same
texts have are kept as one, with their number: a sentence that a thousand texts repeat is one entry for each of them
and not thirty, and counts by it are the same.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    Hashed: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.int32]]

_TEXTS = 4096  # hashed at once
_PART = 8_000_000  # words to a partition
_HELD = 8  # partitions at once, of twelve bytes a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Texts as numbers of words: text i is ``codes[offsets[i] : offsets[i + 1]]``; ``hashes`` has one for each word."""

    codes: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    def __len__(self) -> int:
        """Count the texts."""
        return len(self.offsets) - 1

    def of(self, text: int) -> list[int]:
        """Give the words of one text."""
        words: list[int] = self.codes[self.offsets[text] : self.offsets[text + 1]].tolist()
        return words

    def digest_of(self, text: int) -> bytes:
        """Digest the same: equal texts have equal digests; empty for one without words."""
        words = self.codes[self.offsets[text] : self.offsets[text + 1]]
        return blake2b(words.tobytes(), digest_size=16).digest() if len(words) else b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The runs that two or more texts have, those of the same texts as one bundle.

    Attributes
    ----------
    owner, offsets
        The texts of each bundle, in order: those of bundle k are ``owner[offsets[k] : offsets[k + 1]]``.
    weight
        How many runs each bundle is.
    size
        How many runs each text has in all, each counted once, those of no other text among them.
    """

    owner: NDArray[np.int32]
    offsets: NDArray[np.int64]
    weight: NDArray[np.int32]
    size: NDArray[np.int64]


def code(texts: Iterable[Sequence[str]]) -> Coded:
    """Turn words into numbers, one text after the other.

    >>> code([["le", "miel"], ["miel"]]).codes.tolist()
    [0, 1, 1]
    """
    known: defaultdict[str, int] = defaultdict(count().__next__)
    codes, lengths = array("I"), array("q", [0])
    for words in texts:
        codes.extend(map(known.__getitem__, words))
        lengths.append(len(words))
    digests = (int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") for word in known)
    return Coded(
        codes=np.frombuffer(codes, dtype=np.uint32),
        offsets=np.cumsum(np.frombuffer(lengths, dtype=np.int64)),
        hashes=np.fromiter(digests, dtype=np.uint64, count=len(known)),
    )


def shared(texts: Coded, kept: Sequence[int], *, size: int = 3, parts: int | None = None) -> Runs:
    """Find the runs of ``size`` words that two or more of some texts have; text i of the answer is ``kept[i]``.

    No run crosses from text to text, and a text shorter than ``size`` has none. More parts take less memory and more
    time, and give the same. Reference: Broder 1997, On the resemblance and containment of documents.

    >>> found = shared(code([["a", "b", "c", "d"], ["x", "a", "b", "c"]]), [0, 1])
    >>> found.owner.tolist(), found.weight.tolist(), found.size.tolist()
    ([0, 1], [1], [2, 2])
    """
    number = parts or max(1, -(-len(texts.codes) // _PART))
    bundles = _Bundles()
    sizes = np.zeros(len(kept), dtype=np.int64)
    for part in _parts(texts, kept, size, number):
        run, owner = _distinct(part)
        sizes += np.bincount(owner, minlength=len(kept))
        new = np.ones(len(run), dtype=np.bool_)
        new[1:] = run[1:] != run[:-1]
        common = ~(new & np.append(new[1:], np.True_))
        bundles.add(owner[common], np.flatnonzero(new[common]))
    return bundles.runs(sizes)


class _Bundles:
    """Lists of texts, each kept once with the number of runs that have it. Two lists are told apart by a sum of hashes.

    The sum of 64 bits does not depend on order; unlike lists have the same by one chance in 2^64.
    """

    def __init__(self) -> None:
        self._marks = np.zeros(0, dtype=np.uint64)
        self._weights = np.zeros(0, dtype=np.int32)
        self._owners: list[NDArray[np.int32]] = []
        self._lengths: list[NDArray[np.int64]] = []

    def add(self, owner: NDArray[np.int32], starts: NDArray[np.intp]) -> None:
        """Add the lists of some runs, one after the other in ``owner``."""
        if not len(starts):
            return
        marks, first, place = np.unique(np.add.reduceat(_mixed(owner), starts), return_index=True, return_inverse=True)
        weights = np.bincount(place).astype(np.int32)
        known, at = _found(marks, self._marks)
        self._weights[at] += weights[known]
        fresh = np.sort(first[~known])
        wanted = np.zeros(len(starts), dtype=np.bool_)
        wanted[fresh] = True
        lengths = np.diff(starts, append=len(owner))
        self._owners.append(owner[np.repeat(wanted, lengths)])
        self._lengths.append(lengths[wanted])
        in_order = place[fresh]
        self._marks = np.concatenate([self._marks, marks[in_order]])
        self._weights = np.concatenate([self._weights, weights[in_order]])

    def runs(self, sizes: NDArray[np.int64]) -> Runs:
        """Give what was added."""
        lengths = np.concatenate([np.zeros(1, dtype=np.int64), *self._lengths])
        return Runs(
            owner=np.concatenate([np.zeros(0, dtype=np.int32), *self._owners]),
            offsets=np.cumsum(lengths),
            weight=self._weights,
            size=sizes,
        )


def _found(wanted: NDArray[np.uint64], among: NDArray[np.uint64]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Say which numbers are among others, and give the places of those that are."""
    order = np.argsort(among)
    rank = np.searchsorted(among, wanted, sorter=order)
    known = rank < len(among)
    at = order[rank[known]]
    there = among[at] == wanted[known]
    known[known] = there
    return known, at[there]


def _parts(texts: Coded, kept: Sequence[int], size: int, number: int) -> Iterator[list[Hashed]]:
    """Give the runs of some texts part by part; all texts are hashed once for every few parts that are held."""
    for low in range(0, number, _HELD):
        held: list[list[Hashed]] = [[] for _ in range(min(_HELD, number - low))]
        for run, owner in _hashed(texts, kept, size):
            part = ((run >> np.uint64(32)) * np.uint64(number) >> np.uint64(32)).astype(np.int64) - low
            inside = np.flatnonzero((part >= 0) & (part < len(held)))
            order = inside[np.argsort(part[inside].astype(np.uint8), kind="stable")]
            ends = np.cumsum(np.bincount(part[inside], minlength=len(held)))
            pieces = zip(np.split(run[order], ends[:-1]), np.split(owner[order], ends[:-1]), strict=True)
            for pile, piece in zip(held, pieces, strict=True):
                pile.append(piece)
        while held:
            yield held.pop(0)


def _hashed(texts: Coded, kept: Sequence[int], size: int) -> Iterator[Hashed]:
    """Give the hashes of the runs of some texts, with the places of their texts."""
    for first in range(0, len(kept), _TEXTS):
        chosen = np.array(kept[first : first + _TEXTS], dtype=np.int64)
        length = texts.offsets[chosen + 1] - texts.offsets[chosen]
        start = np.cumsum(length) - length
        owner = np.repeat(np.arange(len(chosen)), length)
        place = np.arange(int(length.sum())) - start[owner] + texts.offsets[chosen][owner]
        run = _rolled(texts.hashes[texts.codes[place]] if len(place) else np.zeros(0, dtype=np.uint64), size)
        owner = owner[: len(run)]
        inside = np.arange(len(run)) + size <= (start + length)[owner]
        yield run[inside], (owner[inside] + first).astype(np.int32)


def _distinct(found: Sequence[Hashed]) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Sort the runs by hash, then by text, and keep each once a text."""
    run = np.concatenate([hashes for hashes, _ in found] or [np.zeros(0, dtype=np.uint64)])
    owner = np.concatenate([owners for _, owners in found] or [np.zeros(0, dtype=np.int32)])
    order = np.argsort(run)
    run = run[order]
    group = np.cumsum(run[1:] != run[:-1], dtype=np.uint64)
    # Equal runs are put in the order of their texts by sorting whole numbers: half the time of a stable sort.
    placed = owner[order].astype(np.uint64)
    placed[1:] |= group << np.uint64(32)
    owner = (np.sort(placed) & np.uint64(0xFFFFFFFF)).astype(np.int32)
    first = np.ones(len(run), dtype=np.bool_)
    first[1:] = (run[1:] != run[:-1]) | (owner[1:] != owner[:-1])
    return run[first], owner[first]


def _rolled(codes: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Hash each run of neighbouring codes; whole numbers of 64 bits wrap around, as meant."""
    count = max(len(codes) - size + 1, 0)
    rolled = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + count]
        rolled ^= rolled >> np.uint64(29)
    return rolled


def _mixed(numbers: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Hash numbers, each by itself. Reference: Steele, Lea & Flood 2014 (SplitMix)."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
