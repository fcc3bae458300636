"""Files that survive a power cut, and their digests. Knows the file system; nothing of stores or generations."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graph.faults import point

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDigest:
    """What one file holds: its size in bytes and the sha256 of its content, in hexadecimal."""

    size: int
    sha256: str


def digest_of(path: Path) -> FileDigest:
    """Read one file and digest it."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return FileDigest(size=file.tell(), sha256=sha256)


def files_under(folder: Path) -> dict[str, Path]:
    """List the files of a folder and its sub-folders by relative name, sorted."""
    found = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    return dict(sorted((path.relative_to(folder).as_posix(), path) for path in found))


def sync(path: Path) -> None:
    """Force one file, or the list of names of one folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path, files: Collection[Path]) -> None:
    """Force files of a folder, then its lists of names, to the disk: a name never points at content not there."""
    for path in files:
        sync(path)
    for parent, _, _ in os.walk(folder, topdown=False):
        sync(Path(parent))


def replace_text(path: Path, text: str) -> None:
    """Give a small file a new content in one step: a reader sees the old text or the new one."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    point("replacement written")
    temporary.replace(path)
    point("replaced")
    sync(path.parent)
