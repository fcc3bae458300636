"""Who may have a query answered now, who waits, who is told to come back. Knows clients by name, no query and no store.

First come, first served, but one client never holds the last place: who sends slow queries delays nobody else.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.clients import gone
from ontology.errors import AllowanceError, BusyError, DeadlineError, HangUpError

if TYPE_CHECKING:
    from collections.abc import Generator

_LOOK = 0.25  # seconds between two looks at whether a waiting client is still there
_WEIGHT = 0.1  # of the last query in the mean time of a query


class Admission:
    """The places of one web process.

    Parameters
    ----------
    places, queue
        Queries at once, and waiting ones.
    share
        Queries of one client, waiting ones included; None: as many as there is room for.
    """

    def __init__(self, *, places: int, queue: int, share: int | None) -> None:
        self._free = places
        self._places = places
        self._queue = queue
        self._share = share
        self._most = max(1, places - 1) if share is not None else places
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, threading.Lock]] = []
        self._running: Counter[str] = Counter()
        self._seconds = 0.0  # mean time of a query

    @property
    def waiting(self) -> int:
        """Count the queries that wait."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """Count the queries that have a place."""
        return self._places - self._free

    @contextmanager
    def place(self, client: str, *, until: float, caller: int | None) -> Generator[None]:
        """Hold a place inside the block.

        Raises
        ------
        BusyError
            Too many wait, or the wait would outlast the deadline.
        AllowanceError
            This client has too many queries here already.
        DeadlineError
            No place came free by ``until`` (monotonic).
        HangUpError
            The client left while it waited.
        """
        bell = self._enter(client, until)
        if bell is not None:
            self._wait(client, bell, until, caller)
        started = time.monotonic()
        try:
            yield
        finally:
            self._leave(client, time.monotonic() - started)

    def _enter(self, client: str, until: float) -> threading.Lock | None:
        """Take a place, or join the queue and give the bell that rings when there is one."""
        with self._lock:
            waiting = sum(name == client for name, _ in self._waiting)
            if self._share is not None and self._running[client] + waiting >= self._share:
                raise AllowanceError(
                    f"{self._share} queries of yours are being answered.",
                    retry_after=1,
                    hint="wait for one of them before you send the next",
                )
            if self._free and self._running[client] < self._most:
                self._free -= 1
                self._running[client] += 1
                return None
            expected = self._seconds * (len(self._waiting) + 1) / self._places
            if len(self._waiting) >= self._queue or expected > until - time.monotonic():
                raise BusyError(
                    f"{self.running} queries are being answered and {len(self._waiting)} wait.",
                    retry_after=min(60, max(1, math.ceil(expected))),
                    hint="try again in a moment",
                )
            bell = threading.Lock()
            bell.acquire()
            self._waiting.append((client, bell))
            return bell

    def _wait(self, client: str, bell: threading.Lock, until: float, caller: int | None) -> None:
        while not bell.acquire(timeout=max(0.0, min(_LOOK, until - time.monotonic()))):
            late = time.monotonic() >= until
            if not late and not gone(caller):
                continue
            with self._lock:
                if (client, bell) not in self._waiting:
                    continue  # rung meanwhile: the place is ours, and who runs in it looks again
                self._waiting.remove((client, bell))
            if late:
                raise DeadlineError(
                    "The query did not end in the time allowed, while it waited for its turn.",
                    hint="try again in a moment",
                )
            raise HangUpError

    def _leave(self, client: str, seconds: float) -> None:
        """Give the place to the first in the queue who may have it."""
        with self._lock:
            self._seconds += _WEIGHT * (seconds - self._seconds)
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
            self._free += 1
            for entry in self._waiting:
                name, bell = entry
                if self._running[name] < self._most:
                    self._waiting.remove(entry)
                    self._free -= 1
                    self._running[name] += 1
                    bell.release()
                    return
