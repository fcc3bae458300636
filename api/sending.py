"""Sending a body so that a slow reader holds nothing for long. Knows sockets, no request.

A small answer fits into the system's buffer and frees its thread at once. Of large ones only a few are sent at a time,
and one whose reader takes less than a floor is cut: its length was announced, so nobody takes it for whole.
"""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from ontology.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL: Final = 256 * 1024
_PIECE: Final = 64 * 1024
_FLOOR: Final = 8 * 1024  # bytes a second
_PATIENCE: Final = 30.0  # seconds that a reader may be behind


class Readable(Protocol):
    """What gives bytes until there are none: a file, or a part of one."""

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, at most so many."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def widen(connection: socket.socket | None, size: int) -> None:
    """Let the system hold a small answer whole, whatever the pace of its reader."""
    if connection is not None and size > _PIECE // 4:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)


class Sending:
    """The large bodies that one web process sends at once."""

    def __init__(self, places: int) -> None:
        self._places = threading.Semaphore(places)

    def body(self, file: Readable, connection: socket.socket | None) -> Body:
        """Send a file's bytes.

        Raises
        ------
        BusyError
            Too many large answers are being sent.
        """
        if not self._places.acquire(blocking=False):
            file.close()
            raise BusyError(
                "Too many large answers are being sent.", retry_after=5, hint="try again, or ask for less: add a LIMIT"
            )
        return Body(file, connection, self._places)


class Body:
    """The bytes of a file, piece by piece, as fast as its reader takes them."""

    def __init__(self, file: Readable, connection: socket.socket | None, places: threading.Semaphore) -> None:
        self._file = file
        self._connection = connection
        self._places = places
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces.

        Raises
        ------
        ConnectionResetError
            The reader is too slow: the connection is to be closed.
        """
        widen(self._connection, SMALL)
        began, sent = time.monotonic(), 0
        while piece := self._file.read(_PIECE):
            self._wait(began + _PATIENCE + sent / _FLOOR)
            yield piece
            sent += len(piece)

    def close(self) -> None:
        """Let go of the file and of the place."""
        if self._open:
            self._open = False
            self._file.close()
            self._places.release()

    def _wait(self, until: float) -> None:
        """Wait until the system's buffer has room, so that no send blocks."""
        if self._connection is None:
            return
        poll = select.poll()
        poll.register(self._connection, select.POLLOUT)
        if not poll.poll(1000 * max(0.0, until - time.monotonic())):
            raise ConnectionResetError(errno.ECONNRESET, "the reader takes less than the floor")
