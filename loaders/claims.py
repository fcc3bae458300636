"""Gives outside loaders the records that nobody here reads, accounts for them, and keeps what they made of a source."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from loaders.archive import check_lone
from loaders.mapped import refusal
from loaders.outside import CLAIMABLE, MARK, Outside, Said, keep, kept
from loaders.record import Record, RefusedRecordError
from loaders.streaming import Head, stream
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from loaders.books import Book
    from loaders.reading import Shelf
    from loaders.streaming import End, Pack
    from loaders.taken import Intake, Taken
    from loaders.unread import Memory


class Claims:
    """The outside loaders at work in one intake."""

    def __init__(self, paths: Mapping[str, Path], folder: Path, held: Mapping[str, tuple[str, list[Book]]]) -> None:
        self.outside = Outside()
        self.paths = paths
        self.folder = folder
        self.held = held

    def stream(self, name: str, memory: Memory | None = None) -> Iterator[Pack | End]:
        """Stream a source; a lone file that nobody here reads is given out if an outside loader may claim it."""
        return stream(self.paths[name], lenient=bool(self.outside.loaders), memory=memory)

    def claimed(self, pack: Pack) -> dict[int, tuple[str, Record]]:
        """Give the records of a pack that nobody here reads and an outside loader claims, by position."""
        open_ = [i for i, head in enumerate(pack.heads) if head.form in CLAIMABLE] if self.outside.loaders else []
        records = msgspec.msgpack.decode(pack.packed, type=list[Record]) if open_ else []
        named = ((i, self.outside.claim(records[i].raw)) for i in open_)
        return {i: (name, records[i]) for i, name in named if name is not None}

    def read(self, claimed: dict[int, tuple[str, Record]], shelf: Shelf, taken: Taken, intake: Intake) -> None:
        """Read what was claimed, and account for it; the records of a loader that was refused are refused.

        Raises
        ------
        OutsideError
            A loader failed.
        """
        for name, record in claimed.values():
            sha = hashlib.sha256(record.raw).hexdigest()
            book = shelf.enter(Head(f"{MARK}{name}", record.locator, sha))
            if name in self.outside.broken:
                error = RefusedRecordError("loader-refused", f"its loader {name} was refused")
                intake.refused.append(refusal(taken.name, record, error))
                book.refused += 1
            elif lines := self.outside.lines(name, record.raw):
                taken.outside.setdefault(name, set()).update(lines)
                book.loaded += 1
            else:
                book.skipped += 1

    def check_lone(self, name: str, pack: Pack, others: list[int]) -> None:
        """Refuse a lone file that no outside loader claimed either."""
        for i in others:
            head = pack.heads[i]
            if head.form in CLAIMABLE and head.locator == name and self.paths[name].is_file():
                try:
                    check_lone(msgspec.msgpack.decode(pack.packed, type=list[Record])[i])
                except RefusedRecordError as error:
                    raise SourceError(f"{name}: {error.message}", source=name, code=error.code) from error

    def still_said(self, name: str) -> bool:
        """Say whether what outside loaders made of a source is still there, if they made anything."""
        said = any(book.source.startswith(MARK) for book in self.held[name][1])
        return not said or kept(self.folder, self.held[name][0]) is not None

    def said(self, intake: Intake) -> dict[str, list[Said]]:
        """Keep what outside loaders made of the sources read; give that of all sources, read now or before."""
        for taken in intake.sources.values():
            if taken.outside:
                said = [
                    Said(name=loader, info=self.outside.loaders[loader].info, lines=sorted(lines))
                    for loader, lines in sorted(taken.outside.items())
                ]
                keep(self.folder, taken.fingerprint, said)
        prints = {name: print_ for name, (print_, _) in self.held.items()} | {
            name: taken.fingerprint for name, taken in intake.sources.items() if not taken.damaged
        }
        return {name: found for name, print_ in sorted(prints.items()) if (found := kept(self.folder, print_))}
