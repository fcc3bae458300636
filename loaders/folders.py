"""What lies in a folder: its files, and what cannot be read as one. Links are not followed. Opens nothing."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LINK = "a link: the file it leads to is to be given itself"


class Found(NamedTuple):
    """One entry of a folder by its name in it; ``fault`` says why it cannot be read as a file."""

    name: str
    path: Path
    size: int = 0
    fault: str = ""


def found_in(folder: Path) -> list[Found]:
    """Give what lies in a folder and the folders in it, by name."""
    return sorted(_walk(folder), key=lambda found: (found.name, found.path))


def _walk(folder: Path) -> Iterator[Found]:
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        for name in (*folders, *files):
            path = Path(place, name)
            kind = path.lstat()
            if stat.S_ISREG(kind.st_mode):
                yield Found(_named(folder, path), path, kind.st_size)
            elif not stat.S_ISDIR(kind.st_mode):
                fault = LINK if stat.S_ISLNK(kind.st_mode) else "neither a file nor a folder"
                yield Found(_named(folder, path), path, fault=fault)
    for error in closed:
        path = Path(os.fsdecode(error.filename))
        yield Found(_named(folder, path), path, fault=f"it cannot be opened: {error.strerror}")


def _named(folder: Path, path: Path) -> str:
    """Name an entry by its way from the folder; bytes that are no UTF-8 are written out."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode(errors="backslashreplace")
