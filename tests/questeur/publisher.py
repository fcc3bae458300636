"""A publisher on this machine: a real server that can do each thing wrong that a real one did."""

from __future__ import annotations

import hashlib
import io
import socket
import struct
import threading
import zipfile
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from email.message import Message

DATE = "Wed, 25 Nov 2026 08:00:00 GMT"
MODIFIED = "Tue, 24 Nov 2026 23:00:00 GMT"


def noise(size: int, seed: str = "") -> bytes:
    """Give bytes that do not compress, the same each time."""
    return hashlib.shake_256(seed.encode()).digest(size)


def packed(*, seed: str = "", members: int = 4, size: int = 50_000, comment: bytes = b"") -> bytes:
    """Pack an archive of noise."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for number in range(members):
            archive.writestr(zipfile.ZipInfo(f"json/Q{number}.json"), noise(size, f"{seed}{number}"))
        archive.comment = comment
    return body.getvalue()


def squeezed() -> bytes:
    """Pack an archive that is far larger than it looks."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("bomb.json"), bytes(3_000_000), zipfile.ZIP_DEFLATED)
    return body.getvalue()


class Seen(NamedTuple):
    """A request that came."""

    method: str
    path: str
    headers: Message


class Publisher(ThreadingHTTPServer):
    """Serves ``files`` well, unless ``faults`` holds something: one is taken from it for each GET."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: deque[Fault] = deque()
        self.seen: list[Seen] = []
        self.validators = True

    @property
    def host(self) -> str:
        """Name the server, with its port."""
        return f"127.0.0.1:{self.server_port}"

    def ranges(self) -> list[str | None]:
        """List the ranges that were asked for."""
        return [seen.headers["Range"] for seen in self.seen if seen.method == "GET"]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that was killed, or that hung up, is part of the tests."""


