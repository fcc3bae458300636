"""Clients that each ask again as soon as they are answered, on connections they keep. One thread, no waiting in it."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Client:
    """One connection: what it has received of an answer, and when it asked."""

    sock: socket.socket
    received: bytearray = field(default_factory=bytearray)
    asked: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run gave: answers a second, milliseconds of half and of 99 % of them, and what was no 200."""

    clients: int
    rate: float
    p50: float
    p99: float
    failed: int


def run(address: tuple[str, int], requests: Iterator[bytes], *, clients: int, seconds: float) -> Figures:
    """Ask for some seconds, after a fifth of that time to warm up."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    failed = 0
    began = time.perf_counter()
    warm, end = began + seconds / 5, began + seconds * 1.2
    for _ in range(clients):
        client = Client(_connected(address))
        selector.register(client.sock, selectors.EVENT_READ, client)
        _ask(client, requests)
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(0.1):
            client = key.data
            piece = client.sock.recv(262144)
            client.received += piece
            if piece and not _whole(client.received):
                continue
            now = time.perf_counter()
            if now > warm:
                times.append(now - client.asked)
                failed += not client.received.startswith(b"HTTP/1.1 200")
            closes = not piece or b"connection: close" in client.received[:1024].lower()
            client.received.clear()
            if closes:
                selector.unregister(client.sock)
                client.sock.close()
                client.sock = _connected(address)
                selector.register(client.sock, selectors.EVENT_READ, client)
            _ask(client, requests)
    for key in list(selector.get_map().values()):
        key.data.sock.close()
    times.sort()
    count = len(times)
    return Figures(
        clients=clients,
        rate=round(count / (time.perf_counter() - warm), 1),
        p50=round(1000 * times[count // 2], 2) if times else 0.0,
        p99=round(1000 * times[int(count * 0.99)], 2) if times else 0.0,
        failed=failed,
    )


def _connected(address: tuple[str, int]) -> socket.socket:
    sock = socket.create_connection(address)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _ask(client: Client, requests: Iterator[bytes]) -> None:
    client.asked = time.perf_counter()
    client.sock.sendall(next(requests))


def _whole(received: bytearray) -> bool:
    """Say whether an answer is all there, by its length or its last chunk."""
    head, mark, body = received.partition(b"\r\n\r\n")
    if not mark:
        return False
    head = head.lower()
    at = head.find(b"content-length:")
    if at >= 0:
        return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])
    return body.endswith(b"0\r\n\r\n")
