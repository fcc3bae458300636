"""The programs that are compared, each started as its own documentation says, over the same data."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Generator

GRAPH = "https://example.org/graph"
ROOT = Path(__file__).parents[2]


def make_data(folder: Path, quads: int) -> None:
    """Write a DATA folder of that many quads, five for each subject."""
    store_folder = folder / "gens" / "g1" / "store"
    store_folder.mkdir(parents=True)
    file = folder / "data.nq"
    with file.open("w", encoding="ascii") as out:
        for number in range(quads // 5):
            out.writelines(f"{triple} <{GRAPH}> .\n" for triple in _triples(number))
    store = ox.Store(str(store_folder))
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
    del store
    file.unlink()
    (folder / "CURRENT").write_text("g1\n", encoding="ascii")


def make_file(path: Path, quads: int) -> None:
    """Write the first triples of the same as N-Triples, for who reads files."""
    with path.open("w", encoding="ascii") as out:
        for number in range(quads // 5):
            out.writelines(f"{triple} .\n" for triple in _triples(number))


def _triples(number: int) -> list[str]:
    subject = f"<https://example.org/s{number}>"
    group = f"<https://example.org/group> <https://example.org/g{number % 997}>"
    values = [f'<https://example.org/{letter}> "{letter}{number}"' for letter in "abcd"]
    return [f"{subject} {pair}" for pair in (group, *values)]


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def program(command: list[str], port: int, path: str, **environment: str) -> Generator[tuple[str, int]]:
    """Run a program until the block ends; wait until it answers."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _wait(process, f"http://127.0.0.1:{port}{path}?query=ASK%7B%7D")
            yield "127.0.0.1", port
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=10):  # noqa: S310  a program of ours on loopback
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"{process.args!r} does not answer")


def commands(data: Path, file: Path, port: int, peers: Path | None) -> dict[str, tuple[list[str], str]]:
    """Give the command of each program, and the path of its endpoint."""
    store = str(data / "gens" / "g1" / "store")
    binary = Path(sys.executable).parent
    gunicorn = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "16"]
    found = {
        "questeur": ([sys.executable, "-m", "questeur", "serve", str(data), "--port", str(port)], "/sparql"),
        "in process": ([*gunicorn, "-k", "gthread", "benchmarks.serve.in_process:application"], "/sparql"),
        "oxigraph serve": (
            [
                str(binary / "oxigraph"),
                "serve-read-only",
                "--location",
                store,
                "--bind",
                f"127.0.0.1:{port}",
                "--union-default-graph",
            ],
            "/query",
        ),
    }
    if peers is not None:
        endpoint = [str(peers / "bin" / "rdflib-endpoint"), "serve", str(file), "--port", str(port)]
        found["rdflib-endpoint"] = ([*endpoint, "--host", "127.0.0.1"], "/")
    return found
