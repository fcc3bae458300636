"""Reads sources whole: every record accounted for, one version of each question chosen, reference data indexed.

read = loaded + duplicate + superseded + skipped + refused, per source and form, whatever the input.
"""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from loaders import forms
from loaders.amo import AmoBody, AmoMandate, AmoPerson, with_mandates, without_people
from loaders.archive import Limits, Opened
from loaders.audit import Audit
from loaders.deputies import People
from loaders.groups import LOADED_TYPES, Bodies
from loaders.questions import QuestionRecord, steps
from loaders.record import Problem, Record, RefusedRecordError, text
from loaders.references import References
from loaders.wikidata import ItemLink
from ontology import nouns
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SOURCE_OF = {form: row.source for form, row in forms.FORMS.items()}


A = TypeVar("A", AmoPerson, AmoMandate, AmoBody)


class Book(msgspec.Struct, kw_only=True):
    """The books of one form in one given source."""

    source: str
    path: str
    read: int = 0
    loaded: int = 0
    duplicate: int = 0
    superseded: int = 0
    skipped: int = 0
    refused: int = 0
    newest: date | None = None
    sha256: str = ""

    @property
    def snapshot(self) -> str:
        """Give the key of the snapshot: source, date and the start of its digest."""
        return f"{self.source}--{self.date.isoformat()}-{self.sha256[:8]}"

    @property
    def date(self) -> date:
        """Give the day of the snapshot: that of the archive's members, else the latest day its records state."""
        return self.newest or date(1958, 10, 5)  # the first day of the Fifth Republic: nothing dates the source

    def balances(self) -> bool:
        """Say whether every record read is accounted for."""
        return self.read == self.loaded + self.duplicate + self.superseded + self.skipped + self.refused

    def noun(self) -> nouns.Snapshot:
        """Give the books as the noun that the graph's provenance states."""
        return nouns.Snapshot(
            key=self.snapshot,
            source=self.source,
            sha256=self.sha256,
            date=self.date,
            read=self.read,
            loaded=self.loaded,
            refused=self.refused,
            duplicate=self.duplicate,
            skipped=self.skipped,
            superseded=self.superseded,
        )


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A record set aside: why, and its bytes."""

    problem: Problem
    raw: bytes


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a question, and where it came from."""

    record: QuestionRecord
    book: Book
    form: str
    locator: str
    digest: str


class Reading(msgspec.Struct, kw_only=True):
    """All that was read."""

    questions: dict[str, Candidate]
    bodies: Bodies
    people: People
    links: list[ItemLink]
    references: References
    books: list[Book]
    refused: list[Refused]
    problems: list[Problem]


@cache
def source_nouns() -> dict[str, nouns.Source]:
    """Give the sources of ``sources.toml`` as nouns, by id."""
    table: dict[str, dict[str, Any]] = tomllib.loads(
        files(__package__ or "").joinpath("sources.toml").read_text(encoding="utf-8")
    )
    return {
        key: nouns.Source(
            key=key,
            label=row["label"],
            publisher=row["publisher"],
            licence=row["licence"],
            landing=row["landing"],
        )
        for key, row in table.items()
    }


def read_sources(paths: Iterable[Path], limits: Limits | None = None) -> Reading:
    """Read all sources; their order does not matter.

    Raises
    ------
    SourceError
        A given path does not exist. Whatever else is wrong with a source refuses that source or record only.
    """
    reader = _Reader(limits or Limits())
    for path in sorted(paths, key=lambda p: (p.name, p.as_posix())):
        reader.read(path)
    return reader.finish()


