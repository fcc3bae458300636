"""The columns of a store, read once for a generation and kept beside it: ``DATA/columns/gN``. Knows both drivers.

A build of ours reads them before it publishes; of any other generation the first request does.

They are derived, so nothing is lost with them: a folder that is damaged, or of another generation of the same name,
is made anew, and one that cannot be written is done without.
"""

from __future__ import annotations

import logging
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import lru_cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, cast
from uuid import uuid4

from graph.backends.oxigraph.durable import digest_of
from graph.backends.oxigraph.generations import MANIFEST
from graph.backends.oxigraph.loading import SMALL
from graph.backends.oxigraph.store import OxigraphStore
from graph.backends.oxigraph.unpublished import Unpublished
from graph.columns.files import load, save
from graph.columns.reading import changed_from, from_store
from ontology.errors import BuildError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from pathlib import Path

    from graph.backends.oxigraph.patching import Patch
    from graph.columns.table import Columns
    from graph.store import Store

FOLDER: Final = "columns"
_STALE: Final = 300.0  # seconds for which a store that names no generation is believed not to change
_OF: Final = "of.sha256"
_MOST_CHANGED: Final = 0.2  # of the questions: above, all are as fast to read as some

_log = logging.getLogger("questeur.graph")


def columns_of(store: Store) -> Columns:
    """Give the columns of the current generation of a store: from memory, from disk, or by reading the graph."""
    generation = store.generation()
    moment = int(time.monotonic() // _STALE) if generation == "unknown" else 0
    return _columns(cast("Hashable", store), generation, moment)


@lru_cache(maxsize=2)
def _columns(store: Store, generation: str, moment: int) -> Columns:  # noqa: ARG001 part of what is remembered
    """Find or make the columns of a generation."""
    manifest = store.data / "gens" / generation / MANIFEST if isinstance(store, OxigraphStore) else None
    if not isinstance(store, OxigraphStore) or manifest is None or not manifest.exists():
        return from_store(store)
    of = digest_of(manifest).sha256
    folder = store.data / FOLDER / generation
    if _are_of(folder, of):
        try:
            return load(folder)
        except BuildError as error:
            _log.info("the columns of %s are read from the graph: %s", generation, error)
    found = from_store(store)
    if found.generation == generation:
        _keep(found, folder, of)
    return found


class Ahead:
    """The columns of a generation that a build is making: read before it is published, kept as soon as it has a name.

    So no request waits for them. They are derived: where they cannot be read, the first request does it. Of a state
    that differs little from a generation whose columns are kept, only what differs is read.
    """

    def __init__(self, data: Path, patch: Patch | None = None) -> None:
        self._data = data
        self._patch = patch
        self._found: Columns | None = None

    def read(self, folder: Path) -> None:
        """Read the columns of a generation from the folder that it is made in."""
        try:
            self._found = _read(folder / "store", *self._known())
        except (QuesteurError, BrokenProcessPool) as error:
            _log.warning("the columns are left to the first request: %s", error)

    def _known(self) -> tuple[Path | None, frozenset[str]]:
        """Give the columns of the state before, if they are kept, and the subjects that changed since."""
        if self._patch is None:
            return None, frozenset()
        folder, manifest = self._data / FOLDER / self._patch.base, self._data / "gens" / self._patch.base / MANIFEST
        if not manifest.exists() or not _are_of(folder, digest_of(manifest).sha256):
            return None, frozenset()
        lines = (*self._patch.removed, *self._patch.added)
        return folder, frozenset(_subject(line) for line in lines if line.startswith("<"))

    def keep(self, generation: str) -> None:
        """Keep what was read for the generation that it became."""
        if self._found is not None:
            of = digest_of(self._data / "gens" / generation / MANIFEST).sha256
            _keep(replace(self._found, generation=generation), self._data / FOLDER / generation, of)


def _are_of(folder: Path, of: str) -> bool:
    """Say whether a folder holds the columns of the generation whose manifest has a digest."""
    try:
        return (folder / _OF).read_text("ascii") == of
    except OSError:
        return False


def _subject(line: str) -> str:
    """Give what a line of N-Quads is about; its events and attributions are parts of a question, by their IRI."""
    return line[1 : line.index(">")].partition("#")[0]


def _read(store: Path, base: Path | None, changed: Collection[str]) -> Columns:
    """Read the columns of a store, from those of the state before where few subjects changed since."""
    if base is not None:
        try:
            before = load(base)
        except BuildError as error:
            _log.info("the columns of %s are not used: %s", base.name, error)
        else:
            if len(changed) <= _MOST_CHANGED * len(before):
                return changed_from(Unpublished(store), before, changed, together=2)
    return _read_apart(store)


def _read_apart(store: Path) -> Columns:
    """Read the columns of a large store in a process of its own: its memory is not added to that of the build."""
    if sum(path.stat().st_size for path in store.iterdir()) <= SMALL:
        return _read_here(store)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_read_here, store).result()


def _read_here(store: Path) -> Columns:
    return from_store(Unpublished(store), together=2)


def _keep(columns: Columns, folder: Path, of: str) -> None:
    """Write columns, whole or not at all, and remove those of generations that are gone."""
    parent = folder.parent
    temporary = parent / f"tmp-{uuid4()}"
    try:
        save(columns, temporary)
        (temporary / _OF).write_text(of, "ascii")
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
        for other in parent.iterdir():
            if not other.name.startswith("tmp-") and not (parent.parent / "gens" / other.name).is_dir():
                shutil.rmtree(other, ignore_errors=True)
    except OSError as error:
        _log.info("the columns of %s are not kept: %s", folder.name, error)
        shutil.rmtree(temporary, ignore_errors=True)
