"""The packaged queries by who asks them: titles, and what each lets choose, in a language. Knows queries, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from graph import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.locale import Language

_READERS: Final[Mapping[str, str]] = {"j": "journalist", "p": "scientist", "l": "linker"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A query that can be asked as it stands: its name, its title, the labels of its slots."""

    name: str
    title: str
    slots: Sequence[str]


@cache
def ready(language: Language) -> Mapping[str, Sequence[Ready]]:
    """List the packaged queries by reader."""
    french = language == "fr"
    found = [named.read(name) for name in named.names()]
    return {
        reader: [
            Ready(
                name=query.name,
                title=query.title_fr if french else query.title_en,
                slots=[slot.label_fr if french else slot.label_en for slot in query.slots],
            )
            for query in found
            if query.name.startswith(letter)
        ]
        for letter, reader in _READERS.items()
    }
