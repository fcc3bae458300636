"""Published generations on disk: which one is current, holding one open, checking one, pointing back to one.

Knows the layout of a DATA folder: ``CURRENT`` holds ``gN``, ``gens/gN/{store/,manifest.json}`` never changes once it
bears that name, ``lock`` is held by the one process that writes. Must not know how a generation is made
(``publishing.py``), what its statements say, or how it is queried.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from graph.backends.oxigraph.durable import digest_of, files_under, replace_text
from graph.faults import point
from ontology.errors import BuildError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

MANIFEST = "manifest.json"
_NAME = re.compile(r"g([1-9][0-9]{0,17})")


def number_of(name: str) -> int:
    """Read the number in ``g12``; 0 for anything that is not the name of a generation."""
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else 0


def current(data: Path) -> str:
    """Name the generation that answers come from.

    Raises
    ------
    NotFoundError
        Nothing has been published in this folder.
    BuildError
        ``CURRENT`` holds something else than the name of a generation that is there.
    """
    name = _pointed_at(data)
    while not (data / "gens" / name).is_dir():
        # Collected between the two looks: CURRENT has moved on. If it has not, it points nowhere.
        missed, name = name, _pointed_at(data)
        if name == missed:
            raise _astray(data, name)
    return name


def path_of(data: Path, name: str) -> Path:
    """Return the folder of a generation.

    Raises
    ------
    NotFoundError
        There is no generation of that name.
    """
    path = data / "gens" / name
    if not number_of(name) or not path.is_dir():
        raise NotFoundError(
            f"no generation {name!r} in {data.name}/gens",
            hint=f"there are: {', '.join(list_generations(data)) or 'none'}",
        )
    return path


def list_generations(data: Path) -> tuple[str, ...]:
    """Name the generations that are whole on disk, the oldest first."""
    gens = data / "gens"
    names = [path.name for path in gens.iterdir()] if gens.is_dir() else []
    return tuple(sorted(filter(number_of, names), key=number_of))


def manifest_of(data: Path, name: str) -> dict[str, Any]:
    """Read what a generation says of itself.

    Raises
    ------
    NotFoundError
        There is no generation of that name.
    BuildError
        Its manifest is missing or damaged.
    """
    path = path_of(data, name) / MANIFEST
    try:
        manifest: object = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(name, MANIFEST, f"it cannot be read: {type(error).__name__}") from error
    if not isinstance(manifest, dict):
        raise _damaged(name, MANIFEST, "it is not a JSON object")
    return cast("dict[str, Any]", manifest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A generation that is not collected while this is open. Close it, or use it as a context manager.

    The hold belongs to the open file, not to the process: a forked child shares it.
    """

    name: str
    path: Path
    descriptor: int

    def close(self) -> None:
        """Let go. Call it once."""
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.close()


def hold(data: Path) -> Held:
    """Hold the current generation, so that it stays on disk until let go.

    Raises
    ------
    NotFoundError, BuildError
        As :func:`current`.
    """
    while True:
        held = _hold_named(data, current(data))
        if held is not None:
            return held


def hold_named(data: Path, name: str) -> Held:
    """Hold a generation, current or not.

    Raises
    ------
    NotFoundError
        There is no generation of that name, or it was just collected.
    """
    path_of(data, name)
    held = _hold_named(data, name)
    if held is None:
        raise NotFoundError(f"generation {name} was removed", hint=f"there are: {', '.join(list_generations(data))}")
    return held


def verify(data: Path, name: str) -> None:
    """Read every file of a generation and compare it with the manifest.

    Raises
    ------
    NotFoundError
        There is no generation of that name.
    BuildError
        A file is missing, changed, or not of the generation: the message names it.
    """
    listed = manifest_of(data, name).get("files")
    if not isinstance(listed, dict):
        raise _damaged(name, MANIFEST, "it lists no files")
    expected = cast("dict[str, dict[str, object]]", listed)
    present = files_under(path_of(data, name))
    for file, said in expected.items():
        if file not in present:
            raise _damaged(name, file, "it is missing")
        found = digest_of(present[file])
        if found.size != said.get("size"):
            raise _damaged(name, file, f"it has {found.size} bytes, the manifest says {said.get('size')}")
        if found.sha256 != said.get("sha256"):
            raise _damaged(name, file, f"its sha256 is {found.sha256}, the manifest says {said.get('sha256')}")
    for file in present.keys() - expected.keys() - {MANIFEST}:
        raise _damaged(name, file, "the manifest does not list it")


def use(data: Path, name: str) -> None:
    """Point ``CURRENT`` at a generation that is on disk, to go back or forth.

    Raises
    ------
    NotFoundError
        There is no generation of that name.
    BuildError
        It has no readable manifest, or another process is writing in this folder.
    """
    with writer_lock(data):
        manifest_of(data, name)
        replace_text(data / "CURRENT", f"{name}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLock:
    """Proof that this process is the one that may write in ``data``."""

    data: Path


@contextmanager
def writer_lock(data: Path) -> Generator[WriterLock]:
    """Be the only process that writes in a DATA folder, for as long as the block lasts. The folder must exist.

    Raises
    ------
    NotFoundError
        There is no such folder.
    BuildError
        Another process holds the lock: the message says which.
    """
    try:
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no folder {data.name}", hint="name the folder given to --into") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            raise BuildError(
                f"{data.name} is being written by process {holder or 'unknown'}",
                code="locked",
                hint="wait until it ends, or stop it",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield WriterLock(data=data)
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _pointed_at(data: Path) -> str:
    """Read the name in ``CURRENT``, without asking whether it is there."""
    try:
        text = (data / "CURRENT").read_bytes().decode("utf-8", "replace")
    except FileNotFoundError as error:
        raise NotFoundError(
            f"no generation has been published in {data.name}", code="no-generation", hint="run questeur build first"
        ) from error
    except OSError as error:
        raise BuildError(f"{data.name}/CURRENT cannot be read: {error.strerror}") from error
    name = text.removesuffix("\n")
    if not number_of(name):
        raise BuildError(
            f"{data.name}/CURRENT holds {text[:40]!r}, not the name of a generation",
            hint=f"point it at one of: {', '.join(list_generations(data)) or 'none is left, build again'}",
        )
    return name


def _hold_named(data: Path, name: str) -> Held | None:
    path = data / "gens" / name
    point("pointer read")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None  # collected since CURRENT was read
    point("folder opened")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    # The collector renames a generation away while it holds the lock alone: what still has its name is ours to keep.
    if path.exists():
        return Held(name=name, path=path, descriptor=descriptor)
    os.close(descriptor)
    return None


def _astray(data: Path, name: str) -> BuildError:
    return BuildError(
        f"{data.name}/CURRENT names {name}, which is not in gens",
        hint=f"there are: {', '.join(list_generations(data)) or 'none, build again'}",
    )


def _damaged(name: str, file: str, why: str) -> BuildError:
    return BuildError(
        f"generation {name} is damaged: {file}: {why}",
        code="damaged",
        hint="go back to another generation, or build again",
    )
