"""Parts: the N-Quads files of a state, named by what goes into them: one that is there is not written again.

A partition is a range of question numbers; it has one part for what is stated, one for what is derived.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Self

import msgspec

from loaders.mapped import DERIVED, AnswerRow, Row, Span
from ontology import nouns
from ontology.iris import graph as graph_iri
from ontology.iris import parse_uid
from ontology.lines import write_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH = 2500
OPEN_FILES = 64


class Partition(NamedTuple):
    """A range of question numbers of one dataset, in the natural order of questions."""

    graph: str
    bucket: int


class Owned(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An answer that stands in a partition because its first question does; its ministries are those of all."""

    answer: AnswerRow
    ministries: tuple[str, ...]


class PartInfo(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One part file: graph name, file name, number of statements, sha256."""

    graph: str
    name: str
    quads: int
    sha256: str


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """A partition to write: the blocks of its questions in order (stated, derived), the answers it owns, the places.

    ``head`` names the parts, and changes with what goes into them.
    """

    graph: str
    head: str
    blocks: tuple[tuple[Span, Span], ...]
    answers: tuple[Owned, ...]
    folders: tuple[str, ...]
    into: str


class Assembled(msgspec.Struct, frozen=True, kw_only=True):
    """A partition written: its parts, and the size and number of lines of each answer; questions keep theirs."""

    parts: tuple[PartInfo, ...]
    answers: tuple[tuple[int, int], ...]


def partition_of(row: Row) -> Partition:
    """Give the partition of a row."""
    parsed = parse_uid(row.uid)
    if parsed is None:
        raise ValueError(row.uid)
    return Partition(row.graph, parsed[2] // WIDTH)


def assembly(
    partition: Partition, rows: Sequence[Row], answers: Sequence[Owned], folders: tuple[str, str], salt: str
) -> Assembly:
    """Plan a partition. Its name digests what goes in: of a record, its digest and whether its question lapsed."""
    digest = hashlib.sha256(f"{salt} {partition}".encode())
    for row in rows:
        digest.update(f"{row.uid} {row.digest} {row.form} {row.lapsed}\n".encode())
    for owned in answers:
        digest.update(f"{owned.answer.key} {owned.answer.digest} {' '.join(owned.ministries)}\n".encode())
    return Assembly(
        graph=partition.graph,
        head=f"{partition.graph.replace('/', '--')}--{partition.bucket:04}-{digest.hexdigest()[:12]}",
        blocks=tuple((row.stated, row.derived) for row in rows),
        answers=tuple(answers),
        folders=folders,
        into=folders[0],
    )


_decode = msgspec.msgpack.Decoder(Assembled).decode


def assemble(task: Assembly) -> Assembled:
    """Write the parts of a partition, or find them written by the same inputs before."""
    into = Path(task.into)
    index = Path(task.folders[-1]) / f"{task.head}.index"
    if index.exists():
        known = _decode(index.read_bytes())
        if all((into / part.name).exists() for part in known.parts):
            return known
    graph = graph_iri(task.graph)
    with (
        _Reader([Path(folder) for folder in task.folders]) as reader,
        _Writer(into / stated_name(task.head)) as stated,
        _Writer(into / derived_name(task.head)) as derived,
    ):
        for said, computed in task.blocks:
            stated.add(reader.read(said), said.lines)
            derived.add(reader.read(computed), computed.lines)
        answers = tuple(stated.add(*_answer(reader, owned, graph)) for owned in task.answers)
    parts = (stated.part(task.graph), derived.part("derived"))
    done = Assembled(parts=tuple(part for part in parts if part.quads), answers=answers)
    _replace(index, msgspec.msgpack.encode(done))
    return done


def stated_name(head: str) -> str:
    """Name the part of what is stated."""
    return f"{head}.nq"


def derived_name(head: str) -> str:
    """Name the part of what is derived."""
    return f"derived--{head}.nq"


def placed(ranges: Iterable[tuple[Sequence[Row], Assembly, Assembled]]) -> dict[str, Row]:
    """Give the rows of partitions with the place of their lines, and of their answers' lines, in the parts."""
    lies: list[tuple[Row, Span, Span]] = []
    answers: dict[str, tuple[Span, tuple[str, ...]]] = {}
    for same, task, done in ranges:
        stated, derived = _Layout(stated_name(task.head)), _Layout(derived_name(task.head))
        for row in same:
            said = stated.place(row.stated.size, row.stated.lines)
            lies.append((row, said, derived.place(row.derived.size, row.derived.lines)))
        for owned, block in zip(task.answers, done.answers, strict=True):
            answers[owned.answer.key] = stated.place(*block), owned.ministries
    return {
        row.uid: msgspec.structs.replace(row, stated=said, derived=computed, answer=_placed_answer(row.answer, answers))
        for row, said, computed in lies
    }


def _placed_answer(answer: AnswerRow | None, answers: Mapping[str, tuple[Span, tuple[str, ...]]]) -> AnswerRow | None:
    return None if answer is None else AnswerRow(answer.key, answer.digest, answer.ministries, *answers[answer.key])


class _Layout:
    """Where blocks stand that follow each other in a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._size = 0

    def place(self, size: int, lines: int) -> Span:
        span = Span(self._name, self._size, size, lines)
        self._size += size
        return span


class _Reader:
    """Reads blocks of lines out of files, a few of them open at a time."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self._open: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def read(self, span: Span) -> bytes:
        file = self._open.get(span.file)
        if file is None:
            if len(self._open) >= OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            found = next(path for folder in self._folders if (path := folder / span.file).exists())
            file = self._open[span.file] = found.open("rb", buffering=0)
        return os.pread(file.fileno(), span.size, span.start)


class _Writer:
    """Writes a part block by block; it has its name once it is whole, and is none without lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_suffix(f"{path.suffix}.{os.getpid()}.tmp")
        self._file = self._temporary.open("wb")
        self._digest = hashlib.sha256()
        self._lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        with self._file:
            self._file.flush()
            os.fsync(self._file.fileno())
        if failed is None and self._lines:
            self._temporary.replace(self._path)
        else:
            self._temporary.unlink()

    def add(self, block: bytes, lines: int) -> tuple[int, int]:
        self._file.write(block)
        self._digest.update(block)
        self._lines += lines
        return len(block), lines

    def part(self, graph: str) -> PartInfo:
        return PartInfo(graph, self._path.name, self._lines, self._digest.hexdigest())


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
