"""Which version of each question is in the graph: by form, then by the day of its source. The rest is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from loaders import forms
from loaders.gather import order
from loaders.ledger import Held
from loaders.outside import MARK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loaders.books import Book
    from loaders.ledger import Ledger
    from loaders.mapped import Row
    from loaders.taken import Intake, Taken


@dataclass(slots=True, kw_only=True)
class Choice:
    """The versions held of every question, the chosen rows in natural order, and how they differ from the last state.

    ``before`` are the chosen rows of the last state; ``changed`` are the uids whose chosen row is another, new or gone.
    """

    versions: dict[str, list[Held]]
    rows: list[Row]
    before: dict[str, Row]
    books: dict[str, list[Book]]
    changed: set[str] = field(default_factory=set[str])
    vanished: dict[str, int] = field(default_factory=dict[str, int])


def choose(intake: Intake, ledger: Ledger, *, prune: bool, fresh: bool = False) -> Choice:
    """Choose a version of every question, and close the books of every source."""
    held = ledger.versions()
    before = {uid: h.row for uid, same in held.items() for h in same if h.chosen}
    known = ledger.get("state") == intake.state
    versions: dict[str, list[Held]] = {}
    vanished: dict[str, int] = {}
    for uid, same in held.items():
        for version in same:
            taken = intake.sources.get(version.source)
            fate = _fate(version, taken, known=known, fresh=fresh)
            if fate == "gone" and taken is not None and not taken.same:
                vanished[version.source] = vanished.get(version.source, 0) + 1
            if fate == "stays" or (fate == "gone" and known and not prune):
                gone = fate == "gone" or (version.gone if taken is None else taken.damaged)
                versions.setdefault(uid, []).append(Held(version.source, version.chosen, version.row, gone))
    new = {(row.uid, row.form, taken.name): row for taken in intake.sources.values() for row in taken.rows}
    for (uid, _, source), row in new.items():
        versions.setdefault(uid, []).append(Held(source, chosen=False, row=row))
    dates = _dates(intake, ledger)
    books = _open_books(intake, ledger, fresh=fresh)
    rows: list[Row] = []
    for uid in sorted(versions, key=order):
        ranked = sorted(
            versions[uid], key=lambda h: (forms.FORMS[h.row.form].rank, -dates[h.source], h.row.digest, h.source)
        )
        versions[uid] = [Held(h.source, i == 0, h.row, h.gone) for i, h in enumerate(ranked)]
        rows.append(ranked[0].row)
        for position, version in enumerate(ranked):
            _enter(version, ranked[0], position, books, intake)
    chosen = {row.uid: row for row in rows}
    changed = {uid for uid in chosen.keys() | before.keys() if _other(chosen.get(uid), before.get(uid))}
    return Choice(versions=versions, rows=rows, before=before, books=books, changed=changed, vanished=vanished)


def _fate(version: Held, taken: Taken | None, *, known: bool, fresh: bool) -> Literal["stays", "gone", "replaced"]:
    """Say what becomes of a version that the ledger holds, now that its source was, or was not, read again."""
    if taken is None:
        return "replaced" if fresh else "stays"
    if taken.same:
        return "gone" if version.gone else "stays"
    if taken.damaged:
        return "stays" if known else "replaced"  # the last good reading of a source stays
    if version.row.uid in taken.kept:
        return "stays"
    return "replaced" if (version.row.uid, version.row.form) in taken.found else "gone"


def _other(now: Row | None, then: Row | None) -> bool:
    return (
        now is None
        or then is None
        or (now.digest, now.form, now.lapsed)
        != (
            then.digest,
            then.form,
            then.lapsed,
        )
    )


def _dates(intake: Intake, ledger: Ledger) -> dict[str, int]:
    every = {name: books for name, (_, books) in ledger.sources().items()} | {
        name: taken.books for name, taken in intake.sources.items()
    }
    return {name: max((b.date.toordinal() for b in books if b.date), default=0) for name, books in every.items()}


def _open_books(intake: Intake, ledger: Ledger, *, fresh: bool) -> dict[str, list[Book]]:
    """Give the books of every source of the state, without what depends on the choice."""
    every: dict[str, list[Book]] = {}
    for name, (_, books) in ledger.sources().items():
        if not fresh or name in intake.sources:
            every[name] = books
    for name, taken in intake.sources.items():
        every[name] = taken.books
    return {
        name: [_blank(book, same=name not in intake.sources or intake.sources[name].same) for book in books]
        for name, books in every.items()
    }


def _blank(book: Book, *, same: bool) -> Book:
    """Take out of a book what is entered anew: the versions chosen or not."""
    if _is_reference(book):
        if same:
            return msgspec.structs.replace(book, loaded=0, unchanged=book.loaded + book.unchanged)
        return msgspec.structs.replace(book)
    return msgspec.structs.replace(
        book, loaded=0, unchanged=0, superseded=0, vanished=0, duplicate=book.duplicate - book.copies, copies=0
    )


def _is_reference(book: Book) -> bool:
    return book.source in {"an-actors", "wikidata"} or book.source.startswith(MARK)


def _enter(version: Held, best: Held, position: int, books: Mapping[str, Sequence[Book]], intake: Intake) -> None:
    source = forms.FORMS[version.row.form].source
    book = next((b for b in books.get(version.source, ()) if b.source == source), None)
    taken = intake.sources.get(version.source)
    if book is None:
        return
    if version.gone:
        book.vanished += 1
        return
    if taken is not None and not taken.same and version.row.uid not in taken.kept:
        if position == 0:
            book.loaded += 1
            return
    elif position == 0:
        book.unchanged += 1
        return
    if (version.row.digest, version.row.form) == (best.row.digest, best.row.form):
        book.duplicate += 1
        book.copies += 1
    else:
        book.superseded += 1
