"""The words of a question as they are compared: folded, without the address and the closing request. Knows French."""

from __future__ import annotations

import html
import re
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_ASIDE = str.maketrans({**dict.fromkeys("\u00a0\u202f\n\r\t", " "), "’": "'", "ʼ": "'", "‘": "'", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"\w+")
# M. X attire l'attention de Mme la ministre … sur …
_ADDRESS = re.compile(
    r"^\W*(?:m|mme|mlle)\b.{0,120}?\b(?:alerte|appelle|attire|demande|expose|fait|interpelle|interroge|rappelle|"
    r"sollicite|souhaite|souligne)\b.{0,400}?\b(?:à propos|au sujet|concernant|quant|relative(?:ment)?|sur)\b",
    re.DOTALL,
)
# Il lui demande donc de bien vouloir lui indiquer …: the request itself stays, its polite opening goes.
_REQUEST = re.compile(
    r"(?:^|(?<=[.!?;] ))(?:aussi|ainsi|c'est pourquoi|dès lors|en conséquence|par conséquent)?,? ?"
    r"(?:il|elle) (?:lui |le |la |l'|les )?(?:aimerait|demande|désire|désirerait|interroge|prie|remercie|souhaite|"
    r"souhaiterait|voudrait)\b(?: donc| ainsi| par conséquent)?"
    r"(?: (?:de bien vouloir|de|à|savoir|connaître))?"
    r"(?: (?:bien vouloir |lui )?(?:indiquer|préciser|dire|faire savoir))?"
)
_CLOSING = 800  # characters at the end in which the closing request stands


def words(text: str) -> list[str]:
    """Give the words of a question that say something.

    Entities, no-break spaces, apostrophes and case are folded; the address (who asks whom) and the opening of the
    closing request are the same in thousands of questions and go.

    >>> words("M. X interroge M. le ministre de l&#8217;&#233;conomie sur le miel. Il lui demande de préciser le prix.")
    ['le', 'miel', 'le', 'prix']
    """
    folded = html.unescape(text).translate(_ASIDE).casefold()
    body = _ADDRESS.sub("", folded, count=1)
    return _WORD.findall(body[:-_CLOSING] + _REQUEST.sub(" ", body[-_CLOSING:]))


def shingles(texts: Sequence[Sequence[str]], *, size: int = 3) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Give the distinct runs of ``size`` words of each text as (hash, text), sorted by hash, then by text.

    A word's hash depends on its letters alone, so that runs and partitions agree. No run crosses from text to text; a
    text shorter than ``size`` has none. Reference: Broder 1997, On the resemblance and containment of documents.

    >>> [len(part) for part in shingles([["a", "b", "c", "d"], ["a", "b"]])]
    [2, 2]
    """
    code = _Codes()
    length = np.array([len(text) for text in texts], dtype=np.int64)
    start = np.cumsum(length) - length
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), length)
    every = map(code.__getitem__, chain.from_iterable(texts))
    run = _rolled(np.fromiter(every, dtype=np.uint64, count=int(length.sum())), size)
    inside = np.arange(len(run)) + size <= (start + length)[owner[: len(run)]]
    run, owner = run[inside], owner[: len(run)][inside]
    order = np.argsort(run, kind="stable")  # the owners rise already, so equal runs keep them in order
    run, owner = run[order], owner[order]
    first = np.ones(len(run), dtype=np.bool_)
    first[1:] = (run[1:] != run[:-1]) | (owner[1:] != owner[:-1])
    return run[first], owner[first]


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the words to insert, delete or replace to make one text the other.

    All cells of a column are bits of one whole number, so a column costs a few operations.
    Reference: Levenshtein 1966; Myers 1999, J. ACM 46; Hyyrö 2003.

    >>> distance(["a", "b", "c"], ["a", "x", "c", "d"])
    2
    """
    if not a:
        return len(b)
    where: dict[str, int] = {}
    for index, word in enumerate(a):
        where[word] = where.get(word, 0) | 1 << index
    every, last = (1 << len(a)) - 1, 1 << (len(a) - 1)
    up, down, score = every, 0, len(a)
    for word in b:
        match = where.get(word, 0)
        diagonal = (((match & up) + up) ^ up) | match | down
        more, less = down | ~(diagonal | up) & every, up & diagonal
        score += bool(more & last) - bool(less & last)
        more, less = (more << 1 | 1) & every, less << 1 & every
        up, down = less | ~(diagonal | more) & every, more & diagonal
    return score


def similarity(a: Sequence[str], b: Sequence[str]) -> float:
    """Say how alike two texts are: 1 minus their distance over the length of the longer.

    >>> similarity(["a", "b"], ["a", "c"])
    0.5
    """
    longer = max(len(a), len(b))
    return 1 - distance(a, b) / longer if longer else 1.0


class _Codes(dict[str, int]):
    """The 64-bit hash of each word, computed when it is first met."""

    def __missing__(self, word: str) -> int:
        """Compute the hash of a new word."""
        code = self[word] = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        return code


def _rolled(codes: NDArray[np.uint64], size: int) -> NDArray[np.uint64]:
    """Hash each run of neighbouring codes; whole numbers of 64 bits wrap around, as meant."""
    count = max(len(codes) - size + 1, 0)
    rolled = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + count]
        rolled ^= rolled >> np.uint64(29)
    return rolled
