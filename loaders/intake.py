"""Takes sources in: reads what is new, maps it, accounts for every record. What is unchanged is not mapped again."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from loaders.claims import Claims
from loaders.entering import enter, fill_in, refuse_source
from loaders.lapsing import date_of, judge_anew, misjudged, undated
from loaders.mapped import Batch, map_batch
from loaders.outside import OutsideError
from loaders.reading import QUESTION_FORMS, Reference, ReferenceReader, Shelf
from loaders.safety import is_text
from loaders.state import fingerprint, held_reference, keep_reference, keep_references, state_of
from loaders.streaming import End, Pack
from loaders.taken import Intake, Taken
from loaders.unread import Memory
from ontology.errors import BuildError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from loaders.books import Book
    from loaders.ledger import Ledger
    from loaders.mapped import Row
    from loaders.workers import Pool


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
        The day of a source by its name, where a lock file or the user states it.
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
        if not is_text(path.name):
            raise SourceError(f"{path.name!a}: the name is not UTF-8", code="bad-name", hint="rename the source")
        if not (path.is_file() or path.is_dir()):
            raise SourceError(f"{path.name}: no such file or folder", source=path.name, code="no-such-source")
        if path.name in named and named[path.name].resolve() != path.resolve():
            raise BuildError(f"two sources are named {path.name}", hint="rename one: a source is known by its name")
        named[path.name] = path
    return named


_log = logging.getLogger("questeur.loaders")


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
        self.claims = Claims(paths, folder, self.held)
        # A source that is said to be of another day is read again: it may know more.
        self.prints = {
            name: f"{fingerprint(path)}{self.claims.outside.mark}{dates.get(name, '')}" for name, path in paths.items()
        }
        self.asking = set(paths)  # sources that may hold questions
        self.referring = {name for name, (_, books) in self.held.items() if name in paths and _refers(books)}

    def run(self) -> Intake:
        """Take everything in; from the start again if a source holds references late, or an outside loader fails."""
        while True:
            try:
                return self._run()
            except _LateReferenceError as late:
                self.referring.add(str(late))
            except OutsideError as error:
                _log.warning("loader %s: %s", error, self.claims.outside.broken[str(error)])

    def _run(self) -> Intake:
        shelves = {name: Shelf(name) for name in self.paths}
        reader = ReferenceReader()
        reference = self._references(reader, shelves)
        place, digest = keep_references(self.folder, reference)
        state = state_of(digest)
        anew = state != self.ledger.get("state")
        self._check_absent(anew=anew)
        intake = Intake(state=state, reference=reference, sources={}, refused=[], problems=list(reference.problems))
        for name in self.paths:
            taken = self._source(name, shelves[name], reader, place.as_posix(), state, anew=anew, intake=intake)
            intake.sources[name] = taken
        intake.outside = self.claims.said(intake)
        intake.refused[:0] = [*reader.refused, *self.claims.outside.refused()]
        intake.problems += undated(intake.sources.values())
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
        for name in self.paths:
            if name not in self.held or self.held[name][0] != self.prints[name]:
                self._peek(name)
        given = self.referring & self.paths.keys()
        same = all(name in self.held and self.held[name][0] == self.prints[name] for name in given)
        before = {name for name, (_, books) in self.held.items() if _refers(books)}
        if same and (not given or given == before) and (held := held_reference(self.folder)) is not None:
            return held
        for name in sorted(given):
            self._read_references(name, reader, shelves[name])
        reference = reader.finish()
        keep_reference(self.folder, reference)
        return reference

    def _peek(self, name: str) -> None:
        """Look at the first pack of a new source for reference records."""
        try:
            first = next(self.claims.stream(name), None)
        except SourceError:
            return  # refused when it is read
        if isinstance(first, Pack) and any(_is_reference(head.form) for head in first.heads):
            self.referring.add(name)

    def _read_references(self, name: str, reader: ReferenceReader, shelf: Shelf) -> None:
        asks = False
        try:
            for pack in self.claims.stream(name):
                if isinstance(pack, Pack):
                    claimed = self.claims.claimed(pack)
                    asks = asks or bool(claimed) or any(head.form in QUESTION_FORMS for head in pack.heads)
                    positions = [
                        i for i, head in enumerate(pack.heads) if head.form not in QUESTION_FORMS and i not in claimed
                    ]
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
        if not anew and name in self.held and self.held[name][0] == print_ and self.claims.still_said(name):
            return Taken(name=name, fingerprint=print_, same=True, books=self.held[name][1])
        taken = Taken(name=name, fingerprint=print_)
        if name not in self.asking:
            taken.books = list(shelf.books.values())
            return taken
        known = {} if anew else self.ledger.rows(name)
        batches = self._batches(name, shelf, reader, taken, known, references, state, intake)
        try:
            for report in self.pool.run(map_batch, batches):
                enter(report, shelf, taken, intake)
                self.progress(name, sum(b.read for b in shelf.books.values()), len(taken.rows) + len(taken.kept))
            day = date_of(shelf, taken)
            if late := misjudged(taken, day):
                again = self._again(name, late, day, references, state)
                judge_anew(taken, (row for report in self.pool.run(map_batch, again) for row in report.rows))
        except SourceError as error:
            refuse_source(name, error, taken, intake)
            return taken
        fill_in(self.paths[name], name, intake)
        taken.books = list(shelf.books.values())
        intake.problems += taken.audit.problems(name)
        return taken

    def _batches(
        self,
        name: str,
        shelf: Shelf,
        reader: ReferenceReader,
        taken: Taken,
        known: Mapping[str, Row],
        references: str,
        state: str,
        intake: Intake,
    ) -> Iterator[Batch]:
        """Stream the source: count every record, keep what is known, and give the rest to be mapped."""
        place = self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.members"
        for pack in self.claims.stream(name, Memory(place=place, known=frozenset(known))):
            if isinstance(pack, End):
                shelf.close(pack.sha256, self.dates.get(name) or pack.newest)
                continue
            claimed = self.claims.claimed(pack)
            self.claims.read(claimed, shelf, taken, intake)
            if name not in self.referring:
                others = [
                    i for i, head in enumerate(pack.heads) if head.form not in QUESTION_FORMS and i not in claimed
                ]
                self.claims.check_lone(name, pack, others)
                if any(_is_reference(pack.heads[i].form) for i in others):
                    raise _LateReferenceError(name)
                reader.take(pack, others, shelf)
            wanted: list[tuple[int, str]] = []
            for position, head in enumerate(pack.heads):
                if head.form not in QUESTION_FORMS:
                    continue
                book = shelf.enter(head)
                row = known.get(head.sha)
                if row is None:
                    wanted.append((position, head.sha))
                elif row.uid in taken.kept:
                    book.duplicate += 1
                else:
                    taken.kept[row.uid] = row
            if wanted:
                yield self._batch(name, pack, wanted, self.dates.get(name) or pack.newest, references, state)

    def _again(self, name: str, shas: set[str], day: date | None, references: str, state: str) -> Iterator[Batch]:
        """Stream the source once more for some of its records."""
        for pack in self.claims.stream(name):
            if isinstance(pack, Pack):
                wanted = [(i, head.sha) for i, head in enumerate(pack.heads) if head.sha in shas]
                shas -= {sha for _, sha in wanted}
                if wanted:
                    yield self._batch(name, pack, list({s: (i, s) for i, s in wanted}.values()), day, references, state)

    def _batch(
        self, name: str, pack: Pack, wanted: list[tuple[int, str]], day: date | None, references: str, state: str
    ) -> Batch:
        key = hashlib.sha256(f"{state} {name} {self.strict} {day} {wanted}".encode()).hexdigest()[:16]
        return Batch(
            source=name,
            packed=pack.packed,
            wanted=tuple(wanted),
            references=references,
            folder=self.folder.as_posix(),
            key=key,
            strict=self.strict,
            day=day,
        )


def _is_reference(form: str) -> bool:
    return form in {"amo-json", "sparql-row"}


def _refers(books: list[Book]) -> bool:
    return any(book.source in {"an-actors", "wikidata"} for book in books)


def _asks(books: list[Book]) -> bool:
    return any(book.source in {"an-questions", "an-question-pages"} for book in books)
