"""Long computations: each in a process of its own, asked for again and again until it is there. Knows no HTTP.

One job runs for all who ask the same, and what it found is kept. One that nobody asks for any more is stopped, one that
is cancelled too, and one whose web process is killed dies with it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from hashlib import blake2b
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar, cast

from ontology.errors import BusyError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")
PATIENCE: Final = 1.0  # seconds that the first answer is waited for
_ABANDONED: Final = 60.0
_KEPT: Final = 16
_RUNNING: Final = 1
_PR_SET_PDEATHSIG: Final = 1
_PLACES: Final = 256
_SHARE, _ERROR, _FOUND = "share", "error", "found"

Progress: TypeAlias = "Callable[[float], None]"


class _Board:
    """The last jobs that were cancelled, for all web processes: memory that they share when they are forked."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8 * (_PLACES + 1))
        self._lock = get_context("fork").Lock()

    def written(self) -> int:
        """Count what was ever written."""
        return int.from_bytes(self._memory[:8], "little")

    def write(self, name: object) -> None:
        """Write that the jobs of a name are cancelled."""
        with self._lock:
            count = self.written()
            at = 8 * (1 + count % _PLACES)
            self._memory[at : at + 8] = _digest(name)
            self._memory[:8] = (count + 1).to_bytes(8, "little")

    def says(self, name: object, since: int) -> bool:
        """Say whether a name was written since the count was ``since``."""
        now = self.written()
        places = range(max(since, now - _PLACES), now)
        return any(self._memory[at : at + 8] == _digest(name) for at in (8 * (1 + n % _PLACES) for n in places))


def _digest(name: object) -> bytes:
    return blake2b(repr(name).encode(), digest_size=8).digest()


class _Channel(Protocol):
    """Where the process of a job tells how far it is, and what it found."""

    def poll(self, timeout: float) -> bool:
        """Wait for word."""
        ...

    def recv(self) -> Any:  # noqa: ANN401 whatever was sent
        """Take it."""
        ...


@dataclass(kw_only=True)
class Job:
    """A computation: since when, how far it is, whether it is done, and what came of it."""

    began: float
    asked: float
    share: float = 0.0
    cancelled: Callable[[], bool] = lambda: False
    done: threading.Event = field(default_factory=threading.Event)
    found: Any = None
    error: QuesteurError | None = None

    @property
    def seconds(self) -> int:
        """Say how long it has been running."""
        return int(time.monotonic() - self.began)

    def apart(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 those of the function
        """Run a function in a process of its own, and give what it returns.

        Besides the arguments it takes ``progress``, which it tells the share that is done.

        Raises
        ------
        BusyError
            The process died, or was stopped because nobody asked for it any more or somebody cancelled it.
        QuesteurError
            What the function raised.
        """
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(theirs, os.getpid(), function, arguments), daemon=True)
        process.start()
        theirs.close()
        try:
            return cast("T", self._outcome(ours))
        except EOFError:
            raise _stopped() from None
        finally:
            process.kill()
            process.join()
            ours.close()

    def _outcome(self, channel: _Channel) -> Any:  # noqa: ANN401 that of the function
        """Wait for what a process gives, and hear how far it is."""
        while True:
            ready = channel.poll(0.2)
            if self.cancelled() or time.monotonic() - self.asked > _ABANDONED:  # however often it tells of itself
                raise _stopped()
            if not ready:
                continue
            kind, value = channel.recv()
            if kind == _SHARE:
                self.share = value
            elif kind == _ERROR:
                raise _again(*value)
            else:
                return value


class Jobs:
    """The jobs of one web process, by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[object, Job] = {}
        self._board = _Board()

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
                job = self._jobs[name] = Job(began=now, asked=now, cancelled=self._cancelled(name))
                threading.Thread(target=_work, args=(job, work), daemon=True).start()
            job.asked = now
        job.done.wait(wait)
        if job.error is not None:
            with self._lock:
                self._jobs.pop(name, None)
            raise job.error.with_traceback(None)
        return job

    def cancel(self, name: object) -> None:
        """Stop the jobs of a name in every web process, within a second; what is done stays."""
        self._board.write(name)

    def _cancelled(self, name: object) -> Callable[[], bool]:
        """Give the way to ask whether a job that begins now was cancelled."""
        since = self._board.written()
        return lambda: self._board.says(name, since)


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


def _answer(channel: Connection, parent: int, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Run a function in the process of a job, which does not outlive the web process."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return

    def progress(share: float) -> None:
        """Tell the web process."""
        channel.send((_SHARE, share))

    try:
        found = function(*arguments, progress=progress)
    except QuesteurError as error:
        channel.send((_ERROR, (type(error), error.message, error.code, error.hint)))
    else:
        channel.send((_FOUND, found))


def _again(kind: type[QuesteurError], message: str, code: str, hint: str) -> QuesteurError:
    """Make an error anew that a process told of."""
    return kind(message, code=code, hint=hint)


def _stopped() -> BusyError:
    return BusyError("The computation was stopped before its end.", hint="Ask for it again.")
