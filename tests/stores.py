"""A published graph on disk and a real remote endpoint, for tests that ask questions of a store."""

from __future__ import annotations

import shutil
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
    from collections.abc import Generator, Iterable

EXAMPLE = Path(__file__).parent / "data" / "example.trig"
MANY = ox.NamedNode("https://w3id.org/questeur/graph/many")


def many(subjects: int, marker: str = "") -> Iterable[ox.Quad]:
    """Give enough triples for a query to run away on: five for each subject."""
    for number in range(subjects):
        for letter in "abcde":
            subject = ox.NamedNode(f"https://example.org/{marker}s{number}")
            yield ox.Quad(subject, ox.NamedNode(f"https://example.org/{letter}"), ox.Literal(f"{letter}{number}"), MANY)


def publish(data: Path, name: str, quads: Iterable[ox.Quad] = (), *, example: bool = True) -> None:
    """Make a generation and let CURRENT name it, by replacement as the real publisher does."""
    folder = data / "gens" / name / "store"
    folder.mkdir(parents=True)
    store = ox.Store(str(folder))
    if example:
        store.bulk_load(path=str(EXAMPLE), format=ox.RdfFormat.TRIG)
    store.bulk_extend(quads)
    store.flush()
    del store
    pointer = data / "CURRENT.tmp"
    pointer.write_text(f"{name}\n", encoding="ascii")
    pointer.replace(data / "CURRENT")


@contextmanager
def endpoint(store: Path, scratch: Path, *options: str) -> Generator[str]:
    """Serve a copy of a store by the real Oxigraph server; give the URL of its endpoint."""
    copy = scratch / "served"
    shutil.copytree(store, copy)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "oxigraph"
    command: list[str | Path] = [
        program,
        "serve-read-only",
        "--location",
        copy,
        "--bind",
        f"127.0.0.1:{port}",
        "--union-default-graph",
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            answering(f"http://127.0.0.1:{port}/", server)
            yield f"http://127.0.0.1:{port}/query"
        finally:
            server.kill()


def answering(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server that we started answers."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert server.poll() is None, "the Oxigraph server ended at its start"
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except URLError:
            time.sleep(0.02)  # the server tells nobody when it listens
    raise AssertionError("the Oxigraph server does not listen")
