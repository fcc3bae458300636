"""The columns of the current generation, read once in each web process. Knows the store; must not know HTTP."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from graph.columns.reading import from_store

if TYPE_CHECKING:
    from graph.columns.table import Columns
    from graph.store import Store


class Facts:
    """The columns last read. Two who ask at once wait for one reading."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._columns: Columns | None = None

    def of(self, store: Store) -> Columns:
        """Give the columns of the current generation of a store, that of the service."""
        with self._lock:
            if self._columns is None or self._columns.generation != store.generation():
                self._columns = from_store(store)
            return self._columns
