"""Texts as numbers, and the runs of words that they share. Knows numpy; knows no store and no French.

A word is a number of 32 bits while texts are compared, so that half a million questions fit into memory; a run is told
by a hash of the letters of its words, the same in every run of the program. The runs are searched in partitions by
their hash: only one partition at a time is sorted, and what no two texts share is dropped at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_TEXTS = 4096  # hashed at once
_PART = 8_000_000  # words to a partition


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

    def bytes_of(self, text: int) -> bytes:
        """Give the same as bytes: equal texts have equal bytes."""
        return self.codes[self.offsets[text] : self.offsets[text + 1]].tobytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The runs that two or more texts have, as (column, text) in order, and how many runs each text has in all."""

    column: NDArray[np.int64]
    owner: NDArray[np.int64]
    size: NDArray[np.int64]


def code(texts: Iterable[Sequence[str]]) -> Coded:
    """Turn words into numbers, one text after the other.

    >>> code([["le", "miel"], ["miel"]]).codes.tolist()
    [0, 1, 1]
    """
    known: dict[str, int] = {}
    parts = [np.array([known.setdefault(word, len(known)) for word in words], dtype=np.uint32) for words in texts]
    lengths = np.array([len(part) for part in parts], dtype=np.int64)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    digests = (int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") for word in known)
    return Coded(
        codes=np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint32),
        offsets=offsets,
        hashes=np.fromiter(digests, dtype=np.uint64, count=len(known)),
    )


def shared(texts: Coded, kept: Sequence[int], *, size: int = 3, parts: int | None = None) -> Runs:
    """Find the runs of ``size`` words that two or more of some texts have; text i of the answer is ``kept[i]``.

    No run crosses from text to text, and a text shorter than ``size`` has none. More parts take less memory and more
    time, and give the same. Reference: Broder 1997, On the resemblance and containment of documents.

    >>> found = shared(code([["a", "b", "c", "d"], ["x", "a", "b", "c"]]), [0, 1])
    >>> found.owner.tolist(), found.size.tolist()
    ([0, 1], [2, 2])
    """
    number = parts or max(1, -(-len(texts.codes) // _PART))
    columns: list[NDArray[np.int64]] = []
    owners: list[NDArray[np.int64]] = []
    sizes = np.zeros(len(kept), dtype=np.int64)
    width = 0
    for part in range(number):
        run, owner = _distinct(list(_hashed(texts, kept, size, part, number)))
        sizes += np.bincount(owner, minlength=len(kept))
        new = np.ones(len(run), dtype=np.bool_)
        new[1:] = run[1:] != run[:-1]
        alone = new & np.append(new[1:], np.True_)
        column = np.cumsum(new[~alone]) - 1 + width
        width = int(column[-1]) + 1 if len(column) else width
        columns.append(column)
        owners.append(owner[~alone])
    return Runs(column=np.concatenate(columns), owner=np.concatenate(owners), size=sizes)


def _hashed(
    texts: Coded, kept: Sequence[int], size: int, part: int, parts: int
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Give the hashes of the runs of some texts that fall into a part, with the places of their texts."""
    for first in range(0, len(kept), _TEXTS):
        chosen = np.array(kept[first : first + _TEXTS], dtype=np.int64)
        length = texts.offsets[chosen + 1] - texts.offsets[chosen]
        start = np.cumsum(length) - length
        owner = np.repeat(np.arange(len(chosen)), length)
        place = np.arange(int(length.sum())) - start[owner] + texts.offsets[chosen][owner]
        run = _rolled(texts.hashes[texts.codes[place]] if len(place) else np.zeros(0, dtype=np.uint64), size)
        owner = owner[: len(run)]
        inside = np.arange(len(run)) + size <= (start + length)[owner]
        if parts > 1:
            inside &= run % np.uint64(parts) == part
        yield run[inside], owner[inside] + first


def _distinct(
    found: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]],
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Sort the runs by hash, then by text, and keep each once a text."""
    run = np.concatenate([hashes for hashes, _ in found] or [np.zeros(0, dtype=np.uint64)])
    owner = np.concatenate([owners for _, owners in found] or [np.zeros(0, dtype=np.int64)])
    order = np.argsort(run, kind="stable")  # the owners rise already, so equal runs keep them in order
    run, owner = run[order], owner[order]
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
