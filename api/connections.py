"""How connections share the threads of a web process: gunicorn's way, but nobody who is slow holds a thread for long.

A thread is given to a request whose head is there, waits a moment for the next request of the same connection, and
goes on. A head that trickles in waits without a thread; a body that does may hold a few threads only, and one that is
slower than a floor is given up, as is a reader of an answer. Knows gunicorn and sockets; must not know what is served.
"""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from gunicorn.http import errors, wsgi
from gunicorn.http.unreader import SocketUnreader
from gunicorn.util import hop_headers, http_date
from gunicorn.workers.gthread import (
    _DEFER,  # pyright: ignore[reportPrivateUsage]  # gunicorn's own word for a connection that holds no thread
    TConn,
)

from api.heads import END, Again, Heads
from api.refusals import Refusing
from ontology.errors import BusyError, QuesteurError

if TYPE_CHECKING:
    from concurrent.futures import Future
    from wsgiref.types import WSGIEnvironment

    from gunicorn.config import Config

_LARGEST_HEAD: Final = 64 * 1024  # what is longer is read, and refused, by the parser
_HEAD: Final = 10.0  # seconds from the first byte of a head to its last
_PAUSE: Final = 0.05  # seconds that a thread waits for what may come at once
_GRACE: Final = 10.0  # seconds that a body, or the reader of an answer, may be behind the floor
_FLOOR: Final = 32 * 1024  # bytes a second of a body
_READER_FLOOR: Final = 8 * 1024  # bytes a second of an answer
_READER_GRACE: Final = 30.0
_PARTING: Final = 2.0  # seconds that a connection stays, after its last answer, for the other end to close it
_PIECE: Final = 64 * 1024


class RequestTimeoutError(QuesteurError):
    """The body of a request came too slowly."""

    status = 408
    code = "request-timeout"


class Connection(TConn):
    """A client's connection, and how far the head of its next request has come."""

    def __init__(self, worker: Worker, sock: socket.socket, address: object) -> None:
        super().__init__(worker.cfg, sock, address, sock.getsockname())
        self.sock.settimeout(None)
        self.began = 0.0
        self._sent = Patient(self.sock, worker.slow)
        self._heads = Heads()

    def init(self) -> None:
        """Make the parser, reading through our hands."""
        if not self.initialized:
            super().init()
            self.parser.unreader = self._sent

    def has_head(self) -> bool:
        """Read what there is; say whether the parser can go on without waiting."""
        self.init()
        held = self._sent.buf
        pause = 0.0 if self.began else _PAUSE  # a head that trickles in has had its moment
        while END not in held.getvalue():
            if held.getbuffer().nbytes > _LARGEST_HEAD:
                return True
            piece = self._piece(pause)
            if piece is None:
                return False
            if not piece:
                return True  # the other end closed; the parser meets it too, and says what it makes of the rest
            self.began = self.began or time.monotonic()
            held.seek(0, 2)
            held.write(piece)
        return True

    def _piece(self, pause: float) -> bytes | None:
        """Receive what is there, or comes in a moment; None: nothing."""
        with suppress(BlockingIOError):
            return self.sock.recv(_PIECE, socket.MSG_DONTWAIT)
        return self.sock.recv(_PIECE) if _waits(self.sock, select.POLLIN, pause) else None

    def read(self, cfg: Config) -> tuple[wsgi.Request | Again, _Response, WSGIEnvironment]:
        """Read the request that is there, its body but where it can be read.

        Raises
        ------
        StopIteration
            There is none.
        """
        held = self._sent.buf
        sent = held.getvalue()
        known = self._heads.again(sent)
        if known is not None:
            request, environ, size = known
            held.seek(0)
            held.truncate()
            held.write(sent[size:])
            return request, _Response(request, self.sock, cfg), environ
        read = next(self.parser)
        if not read:
            raise StopIteration
        response, environ = wsgi.create(read, self.sock, self.client, self.server, cfg, response_class=_Response)
        environ["wsgi.multithread"] = True
        self._heads.learn(sent, read, environ)
        return read, response, environ

    @property
    def late(self) -> bool:
        """Say whether a head began to come in too long ago."""
        return bool(self.began) and time.monotonic() - self.began > _HEAD

    def start(self) -> None:
        """Begin with a request: the time of its head is over, that of its body begins."""
        self.began = 0.0
        self._sent.begin()

    def goes_on(self) -> bool:
        """Say whether the next request is there already, or comes at once."""
        return bool(self._sent.buf.getbuffer().nbytes) or _waits(self.sock, select.POLLIN, _PAUSE)


