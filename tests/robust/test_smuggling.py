"""R22: bytes that two servers would read in two ways are refused, or end the connection."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.served import Server

GOOD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
FORM = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PROBES = {
    "two lengths": FORM + b"Content-Length: 6\r\nContent-Length: 12\r\n\r\nquery=ASK {}",
    "length and chunks": FORM + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GOOD,
    "a length with a sign": FORM + b"Content-Length: +12\r\n\r\nquery=ASK {}",
    "a length in hexadecimal": FORM + b"Content-Length: 0xC\r\n\r\nquery=ASK {}",
    "an unknown coding": FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding twice": FORM + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": FORM + b"Content-Length : 12\r\n\r\nquery=ASK {}",
    "a folded header": FORM + b"X-A: b\r\n Content-Length: 12\r\n\r\nquery=ASK {}",
    "a bare line feed": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "a chunk size with a sign": FORM + b"Transfer-Encoding: chunked\r\n\r\n+c\r\nquery=ASK {}\r\n0\r\n\r\n",
    "a zero byte in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: \x00b\r\n\r\n",
    "an unknown version": b"GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "a long request line": b"GET /?" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
}


def statuses(server: Server, raw: bytes) -> list[int]:
    """Send bytes as they are, and list the status of each answer that comes back."""
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
    return [int(part.split()[1]) for part in received.split(b"HTTP/1.1 ")[1:] for part in [b"HTTP/1.1 " + part]]


def test_a_request_without_fault_is_answered_once(server: Server) -> None:
    assert statuses(server, GOOD) == [200]


@pytest.mark.parametrize("name", PROBES)
def test_r22_no_probe_is_taken_for_two_requests(server: Server, name: str) -> None:
    found = statuses(server, PROBES[name])
    assert len(found) <= 1
    assert not found or found[0] >= 400, found


@pytest.mark.parametrize("name", PROBES)
def test_r22_no_probe_rides_on_a_head_that_was_read_before(server: Server, name: str) -> None:
    method, _, rest = PROBES[name].partition(b" ")
    known = b"GET /healthz HTTP/1.1\r\n" + rest.partition(b"\r\n")[2].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    found = statuses(server, GOOD + GOOD + known + method + b" " + rest)
    assert found[:2] == [200, 200]
    assert len(found) <= 4
    assert all(status >= 400 for status in found[3:]), found


@pytest.mark.parametrize(
    "name", ["a chunk size with a sign", "trailers without end", "a mount point", "a length that is no number"]
)
def test_a_request_that_is_none_is_the_clients_fault(server: Server, name: str) -> None:
    query = FORM.replace(b"x-www-form-urlencoded", b"sparql-query")
    more = {
        "trailers without end": query
        + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n"
        + b"X: y\r\n" * 300
        + b"\r\n",
        "a mount point": b"GET /nowhere HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /now\r\n\r\n",
        "a length that is no number": query + b"Content-Length: six\r\n\r\nASK {}",
    }
    (found,) = statuses(server, (more | PROBES)[name])
    assert 400 <= found < 500, found


def test_who_asks_by_too_long_an_address_is_told_how_to_ask(server: Server) -> None:
    reply = server.get("/sparql?query=" + "x" * 9000)
    assert (reply.status, reply.headers["content-type"]) == (414, "application/problem+json")
    assert "POST" in reply.json["hint"]
    assert reply.headers["access-control-allow-origin"] == "*"  # a page elsewhere reads it too
