"""Gives refused records another try, under their own source: what loads now moves in its books from refused to loaded.

Knows what a build keeps (ledger, references, quarantine). People, bodies and links are not tried: they are read with
their whole source.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from graph.load import writer_lock
from loaders.claims import Claims
from loaders.inferring import GRAPH as INFERRED
from loaders.ledger import Ledger
from loaders.mapped import Batch, Refused, map_batch
from loaders.reading import QUESTION_FORMS, source_of
from loaders.record import Problem, Record
from loaders.state import VERSION, held_parts, held_reference, keep_references, state_of
from loaders.taken import Intake, Taken
from loaders.workers import Here
from ontology.errors import BuildError, NotFoundError
from questeur.build import Options, settle, silent
from questeur.quarantined import Entry, read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loaders.books import Book
    from loaders.mapped import BatchReport, Row
    from loaders.reading import Reference
    from questeur.build import Report, Say


def retry(into: Path, *, say: Say = silent) -> Report | None:
    """Read the refused records of the published state again, and publish what loads now; None if there is none.

    Raises
    ------
    NotFoundError
        The folder holds no build.
    BuildError
        The mapping changed since the build, so that all sources must be read again; or as a build.
    """
    if not (into / "ledger.sqlite").exists():
        raise NotFoundError(f"{into.name} holds no build", hint="run questeur build first")
    with writer_lock(into) as lock, Ledger(into / "ledger.sqlite") as ledger:
        entries = read_entries(into, ledger.get("quarantine"))
        if not entries:
            return None
        intake = _take_in(entries, ledger, into / "work")
        inferred = any(part.graph == INFERRED for part in held_parts(ledger))
        return settle(intake, into, ledger, Here(), lock, options=Options(inferred=inferred), say=say)


def _take_in(entries: Sequence[Entry], ledger: Ledger, folder: Path) -> Intake:
    reference, place = _reference(ledger, folder)
    intake = Intake(state=ledger.get("state"), reference=reference, sources={}, refused=[], problems=[])
    intake.outside = Claims({}, folder, ledger.sources()).said(intake)
    by_source: dict[str, list[Entry]] = {}
    for entry in entries:
        by_source.setdefault(entry.source, []).append(entry)
    held = ledger.sources()
    there: dict[str, dict[str, Row]] = {}
    for uid, same in ledger.versions().items():
        for version in same:
            if not version.gone:
                there.setdefault(version.source, {})[uid] = version.row
    for name, found in sorted(by_source.items()):
        if name not in held:  # an outside loader that was refused
            continue
        print_, books = held[name]
        taken = Taken(name=name, fingerprint=print_, books=books, kept=there.get(name, {}))
        tried = [e for e in found if e.whole and e.form in QUESTION_FORMS]
        intake.refused += (_again(e) for e in found if e not in tried)
        if tried:
            _enter(map_batch(_batch(name, tried, folder, place, books)), {e.locator: e for e in tried}, taken, intake)
        intake.sources[name] = taken
    return intake


def _reference(ledger: Ledger, folder: Path) -> tuple[Reference, Path]:
    """Give the references of the last build, if its records were mapped as they would be now, but for the reader."""
    reference = held_reference(folder)
    if reference is not None:
        place, digest = keep_references(folder, reference)
        if ledger.get("state") in {state_of(digest, version) for version in range(1, VERSION + 1)}:
            return reference, place
    raise BuildError(
        "the mapping changed since the last build: the sources must be read again, and what was refused with them",
        hint="run questeur build with the sources",
    )


def _batch(name: str, tried: Sequence[Entry], folder: Path, place: Path, books: Sequence[Book]) -> Batch:
    records = [Record(form=e.form, locator=e.locator, raw=e.content) for e in tried]
    packed = msgspec.msgpack.encode(records)
    key = f"retry-{hashlib.sha256(packed).hexdigest()[:16]}"
    for suffix in (".report", ".lines"):  # never what another try came to
        (folder / f"{key}{suffix}").unlink(missing_ok=True)
    wanted = tuple((i, _sha(record)) for i, record in enumerate(records))
    return Batch(
        source=name,
        packed=packed,
        wanted=wanted,
        references=place.as_posix(),
        folder=folder.as_posix(),
        key=key,
        day=max((book.newest for book in books if book.newest is not None), default=None),
    )


def _sha(record: Record) -> str:
    return hashlib.sha256(record.raw + f"\n{record.form}\n".encode()).hexdigest()


def _enter(report: BatchReport, tried: dict[str, Entry], taken: Taken, intake: Intake) -> None:
    """Move what was read from refused to where it belongs now."""
    for refused in report.refused:
        intake.refused.append(refused)
    for row in report.rows:
        book = _book(taken.books, row.form)
        first = taken.found.get((row.uid, row.form))
        if row.uid in taken.kept or (first is not None and first != row.digest):
            problem = _again(tried[row.locator]).problem
            problem = msgspec.structs.replace(problem, code="uid-twice", uid=row.uid)
            intake.refused.append(msgspec.structs.replace(_again(tried[row.locator]), problem=problem))
            continue
        book.refused -= 1
        if first is not None:
            book.duplicate += 1
            continue
        taken.found[row.uid, row.form] = row.digest
        taken.rows.append(row)
    intake.problems += report.notes


def _book(books: Sequence[Book], form: str) -> Book:
    return next(b for b in books if b.source == source_of(form))


def _again(entry: Entry) -> Refused:
    problem = Problem(
        severity="refused",
        code=entry.code,
        message=entry.message,
        source=entry.source,
        locator=entry.locator,
        uid=entry.uid,
        path=entry.path,
    )
    return Refused(problem=problem, raw=entry.content, form=entry.form)
