"""Who asks: one address, or one network, as far as the proxies in front can be believed. Knows WSGI names only."""

from __future__ import annotations

import ipaddress
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from wsgiref.types import WSGIEnvironment

_HANG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP


def client(environ: WSGIEnvironment, *, proxies: int) -> str:
    """Name the client of a request: its IPv4 address, or its /64 network of IPv6.

    Each of the proxies in front has added the address it saw to X-Forwarded-For; what stands further to the left is
    the client's own invention.
    """
    seen = [environ.get("REMOTE_ADDR", "")]
    forwarded = environ.get("HTTP_X_FORWARDED_FOR")
    if proxies and forwarded:
        seen = [*forwarded.split(","), *seen]
    return _network(seen[max(0, len(seen) - 1 - proxies)].strip())


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.strip("[]"))
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))


def connection(environ: WSGIEnvironment) -> socket.socket | None:
    """Give the client's own socket, where the server shows it."""
    return environ.get("gunicorn.socket")


def gone(caller: int | None) -> bool:
    """Say whether the other end of a socket has hung up."""
    if caller is None:
        return False
    poll = select.poll()
    poll.register(caller, _HANG_UP)
    return bool(poll.poll(0))
