"""Numbers that all web processes of one service share: memory made before they are forked, and a lock over it.

Knows no meaning of the numbers. The lock is the system's, so a process that is killed inside it lets it go.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
import weakref
from contextlib import contextmanager
from tempfile import mkstemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class Shared:
    """A block of zeroed memory. Make it before the fork; each process then sees what the others write."""

    def __init__(self, size: int) -> None:
        self.memory = mmap.mmap(-1, size)
        self._file, name = mkstemp()
        os.unlink(name)  # noqa: PTH108  the descriptor is all that is needed
        weakref.finalize(self, os.close, self._file)
        self._threads = threading.Lock()

    @contextmanager
    def locked(self) -> Generator[mmap.mmap]:
        """Hold off every other thread and process inside the block."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield self.memory
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
