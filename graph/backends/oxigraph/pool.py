"""A bounded number of query processes shared by threads: who waits, who is warm, who retires, and why one died.

Knows deadlines and generations by name; no SPARQL. Nothing is started before the first query.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from signal import SIGABRT, SIGBUS, SIGSEGV
from typing import IO, TYPE_CHECKING

from graph.backends.oxigraph.frames import Done, Task, Trouble
from graph.backends.oxigraph.processes import HangUpError, Nursery, StaleError, Worker, WorkerGoneError
from graph.backends.oxigraph.zygote import Fate
from ontology.errors import BusyError, DeadlineError
from ontology.errors import HangUpError as CallerGoneError

if TYPE_CHECKING:
    from pathlib import Path

_UNKNOWN = Fate(signal=0, peak=0, said="")


class _OrphanError(Exception):
    """The process died only because its zygote did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Bounds of the query processes of one service process."""

    workers: int = 2  # queries at once; one more process stays warm
    queue: int = 64  # queries waiting for one of them
    memory_limit: int = 1024**3  # address space of a process
    max_queries: int = 10_000  # a process retires after so many
    max_rss: int = 256 * 1024**2  # or above so much resident memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A query process as ``/status`` shows it."""

    pid: int
    generation: str
    busy: bool
    ready: bool
    answered: int
    rss: int