class Patient(SocketUnreader):
    """What a connection sends, unless it is slower than a floor."""

    def __init__(self, sock: socket.socket, slow: threading.Semaphore) -> None:
        super().__init__(sock)
        self._slow = slow
        self.begin()

    def begin(self) -> None:
        """Begin to count for another request."""
        self._until = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read a piece.

        Raises
        ------
        BusyError
            Too many others are waited for.
        RequestTimeoutError
            It did not come in time.
        """
        now = time.monotonic()
        self._until = self._until or now + _GRACE
        if not _waits(self.sock, select.POLLIN, _PAUSE):
            self._wait(self._until - now)
        piece: bytes = super().chunk(size_hint)
        self._until += len(piece) / _FLOOR
        return piece

    def _wait(self, seconds: float) -> None:
        if not self._slow.acquire(blocking=False):
            raise BusyError("Too many bodies come in slowly.", retry_after=5, hint="send the body with its head")
        try:
            if not _waits(self.sock, select.POLLIN, seconds):
                raise RequestTimeoutError("the body of the request came too slowly", hint="send it without a pause")
        finally:
            self._slow.release()


class _Response(wsgi.Response):
    """An answer whose head leaves with the first piece of its body."""

    _head = b""

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Take what the application says, all of it checked at once; gunicorn finds which of them is wrong."""
        length = _place_of_length(tuple([name for name, _ in headers]))
        values = "".join([value for _, value in headers])
        if length is None or not values.isascii() or not values.isprintable():
            super().process_headers(headers)
            return
        self.headers.extend(headers)
        if length >= 0:
            self.response_length = int(headers[length][1])

    def default_headers(self) -> list[str]:
        """Say what every answer does."""
        major, minor = self.req.version
        connection = "upgrade" if self.upgrade else "close" if self.should_close() else "keep-alive"
        return [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Server: {self.version}\r\nDate: {_date(int(time.time()))}\r\nConnection: {connection}\r\n",
            "Transfer-Encoding: chunked\r\n" if self.chunked else "",
        ]

    def send_headers(self) -> None:
        """Write the head; it is sent with what follows it."""
        if not self.headers_sent:
            lines = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n"]
            self._head = "".join(lines).encode("latin-1")
            self.headers_sent = True

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            data = b"%X\r\n%s\r\n" % (len(data), data)
        self._send(data)

    def close(self) -> None:
        """Send what is left."""
        self.send_headers()
        self._send(b"0\r\n\r\n" if self.chunked else b"")

    def _send(self, data: bytes) -> None:
        data, self._head = self._head + data, b""
        if data:
            send(self.sock, data)


