"""Reads the parts of a DATA folder as quads, line by line, without any RDF library."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Quad(NamedTuple):
    """One line: subject, predicate and graph as bare IRIs, the object as written."""

    line: str
    subject: str
    predicate: str
    object: str
    graph: str

    @property
    def key(self) -> str:
        """The last part of an IRI object."""
        return self.object.strip("<>").rpartition("/")[2]


def _quad(line: str) -> Quad:
    subject, predicate, rest = line.split(" ", 2)
    value, graph, _ = rest.rsplit(" ", 2)
    return Quad(line, subject.strip("<>"), predicate.strip("<>"), value, graph.strip("<>"))


@lru_cache(maxsize=4)
def _read(folder: Path, names: tuple[str, ...]) -> list[Quad]:
    lines = (line for name in names for line in (folder / name).read_text(encoding="utf-8").splitlines(keepends=True))
    return [_quad(line) for line in lines if not line.startswith("#")]


def quads(data: Path) -> list[Quad]:
    folder = data / "parts"
    return _read(folder, tuple(sorted(p.name for p in folder.iterdir())))


def subjects(data: Path) -> set[str]:
    return {q.subject for q in quads(data)}


def canonical_questions(data: Path) -> set[tuple[str, str, str, str]]:
    """Give what is said of questions, answers, topics and issues, without where it came from."""
    skipped = ("/meta", "/vocabulary")
    return {
        (q.subject, q.predicate, q.object, q.graph)
        for q in quads(data)
        if not q.graph.endswith(skipped) and not q.predicate.endswith("wasDerivedFrom")
    }
