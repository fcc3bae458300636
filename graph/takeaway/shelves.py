"""The files of the generation that a store serves: which are made, and having the others made in the background.

Making takes minutes of a whole legislature, so it is the work of a process of its own, of low priority, begun when
somebody asks; what failed is not begun again for a while. Knows processes; no engine, no HTTP.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from graph.backends.oxigraph.generations import list_generations
from graph.backends.oxigraph.store import OxigraphStore
from graph.takeaway.files import FOLDER, Shelf, digest, shelf
from graph.takeaway.making import busy, make
from ontology.errors import BusyError, NotFoundError, QuesteurError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from graph.store import Store

_AGAIN: Final = 60.0  # seconds
_NICE: Final = 10
_log = logging.getLogger("questeur.graph")


class Shelves:
    """The downloads of one store's generations, as one web process sees them.

    Parameters
    ----------
    store
        Any driver; only a DATA folder has downloads, another service has its own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._maker: BaseProcess | None = None
        self._failed: tuple[str, float] = ("", 0.0)

    @property
    def data(self) -> Path | None:
        """Give the DATA folder; None for a store elsewhere."""
        return self._store.data if isinstance(self._store, OxigraphStore) else None

    def of(self, generation: str) -> Shelf:
        """Say which files of a generation are made.

        Raises
        ------
        NotFoundError
            There is no generation of that name here.
        """
        if self.data is None:
            raise NotFoundError(
                "this site stands before another service, which has its own downloads", hint="ask there, or query it"
            )
        return shelf(self.folder(generation), digest(self.data, generation))

    def folder(self, generation: str) -> Path:
        """Give the folder of a generation's files."""
        return (self.data or self._nowhere()) / FOLDER / generation

    def past(self) -> list[tuple[str, Shelf]]:
        """List the generations before and after the one that is served of which there are files."""
        served = self._store.generation()
        names = list_generations(self.data) if self.data is not None else ()
        found = [(name, self.of(name)) for name in reversed(names) if name != served]
        return [(name, kept) for name, kept in found if kept.files]

    def begin(self) -> bool:
        """Have the missing files of what is served made; say whether that is under way.

        False: there is nothing to make, or it failed a moment ago.
        """
        generation = self._store.generation()
        if self.data is None or self.of(generation).whole:
            return False
        with self._lock:
            if self._maker is not None and self._maker.is_alive():
                return True
            if self._maker is not None and self._maker.exitcode:
                self._failed, self._maker = (generation, time.monotonic()), None
            if self._failed[0] == generation and time.monotonic() - self._failed[1] < _AGAIN:
                return False
            if busy(self.folder(generation)):
                return True
            self._maker = get_context("spawn").Process(target=_work, args=(self.data,), daemon=True)
            self._maker.start()
            return True

    def _nowhere(self) -> Path:
        raise NotFoundError("a store elsewhere has no downloads here")


def _work(data: Path) -> None:
    """Make the files in a process of its own: who asks for pages goes first."""
    os.nice(_NICE)
    try:
        make(data)
    except BusyError as error:  # another web process was quicker, or a generation was published: who asks next sees
        _log.info("the downloads are not made here: %s", error)
    except (QuesteurError, OSError) as error:
        _log.warning("the downloads were not made: %s", error)
        raise SystemExit(1) from error
