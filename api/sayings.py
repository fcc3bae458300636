"""What the layers below say in English, in the language of a page: sentences with slots, and what stands in these.

Definitions, notes and errors are written once, in English, where they are made; data and logs carry them as they are.
Knows sentences; no error, no page.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """Sentences in one language: ``whole`` ones as they stand, and those with slots in the order they are tried."""

    whole: Mapping[str, str]
    slotted: Sequence[tuple[re.Pattern[str], str]]

    @classmethod
    def of(cls, sentences: Mapping[str, str]) -> Sayings:
        """Sort sentences.

        >>> Sayings.of({"no {thing} here": "pas de {thing} ici"}).say("no sun here")
        'pas de sun ici'
        """
        patterns = [(_pattern(english), said) for english, said in sentences.items() if "{" in english]
        return cls(whole={one: said for one, said in sentences.items() if "{" not in one}, slotted=patterns)

    def say(self, text: str) -> str | None:
        """Say a sentence; None where the language has none for it."""
        if text in self.whole:
            return self.whole[text]
        for pattern, said in self.slotted:
            found = pattern.fullmatch(text)
            if found is not None:
                return said.format_map(found.groupdict())
        return None


def read(language: str) -> Sayings:
    """Read the sentences of a language: none for English, in which they are said."""
    file = files(__package__ or "").joinpath("locales", f"said.{language}.toml")
    return Sayings.of(tomllib.loads(file.read_text("utf-8")) if file.is_file() else {})


def _pattern(sentence: str) -> re.Pattern[str]:
    """Write a sentence as a pattern of what it can become."""
    pieces = [
        re.escape(words) + (f"(?P<{slot}>.+?)" if slot else "") for words, slot, _, _ in Formatter().parse(sentence)
    ]
    return re.compile("".join(pieces), re.DOTALL)
