"""What a typed number or a pasted address means: a question, a person, a body. Knows the Assembly's forms, no HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.iris import question_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.text import TextIndex

_TYPES: Final = "QE|QG|QOSD"
# In addresses: …/q15/15-10719QE.htm, …/dyn/15/questions/QANR5L15QE10719, …/dyn/deputes/PA720054, and ours.
_UID: Final = re.compile(rf"\bQANR5L([0-9]{{1,3}})({_TYPES})([0-9]{{1,9}})\b", re.IGNORECASE)
_PAGE: Final = re.compile(rf"/q([0-9]{{1,3}})/[0-9]{{1,3}}-([0-9]{{1,9}})({_TYPES})?", re.IGNORECASE)
_OURS: Final = re.compile(rf"/(?:question/|q/)([0-9]{{1,3}})[-/]([0-9]{{1,9}})({_TYPES})?", re.IGNORECASE)
_BODY: Final = re.compile(r"(?:^|/|OMC_)(P[AO][0-9]{1,9})(?![0-9A-Za-z-])")
_WORDS: Final = r"\s*(?:question\s*)?(?:écrite\s*)?(?:n(?:[°ºo]|um[eé]ro)\.?\s*|#\s*)?"
_NUMBER: Final = re.compile(
    rf"{_WORDS}(?:([0-9]{{1,2}})\s*[-/ ]\s*)?([0-9]{{1,9}})\s*({_TYPES})?\s*[.?]?\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was meant: paths of pages here, the likeliest first. ``said`` is true where a thing was named as such."""

    paths: Sequence[str] = ()
    said: bool = False


def seek(typed: str, index: TextIndex) -> Sought:
    """Read a number, an identifier or an address; what it leads to is held by the index."""
    for pattern in (_UID, _PAGE, _OURS):
        named = pattern.search(typed)
        if named is not None:
            legislature, *rest = named.groups()
            kind, number = rest if pattern is _UID else reversed(rest)
            return Sought(paths=_questions(index, int(number), int(legislature), kind), said=True)
    body = _BODY.search(typed.strip())
    if body is not None and ("/" in typed or body[0] == typed.strip()):
        return Sought(paths=[f"/{kind}/{body[1]}" for kind in index.kinds(body[1])], said=True)
    numbered = _NUMBER.fullmatch(typed)
    if numbered is None:
        return Sought()
    legislature = int(numbered[1]) if numbered[1] else None
    return Sought(paths=_questions(index, int(numbered[2]), legislature, numbered[3]), said=legislature is not None)


def _questions(index: TextIndex, number: int, legislature: int | None, kind: str | None) -> list[str]:
    """List the questions of a number; a written one stands before the others of its legislature."""
    if legislature is not None and kind:
        key = question_uid(legislature, kind.upper(), number)
        return [f"/question/{key}"] if index.holds(key) else []
    return [
        f"/question/{key}"
        for key in index.numbered(number, legislature=legislature, kind=kind.upper() if kind else None)
    ]
