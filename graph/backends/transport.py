"""One HTTP exchange under one deadline and one size cap, both held while reading. Knows no SPARQL.

The standard library bounds each read of a socket, not the exchange: a server that trickles holds its caller for ever.
Here a watch shuts the connection down when the time is over, or who asked has gone, wherever the exchange is.
"""

from __future__ import annotations

import http.client
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ontology.errors import DeadlineError, HangUpError, RemoteError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage

_PIECE: Final = 64 * 1024
_KEPT_OF_ERRORS: Final = 64 * 1024
_LOOK: Final = 0.25  # seconds between two looks at whether who asked is still there
_HANG_UP: Final = getattr(select, "POLLRDHUP", 0) | select.POLLHUP
_RESEND: Final = frozenset({307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who we are to a store that asks by HTTP Digest: the password is never sent, nor told to another host."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Status and headers of a reply, and for an error status the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    complaint: str = ""


class Watch:
    """The sockets of one exchange, shut down together when its time is over, or when the socket ``caller`` hangs up."""

    def __init__(self, until: float, caller: int | None = None) -> None:
        self.over = False
        self.left = False  # who asked has gone
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._stopped = threading.Event()
        threading.Thread(target=self._run, args=(until, caller), daemon=True).start()

    def add(self, connected: socket.socket) -> None:
        """Watch a socket. The connection forgets it once the reply begins, so it is kept here."""
        with self._lock:
            self._sockets.append(connected)
            if self.over:
                _shut(connected)

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()

    def _run(self, until: float, caller: int | None) -> None:
        while (left := until - time.monotonic()) > 0:
            if self._stopped.wait(left if caller is None else min(left, _LOOK)):
                return
            if caller is not None and _gone(caller):
                self.left = True
                break
        with self._lock:
            self.over = True
            for connected in self._sockets:
                _shut(connected)


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):  # It had ended by itself.
        connected.shutdown(socket.SHUT_RDWR)


def _gone(caller: int) -> bool:
    """Say whether the other end of a socket has hung up."""
    poll = select.poll()
    poll.register(caller, _HANG_UP)
    return bool(poll.poll(0))


class _Resend(urllib.request.HTTPRedirectHandler):
    """Follows 307 and 308 with the same method and body, which the standard library refuses to do."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Make the request that follows a redirection; never to another scheme than http and https."""
        if code not in _RESEND or req.data is None:
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        if not newurl.startswith(("http://", "https://")):
            raise urllib.error.HTTPError(newurl, code, f"redirected to {newurl}", headers, fp)
        left_out = {"host", "content-length"}
        if urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            left_out |= {"authorization"}  # a secret is for whom it was given to
        kept = {name: value for name, value in req.header_items() if name.lower() not in left_out}
        return urllib.request.Request(newurl, data=req.data, headers=kept, method=req.get_method())  # noqa: S310  checked above


def _opener(watch: Watch) -> urllib.request.OpenerDirector:
    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self.sock)

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watch.add(self.sock)

    class Http(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, req)

    class Https(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Secure, req)

    return urllib.request.build_opener(Http, Https, _Resend)


def _digest(request: urllib.request.Request, login: Login) -> urllib.request.HTTPDigestAuthHandler:
    """Answer the challenges of the host of a request."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, f"{request.type}://{request.host}/", login.user, login.password)
    return urllib.request.HTTPDigestAuthHandler(passwords)


def exchange(
    request: urllib.request.Request,
    spool: IO[bytes],
    *,
    until: float,
    max_bytes: int,
    login: Login | None = None,
    caller: int | None = None,
) -> Reply:
    """Send a request and write the body of its reply to ``spool``; with ``login``, again where Digest is asked for.

    ``caller`` is the socket of who asked: when it hangs up, nothing more is read.

    Raises
    ------
    DeadlineError
        ``until`` (monotonic) has passed.
    HangUpError
        The caller has gone.
    TooLargeError
        The body is above ``max_bytes``.
    RemoteError
        ``remote-failed``: no connection; ``remote-cut``: the connection broke in the middle of the body.
    """
    watch = Watch(until, caller)
    try:
        left = max(0.001, until - time.monotonic())
        opener = _opener(watch)
        if login is not None:
            opener.add_handler(_digest(request, login))
        with opener.open(request, timeout=left) as response:
            _copy(response, spool, max_bytes)
            reply = Reply(status=response.status, headers={k.lower(): v for k, v in response.headers.items()})
        if watch.over:
            raise HangUpError if watch.left else _deadline()
    except urllib.error.HTTPError as error:
        with error:
            complaint = error.read(_KEPT_OF_ERRORS).decode(errors="replace")
        headers = {name.lower(): value for name, value in error.headers.items()}
        return Reply(status=error.code, headers=headers, complaint=complaint)
    except ValueError as error:  # a challenge that the standard library does not know
        raise RemoteError(f"The remote store asks for a login that is not spoken here: {error}.") from error
    except (OSError, http.client.HTTPException) as error:
        if watch.left:
            raise HangUpError from error
        if watch.over or time.monotonic() >= until or isinstance(error, TimeoutError):
            raise _deadline() from error
        if isinstance(error, http.client.IncompleteRead):
            raise RemoteError("The remote store broke off in the middle of its answer.", code="remote-cut") from error
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise RemoteError(f"The remote store cannot be reached: {reason}.") from error
    finally:
        watch.stop()
    return reply


def _copy(response: http.client.HTTPResponse, spool: IO[bytes], max_bytes: int) -> None:
    size = 0
    while piece := response.read(_PIECE):
        size += len(piece)
        if size > max_bytes:
            raise TooLargeError(f"The remote store's answer is above {max_bytes} bytes.", hint="Add a LIMIT.")
        spool.write(piece)
    if response.length:
        # The standard library raises this for an unbounded read only.
        raise http.client.IncompleteRead(b"", response.length)


def _deadline() -> DeadlineError:
    return DeadlineError("The remote store did not answer in the time allowed.", hint="Ask for less, or add a LIMIT.")