class Worker(Refusing):
    """A web process."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.slow = threading.Semaphore(max(1, self.cfg.threads // 4))
        self._staying = threading.Semaphore(max(1, self.cfg.threads // 2))
        self._parting: deque[Connection] = deque()

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection."""
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.nr_conns += 1
        self.enqueue_req(Connection(self, sock, address))

    def handle(self, conn: Connection) -> object:
        """Answer the requests of a connection that come one after the other; say whether more may come."""
        try:
            conn.sock.settimeout(None)
            while conn.has_head():
                if not self._answer(conn):
                    return False
                if not self.alive or not self._stays(conn):
                    return True
        except OSError:
            return False
        return _DEFER if self.alive and not conn.late else False

    def _stays(self, conn: Connection) -> bool:
        """Wait a moment for the next request, unless too many threads do: the way over the poller costs two turns."""
        if not self._staying.acquire(blocking=False):
            return False
        try:
            return conn.goes_on()
        finally:
            self._staying.release()

    def _answer(self, conn: Connection) -> bool:
        """Answer one request; say whether the connection can be used again."""
        request = None
        conn.start()
        try:
            request, response, environ = conn.read(self.cfg)
            if not self._respond(response, environ):
                return False
            # What was read to its end leaves nothing to drain.
            read = isinstance(request, Again) or getattr(request.body.reader, "length", None) == 0
            return read or bool(self._keepalive_after(conn, keepalive=True))
        except (errors.NoMoreData, StopIteration, ConnectionError, QuesteurError):
            return False
        except Exception as error:  # noqa: BLE001  whatever it is, gunicorn says it to the client and in the log
            self.handle_error(request, conn.sock, conn.client, error)
            return False

    def _respond(self, response: _Response, environ: WSGIEnvironment) -> bool:
        """Let the application answer a request; say whether the connection may be kept."""
        self.nr += 1
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        try:
            body = self.wsgi(environ, response.start_response)
            try:
                for piece in body:
                    response.write(piece)
                response.close()
            finally:
                getattr(body, "close", _nothing)()
        except ConnectionError:
            return False
        except Exception:
            if not response.headers_sent:
                raise
            self.log.exception("Error handling request")  # its length was announced: nobody takes it for whole
            return False
        return not response.should_close()

    def finish_request(self, conn: Connection, fs: Future[object]) -> None:
        """Keep a connection, or part from it: here, in the thread that serves all, nobody is waited for."""
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.settimeout(0)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, select.POLLIN, partial(self._drain, conn))
        except OSError:
            self._forget(conn)
            return
        conn.timeout = time.monotonic() + _PARTING
        self._parting.append(conn)

    def murder_pending(self) -> None:
        """Close what has had its time, that from which we part too."""
        super().murder_pending()
        now = time.monotonic()
        while self._parting and self._parting[0].timeout <= now:
            self._part(self._parting[0])

    def _drain(self, conn: Connection, _sock: object) -> None:
        """Read what a client still sends: a reset would take its answer from it."""
        try:
            if conn.sock.recv(_PIECE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._part(conn)

    def _part(self, conn: Connection) -> None:
        with suppress(ValueError):
            self._parting.remove(conn)
        with suppress(KeyError, ValueError, OSError):
            self.poller.unregister(conn.sock)
        self._forget(conn)

    def _forget(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()


@lru_cache(maxsize=256)
def _place_of_length(names: tuple[str, ...]) -> int | None:
    """Find Content-Length among the names of headers, -1 if it is not there; None: they are not all sound."""
    small = [name.lower() for name in names]
    if not all(map(wsgi.TOKEN_RE.fullmatch, small)) or not hop_headers.isdisjoint(small):
        return None
    return small.index("content-length") if "content-length" in small else -1


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    """Write a moment as HTTP does."""
    return http_date(second)


def send(sock: socket.socket, data: bytes) -> None:
    """Send bytes to a reader that takes at least a floor.

    Raises
    ------
    ConnectionResetError
        It does not.
    """
    until = time.monotonic() + _READER_GRACE
    rest = memoryview(data)
    while rest:
        try:
            sent = sock.send(rest, socket.MSG_DONTWAIT)
        except BlockingIOError:
            if not _waits(sock, select.POLLOUT, until - time.monotonic()):
                raise ConnectionResetError(errno.ECONNRESET, "the reader takes less than the floor") from None
            continue
        until += sent / _READER_FLOOR
        rest = rest[sent:]


def _waits(sock: socket.socket, event: int, seconds: float) -> bool:
    """Wait until a socket can be read or written, so many seconds at most."""
    poll = select.poll()
    poll.register(sock, event)
    return bool(poll.poll(1000 * max(0.0, seconds)))


def _nothing() -> None:
    """Close nothing."""
