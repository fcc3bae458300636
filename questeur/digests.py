"""Digests of a file and of what a ZIP archive holds. Reads every byte once; keeps nothing, extracts nothing."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_STEP = 1 << 20
_END = struct.Struct("<4s16xH")  # signature and length of the comment, in the record that ends every archive
_RATIO = 200  # a member above 1 MB that inflates more than this was built to deceive


class FileDigest(NamedTuple):
    """The size and the digests of a file's bytes."""

    bytes: int
    sha256: str
    md5: str


class Content(NamedTuple):
    """What a ZIP archive holds: its members counted, and one digest over all of them."""

    members: int
    sha256: str


def file_digest(path: Path) -> FileDigest:
    """Digest the bytes of a file."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    with path.open("rb") as file:
        while chunk := file.read(_STEP):
            sha256.update(chunk)
            md5.update(chunk)
            size += len(chunk)
    return FileDigest(size, sha256.hexdigest(), md5.hexdigest())


def content_of(path: Path, name: str = "") -> Content:
    """Digest the members of a ZIP archive: sha256 over the sorted pairs of member name and member digest.

    The publisher packs its archives anew several times a day: other bytes, the same members, the same digest.
    Each member is read whole, so its checksum is checked too.

    Raises
    ------
    SourceError
        The file is no whole ZIP archive.
    """
    name = name or path.name
    try:
        with zipfile.ZipFile(path) as archive:
            pairs = [(m.filename, _member_digest(archive, m)) for m in _members(archive)]
            _check_end(path, archive.comment)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise SourceError(f"not a whole ZIP archive: {error}", source=name, code="bad-archive") from error
    return Content(len(pairs), _digest_pairs(pairs))


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """List the members that are files. The standard library accepts bytes before the first one; we do not."""
    found = archive.infolist()
    if not found or min(member.header_offset for member in found):
        raise zipfile.BadZipFile("it does not begin with a member")
    return [member for member in found if not member.is_dir()]


def _check_end(path: Path, comment: bytes) -> None:
    """Refuse bytes after the end of the directory, and a comment that was cut: the standard library accepts both."""
    end = _END.size + len(comment)
    with path.open("rb") as file:
        file.seek(-end, os.SEEK_END)
        signature, length = _END.unpack(file.read(_END.size))
    if (signature, length) != (b"PK\x05\x06", len(comment)):
        raise zipfile.BadZipFile("it does not end with its directory")


def _digest_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(pairs))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _member_digest(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    if member.file_size > _STEP and member.file_size > _RATIO * max(member.compress_size, 1):
        raise zipfile.BadZipFile(f"{member.filename} inflates more than {_RATIO}-fold")
    digest = hashlib.sha256()
    with archive.open(member) as stream:
        while chunk := stream.read(_STEP):
            digest.update(chunk)
    return digest.hexdigest()
