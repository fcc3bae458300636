"""One HTTP request at a time, to hosts that are allowed and to no other. Knows nothing of files and archives."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urljoin, urlsplit

from ontology.errors import RemoteError
from questeur.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
Response = http.client.HTTPResponse

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_PROGRESS = 1 << 16


class PassingError(RemoteError):
    """A failure that another try may mend. ``wait`` is how long the server asked to be left alone, in seconds."""

    def __init__(self, message: str, *, code: str | None = None, wait: float = 0) -> None:
        super().__init__(message, code=code)
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where requests may go, and how patiently.

    ``hosts`` are host names, with the port where it is not that of https. ``plain_loopback`` allows http to this very
    machine: it is for tests, and no option of the program sets it.
    """

    hosts: frozenset[str]
    plain_loopback: bool = False
    timeout: float = 60.0
    tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def open(self, url: str, headers: Mapping[str, str], *, method: str = "GET") -> Response:
        """Send a request, follow redirects as far as they are allowed, and give the response, whatever its status.

        Raises
        ------
        PassingError
            The connection was cut or timed out.
        RemoteError
            The host is not allowed or cannot be reached.
        """
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._send(url, headers, method)
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                return response
            response.close()
            url = urljoin(url, location)
        raise RemoteError(f"{url}: redirected more than {_MAX_REDIRECTS} times", code="redirect")

    def _send(self, url: str, headers: Mapping[str, str], method: str) -> Response:
        local = self._check(url)
        host = urlsplit(url).netloc
        known = {"User-Agent": f"questeur/{VERSION}", "Accept-Encoding": "identity", **headers}
        request = urllib.request.Request(url, headers=known, method=method)  # noqa: S310 - scheme and host are checked
        opener = urllib.request.OpenerDirector()  # no handler that follows redirects or reads other schemes
        opener.add_handler(urllib.request.ProxyHandler({} if local else None))
        opener.add_handler(urllib.request.HTTPHandler() if local else urllib.request.HTTPSHandler())
        try:
            return cast("Response", opener.open(request, timeout=self.timeout))
        except urllib.error.URLError as error:
            raise unreachable(host, error.reason) from error
        except (http.client.HTTPException, OSError) as error:
            raise _cut(host, error) from error

    def _check(self, url: str) -> bool:
        """Refuse an address that is not allowed; say whether it is one of this machine."""
        parts = urlsplit(url)
        local = self.plain_loopback and parts.scheme == "http" and parts.hostname in _LOOPBACK
        if parts.netloc in self.hosts and (parts.scheme == "https" or local):
            return local
        raise RemoteError(
            f"{url}: not an address that may be fetched from",
            code="redirect",
            hint=f"only https to {', '.join(sorted(self.hosts))} is; the publisher may have moved its archives",
        )

    def patiently(self, attempt: Callable[[], T], reached: Callable[[], int] = lambda: 0) -> T:
        """Try until it works; give up after so many failures in a row that brought nothing new.

        A try that took ``reached`` 64 KB beyond where any try before it got starts the count afresh: a connection
        that is cut again and again still brings the whole file.
        """
        failures, furthest = 0, reached()
        while True:
            try:
                return attempt()
            except RemoteError as error:
                wait = error.wait if isinstance(error, PassingError) else 0
                gone = error.code == "unreachable" and failures  # it answered a moment ago: it may be starting anew
                failures = 1 if reached() - furthest >= _PROGRESS else failures + 1
                furthest = max(furthest, reached())
                passing = isinstance(error, PassingError) or gone
                if not passing or failures >= self.tries or wait > self.longest_wait:
                    raise
                self.sleep(max(wait, self.first_wait * 2 ** (failures - 1)))


def chunk(response: Response, size: int) -> bytes:
    """Read some more of a body; nothing at its end.

    Raises
    ------
    PassingError
        The connection was cut or timed out.
    """
    try:
        return response.read1(size)
    except (http.client.HTTPException, OSError) as error:
        raise _cut("the server", error) from error


def check_status(response: Response, host: str) -> None:
    """Raise unless the response carries what was asked for: 200, 206 or 304.

    Raises
    ------
    PassingError
        429 or 5xx.
    RemoteError
        Any other status.
    """
    if response.status in {200, 206, 304}:
        return
    words = f"{host} answered {response.status} {response.reason}".rstrip()
    if response.status == 429 or response.status >= 500:
        wait = retry_after(response)
        asked = f" and asks to wait {wait:.0f} s" if wait else ""
        raise PassingError(words + asked, wait=wait)
    raise RemoteError(words, hint="the archive may have moved" if response.status in {404, 410} else "")


def retry_after(response: Response) -> float:
    """Read ``Retry-After``, a number of seconds or a date; 0 when it says nothing."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    until = http_date(value)
    return max(0.0, (until - said_at(response)).total_seconds()) if until else 0.0


def said_at(response: Response) -> datetime:
    """Give the time of the response by its ``Date``, else by the clock of this machine."""
    return http_date(response.headers.get("Date")) or datetime.now(UTC).replace(microsecond=0)


def http_date(value: str | None) -> datetime | None:
    """Read a date of HTTP; None when it is none."""
    try:
        found = parsedate_to_datetime(value) if value else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def unreachable(host: str, reason: object) -> RemoteError:
    """Tell a host that is not there, which waiting does not mend, from one that broke off."""
    if isinstance(reason, TimeoutError | ConnectionResetError | BrokenPipeError):
        return _cut(host, reason)
    if isinstance(reason, socket.gaierror):
        said = "its name cannot be resolved"
    elif isinstance(reason, ssl.SSLCertVerificationError):
        said = f"its certificate is not trusted ({getattr(reason, 'verify_message', reason)})"
    else:
        said = str(getattr(reason, "strerror", None) or reason)
    return RemoteError(f"{host} cannot be reached: {said}", code="unreachable")


def _cut(host: str, error: Exception) -> PassingError:
    said = "no answer in time" if isinstance(error, TimeoutError) else f"the connection was cut ({_reason(error)})"
    return PassingError(f"{host}: {said}", code="cut")


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