class _Reader:
    """The state of one reading."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.books: list[Book] = []
        self.refused: list[Refused] = []
        self.problems: list[Problem] = []
        self.candidates: dict[str, list[Candidate]] = {}
        self.persons: dict[str, tuple[AmoPerson, Book]] = {}
        self.bodies: dict[str, tuple[AmoBody, Book]] = {}
        self.mandates: dict[str, tuple[AmoMandate, Book]] = {}
        self.links: dict[ItemLink, Book] = {}
        self.audit = Audit()

    def read(self, path: Path) -> None:
        """Read one source. A damaged archive counts as one refused record: nothing of it is taken."""
        opened = Opened(path=path, limits=self.limits)
        if not path.exists():
            raise SourceError(f"{path.name}: no such file or folder", source=path.name, code="no-such-source")
        books: dict[str, Book] = {}
        digests: dict[str, list[str]] = {}
        try:
            records = list(opened.records())
        except SourceError as error:
            book = Book(
                source="an-questions", path=path.name, read=1, refused=1, sha256=hashlib.sha256(b"").hexdigest()
            )
            self.books.append(book)
            self._refuse(path.name, "", error.code, str(error), "", b"")
            return
        known = [r for r in records if r.form in _SOURCE_OF]
        default = _SOURCE_OF[known[0].form] if known else "an-questions"
        for record in records:
            source = _SOURCE_OF.get(record.form, default)
            book = books.setdefault(source, Book(source=source, path=path.name, newest=opened.newest))
            digests.setdefault(source, []).append(f"{hashlib.sha256(record.raw).hexdigest()}  {record.locator}\n")
            book.read += 1
            self._take(record, book)
        for source, book in books.items():
            lines = digests[source]
            whole = len(records) == 1 and records[0].locator == path.name
            book.sha256 = lines[0][:64] if whole else hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
            self.books.append(book)

    def _take(self, record: Record, book: Book) -> None:
        if record.form == "foreign":  # a README beside the records: harmless, and counted
            book.skipped += 1
            return
        try:
            item = forms.read(record, self.audit)
            if isinstance(item, QuestionRecord):
                self._candidate(item, record, book)
            elif isinstance(item, ItemLink):
                self._link(item, book)
            elif item is None:
                book.skipped += 1
            else:
                self._amo(item, book)
            self.problems += forms.notes(record, item, book.path)
        except RefusedRecordError as error:
            book.refused += 1
            raw = without_people(record.raw)
            self._refuse(book.path, record.locator, error.code, error.message, error.path, raw, error.uid)

    def _refuse(self, source: str, locator: str, code: str, message: str, path: str, raw: bytes, uid: str = "") -> None:
        problem = Problem(
            severity="refused", code=code, message=message, source=source, locator=locator, path=path, uid=uid
        )
        self.refused.append(Refused(problem=problem, raw=raw))

    def _candidate(self, question: QuestionRecord, record: Record, book: Book) -> None:
        digest = hashlib.sha256(msgspec.msgpack.encode(question)).hexdigest()
        same = self.candidates.setdefault(question.uid, [])
        for other in same:
            if other.digest == digest and other.form == record.form:
                book.duplicate += 1
                return
            if other.book is book and other.form == record.form:
                raise RefusedRecordError(
                    "uid-twice", f"{question.uid} twice in one source, with different content", uid=question.uid
                )
        same.append(Candidate(record=question, book=book, form=record.form, locator=record.locator, digest=digest))

    def _link(self, link: ItemLink, book: Book) -> None:
        if link in self.links:
            book.duplicate += 1
            return
        self.links[link] = book
        book.loaded += 1

    def _amo(self, item: AmoPerson | AmoMandate | AmoBody, book: Book) -> None:
        if isinstance(item, AmoPerson):
            self._reference(item, book, self.persons)
        elif isinstance(item, AmoMandate):
            self._reference(item, book, self.mandates)
        elif text(item.codeType) not in LOADED_TYPES:
            book.skipped += 1
        else:
            self._reference(item, book, self.bodies)

    def _reference(self, item: A, book: Book, held: dict[str, tuple[A, Book]]) -> None:
        key = text(item.uid) or ""
        known = held.get(key)
        if known is not None:
            if known[0] == item:
                book.duplicate += 1
                return
            if known[1] is book:
                raise RefusedRecordError("uid-twice", f"{key} twice in one source, with different content", uid=key)
            newer = (book.newest or date.min) > (known[1].newest or date.min)
            if not newer:
                book.superseded += 1
                return
            known[1].loaded -= 1
            known[1].superseded += 1
        book.loaded += 1
        held[key] = (item, book)

    def finish(self) -> Reading:
        """Choose one version of each question and index the reference data."""
        for book in self.books:
            if book.newest is None and book.source != "an-actors":
                days = [s.day for c in self._of(book) for s in steps(c.record) if s.day is not None]
                book.newest = max(days, default=None)
        chosen: dict[str, Candidate] = {}
        for uid, versions in self.candidates.items():
            ordered = sorted(versions, key=lambda c: (forms.FORMS[c.form].rank, -c.book.date.toordinal(), c.digest))
            chosen[uid] = ordered[0]
            ordered[0].book.loaded += 1
            for other in ordered[1:]:
                other.book.superseded += 1
        bodies = Bodies(item for item, _ in self.bodies.values())
        persons = with_mandates((p for p, _ in self.persons.values()), (m for m, _ in self.mandates.values()))
        people = People(persons, bodies)
        unbalanced = [b.path for b in self.books if not b.balances()]
        if unbalanced:
            raise AssertionError(f"records of {unbalanced} are not all accounted for")
        return Reading(
            questions=chosen,
            bodies=bodies,
            people=people,
            links=sorted(self.links, key=lambda link: (link.person, link.item)),
            references=References(bodies, people),
            books=self.books,
            refused=self.refused,
            problems=[*self.problems, *self.audit.problems(), *bodies.problems, *people.problems],
        )

    def _of(self, book: Book) -> Sequence[Candidate]:
        return [c for versions in self.candidates.values() for c in versions if c.book is book]
