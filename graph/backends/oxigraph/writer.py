"""The writer: the one process that updates of a DATA folder go through, reached by a Unix socket in ``DATA/writer``.

What waits when a commit ends is the next group, so a lone update waits for nobody and many share one publishing. It
ends when the last process of the service that started it has ended. Run as a program by ``writing.py``.
"""

from __future__ import annotations

import fcntl
import logging
import os
import select
import signal
import socket
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from graph.backends.oxigraph.changes import Change, ConnectionEndedError, receive, send
from graph.backends.oxigraph.committing import DEADLINE, MEMORY_LIMIT, Committer
from graph.faults import point

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from graph.backends.oxigraph.changes import Outcome

FOLDER: Final = "writer"
_SOCKET: Final = "socket"
_GROUP: Final = 256  # changes that share one generation
_GROUP_SECONDS: Final = 0.05  # for how long a group is gathered while changes keep coming
_PATIENCE: Final = 5.0  # seconds a client may take to send what it has begun

_log = logging.getLogger("questeur.graph")


def connect(data: Path) -> socket.socket:
    """Connect to the writer of a DATA folder.

    Raises
    ------
    OSError
        None is running.
    """
    sock = socket.socket(socket.AF_UNIX)
    try:
        with _short_name(data / FOLDER) as folder:
            sock.connect(f"{folder}/{_SOCKET}")
    except OSError:
        sock.close()
        raise
    return sock


@contextmanager
def _short_name(folder: Path) -> Generator[str]:
    """Give a name of a folder that fits into the address of a socket, however long its path is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


@contextmanager
def listening(data: Path) -> Generator[socket.socket | None]:
    """Be the writer of a DATA folder for as long as the block lasts; None if another process is."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        stack.callback(os.close, lock)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
        (folder / _SOCKET).unlink(missing_ok=True)
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        with _short_name(folder) as short:
            listener.bind(f"{short}/{_SOCKET}")
        listener.listen(_GROUP)
        yield listener


def serve(committer: Committer, listener: socket.socket, lifeline: int) -> None:
    """Commit what comes, group by group, until the lifeline's other end is closed."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    poll.register(lifeline, select.POLLHUP)
    while True:
        ready = dict(poll.poll())
        if listener.fileno() not in ready:
            return
        clients, changes = _gather(listener)
        for client, outcome in zip(clients, committer.commit(changes) if changes else (), strict=True):
            _tell(client, outcome)
        point("acknowledged")


def _gather(listener: socket.socket) -> tuple[Sequence[socket.socket], Sequence[Change]]:
    """Take the changes that are there, but those whose sender has gone."""
    clients: list[socket.socket] = []
    changes: list[Change] = []
    until = time.monotonic() + _GROUP_SECONDS
    while len(clients) < _GROUP and time.monotonic() < until and select.select([listener], [], [], 0)[0]:
        client, _ = listener.accept()
        try:
            change = receive(client, Change, time.monotonic() + _PATIENCE)
        except (TimeoutError, ConnectionEndedError, msgspec.DecodeError):
            client.close()
            continue
        clients.append(client)
        changes.append(change)
    return clients, changes


def _tell(client: socket.socket, outcome: Outcome) -> None:
    with client, suppress(OSError):  # It did not wait for the answer.
        client.settimeout(_PATIENCE)
        send(client, outcome)


def main() -> None:
    """Be the writer of the DATA folder named first, as long as a descriptor is not closed; say so on another one."""
    data, lifeline, ready, deadline, memory_limit = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the service, and that ends us
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    committer = Committer(data=Path(data), deadline=float(deadline), memory_limit=int(memory_limit))
    with listening(Path(data)) as listener:
        os.write(int(ready), b"." if listener else b"")
        os.close(int(ready))
        if listener is not None:
            try:
                serve(committer, listener, int(lifeline))
            finally:
                committer.close()


__all__ = ["DEADLINE", "MEMORY_LIMIT", "connect", "listening", "serve"]

if __name__ == "__main__":
    main()
