"""The one process that changes a store: it runs updates on a copy of a generation, and takes snapshots of it.

Confined by the kernel to files: no network, no other program, no new process. It is forked by ``writer.py``, which
waits for it, kills it at a deadline, and makes the snapshots into generations; this knows neither time nor generations.
Its store is worth nothing once it has ended: the truth is what is published.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import signal
import socket
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Final, NoReturn, TypeVar

import pyoxigraph as ox

from graph.backends.oxigraph.census import count
from graph.backends.oxigraph.changes import Change, ConnectionEndedError, Order, Outcome, Snapshot, Taken, receive, send
from graph.backends.oxigraph.sandbox import confine

_PR_SET_PDEATHSIG: Final = 1
_SAMPLE: Final = 1000
_T = TypeVar("_T", Outcome, Taken)


class PrimaryGoneError(Exception):
    """The process ended in the middle of its work. ``signal`` is what ended it."""

    def __init__(self, ended_by: int) -> None:
        super().__init__(f"ended by signal {ended_by}")
        self.signal = ended_by


class Primary:
    """The process, as its parent sees it. Used by one thread."""

    def __init__(self, pid: int, sock: socket.socket, generation: str) -> None:
        self.pid = pid
        self.generation = generation  # whose statements the store holds, but for what was changed since
        self._sock = sock

    @classmethod
    def fork(cls, generation: Path, folder: Path, *, memory_limit: int) -> Primary:
        """Start the process on a copy, made at ``folder``, of a generation that the caller holds."""
        shutil.rmtree(folder, ignore_errors=True)
        ours, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(theirs, generation, folder, memory_limit, parent)
        theirs.close()
        return cls(pid, ours, generation.name)

    def change(self, change: Change, until: float) -> Outcome:
        """Run an update.

        Raises
        ------
        TimeoutError
            ``until`` (monotonic) has passed; the process still works: kill it.
        PrimaryGoneError
            It ended.
        """
        return self._ask(change, Outcome, until)

    def snapshot(self, order: Snapshot, until: float) -> Taken:
        """Write the state into a new folder; raises as :meth:`change`."""
        return self._ask(order, Taken, until)

    def kill(self) -> None:
        """End the process now, if it has not ended."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self._end()

    def _end(self) -> int:
        """Wait for the end; give the signal that brought it. From then on its number may be a stranger's."""
        self._sock.close()
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    def _ask(self, order: Change | Snapshot, kind: type[_T], until: float) -> _T:
        try:
            send(self._sock, Order(order=order))
            return receive(self._sock, kind, until)
        except (ConnectionEndedError, ConnectionError) as error:
            raise PrimaryGoneError(self._end()) from error


def _become(sock: socket.socket, generation: Path, folder: Path, memory_limit: int, parent: int) -> NoReturn:
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(0)
        # The locks of the parent stand on its open files, and would last as long as our copies of these.
        os.closerange(3, sock.fileno())
        os.closerange(sock.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
        confine(writing=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        ox.Store.read_only(str(generation / "store")).backup(str(folder))
        _serve(sock, ox.Store(str(folder)))
    except BaseException as error:  # noqa: BLE001  the engine's panics are no Exceptions; a fork must not return
        sys.stderr.write(f"questeur: the writer's engine ended: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
    os._exit(1)


def _serve(sock: socket.socket, store: ox.Store) -> NoReturn:
    while True:
        try:
            order = receive(sock, Order).order
        except ConnectionEndedError:
            os._exit(0)
        send(sock, _change(store, order) if isinstance(order, Change) else _snapshot(store, order))


def _change(store: ox.Store, change: Change) -> Outcome:
    existed = None if change.graph is None else store.contains_named_graph(ox.NamedNode(change.graph))
    if change.must_exist and existed is False:
        return Outcome(code="absent", existed=False)
    if change.condition.exists not in (None, existed is not False):  # the default graph always exists
        return Outcome(code="otherwise", existed=existed)
    try:
        store.update(change.text, base_iri=change.base_iri)
    except SyntaxError as error:
        return Outcome(code="syntax", message=str(error))
    except MemoryError:
        return Outcome(code="memory")
    except (RuntimeError, ValueError) as error:
        return Outcome(code="failed", message=str(error), existed=existed)
    return Outcome(code="done", existed=existed)


def _snapshot(store: ox.Store, order: Snapshot) -> Taken:
    try:
        store.flush()
        store.backup(order.folder)
        copy = ox.Store.read_only(order.folder)
        for quad in islice(copy.quads_for_pattern(None, None, None, None), _SAMPLE):
            if quad not in store:
                return Taken(trouble="the snapshot does not hold what the store holds")
        counted = asdict(count(Path(order.folder))) if order.count else None
    except (OSError, RuntimeError) as error:
        return Taken(trouble=str(error))
    return Taken(counts=counted)
