"""Where pure functions run: in this process, in worker processes, or on any `concurrent.futures` executor.

A worker that dies takes its task down, not the build: the task is tried again, and then given up with a clear error.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from loaders.limited import Bounds, confine, unheard
from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

# A worker's address space. The largest record takes far less; a runaway parser takes the worker, not the machine.
WORKER_BYTES = 2 * 1024**3


class Pool(Protocol):
    """Runs a pure, picklable function over tasks, and gives the results in the order of the tasks."""

    def run(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """Run lazily: tasks are taken only as workers need them."""
        ...


class Here:
    """Runs everything in this process, one task after the other."""

    def run(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """Run in this process."""
        return map(function, tasks)


class Submitting:
    """Runs tasks on an executor, a few ahead of the results, so that neither tasks nor results pile up."""

    def __init__(self, executor: Executor, ahead: int) -> None:
        self._executor = executor
        self._ahead = ahead

    def run(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """Run on the executor."""
        pending: deque[Future[R]] = deque()
        for task in tasks:
            with unheard():  # it may start a process
                pending.append(self._executor.submit(function, task))
            if len(pending) > self._ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


class Local:
    """Worker processes of this machine, with a cap on their memory; one job runs in this process."""

    def __init__(self, jobs: int) -> None:
        self._jobs = max(jobs, 1)
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Give the pool; processes start with the first task."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the processes go."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def run(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
        """Run in worker processes.

        Raises
        ------
        BuildError
            A worker died of its memory cap, or was killed.
        """
        if self._jobs == 1:
            yield from Here().run(function, tasks)
            return
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=confine,
                initargs=(Bounds(memory=WORKER_BYTES, cpu=None),),
            )
        try:
            yield from Submitting(self._executor, self._jobs * 2).run(function, tasks)
        except BrokenProcessPool as error:
            raise BuildError(
                "a worker process died: it was killed, or one record took more memory than it may",
                hint="build again: what was done is not lost; --jobs 1 names the record in its traceback",
            ) from error
