"""ZIP archives, judged before they are read: names, links, encryption, overlap, declared sizes. Never extracted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from loaders.safety import Limits, safe_name
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DAMAGE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
_HEADER = 30  # bytes of a local file header before the name


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """Open an archive and give its members in the order of their names.

    Raises
    ------
    SourceError
        The archive is damaged or built to deceive, now or while it is read: nothing of it can be trusted.
    """
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _judge(name, members, limits)
            yield archive, sorted((m for m in members if not m.is_dir()), key=lambda m: m.filename)
    except _DAMAGE as error:
        raise SourceError(f"{name}: damaged archive: {error}", source=name, code="bad-archive") from error


def _judge(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    def refuse(code: str, what: str) -> NoReturn:
        raise SourceError(f"{name}: {what}", source=name, code=code, hint="fetch the archive again from its publisher")

    if len(members) > limits.members:
        refuse("too-many-members", f"{len(members):,} members, at most {limits.members:,}")
    if sum(m.file_size for m in members) > limits.total_bytes:
        refuse("too-large", f"inflates to more than {limits.total_bytes:,} bytes")
    seen: set[str] = set()
    for member in members:
        shown = member.filename.encode("unicode_escape").decode()[:80]
        mode = member.external_attr >> 16
        if not safe_name(member.orig_filename):
            refuse("bad-name", f"a member is named {shown!r}: it leaves the folder or cannot be printed")
        if member.filename in seen:
            refuse("name-twice", f"two members are named {shown!r}")
        if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
            refuse("link", f"{shown!r} is a link or a device")
        if member.flag_bits & 0x41:
            refuse("encrypted", f"{shown!r} is encrypted")
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(member.compress_size, 1):
            refuse("zip-bomb", f"{shown!r} inflates more than {limits.ratio}-fold")
        seen.add(member.filename)
    ends = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < ends:
            refuse("overlap", f"{member.filename[:80]!r} lies over the member before it")
        ends = member.header_offset + _HEADER + len(member.orig_filename) + member.compress_size
