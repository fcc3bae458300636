"""The program as its user starts it, on a free port, and plain HTTP to it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Reply(NamedTuple):
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> dict[str, Any]:
        """Read the body."""
        return cast("dict[str, Any]", json.loads(self.body))

    def __str__(self) -> str:  # what a failed assertion shows
        """Show what a reader of a failure needs."""
        return f"{self.status} {dict(self.headers)} {self.body[:500].decode(errors='replace')}"


class Server:
    """A running service: its address, its process and what it wrote on stderr."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address
        self.host = urlsplit(address).hostname or ""
        self.port = urlsplit(address).port or 0
        self.said: list[str] = []

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request on a connection of its own, and take the answer whole."""
        began = time.monotonic()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Reply(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(),
                time.monotonic() - began,
            )
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Get a path; ``accept_encoding`` is the header Accept-Encoding."""
        return self.send("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def ask(self, text: str, accept: str = "*/*", **parameters: str) -> Reply:
        """Ask a query by POST."""
        form = "&".join(f"{name}={quote(value)}" for name, value in {"query": text, **parameters}.items())
        return self.send("POST", "/sparql", form.encode(), {**FORM, "Accept": accept})

    def tree(self) -> list[int]:
        """List the process and all its descendants."""
        return sorted(_tree(self.process.pid))

    def web(self) -> list[int]:
        """List the web processes."""
        return sorted(_children(self.process.pid))


def _children(pid: int) -> set[int]:
    try:
        return {
            int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()
        }
    except OSError:
        return set()


def _tree(pid: int) -> set[int]:
    return {pid}.union(*map(_tree, _children(pid)))


@contextmanager
def served(data: Path | str, *options: str, ends: bool = True) -> Generator[Server]:
    """Serve a DATA folder or an endpoint until the block ends; the end must be clean, unless ``ends`` is false."""
    command = [sys.executable, "-m", "questeur", "serve", str(data), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert line.startswith("serving on http://127.0.0.1:"), line
            server = Server(process, line.split()[2].rstrip("/"))
            reader = threading.Thread(target=_read, args=(process, server.said), daemon=True)
            reader.start()
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(timeout=60)
            assert ended == 0 or not ends


def _read(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stderr is not None
    said.extend(process.stderr)
