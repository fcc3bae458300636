"""What the service, the writer and its engine say to each other: the values and their framing. Knows no engine.

One message is a length as big-endian u32 and a MessagePack payload.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import msgspec

from graph.store import ANYHOW, Condition

if TYPE_CHECKING:
    import socket

_LENGTH: Final = struct.Struct("!I")
_PIECE: Final = 1024**2
MAX_MESSAGE: Final = 256 * 1024**2

Code = Literal[
    "done",
    "absent",
    "otherwise",
    "syntax",
    "failed",
    "memory",
    "deadline",
    "died",
    "locked",
    "disk-full",
    "unpublished",
    "unknown",
]
_T = TypeVar("_T")


class Change(msgspec.Struct, kw_only=True, frozen=True, tag=True):
    """One update, to be done whole or not at all, and who asked for it.

    ``graph`` is the named graph whose existence is told; with ``must_exist``, nothing is done if there is none. Nor
    is anything if the ``condition`` does not hold.
    ``what`` and ``sha256`` describe for the audit what the caller sent.
    """

    text: str
    base_iri: str | None = None
    graph: str | None = None
    must_exist: bool = False
    condition: Condition = ANYHOW
    token: str = ""
    what: str = "update"
    sha256: str = ""


class Snapshot(msgspec.Struct, kw_only=True, frozen=True, tag=True):
    """Put the state of the store into a new folder, and count it there if asked to."""

    folder: str
    count: bool


class Order(msgspec.Struct, kw_only=True, frozen=True):
    """What the engine is to do."""

    order: Change | Snapshot


class Outcome(msgspec.Struct, kw_only=True, frozen=True):
    """What became of a change: ``done`` once a generation that holds it is published, else why not.

    ``before`` and ``after`` name the generations around it; ``existed`` tells of the change's graph.
    """

    code: Code
    message: str = ""
    existed: bool | None = None
    before: str = ""
    after: str = ""


class Taken(msgspec.Struct, kw_only=True, frozen=True):
    """A snapshot was taken and read back; its counts, if it was counted."""

    counts: dict[str, Any] | None = None
    trouble: str = ""


class ConnectionEndedError(Exception):
    """The other end has closed, or ended."""


def send(sock: socket.socket, message: msgspec.Struct) -> None:
    """Send one message."""
    payload = msgspec.msgpack.encode(message)
    sock.sendall(_LENGTH.pack(len(payload)) + payload)


def receive(sock: socket.socket, kind: type[_T], until: float | None = None) -> _T:
    """Receive one message.

    Raises
    ------
    TimeoutError
        ``until`` (monotonic) has passed.
    ConnectionEndedError
        The other end has closed in the middle of the message or before it.
    """
    (length,) = _LENGTH.unpack(_exactly(sock, _LENGTH.size, until))
    if length > MAX_MESSAGE:
        raise ConnectionEndedError(f"a message of {length} bytes")
    return msgspec.msgpack.decode(_exactly(sock, length, until), type=kind)


def _exactly(sock: socket.socket, length: int, until: float | None) -> bytes:
    received = bytearray()
    while len(received) < length:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            sock.settimeout(left)
        try:
            piece = sock.recv(min(_PIECE, length - len(received)))
        except ConnectionError as error:
            raise ConnectionEndedError from error
        if not piece:
            raise ConnectionEndedError
        received += piece
    return bytes(received)
