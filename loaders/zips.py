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
    from collections.abc import Generator
    from pathlib import Path

_DAMAGE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
_HEADER = 30  # bytes of a local file header before the name


@contextmanager
def opened(path: Path, limits: Limits) -> Generator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
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
    if len(members) > limits.members:
        _refuse(name, "too-many-members", f"{len(members):,} members, at most {limits.members:,}")
    if sum(m.file_size for m in members) > limits.total_bytes:
        _refuse(name, "too-large", f"inflates to more than {limits.total_bytes:,} bytes")
    seen: set[str] = set()
    for member in members:
        if member.filename in seen:
            _refuse(name, "name-twice", f"two members are named {_shown(member)}")
        seen.add(member.filename)
        _judge_member(name, member, limits)
    end = 0
    for member in sorted(members, key=lambda m: m.header_offset):
        if member.header_offset < end:
            _refuse(name, "overlap", f"{_shown(member)} lies over the member before it")
        end = member.header_offset + _HEADER + len(member.orig_filename) + member.compress_size


def _judge_member(name: str, member: zipfile.ZipInfo, limits: Limits) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if not safe_name(member.orig_filename):
        _refuse(name, "bad-name", f"a member is named {_shown(member)}: it leaves the folder or cannot be printed")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        _refuse(name, "link", f"{_shown(member)} is a link or a device")
    if member.flag_bits & 0x41:
        _refuse(name, "encrypted", f"{_shown(member)} is encrypted")
    if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(member.compress_size, 1):
        _refuse(name, "zip-bomb", f"{_shown(member)} inflates more than {limits.ratio}-fold")


def _shown(member: zipfile.ZipInfo) -> str:
    return repr(member.orig_filename[:80])


def _refuse(name: str, code: str, what: str) -> NoReturn:
    raise SourceError(f"{name}: {what}", source=name, code=code, hint="fetch the archive again from its publisher")