class Turns:
    """Lets ``places`` threads in at once, first come first served, and at most ``queue`` wait."""

    def __init__(self, places: int, queue: int) -> None:
        self._free = places
        self._queue = queue
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> int:
        """Count who waits."""
        return len(self._waiting)

    def enter(self, until: float) -> None:
        """Wait for a place.

        Raises
        ------
        BusyError
            The queue is full.
        TimeoutError
            No place came free in time.
        """
        with self._lock:
            if self._free:
                self._free -= 1
                return
            if len(self._waiting) >= self._queue:
                raise BusyError(
                    f"All query processes are busy and {self._queue} queries wait.",
                    code="full",
                    retry_after=1,
                    hint="Try again in a moment.",
                )
            bell = threading.Lock()
            bell.acquire()
            self._waiting.append(bell)
        if not bell.acquire(timeout=max(0.0, until - time.monotonic())):
            with self._lock:
                if bell in self._waiting:
                    self._waiting.remove(bell)
                    raise TimeoutError
            # Rung between the timeout and the lock: the place is ours, and the deadline is checked again further on.

    def leave(self) -> None:
        """Hand the place to the one who waits longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class Pool:
    """Query processes on the current generation, for the service process that made it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pid = os.getpid()
        self._turns = Turns(settings.workers, settings.queue)
        self._nursery = Nursery(settings.memory_limit)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()

    def run(
        self, task: Task, spool: IO[bytes], folder: Path, until: float, caller: int | None = None
    ) -> tuple[Done | Trouble, float]:
        """Answer a task on a generation's folder; give the outcome and the milliseconds spent in the queue.

        Raises
        ------
        DeadlineError
            ``until`` (monotonic) has passed; the process was killed.
        HangUpError
            The socket ``caller`` hung up; the process was killed.
        BusyError
            The queue is full, or the process died: of its memory cap (``memory-exhausted``) or else (``worker-died``).
        """
        started = time.monotonic()
        try:
            self._turns.enter(until)
        except TimeoutError as error:
            raise _deadline("while it waited for a free query process") from error
        try:
            queued = 1000 * (time.monotonic() - started)
            return self._run(task, spool, folder, until, caller), queued
        finally:
            self._turns.leave()

    @property
    def waiting(self) -> int:
        """Count the queries that wait for a process."""
        return self._turns.waiting

    def processes(self) -> tuple[Process, ...]:
        """Describe the query processes."""
        with self._lock:
            workers = [(worker, False) for worker in self._idle] + [(worker, True) for worker in self._busy]
        return tuple(
            Process(
                pid=worker.pid,
                generation=worker.generation,
                busy=busy,
                ready=worker.ready,
                answered=worker.answered,
                rss=worker.rss,
            )
            for worker, busy in workers
        )

    def close(self) -> None:
        """End every process."""
        if self.pid != os.getpid():
            self._nursery.abandon()
            for worker in (*self._idle, *self._busy):
                worker.forget()
            self._idle.clear()
            self._busy.clear()
            return
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()
        self._nursery.close()

    def _run(self, task: Task, spool: IO[bytes], folder: Path, until: float, caller: int | None) -> Done | Trouble:
        try:
            return self._ask(task, spool, folder, until, caller)
        except _OrphanError:
            # The query is not to blame, and a second zygote that dies under it is no accident: ask once more.
            spool.seek(0)
            spool.truncate()
            try:
                return self._ask(task, spool, folder, until, caller)
            except _OrphanError as error:
                raise _death(_UNKNOWN, self.settings.memory_limit) from error

    def _ask(self, task: Task, spool: IO[bytes], folder: Path, until: float, caller: int | None) -> Done | Trouble:
        worker = self._take(folder)
        try:
            outcome = worker.run(task, spool, until, caller)
        except StaleError:
            self._end(worker, folder)
            return self._ask(task, spool, folder, until, caller)
        except TimeoutError as error:
            self._end(worker, folder)
            raise _deadline("and was stopped") from error
        except HangUpError as error:
            self._end(worker, folder)
            raise CallerGoneError from error
        except WorkerGoneError as error:
            fate = self._nursery.fate(worker)
            self._end(worker, folder)
            if fate is None:
                raise _OrphanError from error
            raise _death(fate, self.settings.memory_limit) from error
        except BaseException:
            self._end(worker, folder)
            raise
        if isinstance(outcome, Trouble) and outcome.code in {"gone", "memory"}:
            self._end(worker, folder)
        else:
            self._put_back(worker, folder)
        return outcome

    def _take(self, folder: Path) -> Worker:
        with self._lock:
            # An orphan is dying, though the system may not say so yet.
            usable = [idle for idle in self._idle if idle.generation == folder.name and self._nursery.raised(idle)]
            useless = [idle for idle in self._idle if idle not in usable]
            while usable and not usable[-1].is_alive():  # else who asks would hear of the end of another's process
                useless.append(usable.pop())
            worker = usable.pop() if usable else None
            self._idle = usable
            if worker is not None:
                self._busy.add(worker)
        for idle in useless:
            idle.kill()
        if worker is None:
            worker = self._nursery.fork(folder)
            with self._lock:
                self._busy.add(worker)
        self._refill(folder)
        return worker

    def _put_back(self, worker: Worker, folder: Path) -> None:
        settings = self.settings
        if worker.answered >= settings.max_queries or worker.rss > settings.max_rss:
            self._end(worker, folder)
            return
        with self._lock:
            self._busy.discard(worker)
            surplus = len(self._idle) > settings.workers
            if not surplus:
                self._idle.append(worker)
        if surplus:
            worker.kill()

    def _end(self, worker: Worker, folder: Path) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.kill()
        self._refill(folder)

    def _refill(self, folder: Path) -> None:
        """Keep one process more than may work at once, so that who comes next finds it warm."""
        with self._lock:
            missing = not self._idle and len(self._busy) <= self.settings.workers
        if missing:
            spare = self._nursery.fork(folder)
            with self._lock:
                self._idle.insert(0, spare)


def _deadline(what: str) -> DeadlineError:
    return DeadlineError(
        f"The query did not end in the time allowed, {what}.",
        hint="Ask for less: add a LIMIT, a more selective pattern, or aggregate one year at a time.",
    )


def _death(fate: Fate, memory_limit: int) -> BusyError:
    said = fate.said
    short = "memory allocation of" in said or "bad_alloc" in said or "MemoryError" in said
    large = fate.signal in {SIGABRT, SIGSEGV, SIGBUS} and fate.peak > memory_limit // 2
    if short or large:
        return BusyError(
            f"The query needs more than the {memory_limit // 1024**2} MiB of memory that one query may use.",
            code="memory-exhausted",
            hint="Ask for less: sorting, grouping or DISTINCT over many rows holds them all in memory.",
        )
    return BusyError(
        "The process that answered this query ended unexpectedly.",
        code="worker-died",
        retry_after=1,
        hint="Try again; if it happens again, simplify the query.",
    )
