"""The ledger: what was loaded, by hash. SQLite, one writer; it can be lost, and the next build makes it anew.

It holds the rows of the questions of the last published state, with the place of their lines in the parts, and the
fingerprint of every source, so that what did not change is neither read, decoded nor mapped again.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

import msgspec

from loaders.books import Book
from loaders.mapped import Row, sharing
from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Raised when the shape of the tables or rows changes: a ledger of another shape is made anew.
SHAPE = 2

# Rows of a kilobyte each: WITHOUT ROWID would give every one of them an overflow page of its own.
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source (
    name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, books BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
    uid TEXT NOT NULL, source TEXT NOT NULL, form TEXT NOT NULL,
    sha TEXT NOT NULL, chosen INTEGER NOT NULL, row BLOB NOT NULL,
    PRIMARY KEY (uid, source, form)
);
CREATE INDEX IF NOT EXISTS by_source ON record (source, sha, uid);
"""
_CHOSEN, _GONE = 1, 2  # bits of the column `chosen`
_rows = msgspec.msgpack.Decoder(Row)
_books = msgspec.msgpack.Decoder(list[Book])


class Held(msgspec.Struct, frozen=True, gc=False):
    """One version of a question that the ledger holds: from which source, and whether it is the one in the graph.

    ``gone`` says that its source no longer holds it, and that it was kept.
    """

    source: str
    chosen: bool
    row: Row
    gone: bool = False


class Ledger:
    """The ledger of one DATA folder. ``state`` names what its rows were made with: mapping, references, code."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._versions: dict[str, list[Held]] | None = None
        try:
            self._open()
        except sqlite3.OperationalError as error:  # the disk is full or read-only: the ledger itself may be sound
            raise BuildError(f"{path.name} cannot be used: {error}", code="ledger") from error
        except sqlite3.DatabaseError:  # not a database, or cut: it can be lost
            self._db.close()
            self._path.unlink()
            self._open()

    def _open(self) -> None:
        self._db = sqlite3.connect(self._path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_TABLES)
        if self.get("shape") != str(SHAPE):
            self.forget()

    def __enter__(self) -> Self:
        """Give the ledger; it is closed at the end of the block."""
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Close; say in words that the ledger could not be read or written.

        Raises
        ------
        BuildError
            The block failed of that.
        """
        self._db.close()
        if isinstance(error, sqlite3.OperationalError):
            raise BuildError(f"{self._path.name} cannot be used: {error}", code="ledger") from error
        if isinstance(error, sqlite3.DatabaseError | msgspec.DecodeError):
            raise BuildError(
                f"{self._path.name}, or what was kept with it, is damaged: {error}",
                code="ledger-damaged",
                hint="remove ledger.sqlite, parts and work from the folder, then build all sources again",
            ) from error

    def forget(self) -> None:
        """Empty the ledger."""
        self._versions = None
        for table in ("meta", "source", "record"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from this line
        self._db.execute("INSERT INTO meta VALUES ('shape', ?)", (str(SHAPE),))

    def get(self, key: str) -> str:
        """Read a fact of the last build; empty when there is none."""
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return "" if found is None else str(found[0])

    def sources(self) -> dict[str, tuple[str, list[Book]]]:
        """Give the fingerprint and the books of every source."""
        found = self._db.execute("SELECT name, fingerprint, books FROM source ORDER BY name")
        return {name: (fingerprint, _books.decode(books)) for name, fingerprint, books in found}

    def rows(self, source: str) -> dict[str, Row]:
        """Give the rows held of a source, by the sha256 of the raw bytes of their records."""
        return {h.row.sha: h.row for same in self.versions().values() for h in same if h.source == source}

    def count(self, source: str) -> int:
        """Count the rows held of a source."""
        return int(self._db.execute("SELECT COUNT(*) FROM record WHERE source = ?", (source,)).fetchone()[0])

    def versions(self) -> Mapping[str, list[Held]]:
        """Give the versions held of every question. They are read once: a build asks for them several times."""
        if self._versions is None:
            self._versions = {}
            for uid, source, chosen, row in self._db.execute("SELECT uid, source, chosen, row FROM record"):
                held = Held(source, bool(chosen & _CHOSEN), sharing(_rows.decode(row)), bool(chosen & _GONE))
                self._versions.setdefault(uid, []).append(held)
        return self._versions

    def replace(
        self,
        facts: Mapping[str, str],
        sources: Mapping[str, tuple[str, Sequence[Book]]],
        versions: Mapping[str, Sequence[Held]],
    ) -> None:
        """Put the state of a build in the place of the last one, in one transaction."""
        encode = msgspec.msgpack.encode
        self._db.execute("BEGIN IMMEDIATE")
        self.forget()
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", facts.items())
        self._db.executemany(
            "INSERT INTO source VALUES (?, ?, ?)", ((n, f, encode(b)) for n, (f, b) in sources.items())
        )
        self._db.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)",
            (
                (
                    uid,
                    held.source,
                    held.row.form,
                    held.row.sha,
                    _CHOSEN * held.chosen + _GONE * held.gone,
                    encode(held.row),
                )
                for uid, same in versions.items()
                for held in same
            ),
        )
        self._db.execute("COMMIT")
