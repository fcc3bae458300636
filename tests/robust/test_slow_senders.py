"""R27: connections that stall hold no thread that others need, whatever they stall in."""

from __future__ import annotations

import socket
import struct
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.served import Server

MANY = 200  # more than a web process has threads
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 6\r\n\r\n"
STALLS = {
    "before a byte": b"",
    "in the request line": b"GET /sparql?que",
    "in the head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ",
    "before the body": POST,
    "in the body": POST + b"ASK",
    "in a chunk": b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK",
    "after the last answer": b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "after a wrong request": b"GET /healthz HTTP/1.1\r\nX-A\r\n\r\n",
    "between two requests": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "reading a page": b"GET /docs/ontology HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
}


@pytest.fixture(scope="module")
def alone(example_data: Path) -> Generator[Server]:
    with served(example_data, "--processes", "1") as found:
        yield found


@pytest.mark.parametrize("where", STALLS)
def test_r27_connections_that_stall_keep_nobody_from_an_answer(alone: Server, where: str) -> None:
    with ExitStack() as stack:
        for _ in range(MANY):
            stalled = stack.enter_context(socket.socket())
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect((alone.host, alone.port))
            stalled.sendall(STALLS[where])
        answers = [alone.get("/healthz") for _ in range(5)]
    assert [answer.status for answer in answers] == [200] * 5
    assert sum(answer.seconds for answer in answers) < 4, [answer.seconds for answer in answers]


def test_r27_a_head_that_trickles_in_is_given_up(alone: Server) -> None:
    with socket.create_connection((alone.host, alone.port), timeout=30) as slow:
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 25:
                slow.sendall(b"G")
                time.sleep(0.5)
    assert time.monotonic() - began < 20


def test_a_body_that_comes_in_two_pieces_is_read(alone: Server) -> None:
    with socket.create_connection((alone.host, alone.port), timeout=30) as sender:
        sender.sendall(POST + b"ASK")
        time.sleep(0.2)
        sender.sendall(b" {}")
        assert sender.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_body_that_never_comes_is_a_request_timeout(alone: Server) -> None:
    with socket.create_connection((alone.host, alone.port), timeout=30) as sender:
        sender.sendall(POST + b"ASK")
        assert sender.recv(65536).startswith(b"HTTP/1.1 408")


def test_requests_sent_at_once_are_answered_in_their_order(alone: Server) -> None:
    paths = [b"/healthz", b"/nowhere", b"/healthz", b"/sparql?query=ASK%20%7B%7D"] * 5
    with socket.create_connection((alone.host, alone.port), timeout=30) as sender:
        asked = [b"GET %s HTTP/1.1\r\nHost: x\r\n" % path for path in paths]
        sender.sendall(b"\r\n".join(asked) + b"Connection: close\r\n\r\n")
        received = b""
        while piece := sender.recv(65536):
            received += piece
    statuses = [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200", b"200"] * 5


def test_a_connection_that_is_reset_leaves_the_service_as_it_was(alone: Server) -> None:
    for sent in STALLS.values():
        with socket.socket() as rude:
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            rude.connect((alone.host, alone.port))
            rude.sendall(sent)
    assert alone.get("/healthz").status == 200
    assert "Traceback" not in "".join(alone.said), "".join(alone.said)[-3000:]
