"""Parts: the N-Quads files of a state, named by what goes into them: one that is there is not written again.

A partition is a range of question numbers; it has one part for what is stated, one for what is derived.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from loaders.mapped import DERIVED, AnswerRow, Row, Span
from ontology import nouns
from ontology.iris import graph as graph_iri
from ontology.iris import parse_uid
from ontology.lines import write_lines

WIDTH = 5000


class Partition(NamedTuple):
    """A range of question numbers of one dataset, in the natural order of questions."""

    graph: str
    bucket: int


class Owned(msgspec.Struct, frozen=True, array_like=True):
    """An answer that stands in a partition because its first question does; its ministries are those of all."""

    answer: AnswerRow
    ministries: tuple[str, ...]


class PartInfo(msgspec.Struct, frozen=True, array_like=True):
    """One part file: graph name, file name, number of statements, sha256."""

    graph: str
    name: str
    quads: int
    sha256: str


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """A partition to write: its rows in order, the answers it owns, where files are and go."""

    partition: Partition
    rows: tuple[Row, ...]
    answers: tuple[Owned, ...]
    folders: tuple[str, ...]
    into: str
    salt: str


class Assembled(msgspec.Struct, frozen=True, kw_only=True):
    """A partition written: its parts, and where each row's and answer's lines now stand."""

    parts: tuple[PartInfo, ...]
    rows: tuple[Row, ...]
    answers: dict[str, Span]


def partition_of(row: Row) -> Partition:
    """Give the partition of a row."""
    parsed = parse_uid(row.uid)
    if parsed is None:
        raise ValueError(row.uid)
    return Partition(row.graph, parsed[2] // WIDTH)


def number(row: Row) -> int:
    """Give the number of a row's question: the order within a partition."""
    return int(row.uid[row.uid.index("Q", 4) :].lstrip("QEGOSD"))


_decode = msgspec.msgpack.Decoder(Assembled)


def assemble(task: Assembly) -> Assembled:
    """Write the parts of a partition, or find them written by the same inputs before."""
    into = Path(task.into)
    key = _key(task)
    head = f"{task.partition.graph.replace('/', '--')}--{task.partition.bucket:04}"
    index = Path(task.folders[-1]) / f"{head}-{key}.index"
    if index.exists():
        known = _decode.decode(index.read_bytes())
        if all((into / part.name).exists() for part in known.parts):
            return known
    reader = _Reader([Path(folder) for folder in task.folders])
    stated, derived = _File(f"{head}-{key}.nq"), _File(f"derived--{head}-{key}.nq")
    placed = [
        msgspec.structs.replace(
            row,
            stated=stated.add(reader.read(row.stated), row.stated.lines),
            derived=derived.add(reader.read(row.derived), row.derived.lines),
        )
        for row in task.rows
    ]
    graph = graph_iri(task.partition.graph)
    answers = {owned.answer.key: stated.add(*_answer(reader, owned, graph)) for owned in task.answers}
    parts = (stated.write(into, task.partition.graph), derived.write(into, "derived"))
    done = Assembled(parts=tuple(p for p in parts if p.quads), rows=tuple(placed), answers=answers)
    _replace(index, msgspec.msgpack.encode(done))
    return done


def _key(task: Assembly) -> str:
    """Digest what goes into a partition. The content digest of a record stands for its lines."""
    digest = hashlib.sha256(task.salt.encode())
    for row in task.rows:
        digest.update(f"{row.uid} {row.digest} {row.form}\n".encode())
    for owned in task.answers:
        digest.update(f"{owned.answer.key} {owned.answer.digest} {' '.join(owned.ministries)}\n".encode())
    return digest.hexdigest()[:12]


class _Reader:
    """Reads blocks of lines out of files, each opened once."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self._held: dict[str, bytes] = {}

    def read(self, span: Span) -> bytes:
        content = self._held.get(span.file)
        if content is None:
            found = next(f / span.file for f in self._folders if (f / span.file).exists())
            if len(self._held) > 64:
                self._held.pop(next(iter(self._held)))
            content = self._held[span.file] = found.read_bytes()
        return content[span.start : span.start + span.size]


class _File:
    """A part being written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._blocks: list[bytes] = []
        self._size = 0
        self._lines = 0

    def add(self, block: bytes, lines: int) -> Span:
        span = Span(self.name, self._size, len(block), lines)
        self._blocks.append(block)
        self._size += len(block)
        self._lines += lines
        return span

    def write(self, folder: Path, graph: str) -> PartInfo:
        content = b"".join(self._blocks)
        if self._lines:
            _replace(folder / self.name, content)
        return PartInfo(graph, self.name, self._lines, hashlib.sha256(content).hexdigest())


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(f"{path.suffix}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _answer(reader: _Reader, owned: Owned, graph: str) -> tuple[bytes, int]:
    """Give the lines of an answer with the ministries of all its questions."""
    block = reader.read(owned.answer.lines)
    if owned.ministries == owned.answer.written:
        return block, owned.answer.lines.lines
    marked = _ministry_lines(owned.answer.key, owned.answer.written, graph)
    kept = [line for line in block.splitlines(keepends=True) if line not in marked]
    lines = [*kept, *_ministry_lines(owned.answer.key, owned.ministries, graph)]
    return b"".join(lines), len(lines)


def _ministry_lines(key: str, ministries: tuple[str, ...], graph: str) -> list[bytes]:
    whole: list[bytes] = []
    bare: list[bytes] = []
    write_lines(nouns.Answer(key=key, ministries=ministries), graph, whole, [], derived_graph=DERIVED)
    write_lines(nouns.Answer(key=key, ministries=()), graph, bare, [], derived_graph=DERIVED)
    return [line for line in whole if line not in bare]


def write_part(into: Path, graph: str, lines: list[bytes], head: str | None = None) -> PartInfo:
    """Write one small part, of all that is shared in a graph."""
    content = b"".join(lines)
    digest = hashlib.sha256(content).hexdigest()
    name = f"{(head or graph).replace('/', '--')}-{digest[:12]}.nq"
    if not (into / name).exists():
        _replace(into / name, content)
    return PartInfo(graph, name, len(lines), digest)
