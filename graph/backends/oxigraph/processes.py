"""The service's side of the query processes: order one, give it a task, read its answer in time, kill it.

Knows sockets and deadlines, no engine and no SPARQL. A process is known by its pidfd, so a kill never hits a stranger.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING

import msgspec

from graph.backends.oxigraph import zygote
from graph.backends.oxigraph.frames import DATA, DONE, HEADER, READY, TASK, TROUBLE, Done, Task, Trouble, frame
from graph.backends.oxigraph.zygote import Fate, Order

if TYPE_CHECKING:
    from pathlib import Path

_RECEIVE = 256 * 1024
_TASK = msgspec.json.Encoder().encode
_DONE = msgspec.json.Decoder(Done).decode
_TROUBLE = msgspec.json.Decoder(Trouble).decode


class WorkerGoneError(Exception):
    """The process ended in the middle of its work."""


class StaleError(Exception):
    """The process had ended before it was given a task."""


class HangUpError(Exception):
    """Who asked has gone."""


class Worker:
    """One query process. Used by one thread at a time."""

    def __init__(self, sock: socket.socket, pid: int, pidfd: int, generation: str, zygote: int) -> None:
        self.pid = pid
        self.zygote = zygote
        self.generation = generation
        self.answered = 0
        self.rss = 0
        self._sock = sock
        self._sock.settimeout(0)
        self._pidfd = pidfd
        self.ready = False
        self._buffer = bytearray()

    def run(self, task: Task, spool: IO[bytes], until: float, caller: int | None = None) -> Done | Trouble:
        """Send a task and write its body to ``spool``, unless the socket ``caller`` hangs up meanwhile.

        Raises
        ------
        TimeoutError
            ``until`` (monotonic) has passed. The process still works: kill it.
        HangUpError
            The caller has gone. The process still works: kill it.
        StaleError
            The process had ended before; another can take the task.
        WorkerGoneError
            The process ended.
        """
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        if caller is not None:
            poll.register(caller, select.POLLRDHUP | select.POLLHUP)
        try:
            if not self.ready:
                kind, payload = self._receive(until, poll)
                if kind != READY:
                    return _TROUBLE(payload)
                self.ready = True
            self._give(frame(TASK, _TASK(task)), until)
            while True:
                kind, payload = self._receive(until, poll)
                if kind == DATA:
                    spool.write(payload)
                elif kind == DONE:
                    done = _DONE(payload)
                    self.answered += 1
                    self.rss = done.rss
                    return done
                elif kind == TROUBLE:
                    self.answered += 1
                    return _TROUBLE(payload)
        except (ConnectionError, EOFError) as error:
            raise WorkerGoneError from error

    def kill(self) -> None:
        """End the process now, whatever it does. Nobody waits for it here."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        self.forget()

    def is_alive(self) -> bool:
        """Say whether the process still runs: its pidfd is readable once it has ended."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return not poll.poll(0)

    def forget(self) -> None:
        """Close our ends and leave the process alone."""
        self._sock.close()
        os.close(self._pidfd)

    def _give(self, data: bytes, until: float) -> None:
        """Send a task; most fit into the system's buffer at once."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except ConnectionError as error:
                raise StaleError from error
            except BlockingIOError:
                poll = select.poll()
                poll.register(self._sock, select.POLLOUT)
                if not poll.poll(_left(until)):
                    raise TimeoutError from None

    def _receive(self, until: float, poll: select.poll) -> tuple[bytes, bytes]:
        buffer = self._buffer
        while True:
            if len(buffer) >= HEADER.size:
                kind, length = HEADER.unpack_from(buffer)
                end = HEADER.size + length
                if len(buffer) >= end:
                    payload = bytes(buffer[HEADER.size : end])
                    del buffer[:end]
                    return kind, payload
            ready = poll.poll(_left(until))
            if not ready:
                raise TimeoutError
            try:
                piece = self._sock.recv(_RECEIVE)
            except BlockingIOError:  # not the process, but who asked, has something to say: that it goes
                raise HangUpError from None
            if not piece:
                raise EOFError
            buffer += piece


def _left(until: float) -> float:
    """Give the milliseconds that are left, for poll."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return 1000 * left


class Nursery:
    """Orders query processes from a zygote, started at the first order and again if it died."""

    def __init__(self, memory_limit: int) -> None:
        self._memory_limit = memory_limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, generation: Path) -> Worker:
        """Order a process on a generation's folder. It may still be opening its store."""
        with self._lock:
            try:
                return self._fork(self._started(), generation)
            except (ConnectionError, EOFError):
                self._stop()
                return self._fork(self._started(), generation)

    def fate(self, worker: Worker) -> Fate | None:
        """Ask how a process ended that closed its socket; None when its zygote died, and it only died with it."""
        with self._lock:
            if self._control is None or self._process is None or self._process.pid != worker.zygote:
                return None
            try:
                self._control.send(msgspec.json.encode(Order(op="fate", pid=worker.pid)))
                answer = self._control.recv(65536)
            except ConnectionError:
                answer = b""
            if not answer:
                self._stop()
                return None
        return msgspec.json.decode(answer, type=Fate)

    def raised(self, worker: Worker) -> bool:
        """Say whether the zygote that forked a process is the one that takes orders now."""
        process = self._process
        return process is not None and process.pid == worker.zygote

    def close(self) -> None:
        """End the zygote, and with it every process it forked."""
        with self._lock:
            self._stop()

    def abandon(self) -> None:
        """Close the copies of our ends that a fork of the service inherited; the processes are its parent's."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # Not ours to wait for.

    def _fork(self, control: socket.socket, generation: Path) -> Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            order = Order(op="fork", generation=str(generation), memory_limit=self._memory_limit)
            try:
                socket.send_fds(control, [msgspec.json.encode(order)], [theirs.fileno()])
                message, fds, _, _ = socket.recv_fds(control, 64, 1)
            except ConnectionError:
                ours.close()
                raise
        if not message:
            ours.close()
            raise EOFError
        os.set_inheritable(fds[0], False)  # noqa: FBT003  the standard library's signature
        zygote_pid = self._process.pid if self._process is not None else 0
        return Worker(ours, int(message), fds[0], generation.name, zygote_pid)

    def _started(self) -> socket.socket:
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # The same packages as ours, whatever put them on our path. Threads would keep the zygote from forking safely,
        # and each arena of the allocator counts against the memory limit though nothing is in it.
        path = os.pathsep.join(entry or os.curdir for entry in sys.path)
        environment = os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [sys.executable, "-P", "-m", zygote.__name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
            )
        self._control = ours
        return ours

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
