"""Asking another service, for a query that names one which the operator allows. The only way out of this program.

The address that a name resolves to is checked against what is not public (loopback, private networks, link-local, the
metadata of clouds), and the connection goes to that very address, so a name that changes meanwhile leads nowhere else.
TLS is verified, redirections are not followed, time and size are capped. Knows HTTP; what is joined, others know.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlencode, urlsplit

from graph.backends.federation import joined, nothing, parts, values
from graph.backends.transport import Watch
from ontology.errors import (
    BusyError,
    ConfigError,
    DeadlineError,
    HangUpError,
    QuesteurError,
    RefusedError,
    RemoteError,
    TooLargeError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graph.backends.federation import Part
    from graph.gate import Outline

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_SECONDS: Final = 5.0  # for one service
_TURN: Final = 1.0  # to wait until another query has asked
_BYTES: Final = 4 * 1024**2
_PIECE: Final = 64 * 1024
_JSON: Final = "application/sparql-results+json"
_EMBEDDING: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """The services that a query may ask, each an https address; none unless they are named.

    Parameters
    ----------
    services
        Their addresses, exactly as a query writes them.
    networks
        Networks that are not public and may be reached all the same.
    authorities
        A file of certificates to trust besides the system's.
    """

    services: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    authorities: Path | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Check what an operator wrote.

        Raises
        ------
        ConfigError
            An address that is not https, or that carries more than a place; a file that holds no certificates.
        """
        if self.authorities is not None:
            try:
                ssl.create_default_context(cafile=self.authorities)
            except OSError:
                raise ConfigError(
                    f"{self.authorities.name} holds no certificates that can be read", hint="give a file in PEM form"
                ) from None
        for address in self.services:
            if not _is_service(address):
                raise ConfigError(
                    f"{address} cannot be a service to ask", hint="give an address such as https://example.org/sparql"
                )

    def resolve(
        self, text: str, read: Outline, until: float, check: Callable[[str], None], caller: int | None = None
    ) -> str:
        """Ask the services of a query, and give the text with what they answered in their places.

        ``caller`` is the socket of who asks: when it hangs up, no service is waited for.

        Raises
        ------
        RefusedError
            Such a service is not asked; nobody was.
        HangUpError
            The caller has gone.
        QuesteurError
            One that is not SILENT gave no answer.
        """
        if not self.services:
            raise RefusedError(
                "This service does not ask other services: SERVICE is refused.",
                code="federation-refused",
                hint="Ask the other service yourself and pass what it answers in VALUES.",
            )
        found = parts(text, read)
        for part in found:
            self._check(part, check)
        return joined(text, [(part, self._ask(part, until, caller)) for part in found])

    def _check(self, part: Part, check: Callable[[str], None]) -> None:
        if part.address not in self.services:
            raise RefusedError(
                f"This service asks others only if they are on its list: {part.address[:200]} is not.",
                code="federation-refused",
                hint=f"It asks {', '.join(self.services)}.",
            )
        check(part.query)

    def _ask(self, part: Part, until: float, caller: int | None) -> str:
        """Ask one service. One is asked at a time, so that a slow one never holds every place there is."""
        if not self._turn.acquire(timeout=max(0.0, min(_TURN, until - time.monotonic()))):
            raise BusyError("Another query is asking another service.", retry_after=1, hint="try again in a moment")
        try:
            return values(self._fetch(part, min(until, time.monotonic() + _SECONDS), caller))
        except HangUpError:
            raise
        except QuesteurError:
            if part.silent:
                return nothing(part)
            raise
        finally:
            self._turn.release()

    def _fetch(self, part: Part, until: float, caller: int | None) -> bytes:
        place = urlsplit(part.address)
        host, port = place.hostname or "", place.port or 443
        target = place._replace(scheme="", netloc="").geturl() or "/"
        address = public(_resolve(host, port), self.networks)
        watch = Watch(until, caller)
        try:
            context = ssl.create_default_context(cafile=None if self.authorities is None else str(self.authorities))
            connection = _Pinned(host, port, str(address), context, watch, max(0.001, until - time.monotonic()))
            body = urlencode({"query": part.query}).encode()
            connection.request("POST", target, body, _HEADERS)
            with connection.getresponse() as response:
                return _whole(response)
        except (OSError, http.client.HTTPException, RemoteError) as error:
            if watch.left:
                raise HangUpError from error
            if watch.over or isinstance(error, TimeoutError):
                raise DeadlineError(f"{host} did not answer within {_SECONDS:g} s.", code="remote-deadline") from error
            if isinstance(error, RemoteError):
                raise
            raise RemoteError(f"{host} cannot be asked: {_reason(error)}.") from error
        finally:
            watch.stop()


def _is_service(address: str) -> bool:
    """Say whether an address is of the kind that may be asked."""
    try:
        found = urlsplit(address)
        _ = found.port
    except ValueError:
        return False
    return found.scheme == "https" and bool(found.hostname) and "@" not in found.netloc and not found.fragment


_HEADERS: Final = {
    "Accept": _JSON,
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "questeur (SPARQL federation)",
    "Connection": "close",
}


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, whatever the name leads to by then."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext, watch: Watch, timeout: float
    ) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._address = address
        self._tls = context
        self._watch = watch

    def connect(self) -> None:
        """Connect, and let TLS check the name."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self._watch.add(plain)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        self._watch.add(self.sock)


def public(addresses: Sequence[Address], allowed: Sequence[Network] = ()) -> Address:
    """Give the first address of a name, all of which must be public or allowed.

    Raises
    ------
    RefusedError
        One is neither: the name leads into somebody's own network.
    """
    for address in addresses:
        if not _is_public(address) and not any(address in network for network in allowed):
            raise RefusedError(
                "The name of this service leads to an address that is not public.", code="federation-refused"
            )
    if not addresses:
        raise RemoteError("The name of this service leads nowhere.")
    return addresses[0]


def _is_public(address: Address) -> bool:
    """Say whether an address is of the open internet, and hides no other."""
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _EMBEDDING):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> list[Address]:
    """Look a name up.

    Raises
    ------
    RemoteError
        There is no such name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RemoteError(f"{host} cannot be asked: the name is not known.") from error
    addresses = [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]
    return [(isinstance(a, ipaddress.IPv6Address) and a.ipv4_mapped) or a for a in addresses]


def _whole(response: http.client.HTTPResponse) -> bytes:
    """Read an answer to its end."""
    if response.status != 200:
        raise RemoteError(f"The other service answered with status {response.status}.")
    if response.headers.get_content_type() not in (_JSON, "application/json"):
        raise RemoteError("The other service did not answer with SPARQL results in JSON.")
    body = io.BytesIO()
    while piece := response.read(_PIECE):
        body.write(piece)
        if body.tell() > _BYTES:
            raise TooLargeError(
                f"The other service's answer is above {_BYTES // 1024**2} MiB.",
                hint="Narrow the pattern inside SERVICE, or give it a subquery with LIMIT.",
            )
    if response.length:
        raise RemoteError("The other service broke off in the middle of its answer.", code="remote-cut")
    return body.getvalue()


def _reason(error: Exception) -> str:
    """Say why in words that hold no address of ours."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good ({error.verify_message})"
    return type(error).__name__ if not isinstance(error, OSError) else (error.strerror or type(error).__name__)
