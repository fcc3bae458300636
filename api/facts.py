"""The columns of the current generation, read once in each web process. Knows the store; must not know HTTP."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from graph.columns.keeping import columns_of

if TYPE_CHECKING:
    from graph.columns.table import Columns
    from graph.store import Store


class Facts:
    """The way to the columns: two who ask at once wait for one reading."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def of(self, store: Store) -> Columns:
        """Give the columns of the current generation of a store, that of the service."""
        with self._lock:
            return columns_of(store)
