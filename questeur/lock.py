"""The file ``sources.lock.json``: which bytes each fetched archive was, from where and when. Knows no network."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from ontology.errors import ConfigError, SourceError
from questeur.digests import content_of, file_digest

if TYPE_CHECKING:
    from pathlib import Path

LOCK_NAME = "sources.lock.json"
_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class LockEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One archive as it was fetched.

    ``retrieved`` is when this content was first fetched, however often it was packed anew since.
    ``last_modified`` and ``etag`` are the server's own words, kept to ask whether anything changed.
    """

    url: str
    retrieved: Annotated[datetime, msgspec.Meta(tz=True)]
    last_modified: str | None = None
    etag: str | None = None
    bytes: int
    sha256: _Sha256
    content_sha256: _Sha256

    def first_retrieved(self, when: datetime) -> LockEntry:
        """Give the entry of content that was there before, merely packed anew."""
        return msgspec.structs.replace(self, retrieved=when)

    @property
    def day(self) -> date:
        """Give the day of the snapshot, in universal time."""
        return self.retrieved.date()


class Lock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file, by name of the archive's file."""

    version: Literal[1] = 1
    sources: dict[str, LockEntry] = {}

    def replaced(self, file: str, entry: LockEntry) -> Lock:
        """Give the lock with one entry added or replaced."""
        return Lock(sources={**self.sources, file: entry})


def read_lock(folder: Path) -> Lock:
    """Read the lock of a folder; no file, an empty lock.

    Raises
    ------
    ConfigError
        The file is not what ``questeur fetch`` writes.
    """
    try:
        return msgspec.json.decode((folder / LOCK_NAME).read_bytes(), type=Lock)
    except FileNotFoundError:
        return Lock()
    except (msgspec.DecodeError, OSError) as error:
        raise ConfigError(f"{LOCK_NAME}: {error}", hint="restore it, or move it away and fetch anew") from error


def write_lock(folder: Path, lock: Lock) -> None:
    """Replace the lock of a folder in one step: sorted, one value a line, so that changes read well side by side."""
    text = msgspec.json.format(msgspec.json.encode(lock, order="sorted"), indent=1) + b"\n"
    target = folder / LOCK_NAME
    if target.exists() and target.read_bytes() == text:
        return
    temporary = folder / f"{LOCK_NAME}.tmp"
    with temporary.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def lock_entry(path: Path) -> LockEntry | None:
    """Give what the lock beside a file says of it: an entry of the same name and the same bytes, or the same members.

    None when there is no lock, no such name in it, or when the file is another one than the lock speaks of.
    """
    entry = read_lock(path.parent).sources.get(path.name)
    if entry is None or not path.is_file():
        return None
    try:
        same = file_digest(path).sha256 == entry.sha256 or content_of(path).sha256 == entry.content_sha256
    except (SourceError, OSError):
        return None
    return entry if same else None
