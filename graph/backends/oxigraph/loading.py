"""Parts into a fresh store, counted. Much is loaded in a process of its own: its memory is not added to the caller's.

Knows pyoxigraph; nothing of generations.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store

from graph.backends.oxigraph.census import census
from graph.faults import point
from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.backends.oxigraph.census import Census

# Bytes of parts up to which they are loaded in the process of the caller: another takes longer to start.
SMALL = 64 * 1024**2
# Parts loaded side by side: the engine reads and sorts one on one core. Each takes memory, four times its size.
TOGETHER = min(2, os.cpu_count() or 1)


def load_parts(folder: Path, parts: Sequence[Path], expected: Mapping[str, int], *, small: int = SMALL) -> Census:
    """Load parts into a store that is made for them, put it in order, and count it: so many quads in each named graph.

    Raises
    ------
    BuildError
        A part is damaged, the store is not what was expected, or the process that loads was killed.
    """
    if sum(part.stat().st_size for part in parts) <= small:
        return _load_and_count(folder, parts, expected)
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent) as process:
            return process.submit(_load_and_count, folder, parts, expected).result()
    except BrokenProcessPool as error:
        raise BuildError("the process that loads the store was killed", hint="build again: parts are kept") from error


def _end_with_parent() -> None:
    """See to it that nothing goes on writing once the writer, who holds the lock, is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _load_and_count(folder: Path, parts: Sequence[Path], expected: Mapping[str, int]) -> Census:
    _load(folder, parts)
    point("store closed")
    return census(folder, expected)


def _load(folder: Path, parts: Sequence[Path]) -> None:
    # One call per part: 177 MB of memory for 2.2 million quads, against 1.6 GB through a single call.
    store = Store(str(folder))
    point("store made")
    largest_first = sorted(parts, key=lambda part: part.stat().st_size, reverse=True)
    with ThreadPoolExecutor(TOGETHER) as pool:
        for _ in pool.map(partial(_load_part, store), largest_first):
            point("part loaded")
    store.optimize()
    point("optimized")
    store.flush()
    point("flushed")


def _load_part(store: Store, part: Path) -> None:
    try:
        # Our own lines: their IRIs were checked when they were minted, and the file is the one that was written.
        store.bulk_load(path=part, format=RdfFormat.N_QUADS, lenient=True)
    except (SyntaxError, ValueError) as error:
        raise BuildError(
            f"part {part.name} cannot be loaded: {error}", hint="remove it and build again: it will be remade"
        ) from error
