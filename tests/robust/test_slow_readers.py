"""R7: who reads slowly, or not at all, holds nothing that others need."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.robust.measuring import bearable, is_idle, percentile, small_queries, until_true

if TYPE_CHECKING:
    from tests.served import Server

READERS = 64
LARGE = "GET /sparql?query=SELECT+*+{{+?s+?p+?o+}}+LIMIT+1{number}000&format=xml HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("strict", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_r7_stalled_readers_of_large_answers_do_not_slow_small_queries(server: Server, *, strict: bool) -> None:
    idle = percentile(small_queries(server, 100), 0.99)
    with ExitStack() as stack:
        for number in range(READERS):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stack.enter_context(reader).connect((server.host, server.port))
            reader.sendall(LARGE.format(number=number % 4).encode())
        until_true(lambda: is_idle(server), 60)  # all are answered, or told that too many are
        beside = small_queries(server, 150)
    assert percentile(beside, 0.99) <= bearable(idle, 2, strict=strict), (idle, sorted(beside)[-5:])
