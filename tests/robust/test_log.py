"""R24: whatever is sent, the log has one line for each request, and no answer tells of the machine."""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.served import Server

LONG = pytest.mark.slow
PIECES = [
    "\n",
    "\r\n",
    "\x00",
    '"',
    "\\",
    '{"status": 200}',
    "\u2028",
    "é",
    "𝄞",
    "%0a",
    "../",
    "<script>",
    "SELECT",
    "?x",
]
PATHS = ["/sparql", "/data", "/status", "/question/x", "/en/sparql", "/nowhere", "/sparql/check"]


@pytest.fixture(scope="module")
def logged(example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Server, Path]]:
    log = tmp_path_factory.mktemp("log") / "access.log"
    with served(example_data, "--log", str(log)) as server:
        yield server, log


def lines_of(log: Path, seen: int, number: int) -> list[dict[str, object]]:
    """Read the lines after those seen, once there are so many: a line is written when its answer has left."""
    until = time.monotonic() + 10
    while True:
        lines = [json.loads(line) for line in log.read_bytes().split(b"\n")[seen:-1]]
        if len(lines) >= number or time.monotonic() > until:
            return lines
        time.sleep(0.01)


@pytest.mark.parametrize("requests", [150, pytest.param(1000, marks=LONG)])
def test_r24_lines_are_requests_and_nothing_of_the_machine_is_told(
    logged: tuple[Server, Path], tmp_path: Path, requests: int
) -> None:
    server, log = logged
    seen = len(log.read_bytes().splitlines())
    dice = random.Random(24)  # noqa: S311  the same each time
    ids: list[str] = []
    for _ in range(requests):
        junk = "".join(dice.choices(PIECES, k=dice.randint(1, 12)))
        target = f"{dice.choice(PATHS)}{quote(junk) if dice.random() < 0.3 else ''}?query={quote(junk)}"
        agent = "".join(char for char in junk if char.isprintable() and ord(char) < 256)
        reply = server.send(dice.choice(["GET", "HEAD", "POST", "PUT"]), target, headers={"User-Agent": agent})
        assert reply.status != 500, reply
        assert b"Traceback" not in reply.body
        assert str(tmp_path.parent).encode() not in reply.body
        assert b"site-packages" not in reply.body
        ids.append(reply.headers["x-request-id"])
    lines = lines_of(log, seen, len(ids))
    assert sorted(str(line["id"]) for line in lines) == sorted(ids)
    assert all({"time", "client", "method", "path", "status", "bytes", "ms"} <= line.keys() for line in lines)


def test_a_long_query_is_logged_by_its_digest_and_beginning_only(logged: tuple[Server, Path]) -> None:
    server, log = logged
    seen = len(log.read_bytes().splitlines())
    server.ask("ASK {} #" + "é" * 5000)
    (line,) = lines_of(log, seen, 1)
    assert len(str(line["query"]).encode()) <= 2048
    assert len(str(line["sha256"])) == 64
