"""Maps a batch of records to lines: the one function that runs in worker processes, here or on a cluster.

Pure: the same batch gives the same bytes wherever it runs. A batch goes in as packed records, and comes out as a file
of line blocks beside rows that say where each block stands and what the question shares with others.
"""

from __future__ import annotations

import hashlib
import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from loaders import forms
from loaders.amo import without_people
from loaders.audit import Audit
from loaders.questions import QuestionRecord, steps
from loaders.recalls import recalled
from loaders.record import Problem, Record, RefusedRecordError
from loaders.references import Known, References
from loaders.resolve import resolve
from ontology import nouns
from ontology.iris import graph as graph_iri
from ontology.lines import write_lines
from ontology.statements import iso_day

if TYPE_CHECKING:
    from collections.abc import Callable

DERIVED = graph_iri("derived")

Small: TypeAlias = (
    nouns.Topic | nouns.Issue | nouns.Concept | nouns.Ministry | nouns.Person | nouns.Group | nouns.Legislature
)


class Span(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A block of lines in a file: which file, where it begins, how long it is, how many lines it holds."""

    file: str
    start: int
    size: int
    lines: int


class AnswerRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The answer of one question, without its text: key, digest of the canonical text, its own ministry.

    ``lines`` is where the text stands, with the ministries ``written``.
    """

    key: str
    digest: str
    ministries: tuple[str, ...]
    lines: Span
    written: tuple[str, ...]


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One re-attribution: its event, from which ministry to which, and whether by a decree or an end."""

    event: str
    old: str
    new: str
    inherited: bool


class Life(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What other questions and the portfolios must be held against: who asked, when, the moves, the uids recalled."""

    author: str = ""
    tabled: str = ""
    moves: tuple[Move, ...] = ()
    recalled: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of one mapped question: its identity, its source, its blocks, and what it shares."""

    uid: str
    graph: str
    form: str
    sha: str
    digest: str
    locator: str
    stated: Span
    derived: Span
    answer: AnswerRow | None
    place: tuple[str, str, str] | None  # event key, issue and page of the answer
    shared: tuple[Small, ...]
    notes: tuple[str, ...]
    newest: str  # the latest day that the record states, ISO; empty when none
    life: Life = Life()
    ended: str = ""  # the last day of the legislature, where it hangs on the day of the source whether it lapsed
    lapsed: bool = False  # and whether it was said to have


@lru_cache(maxsize=65536)
def _once(noun: Small) -> Small:
    """Give the first of equal nouns."""
    return noun


def sharing(row: Row) -> Row:
    """Let a row just decoded hold what is shared once: a legislature has a few hundred issues and topics in all."""
    msgspec.structs.force_setattr(row, "shared", tuple(map(_once, row.shared)))
    return row


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A record set aside: why, and its bytes."""

    problem: Problem
    raw: bytes
    form: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Records to map: packed (msgpack of a list of `Record`), which of them, for which source, with what references."""

    source: str
    packed: bytes
    wanted: tuple[tuple[int, str], ...]  # position in the pack, sha256 of the raw bytes
    references: str
    folder: str
    key: str
    strict: bool = False
    day: date | None = None  # of the source, as far as it is known yet


class BatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a batch."""

    rows: tuple[Row, ...]
    refused: tuple[Refused, ...]
    notes: tuple[Problem, ...]
    skipped: int
    audit: dict[str, tuple[int, str]]

    def __reduce__(self) -> tuple[Callable[[bytes], BatchReport], tuple[bytes]]:
        """Cross to another process as it lies on the disk: several times as fast as field by field."""
        return _unpacked, (msgspec.msgpack.encode(self),)


def _unpacked(packed: bytes) -> BatchReport:
    report = _report.decode(packed)
    for row in report.rows:
        sharing(row)
    return report


_records = msgspec.msgpack.Decoder(list[Record])
_report = msgspec.msgpack.Decoder(BatchReport)


@lru_cache(maxsize=2)
def _references(path: str) -> References:
    return References(msgspec.msgpack.decode(Path(path).read_bytes(), type=Known))


def map_batch(batch: Batch) -> BatchReport:
    """Map a batch, or take up the report of an earlier, interrupted build that mapped the same one."""
    folder = Path(batch.folder)
    report = folder / f"{batch.key}.report"
    if report.exists():
        return _unpacked(report.read_bytes())
    mapper = _Mapper(batch)
    for position, sha in batch.wanted:
        mapper.take(position, sha)
    done = mapper.report()
    _write(folder / f"{batch.key}.lines", b"".join(mapper.blocks))
    _write(report, msgspec.msgpack.encode(done))
    return done


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(f"{path.suffix}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


class _Mapper:
    """The state of one batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.records = _records.decode(batch.packed)
        self.references = _references(batch.references)
        self.file = f"{batch.key}.lines"
        self.audit = Audit(strict=batch.strict)
        self.blocks: list[bytes] = []
        self.size = 0
        self.rows: list[Row] = []
        self.refused: list[Refused] = []
        self.notes: list[Problem] = []
        self.skipped = 0

    def take(self, position: int, sha: str) -> None:
        """Map one record; what refuses it refuses nothing else."""
        record = self.records[position]
        try:
            item = forms.read(record, self.audit)
            if isinstance(item, QuestionRecord):
                self._question(item, record, sha)
            else:
                self.skipped += 1
            self.notes += forms.notes(record, item, self.batch.source)
        except RefusedRecordError as error:
            self.refused.append(refusal(self.batch.source, record, error))
        except Exception as error:  # noqa: BLE001 - our own fault, and still one record must not stop a build
            said = f"the loader failed on it: {type(error).__name__}: {error}"
            self.refused.append(refusal(self.batch.source, record, RefusedRecordError("loader-failed", said)))

    def report(self) -> BatchReport:
        """Give what came of the batch so far."""
        return BatchReport(
            rows=tuple(self.rows),
            refused=tuple(self.refused),
            notes=tuple(self.notes),
            skipped=self.skipped,
            audit={path: (met.count, met.first) for path, met in self.audit.fields.items()},
        )

    def _block(self, lines: list[bytes]) -> Span:
        block = b"".join(lines)
        span = Span(self.file, self.size, len(block), len(lines))
        self.blocks.append(block)
        self.size += len(block)
        return span

    def _question(self, item: QuestionRecord, record: Record, sha: str) -> None:
        source = forms.FORMS[record.form].source
        found = resolve(item, self.references, source, self.batch.day)
        question = found.question
        name = f"questions/an-{question.legislature}-{question.kind.lower()}"
        graph = graph_iri(name)
        stated: list[bytes] = []
        derived: list[bytes] = []
        write_lines(question, graph, stated, derived, derived_graph=DERIVED)
        answer = next((n for n in found.shared if isinstance(n, nouns.Answer)), None)
        closing = next((e for e in question.events if e.kind == "answered" and e.page and e.issue), None)
        self.notes += (
            msgspec.structs.replace(p, source=self.batch.source, locator=record.locator) for p in found.problems
        )
        self.rows.append(
            Row(
                uid=question.key,
                graph=name,
                form=record.form,
                sha=sha,
                digest=hashlib.sha256(msgspec.msgpack.encode(item)).hexdigest(),
                locator=record.locator,
                stated=self._block(stated),
                derived=self._block(derived),
                answer=self._answer(answer, graph) if answer else None,
                place=(closing.key, closing.issue or "", closing.page or "") if closing else None,
                shared=tuple(n for n in found.shared if not isinstance(n, nouns.Answer)),
                notes=tuple(p.code for p in found.problems),
                newest=_newest(item),
                life=life_of(question),
                ended=iso_day(found.ended) if found.ended else "",
                lapsed=found.ended is not None and bool(question.inferred),
            )
        )

    def _answer(self, answer: nouns.Answer, graph: str) -> AnswerRow:
        lines: list[bytes] = []
        write_lines(answer, graph, lines, [], derived_graph=DERIVED)
        return AnswerRow(answer.key, answer.digest, answer.ministries, self._block(lines), answer.ministries)


def _newest(item: QuestionRecord) -> str:
    latest = max((step.day for step in steps(item) if step.day is not None), default=None)
    return "" if latest is None else iso_day(latest)


def life_of(question: nouns.Question) -> Life:
    """Give what later compares a question with others."""
    moves = (e for e in question.events if e.kind == "reattributed")
    return Life(
        author=question.author,
        tabled=iso_day(question.tabled) if question.tabled else "",
        moves=tuple(Move(e.key, e.from_ministry or "", e.to_ministry or "", bool(e.inherited)) for e in moves),
        recalled=recalled(question),
    )


def refusal(source: str, record: Record, error: RefusedRecordError) -> Refused:
    """Set a record aside, without addresses and staff."""
    problem = Problem(
        severity="refused",
        code=error.code,
        message=error.message,
        source=source,
        locator=record.locator,
        path=error.path,
        uid=error.uid,
    )
    return Refused(problem=problem, raw=without_people(record.raw), form=record.form)
