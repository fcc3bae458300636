"""Writes the parts of the graph ``inferred``: what the alignments of the vocabulary entail and no graph states.

A range of questions states all that is said of its own subjects, but for what the shared parts add; so each range is
closed by itself, in any process, and the shared parts are closed last. Knows no rule: they are the ontology's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from loaders.parts import PartInfo, write_part
from ontology.entailment import entailed
from ontology.iris import graph as graph_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from loaders.parts import Assembled
    from loaders.workers import Pool

GRAPH = "inferred"
_END = f" <{graph_iri(GRAPH)}> .\n"


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """A range of questions to close: its parts, and the triples that the shared parts state or entail."""

    head: str
    parts: tuple[str, ...]
    folder: str
    shared: frozenset[str]


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A range closed: its part, and which of the shared triples it states."""

    part: PartInfo
    stated: frozenset[str]


def inferred_parts(
    ranges: Sequence[Assembled], shared: Sequence[PartInfo], folder: Path, workers: Pool
) -> list[PartInfo]:
    """Write what follows from the parts of a state; equal content has an equal name."""
    asserted, inferred = entailed(_lines(folder, (part.name for part in shared)))
    known = frozenset(asserted | inferred)
    tasks = (
        Closing(
            head=f"{GRAPH}--{at:04}",
            parts=tuple(part.name for part in done.parts),
            folder=folder.as_posix(),
            shared=known,
        )
        for at, done in enumerate(ranges)
        if done.parts
    )
    written: list[PartInfo] = []
    for closed in workers.run(close, tasks):
        written.append(closed.part)
        inferred -= closed.stated
    written.append(_write(folder, f"{GRAPH}--shared", inferred))
    return [part for part in written if part.quads]


def close(task: Closing) -> Closed:
    """Close one range of questions."""
    folder = Path(task.folder)
    asserted, inferred = entailed(_lines(folder, task.parts))
    part = _write(folder, task.head, inferred - task.shared)
    return Closed(part=part, stated=frozenset(asserted & task.shared))


def _lines(folder: Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        with (folder / name).open(encoding="utf-8", newline="\n") as file:
            yield from file


def _write(folder: Path, head: str, triples: Iterable[str]) -> PartInfo:
    return write_part(folder, GRAPH, [f"{triple}{_END}".encode() for triple in sorted(triples)], head=head)
