"""What an archive held when it was last read: a member whose packed bytes are the same is not inflated again.

Only of members that are one short record, and only if the build still knows that record: all else is read anew.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import zipfile
    from pathlib import Path

_LENGTHS = 26  # where a local header gives the lengths of its name and of its extra field, two bytes each


class Member(msgspec.Struct, frozen=True, array_like=True):
    """A member that was one record: digests of its packed bytes, its content and the record, and the record's form."""

    packed: str
    content: str
    sha: str
    form: str


_decode = msgspec.msgpack.Decoder(dict[str, Member]).decode


@dataclass(slots=True, kw_only=True)
class Memory:
    """What is remembered of one source, in a file; ``known`` are the digests of records that need not be read again."""

    place: Path
    known: frozenset[str]
    _held: dict[str, Member] | None = None
    _met: dict[str, Member] = field(default_factory=dict[str, Member])

    def recall(self, name: str, packed: str) -> Member | None:
        """Give what a member held, if it is as it was and its record is known."""
        if self._held is None:
            self._held = self._read()
        found = self._held.get(name)
        return found if found is not None and found.packed == packed and found.sha in self.known else None

    def note(self, name: str, member: Member) -> None:
        """Note what a member held."""
        self._met[name] = member

    def keep(self) -> None:
        """Write what was noted, for the next reading."""
        temporary = self.place.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_bytes(msgspec.msgpack.encode(self._met))
        temporary.replace(self.place)

    def _read(self) -> dict[str, Member]:
        try:
            return _decode(self.place.read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):  # it can be lost
            return {}


def packed_digest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Digest a member as it lies in the archive: the bytes, and how they are to be read."""
    digest = hashlib.sha256(f"{member.CRC} {member.file_size} {member.compress_type}\n".encode())
    if archive.fp is not None:
        archive.fp.seek(member.header_offset + _LENGTHS)
        name, extra = (int.from_bytes(archive.fp.read(2), "little") for _ in range(2))
        archive.fp.seek(name + extra, os.SEEK_CUR)
        digest.update(archive.fp.read(member.compress_size))
    return digest.hexdigest()
