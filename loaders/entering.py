"""Enters what came of a source into its books: rows, records refused, records read twice, a source refused whole."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from loaders.amo import without_people
from loaders.books import Book
from loaders.mapped import BatchReport, Refused
from loaders.record import Problem, Record
from loaders.streaming import End, stream

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.reading import Shelf
    from loaders.taken import Intake, Taken
    from ontology.errors import SourceError


def enter(report: BatchReport, shelf: Shelf, taken: Taken, intake: Intake) -> None:
    """Enter what came of a batch: the first version of a question; another content under its uid is refused."""
    for row in report.rows:
        book = shelf.book(row.form)
        first = taken.found.get((row.uid, row.form))
        if first is None and row.uid not in taken.kept:
            taken.found[row.uid, row.form] = row.digest
            taken.rows.append(row)
        elif first == row.digest:
            book.duplicate += 1
        else:
            book.refused += 1
            problem = Problem(
                severity="refused",
                code="uid-twice",
                message=f"{row.uid} twice in one source, with different content",
                source=taken.name,
                locator=row.locator,
                uid=row.uid,
            )
            intake.refused.append(Refused(problem=problem, raw=b"", form=row.form))
    for refused in report.refused:
        shelf.book(refused.form).refused += 1
        intake.refused.append(refused)
    intake.problems += report.notes
    if report.skipped:
        shelf.book("question-json").skipped += report.skipped
    for path, (count, first_locator) in report.audit.items():
        taken.audit.see(path, first_locator, count)


def fill_in(path: Path, name: str, intake: Intake) -> None:
    """Read the bytes of records that were refused after they were mapped, when their bytes were gone."""
    lacking = {
        (r.problem.locator, r.form): i
        for i, r in enumerate(intake.refused)
        if r.problem.source == name and r.problem.code == "uid-twice" and not r.raw
    }
    if not lacking:
        return
    for pack in stream(path):
        if isinstance(pack, End):
            continue
        wanted = [p for p, head in enumerate(pack.heads) if (head.locator, head.form) in lacking]
        records = msgspec.msgpack.decode(pack.packed, type=list[Record]) if wanted else []
        for position in wanted:
            record = records[position]
            i = lacking[record.locator, record.form]
            intake.refused[i] = msgspec.structs.replace(intake.refused[i], raw=without_people(record.raw))


def refuse_source(name: str, error: SourceError, taken: Taken, intake: Intake) -> None:
    """Refuse a source whole: nothing of it is taken, and it counts as one refused record."""
    kept = [r for r in intake.refused if r.problem.source != name]
    intake.refused[:] = kept
    intake.problems[:] = [p for p in intake.problems if p.source != name]
    problem = Problem(severity="refused", code=error.code, message=str(error), source=name, path=error.path)
    intake.refused.append(Refused(problem=problem, raw=b"", form="damaged"))
    taken.rows.clear()
    taken.kept.clear()
    taken.damaged = True
    taken.books = [Book(source="an-questions", path=name, read=1, refused=1, sha256=hashlib.sha256(b"").hexdigest())]
