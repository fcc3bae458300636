"""Heads that a connection sends again: who keeps one says the same of itself with each request.

gunicorn reads a head once. Of the next, if it is the same byte by byte below its first line, only that line is read,
and only if it asks by GET or HEAD for an address of ours in plain characters; anything else is gunicorn's to read, or
to refuse. Knows heads and WSGI, no socket.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

import msgspec

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from gunicorn.http.wsgi import Request

END: Final = b"\r\n\r\n"
_LINE: Final = re.compile(rb"(GET|HEAD) (/(?!/)[!\"$->@-~]*+)(?:\?([!\"$-~]*+))?+ HTTP/1\.1")
_LONGEST: Final = 8190  # bytes of a first line, as gunicorn is told
_FRAMING: Final = frozenset({"CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"})


class Again(msgspec.Struct, kw_only=True, frozen=True):
    """A request without a body, as far as the writer of an answer asks about it; the connection is kept after it."""

    method: str
    uri: str
    version: tuple[int, int] = (1, 1)

    def should_close(self) -> bool:
        """Keep the connection."""
        return False


class Heads:
    """What the last head of one connection said below its first line."""

    def __init__(self) -> None:
        self._rest = b""
        self._environ: WSGIEnvironment = {}

    def learn(self, sent: bytes, request: Request, environ: WSGIEnvironment) -> None:
        """Remember what a request was made of, if it has no body and the connection is kept."""
        line, _, more = sent.partition(b"\r\n")
        rest, end, _ = more.partition(END)
        plain = _LINE.fullmatch(line) is not None and _FRAMING.isdisjoint(environ) and not request.should_close()
        self._rest = rest + end if plain else b""
        self._environ = environ.copy() if plain else {}
        self._environ.pop("wsgi.early_hints", None)

    def again(self, sent: bytes) -> tuple[Again, WSGIEnvironment, int] | None:
        """Read a head of which only the first line is new: the request, and how many bytes its head takes."""
        at = sent.find(b"\r\n") + 2
        if not self._rest or at > _LONGEST or not sent.startswith(self._rest, at):
            return None
        line = _LINE.fullmatch(sent, 0, at - 2)
        if line is None:
            return None
        method, path, query = (part.decode("ascii") for part in line.groups(b""))
        uri = f"{path}?{query}" if line[3] is not None else path
        environ = self._environ | {
            "REQUEST_METHOD": method,
            "RAW_URI": uri,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(),
        }
        return Again(method=method, uri=uri), environ, at + len(self._rest)