@contextmanager
def publishing() -> Generator[Publisher]:
    """Serve until the end of the block."""
    with Publisher() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    @property
    def publisher(self) -> Publisher:
        """Give the server."""
        return cast("Publisher", self.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's own name
        """Stay silent."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the same time for ever."""
        del timestamp
        return DATE

    def do_HEAD(self) -> None:
        """Answer a HEAD."""
        self._see()
        if self.publisher.faults:
            self.publisher.faults.popleft()(self)
        else:
            self.start(200 if self.path in self.publisher.files else 404, {"Content-Length": "0"})

    def do_GET(self) -> None:
        """Answer a GET."""
        self._see()
        if self.publisher.faults:
            self.publisher.faults.popleft()(self)
        else:
            self.serve()

    def _see(self) -> None:
        self.close_connection = True
        self.publisher.seen.append(Seen(self.command, self.path, self.headers))

    # ---- what a good server does

    @property
    def body(self) -> bytes:
        """Give the file that was asked for."""
        return self.publisher.files[self.path]

    @property
    def etag(self) -> str:
        """Give the tag of its bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    def validators(self) -> dict[str, str]:
        """Give the headers that tell one version from another."""
        return {"ETag": self.etag, "Last-Modified": MODIFIED} if self.publisher.validators else {}

    def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send a status and headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def wanted(self) -> int:
        """Say where the body has to begin."""
        asked = self.headers["Range"]
        fresh = self.headers["If-Range"] in {None, self.etag, MODIFIED}
        return int(asked.removeprefix("bytes=").removesuffix("-")) if asked and fresh else 0

    def head(self, **changed: str) -> int:
        """Begin the answer and say where the body begins."""
        first, size = self.wanted(), len(self.body)
        headers = {"Content-Type": "application/zip", "Content-Length": str(size - first), **self.validators()}
        if first:
            headers["Content-Range"] = f"bytes {first}-{size - 1}/{size}"
        self.start(206 if first else 200, headers | {name.replace("_", "-"): v for name, v in changed.items()})
        return first

    def serve(self) -> None:
        """Answer as it should be."""
        if self.path not in self.publisher.files:
            self.start(404, {"Content-Length": "0"})
        elif self.publisher.validators and self.headers["If-None-Match"] == self.etag:
            self.start(304, {"ETag": self.etag})
        else:
            first = self.head()
            self.wfile.write(self.body[first:])


Fault = Callable[[Handler], None]


# ---- what a bad one does


def cut(after: int) -> Fault:
    """Close the connection after so many bytes of the body."""

    def fault(handler: Handler) -> None:
        first = handler.head()
        handler.wfile.write(handler.body[first : first + after])

    return fault


def reset(handler: Handler) -> None:
    """Break the connection off in the middle."""
    first = handler.head()
    handler.wfile.write(handler.body[first : first + 70_000])
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def no_answer(handler: Handler) -> None:
    """Hang up."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and nothing else."""
    return lambda handler: handler.start(
        code, {"Content-Length": "0", **{name.replace("_", "-"): value for name, value in headers.items()}}
    )


def claims_more(handler: Handler) -> None:
    """Promise more bytes than there are."""
    first = handler.wanted()
    handler.head(Content_Length=str(len(handler.body) - first + 1_000))
    handler.wfile.write(handler.body[first:])


def claims_less(handler: Handler) -> None:
    """Promise fewer bytes than there are, and send them all."""
    first = handler.wanted()
    handler.head(Content_Length=str((len(handler.body) - first) // 2))
    handler.wfile.write(handler.body[first:])


def says_nothing(handler: Handler) -> None:
    """Give no length; the body ends where the connection does."""
    handler.start(200, {"Content-Type": "application/zip", **handler.validators()})
    handler.wfile.write(handler.body)


def chunks(*, ending: bool) -> Fault:
    """Send the body in chunks, with or without the last one."""

    def fault(handler: Handler) -> None:
        handler.start(200, {"Transfer-Encoding": "chunked", **handler.validators()})
        middle = len(handler.body) // 2
        for part in (handler.body[:middle], handler.body[middle:] if ending else b""):
            if part:
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.wfile.write(b"0\r\n\r\n" if ending else b"")

    return fault


def ignores_range(handler: Handler) -> None:
    """Send the whole, whatever was asked for."""
    handler.start(200, {"Content-Length": str(len(handler.body)), **handler.validators()})
    handler.wfile.write(handler.body)


def begins_nothing(handler: Handler) -> None:
    """Promise the whole, and hang up."""
    handler.start(200, {"Content-Length": str(len(handler.body)), **handler.validators()})


def wrong_range(shift: int, *, total: int = 0) -> Fault:
    """Send a range that begins elsewhere, or that is of a file of another size."""

    def fault(handler: Handler) -> None:
        size = len(handler.body)
        first = max(handler.wanted() + shift, 0)
        said = f"bytes {first}-{size - 1 + total}/{size + total}"
        body = handler.body[first:] + bytes(total)
        handler.start(206, {"Content-Range": said, "Content-Length": str(len(body)), **handler.validators()})
        handler.wfile.write(body)

    return fault


def shorter_range(handler: Handler) -> None:
    """Send less than was asked for, and say so."""
    first, size = handler.wanted(), len(handler.body)
    handler.start(206, {"Content-Range": f"bytes {first}-{first + 9}/{size}", "Content-Length": "10"})
    handler.wfile.write(handler.body[first : first + 10])


def longer_range(handler: Handler) -> None:
    """Send more than the range that is named."""
    first = handler.wanted()
    handler.head(Content_Length=str(len(handler.body) - first + 10))
    handler.wfile.write(handler.body[first:] + bytes(10))


def replaced(body: bytes, *, honest: bool = True) -> Fault:
    """Publish another version from now on; dishonestly, go on with it where the old one was cut."""

    def fault(handler: Handler) -> None:
        first = handler.wanted()
        handler.publisher.files[handler.path] = body
        if honest or not first:
            handler.serve()
            return
        rest = body[first:]
        said = f"bytes {first}-{len(body) - 1}/{len(body)}"
        handler.start(206, {"Content-Range": said, "Content-Length": str(len(rest)), **handler.validators()})
        handler.wfile.write(rest)

    return fault


def page(content_type: str = "text/html; charset=utf-8", text: bytes = b"<html><title>50x</title></html>") -> Fault:
    """Serve an error page as if all were well."""

    def fault(handler: Handler) -> None:
        handler.start(200, {"Content-Type": content_type, "Content-Length": str(len(text))})
        handler.wfile.write(text)

    return fault


def truncated(handler: Handler) -> None:
    """Serve half of the archive as if it were the whole."""
    half = handler.body[: len(handler.body) // 2]
    handler.start(200, {"Content-Type": "application/zip", "Content-Length": str(len(half))})
    handler.wfile.write(half)


def encoded(handler: Handler) -> None:
    """Say that the archive is compressed once more."""
    handler.head(Content_Encoding="gzip")


def redirect(to: str) -> Fault:
    """Send the client elsewhere."""
    return status(302, Location=to)
