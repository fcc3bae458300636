"""Making a generation out of parts, and switching to it in one step. A kill at any moment leaves old or new, whole.

Knows the order of the steps and why it is safe: nothing bears the name ``gN`` before it is complete, checked and on
the disk; nothing points at ``gN`` before that name is on the disk. Must not know where the parts come from.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from graph.backends.oxigraph.census import Census
from graph.backends.oxigraph.durable import digest_of, files_under, replace_text, sync, sync_tree
from graph.backends.oxigraph.generations import (
    MANIFEST,
    WriterLock,
    current,
    list_generations,
    manifest_of,
    number_of,
    writer_lock,
)
from graph.backends.oxigraph.loading import load_parts
from graph.backends.oxigraph.patching import Patch, change
from graph.faults import point
from ontology.errors import BuildError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

OLDER_KEPT = 2
SPACE_FACTOR = 2.5
# What the writer itself says in a manifest; the rest of it is the caller's.
OWN_FIELDS = frozenset({"generation", "previous", "counts", "files"})

_log = logging.getLogger("questeur.graph")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The generation that is current after a build. Not ``changed``: it already held these statements.

    ``dropped`` are the keys of the runs of networks that the one before it held, and it does not.
    """

    name: str
    path: Path
    quads: int
    changed: bool
    dropped: tuple[str, ...] = ()


def publish(  # noqa: PLR0913 - one step with its options, each named by the caller
    data: Path,
    parts: Iterable[Path],
    *,
    manifest: Mapping[str, Any],
    expected: Mapping[str, int],
    patch: Patch | None = None,
    complete: Callable[[Path], None] | None = None,
    force: bool = False,
    available: int | None = None,
    lock: WriterLock | None = None,
) -> Published:
    """Load parts into a new generation, check it, and make it the current one.

    Parameters
    ----------
    data
        The DATA folder, made if it is not there.
    parts
        N-Quads files; comment lines are allowed.
    manifest
        What the caller says of it. If its ``statement_digest`` is that of the current generation, nothing is published.
    expected
        How many quads each named graph must hold.
    patch
        The lines by which the state differs from a generation: taken if that one is current.
    complete
        Called with the folder once its ``store`` is counted: may add files, may raise to refuse the generation.
    force
        Publish although the statements are those of the current generation.
    available
        Free bytes; asked of the file system when None.
    lock
        The writer's lock, when the caller already holds it.

    Raises
    ------
    BuildError
        Another process is writing, the disk is too full, a part is damaged, or the store is not what was expected.
        The current generation stays as it was.
    """
    files = sorted(parts)
    if taken := OWN_FIELDS & manifest.keys():
        raise BuildError(f"a manifest cannot be given {', '.join(sorted(taken))}: the writer says these")
    data.mkdir(parents=True, exist_ok=True)
    with nullcontext() if lock else writer_lock(data):
        point("locked")
        try:
            sweep(data)
            point("swept")
            if not force and (unchanged := _unchanged(data, manifest)):
                return unchanged
            _require_space(data, files, available)
            published = _make(data, files, manifest, expected, patch, complete)
            collect(data, published.name)
            point("collected")
        except OSError as error:
            said = str(error).replace(f"{data}/", "")
            raise BuildError(f"nothing was published: {said}", hint="check the disk, then build again") from error
    return published


def sweep(data: Path) -> None:
    """Remove what a killed build or writer left behind. The caller holds the writer's lock."""
    gens = data / "gens"
    gens.mkdir(exist_ok=True)
    sync(data)
    for left in sorted(gens.glob("tmp-*")):
        shutil.rmtree(left)
    (data / "CURRENT.tmp").unlink(missing_ok=True)


def _unchanged(data: Path, manifest: Mapping[str, Any]) -> Published | None:
    """Return the current generation if it holds the same statements and can say so."""
    digest = manifest.get("statement_digest")
    if digest is None or not (data / "CURRENT").exists():
        return None
    try:
        name = current(data)
        said = manifest_of(data, name)
        if said.get("statement_digest") != digest or not lies_there(data, name):
            return None
        return Published(name=name, path=data / "gens" / name, quads=int(said["counts"]["quads"]), changed=False)
    except (BuildError, NotFoundError, KeyError, TypeError, ValueError) as error:
        _log.warning("the current generation is damaged and will be replaced: %s", error)
        return None


def lies_there(data: Path, name: str) -> bool:
    """Say whether every file of a generation is there with its size; what is inside is for ``verify``."""
    folder = data / "gens" / name
    for file, known in manifest_of(data, name)["files"].items():
        path = folder / file
        if not path.is_file() or path.stat().st_size != known["size"]:
            _log.warning("the current generation is damaged (%s) and will be replaced", file)
            return False
    return True


