"""Long computations: each in a process of its own, asked for again and again until it is there. Knows no HTTP.

One job runs for all who ask the same, and what it found is kept. One that nobody asks for any more is stopped.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ontology.errors import BusyError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")
PATIENCE: Final = 1.0  # seconds that the first answer is waited for
_ABANDONED: Final = 60.0
_KEPT: Final = 16
_RUNNING: Final = 1


@dataclass(kw_only=True)
class Job:
    """A computation: since when, whether it is done, and what came of it."""

    began: float
    asked: float
    done: threading.Event = field(default_factory=threading.Event)
    found: Any = None
    error: QuesteurError | None = None

    @property
    def seconds(self) -> int:
        """Say how long it has been running."""
        return int(time.monotonic() - self.began)

    def apart(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 those of the function
        """Run a function in a process of its own, and give what it returns.

        Raises
        ------
        BusyError
            The process died, or was stopped because nobody asked for it any more.
        """
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(theirs, function, arguments), daemon=True)
        process.start()
        theirs.close()
        try:
            while not ours.poll(0.2):
                if time.monotonic() - self.asked > _ABANDONED:
                    raise _stopped()
            return ours.recv()  # type: ignore[no-any-return]  # what the function returns
        except EOFError:
            raise _stopped() from None
        finally:
            process.kill()
            process.join()
            ours.close()


class Jobs:
    """The jobs of one web process, by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[object, Job] = {}

    def ask(self, name: object, work: Callable[[Job], object], *, wait: float = PATIENCE) -> Job:
        """Give the job of a name, begun if there is none, after waiting a little for its end.

        Raises
        ------
        BusyError
            Another long computation is running.
        QuesteurError
            The computation failed; asked again, it begins anew.
        """
        now = time.monotonic()
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                if sum(not other.done.is_set() for other in self._jobs.values()) >= _RUNNING:
                    raise BusyError("Another long computation is running.", hint="Try again in a moment.")
                while len(self._jobs) >= _KEPT:
                    self._jobs.pop(next(iter(self._jobs)))
                job = self._jobs[name] = Job(began=now, asked=now)
                threading.Thread(target=_work, args=(job, work), daemon=True).start()
            job.asked = now
        job.done.wait(wait)
        if job.error is not None:
            with self._lock:
                self._jobs.pop(name, None)
            raise job.error.with_traceback(None)
        return job


def _work(job: Job, work: Callable[[Job], object]) -> None:
    """Do the work of a job, and say that it is done."""
    try:
        job.found = work(job)
    except QuesteurError as error:
        job.error = error
    except BaseException:
        job.error = _stopped()
        raise
    finally:
        job.done.set()


def _answer(channel: Connection, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Run a function in the process of a job."""
    channel.send(function(*arguments))


def _stopped() -> BusyError:
    return BusyError("The computation was stopped before its end.", hint="Ask for it again.")
