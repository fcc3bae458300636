"""Reads the reference data of a set of sources: people, bodies, links. Questions pass by, to be mapped elsewhere.

Every record is accounted for in the books of its source. Reference sources are read whole each time: they are small.
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
from loaders.amo import AmoBody, AmoMandate, AmoPerson, day, with_mandates
from loaders.audit import Audit
from loaders.books import Book
from loaders.deputies import People
from loaders.groups import LOADED_TYPES, Bodies
from loaders.mapped import Refused, refusal
from loaders.outside import MARK
from loaders.record import Problem, Record, RefusedRecordError, many, text
from loaders.references import Known
from loaders.wikidata import ItemLink
from ontology import nouns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loaders.streaming import Head, Pack

A = TypeVar("A", AmoPerson, AmoMandate, AmoBody)

QUESTION_FORMS = frozenset(name for name in forms.FORMS if name.startswith("question-"))
_DEFAULT = "an-questions"


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


def source_of(form: str) -> str:
    """Give the source id that a form counts under; what nobody reads counts under the questions."""
    if form.startswith(MARK):
        return form
    return forms.FORMS[form].source if form in forms.FORMS else _DEFAULT


class Shelf:
    """The books of one given file or folder, one for each kind of source in it."""

    def __init__(self, path: str, newest: date | None = None) -> None:
        self.path = path
        self.newest = newest
        self.books: dict[str, Book] = {}
        self._heads: dict[str, list[str]] = {}

    def book(self, form: str) -> Book:
        """Give the book that a record of a form is written in."""
        known = form in forms.FORMS or form.startswith(MARK)
        source = source_of(form) if known else next(iter(self.books), _DEFAULT)
        return self.books.setdefault(source, Book(source=source, path=self.path))

    def enter(self, head: Head) -> Book:
        """Count a record as read."""
        book = self.book(head.form)
        book.read += 1
        self._heads.setdefault(book.source, []).append(f"{head.sha}  {head.locator}\n")
        return book

    def close(self, sha256: str, newest: date | None) -> None:
        """Date and digest the books at the end of the source: its own content digest if it is of one kind."""
        for source, book in self.books.items():
            lines = "".join(sorted(self._heads.get(source, [])))
            book.sha256 = sha256 if len(self.books) == 1 and sha256 else hashlib.sha256(lines.encode()).hexdigest()
            book.newest = newest or book.newest


class Reference(msgspec.Struct, kw_only=True):
    """The reference data read: nouns to state, the same to resolve by, links, and what was odd."""

    actors: list[nouns.Actor]
    acts: list[nouns.Concept]
    links: list[ItemLink]
    known: Known
    problems: list[Problem]


class ReferenceReader:
    """Takes the reference records of all sources, and indexes them at the end."""

    def __init__(self) -> None:
        self.refused: list[Refused] = []
        self.problems: list[Problem] = []
        self.audit = Audit()
        self._persons: dict[str, list[tuple[AmoPerson, Book]]] = {}
        self._bodies: dict[str, list[tuple[AmoBody, Book]]] = {}
        self._mandates: dict[str, list[tuple[AmoMandate, Book]]] = {}
        self._links: dict[ItemLink, Book] = {}

    def take(self, pack: Pack, positions: Iterable[int], shelf: Shelf) -> None:
        """Take the reference records of a pack."""
        wanted = list(positions)
        if not wanted:
            return
        records = msgspec.msgpack.decode(pack.packed, type=list[Record])
        for position in wanted:
            self._take(records[position], shelf.enter(pack.heads[position]))

    def _take(self, record: Record, book: Book) -> None:
        if record.form == "foreign":  # a README beside the records: harmless, and counted
            book.skipped += 1
            return
        try:
            item = forms.read(record, self.audit)
            if isinstance(item, ItemLink):
                self._link(item, book)
            elif isinstance(item, AmoPerson | AmoMandate | AmoBody):
                self._amo(item, book)
            else:
                book.skipped += 1
            self.problems += forms.notes(record, item, book.path)
        except RefusedRecordError as error:
            book.refused += 1
            self.refused.append(refusal(book.path, record, error))

    def _link(self, link: ItemLink, book: Book) -> None:
        if link in self._links:
            book.duplicate += 1
            return
        self._links[link] = book
        book.loaded += 1

    def _amo(self, item: AmoPerson | AmoMandate | AmoBody, book: Book) -> None:
        book.newest = max((began for began in (book.newest, *_begun(item)) if began is not None), default=None)
        if isinstance(item, AmoPerson):
            self._reference(item, book, self._persons)
        elif isinstance(item, AmoMandate):
            self._reference(item, book, self._mandates)
        elif text(item.codeType) not in LOADED_TYPES:
            book.skipped += 1
        else:
            self._reference(item, book, self._bodies)

    def _reference(self, item: A, book: Book, held: dict[str, list[tuple[A, Book]]]) -> None:
        key = text(item.uid) or ""
        for other, where in held.setdefault(key, []):
            if other == item:
                book.duplicate += 1
                return
            if where is book:
                raise RefusedRecordError("uid-twice", f"{key} twice in one source, with different content", uid=key)
        held[key].append((item, book))

    def finish(self) -> Reference:
        """Index what was read."""
        bodies = Bodies(_latest(self._bodies))
        persons = with_mandates(_latest(self._persons), _latest(self._mandates))
        people = People(persons, bodies)
        known = Known(
            persons=tuple(people.persons.values()),
            mandates=tuple(people.mandates.values()),
            memberships=tuple(people.memberships.values()),
            groups=tuple(bodies.groups.values()),
            ministries=tuple(bodies.ministries.values()),
            governments=tuple(bodies.governments.values()),
            legislatures=tuple(bodies.legislatures.values()),
            constituencies=tuple(found for _, found in sorted(bodies.constituencies.items())),
            departements=tuple(found for _, found in sorted(bodies.departements.items())),
        )
        return Reference(
            actors=[*bodies.as_nouns(), *people.as_nouns()],
            acts=bodies.boundary_acts(),
            links=sorted(self._links, key=lambda link: (link.person, link.item)),
            known=known,
            problems=[*self.problems, *self.audit.problems(), *bodies.problems, *people.problems],
        )


def _begun(item: AmoPerson | AmoMandate | AmoBody) -> Iterator[date | None]:
    """Give the first days that a record states: the latest of a source is one that the source has seen."""
    if isinstance(item, AmoPerson):
        for mandate in many(item.mandats.mandat) if item.mandats else ():
            yield day(mandate.dateDebut)
    elif isinstance(item, AmoMandate):
        yield day(item.dateDebut)
    elif item.viMoDe is not None:
        yield day(item.viMoDe.dateDebut)


def _latest(held: dict[str, list[tuple[A, Book]]]) -> list[A]:
    """Choose, of the versions of each entity, that of the latest snapshot."""
    chosen: list[A] = []
    for _, versions in sorted(held.items()):
        ordered = sorted(versions, key=lambda v: (v[1].date or date.min, v[1].sha256), reverse=True)
        chosen.append(ordered[0][0])
        ordered[0][1].loaded += 1
        for _, book in ordered[1:]:
            book.superseded += 1
    return chosen
