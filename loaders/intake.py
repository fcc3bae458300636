"""Takes sources in: reads what is new, maps it, accounts for every record. What is unchanged is not mapped again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from loaders.audit import Audit
from loaders.books import Book
from loaders.mapped import Batch, BatchReport, Refused, map_batch
from loaders.reading import QUESTION_FORMS, Reference, ReferenceReader, Shelf
from loaders.record import Problem
from loaders.streaming import End, Pack, stream
from ontology.errors import BuildError, SourceError
from ontology.mapping import mapping_hash
from ontology.portfolios import tables_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from loaders.ledger import Ledger
    from loaders.mapped import Row
    from loaders.workers import Pool

# Raised when a loader reads a record in another way: what was mapped before is mapped again.
VERSION = 1


@dataclass(slots=True, kw_only=True)
class Taken:
    """One source taken in: its fingerprint, its books so far, and the questions it holds, in the order found.

    ``kept`` are uids of records that the ledger has as they are; ``same`` says that the whole source is as it was.
    """

    name: str
    fingerprint: str
    same: bool = False
    damaged: bool = False
    found: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    kept_uids: set[str] = field(default_factory=set[str])
    audit: Audit = field(default_factory=Audit)
    books: list[Book] = field(default_factory=list[Book])
    kept: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list["Row"])


@dataclass(slots=True, kw_only=True)
class Intake:
    """All that was taken in."""

    state: str
    reference: Reference
    sources: dict[str, Taken]
    refused: list[Refused]
    problems: list[Problem]

    def first_reason(self) -> str:
        """Say why the first record was refused."""
        if not self.refused:
            return "none of the files is a question, a page of a question, or an AMO file"
        problem = self.refused[0].problem
        return " ".join(f"{problem.source} {problem.locator}: {problem.message}".split())


def take_in(
    paths: Sequence[Path],
    folder: Path,
    ledger: Ledger,
    pool: Pool,
    *,
    dates: Mapping[str, date],
    strict: bool,
    progress: Callable[[str, int, int], None],
) -> Intake:
    """Take the sources in.

    Parameters
    ----------
    paths
        The sources; their order does not matter.
    folder
        Where mapped batches and references are kept.
    dates
        The day of a source by its name, where a lock file states it.
    progress
        Told the source, the records read and the records mapped so far.

    Raises
    ------
    SourceError
        A path does not exist.
    BuildError
        Two sources have one name, or references changed and sources that must be mapped anew are not given.
    """
    named = _named(paths)
    return _Taker(named, folder, ledger, pool, dates, strict=strict, progress=progress).run()


def _named(paths: Sequence[Path]) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in sorted(paths, key=lambda p: (p.name, p.as_posix())):
        if not path.exists():
            raise SourceError(f"{path.name}: no such file or folder", source=path.name, code="no-such-source")
        if path.name in named and named[path.name].resolve() != path.resolve():
            raise BuildError(f"two sources are named {path.name}", hint="rename one: a source is known by its name")
        named[path.name] = path
    return named


def fingerprint(path: Path) -> str:
    """Digest the bytes of a source as they lie on the disk."""
    digest = hashlib.sha256()
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()) if path.is_dir() else [path]
    for file in inside:
        digest.update(f"{file.relative_to(path).as_posix() if path.is_dir() else ''}\n".encode())
        with file.open("rb") as stream_:
            digest.update(hashlib.file_digest(stream_, "sha256").digest())
    return digest.hexdigest()


class _LateReferenceError(Exception):
    """A source held reference records beyond its first pack: it must be read for references too."""


class _Taker:
    """The state of one intake."""

    def __init__(
        self,
        paths: dict[str, Path],
        folder: Path,
        ledger: Ledger,
        pool: Pool,
        dates: Mapping[str, date],
        *,
        strict: bool,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.paths = paths
        self.folder = folder
        self.ledger = ledger
        self.pool = pool
        self.dates = dates
        self.strict = strict
        self.progress = progress
        self.held = ledger.sources()
        self.prints = {name: fingerprint(path) for name, path in paths.items()}
        self.asking = set(paths)  # sources that may hold questions
        self.referring = {name for name, (_, books) in self.held.items() if name in paths and _refers(books)}

    def run(self) -> Intake:
        """Take everything in; once more from the start if a source turns out to hold references late."""
        while True:
            try:
                return self._run()
            except _LateReferenceError as late:
                self.referring.add(str(late))

    def _run(self) -> Intake:
        shelves = {name: Shelf(name) for name in self.paths}
        reader = ReferenceReader()
        reference = self._references(reader, shelves)
        content = msgspec.msgpack.encode(reference.known)
        digest = hashlib.sha256(content).hexdigest()
        place = self.folder / f"references-{digest[:12]}.msgpack"
        if not place.exists():
            place.write_bytes(content)
        state = hashlib.sha256(f"{VERSION} {mapping_hash()} {tables_hash()} {digest}".encode()).hexdigest()
        anew = state != self.ledger.get("state")
        self._check_absent(anew=anew)
        intake = Intake(state=state, reference=reference, sources={}, refused=[], problems=list(reference.problems))
        for name in self.paths:
            taken = self._source(name, shelves[name], reader, place.as_posix(), state, anew=anew, intake=intake)
            intake.sources[name] = taken
        intake.refused[:0] = reader.refused
        return intake

    def _check_absent(self, *, anew: bool) -> None:
        """Insist that what must be mapped anew is given."""
        absent = sorted(n for n, (_, books) in self.held.items() if n not in self.paths and _asks(books))
        if anew and absent:
            raise BuildError(
                f"people, bodies or the mapping changed, so these sources must be read again: {', '.join(absent)}",
                hint="give them too, or --fresh to leave them out",
            )

    # ---- references

    def _references(self, reader: ReferenceReader, shelves: dict[str, Shelf]) -> Reference:
        """Read the reference records of the sources that hold any; those of the last build if none is given or new."""
        for name, path in self.paths.items():
            if name not in self.held or self.held[name][0] != self.prints[name]:
                self._peek(name, path)
        given = self.referring & self.paths.keys()
        saved = self.folder / "reference.msgpack"
        same = all(name in self.held and self.held[name][0] == self.prints[name] for name in given)
        before = {name for name, (_, books) in self.held.items() if _refers(books)}
        if same and saved.exists() and (not given or given == before):
            return msgspec.msgpack.decode(saved.read_bytes(), type=Reference)
        for name in sorted(given):
            self._read_references(name, reader, shelves[name])
        reference = reader.finish()
        saved.write_bytes(msgspec.msgpack.encode(reference))
        return reference

    def _peek(self, name: str, path: Path) -> None:
        """Look at the first pack of a new source for reference records."""
        try:
            first = next(stream(path), None)
        except SourceError:
            return  # refused when it is read
        if isinstance(first, Pack) and any(_is_reference(head.form) for head in first.heads):
            self.referring.add(name)

    def _read_references(self, name: str, reader: ReferenceReader, shelf: Shelf) -> None:
        asks = False
        try:
            for pack in stream(self.paths[name]):
                if isinstance(pack, Pack):
                    asks = asks or any(head.form in QUESTION_FORMS for head in pack.heads)
                    positions = [i for i, head in enumerate(pack.heads) if head.form not in QUESTION_FORMS]
                    reader.take(pack, positions, shelf)
                else:
                    shelf.close(pack.sha256, self.dates.get(name) or pack.newest)
        except SourceError:
            return  # refused when it is read for its questions
        if not asks:
            self.asking.discard(name)

    # ---- questions

    def _source(
        self,
        name: str,
        shelf: Shelf,
        reader: ReferenceReader,
        references: str,
        state: str,
        *,
        anew: bool,
        intake: Intake,
    ) -> Taken:
        print_ = self.prints[name]
        if not anew and name in self.held and self.held[name][0] == print_:
            return Taken(name=name, fingerprint=print_, same=True, books=self.held[name][1])
        taken = Taken(name=name, fingerprint=print_)
        if name not in self.asking:
            taken.books = list(shelf.books.values())
            return taken
        known = {} if anew else self.ledger.shas(name)
        batches = self._batches(name, shelf, reader, taken, known, references, state)
        try:
            for report in self.pool.run(map_batch, batches):
                _enter(report, shelf, taken, intake)
                self.progress(name, sum(b.read for b in shelf.books.values()), len(taken.rows) + len(taken.kept))
        except SourceError as error:
            _refuse_source(name, error, taken, intake)
            return taken
        for book in shelf.books.values():
            if book.newest is None and book.source != "an-actors":
                days = [row.newest for row in taken.rows if row.newest]
                book.newest = date.fromisoformat(max(days)) if days else None
        taken.books = list(shelf.books.values())
        intake.problems += taken.audit.problems(name)
        return taken

    def _batches(
        self,
        name: str,
        shelf: Shelf,
        reader: ReferenceReader,
        taken: Taken,
        known: Mapping[str, str],
        references: str,
        state: str,
    ) -> Iterator[Batch]:
        """Stream the source: count every record, keep what is known, and give the rest to be mapped."""
        seen: set[str] = set()
        for pack in stream(self.paths[name]):
            if isinstance(pack, End):
                shelf.close(pack.sha256, self.dates.get(name) or pack.newest)
                continue
            if name not in self.referring:
                others = [i for i, head in enumerate(pack.heads) if head.form not in QUESTION_FORMS]
                if any(_is_reference(pack.heads[i].form) for i in others):
                    raise _LateReferenceError(name)
                reader.take(pack, others, shelf)
            wanted: list[tuple[int, str]] = []
            for position, head in enumerate(pack.heads):
                if head.form not in QUESTION_FORMS:
                    continue
                book = shelf.enter(head)
                uid = known.get(head.sha)
                if uid is None:
                    wanted.append((position, head.sha))
                elif uid in seen:
                    book.duplicate += 1
                else:
                    seen.add(uid)
                    taken.kept.append(uid)
                    taken.kept_uids.add(uid)
            if wanted:
                key = hashlib.sha256(f"{state} {name} {self.strict} {wanted}".encode()).hexdigest()[:16]
                yield Batch(
                    source=name,
                    packed=pack.packed,
                    wanted=tuple(wanted),
                    references=references,
                    folder=self.folder.as_posix(),
                    key=key,
                    strict=self.strict,
                )


def _enter(report: BatchReport, shelf: Shelf, taken: Taken, intake: Intake) -> None:
    """Enter what came of a batch: the first version of a question; another content under its uid is refused."""
    for row in report.rows:
        book = shelf.book(row.form)
        first = taken.found.get((row.uid, row.form))
        if first is None and row.uid not in taken.kept_uids:
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


def _refuse_source(name: str, error: SourceError, taken: Taken, intake: Intake) -> None:
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


def _is_reference(form: str) -> bool:
    return form in {"amo-json", "sparql-row"}


def _refers(books: list[Book]) -> bool:
    return any(book.source in {"an-actors", "wikidata"} for book in books)


def _asks(books: list[Book]) -> bool:
    return any(book.source in {"an-questions", "an-question-pages"} for book in books)
