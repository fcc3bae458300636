"""What a build did, as a value: the books of every source, problems by code, statements by graph, the change."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from loaders.books import Book
from loaders.record import Problem
from ontology.iris import graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loaders.parts import PartInfo
    from loaders.patching import Change

SAMPLE = 20


class Patched(msgspec.Struct, frozen=True, kw_only=True):
    """How the statements change: how many are removed and added by graph and predicate, and the first few."""

    removed: int
    added: int
    by_place: dict[str, tuple[int, int]]
    sample: tuple[str, ...]

    @classmethod
    def of(cls, change: Change) -> Patched:
        """Sum a change up; the sample is in the form of RDF Patch."""
        rows = [f"D {line.rstrip()}" for line in _told(change.removed)]
        rows += [f"A {line.rstrip()}" for line in _told(change.added)]
        return cls(removed=len(change.removed), added=len(change.added), by_place=change.by_graph(), sample=tuple(rows))


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did. ``generation`` is empty when nothing was published (a dry run).

    ``dropped`` are the keys of published networks that were of the state before.
    """

    generation: str
    changed: bool
    build: str
    books: tuple[Book, ...]
    refused: tuple[Problem, ...]
    notes: dict[str, int]
    unknown_fields: dict[str, str]
    quads: dict[str, int]
    questions: dict[str, int]
    patch: Patched | None = None
    quarantine: str | None = None
    dropped: tuple[str, ...] = ()


def _told(lines: Sequence[str]) -> list[str]:
    """Take the first lines that are not about the build itself."""
    about = f" <{graph('meta')}> .\n"
    return list(islice((line for line in lines if not line.endswith(about)), SAMPLE))


def notes_of(problems: Iterable[Problem]) -> tuple[dict[str, int], dict[str, str]]:
    """Count the notes by code; unknown fields are named one by one."""
    listed = list(problems)
    fields = {p.path: f"{p.message} ({p.source} {p.locator})" for p in listed if p.code == "unknown-field"}
    return dict(sorted(Counter(p.code for p in listed).items())), fields


def quads_of(parts: Sequence[PartInfo]) -> dict[str, int]:
    """Count the statements by graph."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts[part.graph] += part.quads
    return dict(sorted(counts.items()))