def _require_space(data: Path, parts: Sequence[Path], available: int | None) -> None:
    """Refuse to start what the disk cannot hold: a store whose disk was full once does not open again."""
    try:
        needed = int(SPACE_FACTOR * sum(part.stat().st_size for part in parts))
    except FileNotFoundError as error:
        raise BuildError(
            f"part {Path(error.filename).name} is missing", hint="build again: it will be remade"
        ) from error
    free = shutil.disk_usage(data).free if available is None else available
    if free < needed:
        raise BuildError(
            f"the disk of {data.name} has {free / 1e6:,.0f} MB free, this build needs {needed / 1e6:,.0f} MB",
            code="disk-full",
            hint="make room, or build into a folder of another disk",
        )


def _make(
    data: Path,
    parts: Sequence[Path],
    manifest: Mapping[str, Any],
    expected: Mapping[str, int],
    patch: Patch | None,
    complete: Callable[[Path], None] | None,
) -> Published:
    """Make a generation in a folder of its own, which does not outlive a failure, and publish it."""
    folder = data / "gens" / f"tmp-{uuid4()}"
    base = patch.base if patch is not None and _previous(data) == patch.base else None
    try:
        folder.mkdir()
        point("folder made")
        if patch is not None and base is not None:
            before = Census(**manifest_of(data, base)["counts"])
            counts = change(data / "gens" / base / "store", folder / "store", patch, before, expected)
            point("store closed")
        else:
            counts = load_parts(folder / "store", parts, expected)
        point("counted")
        if complete is not None:
            complete(folder)
        point("completed")
        name = name_generation(data, folder, manifest, asdict(counts), like=base)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Published(name=name, path=data / "gens" / name, quads=counts.quads, changed=True)


def name_generation(
    data: Path, folder: Path, manifest: Mapping[str, Any], counts: Mapping[str, Any], *, like: str | None = None
) -> str:
    """Put a complete folder on the disk for good, give it its name, and point CURRENT at it.

    ``like`` names a generation that it shares files with: those are on the disk and digested already. The caller holds
    the writer's lock.
    """
    gens = data / "gens"
    there = list_generations(data)
    name = f"g{number_of(there[-1]) + 1 if there else 1}"
    files, new = _files(folder, data, like)
    own = {"generation": name, "previous": _previous(data), "counts": counts, "files": files}
    (folder / MANIFEST).write_text(_document({**manifest, **own}), encoding="utf-8")
    point("manifest written")
    sync_tree(folder, {*new, folder / MANIFEST})
    point("synced")
    folder.rename(gens / name)
    point("named")
    sync(gens)
    point("name synced")
    replace_text(data / "CURRENT", f"{name}\n")
    point("published")
    return name


def _previous(data: Path) -> str | None:
    try:
        return current(data)
    except (BuildError, NotFoundError):
        return None


def _files(folder: Path, data: Path, like: str | None) -> tuple[dict[str, dict[str, Any]], set[Path]]:
    """Digest the files of a folder, and list those that are not the very files of the generation ``like``."""
    known: dict[str, dict[str, Any]] = manifest_of(data, like)["files"] if like else {}
    digests: dict[str, dict[str, Any]] = {}
    new: set[Path] = set()
    for name, path in files_under(folder).items():
        if like and name in known and path.samefile(data / "gens" / like / name):
            digests[name] = known[name]
        else:
            digests[name] = asdict(digest_of(path))
            new.add(path)
    return digests, new


def _document(manifest: Mapping[str, Any]) -> str:
    """Write a manifest: sorted, and without a clock, so that it says nothing but what the generation holds."""
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def collect(data: Path, name: str, *, older_kept: int = OLDER_KEPT, also: Collection[str] = ()) -> None:
    """Remove old generations but the last few, those named in ``also``, and those a reader holds.

    Never undoes a publish. The caller holds the writer's lock.
    """
    older = [other for other in list_generations(data) if number_of(other) < number_of(name)]
    for other in (old for old in older[: max(0, len(older) - older_kept)] if old not in also):
        try:
            _remove(data / "gens", other)
        except OSError as error:
            _log.warning("generation %s is left for the next build to remove: %s", other, error)


def _remove(gens: Path, name: str) -> None:
    descriptor = os.open(gens / name, os.O_RDONLY | os.O_DIRECTORY)
    away = gens / f"tmp-{uuid4()}"
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Renamed under the lock, so that a reader who comes too late sees that the name is gone.
        (gens / name).rename(away)
        point("renamed away")
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
    shutil.rmtree(away)
