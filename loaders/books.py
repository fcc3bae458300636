"""The books: every record of every source accounted for.

read = loaded + unchanged + duplicate + superseded + skipped + refused, whatever the input.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from ontology import nouns

COUNTS = ("read", "loaded", "unchanged", "duplicate", "superseded", "skipped", "refused")


class Book(msgspec.Struct, kw_only=True):
    """The books of one kind of source (``an-questions``) in one given file or folder (``path``, its name)."""

    source: str
    path: str
    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    duplicate: int = 0
    superseded: int = 0
    skipped: int = 0
    refused: int = 0
    vanished: int = 0  # held from an earlier reading, gone from the source: not among what was read
    copies: int = 0  # of the duplicates, those of a record of another source
    newest: dt.date | None = None
    sha256: str = ""

    @property
    def date(self) -> dt.date | None:
        """Give the day of the snapshot: lock file, archive's members, the latest day its records state, or none."""
        return self.newest

    @property
    def snapshot(self) -> str:
        """Give the key of the snapshot: source, date and the start of its digest."""
        return f"{self.source}--{self.date.isoformat() if self.date else 'undated'}-{self.sha256[:8]}"

    def balances(self) -> bool:
        """Say whether every record read is accounted for."""
        counted = [int(getattr(self, name)) for name in COUNTS[1:]]
        return self.read == sum(counted)

    def noun(self) -> nouns.Snapshot:
        """Give the books as the noun that the graph's provenance states; what is unchanged is loaded."""
        return nouns.Snapshot(
            key=self.snapshot,
            source=self.source,
            sha256=self.sha256,
            date=self.date,
            read=self.read,
            loaded=self.loaded + self.unchanged,
            refused=self.refused,
            duplicate=self.duplicate,
            skipped=self.skipped,
            superseded=self.superseded,
        )
