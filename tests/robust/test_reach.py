"""R14, R15: no query reaches another machine, or a file of this one."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.served import Server

LONG = pytest.mark.slow
SHAPES = (
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ BIND(<{0}> AS ?g) SERVICE ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{0}> }} SERVICE SILENT ?g {{ ?s ?p ?o }} }}",
    "PREFIX x: <{0}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
    "PREFIX SERVICE: <{0}> SELECT * {{ SERVICE:x{{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE<{0}>{{ ?s ?p ?o }} }} }} }}",
    "ASK {{ FILTER EXISTS {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <{0}>",
    "CONSTRUCT FROM <{0}> WHERE {{ ?s ?p ?o }}",
    "LOAD <{0}>",
    "LOAD SILENT <{0}> INTO GRAPH <u:g>",
    "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "#\nSELECT * {{ <x> <y> 'SERVICE' . SERVICE <{0}> {{}} }}",
    "sElEcT * {{ sErViCe sIlEnT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ?o OPTIONAL {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
)


@contextmanager
def canary() -> Generator[tuple[str, list[object]]]:
    """Listen, and note who comes."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, who = listener.accept()
                except OSError:
                    return
                came.append(who)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x", came
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=LONG)])
def test_r14_no_query_connects_to_anybody(server: Server, rounds: int) -> None:
    with canary() as (url, came):
        for number in range(rounds):
            for shape in SHAPES:
                reply = server.ask(shape.format(f"{url}{number}"))
                assert reply.status in {200, 400, 403}, f"{shape}: {reply}"
                if reply.status == 200:
                    assert b"canary" not in reply.body
            for name in ("default-graph-uri", "named-graph-uri"):
                assert server.get(f"/sparql?query=ASK%7B?s%20?p%20?o%7D&{name}={quote(url, safe='')}").status == 200
            assert server.get(f"/data?graph={quote(url, safe='')}").status == 404
        assert not came


def test_r15_no_query_reads_or_writes_a_file(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text('<u:canary> <u:canary> "canary" .\n', encoding="ascii")
    before = secret.stat()
    for shape in SHAPES:
        reply = server.ask(shape.format(secret.as_uri()), timeout="1")
        assert reply.status in {200, 400, 403}, f"{shape}: {reply}"
        assert b'"canary"' not in reply.body
    assert server.get(f"/data?graph={quote(secret.as_uri(), safe='')}").status == 404
    after = secret.stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    assert list(tmp_path.iterdir()) == [secret]
