"""What a build changes, statement by statement: the lines of the old state that are gone, and those that are new.

Only questions whose record changed, answers whose owner or ministries changed, and the shared parts are compared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ontology.iris import graph as graph_iri

_GRAPHS = graph_iri("x")[:-1]

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from loaders.mapped import Row, Span
    from loaders.parts import PartInfo
    from loaders.versions import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Lines removed and added, sorted."""

    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def size(self) -> int:
        """Count the lines."""
        return len(self.removed) + len(self.added)

    def by_graph(self) -> dict[str, tuple[int, int]]:
        """Count lines removed and added, by graph and predicate."""
        gone, new = Counter(map(_place, self.removed)), Counter(map(_place, self.added))
        return {place: (gone[place], new[place]) for place in sorted(gone.keys() | new.keys())}


def _place(line: str) -> str:
    predicate = line.split(" ", 2)[1].strip("<>")
    graph = line.rsplit(" ", 2)[1].strip("<>").removeprefix(_GRAPHS)
    return f"{graph} {predicate}"


def change(
    choice: Choice, rows: Mapping[str, Row], old_parts: Sequence[PartInfo], new_parts: Sequence[PartInfo], folder: Path
) -> Change:
    """Compare two states. ``rows`` are the new ones, with the place of their lines in the new parts."""
    blocks = _Blocks(folder)
    old: set[str] = set()
    new: set[str] = set()
    for uid in choice.changed:
        blocks.add(old, choice.before.get(uid))
        blocks.add(new, rows.get(uid))
    was, now = _answers(choice.before.values()), _answers(rows.values())
    for key in was.keys() | now.keys():
        if was.get(key, (None,))[:-1] != now.get(key, (None,))[:-1]:
            old.update(blocks.lines(was[key][-1]) if key in was else ())
            new.update(blocks.lines(now[key][-1]) if key in now else ())
    names = {part.name for part in old_parts} & {part.name for part in new_parts}
    for lines, parts in ((old, old_parts), (new, new_parts)):
        for part in parts:
            if part.name not in names and not _ranged(part):
                lines.update((folder / part.name).read_text(encoding="utf-8").splitlines(keepends=True))
    return Change(removed=tuple(sorted(old - new)), added=tuple(sorted(new - old)))


def _ranged(part: PartInfo) -> bool:
    """Say whether a part is that of a range of questions: its changes are found by question."""
    return "questions--" in part.name


def _answers(rows: Iterable[Row]) -> dict[str, tuple[str, str, tuple[str, ...], Span]]:
    """Give where each answer stands, by key: graph, digest, ministries, and its lines. Its first question owns it."""
    found: dict[str, tuple[str, str, tuple[str, ...], Span]] = {}
    for row in rows:
        if row.answer is not None and row.answer.key not in found:
            found[row.answer.key] = (row.graph, row.answer.digest, row.answer.written, row.answer.lines)
    return found


class _Blocks:
    """Reads blocks of lines out of parts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lines(self, span: Span) -> list[str]:
        with (self._folder / span.file).open("rb") as file:
            file.seek(span.start)
            return file.read(span.size).decode().splitlines(keepends=True)

    def add(self, lines: set[str], row: Row | None) -> None:
        if row is not None:
            lines.update(self.lines(row.stated))
            lines.update(self.lines(row.derived))
