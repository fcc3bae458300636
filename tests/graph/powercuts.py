"""What a disk holds after a power cut, for each moment of a publish: ``publish DATA PARTS OUT SEEDS``, ``commit …``.

A model of a file system that keeps its promises and no more: a content that was synced, a list of names that was
synced. Anything else may be there or not, each thing by itself: seed 0 loses all of it, every other one draws.
"""

from __future__ import annotations

import json
import os
import random
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

from graph.backends.oxigraph.committing import Committer
from graph.faults import installed
from tests.graph.backends.writers import change
from tests.graph.editions import publish_edition

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

Names = dict[str, int]  # of a folder: the number of the file or folder behind each name


class Disk:
    """A folder, and what of it is promised to be there after a power cut. What it holds at first is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, Names] = {}
        self._open: dict[int, int] = {}  # as long as a file is open, its number is not given to another
        for path in self._paths():
            self._keep(os.open(path, os.O_RDONLY))

    def _paths(self) -> Iterator[Path]:
        """List the folder and all in it, but the writer's own store: another process is at it, and nothing needs it."""
        for parent, folders, files in os.walk(self.root):
            folders[:] = [name for name in folders if name != "writer"]
            yield from (Path(parent), *(Path(parent, name) for name in files))

    def synced(self, descriptor: int) -> None:
        """Take note of what was synced."""
        self._keep(os.dup(descriptor))

    def _keep(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        old = self._open.pop(status.st_ino, None)
        if old is not None:
            os.close(old)
        self._open[status.st_ino] = descriptor
        if stat.S_ISDIR(status.st_mode):
            self._names[status.st_ino] = _names(f"/proc/self/fd/{descriptor}")
        else:
            self._contents[status.st_ino] = Path(f"/proc/self/fd/{descriptor}").read_bytes()

    def after_a_cut(self, to: Path, seed: int) -> None:
        """Write what would be there if the power failed now."""
        there = {number: path for path in self._paths() if (number := _number(path))}
        self._write(self.root.stat().st_ino, to, there, random.Random(seed) if seed else None)  # noqa: S311 - drawn moments

    def _write(self, number: int, to: Path, there: dict[int, Path], dice: random.Random | None) -> None:
        path = there.get(number)
        is_folder = path is not None and path.is_dir()
        if number not in self._names and not is_folder:
            to.write_bytes(self._content(number, path, dice))
            return
        to.mkdir()
        kept = self._names.get(number, {})
        now = _names(path) if path is not None and is_folder else {}
        for name in sorted(kept.keys() | now.keys()):
            chosen = dice.choice([kept.get(name), now.get(name)]) if dice else kept.get(name)
            if chosen is not None:
                self._write(chosen, to / name, there, dice)

    def _content(self, number: int, path: Path | None, dice: random.Random | None) -> bytes:
        kept = self._contents.get(number, b"")
        if dice is None or path is None:
            return kept
        try:
            now = path.read_bytes()
        except FileNotFoundError:  # the engine tidies its own files in the background
            return kept
        return dice.choice([kept, now, now[: dice.randint(0, len(now))]]) if kept != now else now


def _number(path: Path) -> int:
    """Give the number of a file or folder; 0 if the engine has removed it since it was listed."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _names(folder: Path | str) -> Names:
    with os.scandir(folder) as entries:
        return {entry.name: entry.inode() for entry in entries if entry.name != "writer"}


@contextmanager
def cut_at_each_point(data: Path, out: Path, seeds: int) -> Generator[list[str]]:
    """Write, at each point of the block, what a power cut would leave of ``data``; the names of points are listed."""
    disk, met, sync = Disk(data), list[str](), os.fsync

    def fsync(descriptor: int) -> None:
        sync(descriptor)
        disk.synced(descriptor)

    def cut(name: str) -> None:
        for seed in range(seeds):
            disk.after_a_cut(out / f"{len(met)}-{seed}", seed)
        met.append(name)

    with patch.object(os, "fsync", fsync), installed(cut):
        yield met


def main(command: str, data: str, parts: str, out: str, seeds: str) -> None:
    """Publish edition 4, or commit pair 1, and print the points come by and what was answered."""
    answer = "published"
    with cut_at_each_point(Path(data), Path(out), int(seeds)) as met:
        if command == "publish":
            publish_edition(Path(data), Path(parts), 4)
        else:
            committer = Committer(data=Path(data))
            answer = cast("str", committer.commit([change(1)])[0].code)
            committer.close()
    print(json.dumps({"points": met, "answer": answer}))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
