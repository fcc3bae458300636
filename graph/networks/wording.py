"""The words of a question as they are compared: folded, without the address and the closing request. Knows French."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

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


def distance(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Count the words to insert, delete or replace to make one text the other.

    All cells of a column are bits of one whole number, so a column costs a few operations.
    Reference: Levenshtein 1966; Myers 1999, J. ACM 46; Hyyrö 2003.

    >>> distance(["a", "b", "c"], ["a", "x", "c", "d"])
    2
    """
    if not a:
        return len(b)
    where: dict[Hashable, int] = {}
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


def similarity(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Say how alike two texts are: 1 minus their distance over the length of the longer.

    >>> similarity(["a", "b"], ["a", "c"])
    0.5
    """
    longer = max(len(a), len(b))
    return 1 - distance(a, b) / longer if longer else 1.0
