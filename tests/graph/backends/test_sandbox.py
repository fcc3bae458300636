"""The sandbox of a query process, each barrier tried by attempt."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.frames import Task, Trouble
from graph.backends.oxigraph.pool import Pool, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter is written for Linux on x86-64")
ROOT = Path(__file__).parents[3]
TRY = """
import ctypes, errno, os, signal, socket, sys, threading
from graph.backends.oxigraph.sandbox import confine
assert confine({how})
{attempt}
"""
FORBIDDEN = [
    "socket.socket()",
    "socket.socketpair()",
    "os.fork()",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "os.execv('/bin/true', ['true'])",
    "open('canary', 'w')",
    "open('canary', 'r+')",
    "os.open('canary', os.O_CREAT)",
    "os.unlink('canary')",
    "os.rename('canary', 'other')",
    "os.symlink('canary', 'other')",
    "os.link('canary', 'other')",
    "os.mkdir('other')",
    "os.chmod('canary', 0o777)",
    "os.truncate('canary', 0)",
    "os.kill(os.getppid(), 0)",
    "os.pidfd_open(os.getppid())",
]


WRITING = [
    "open('canary', 'w').write('changed')",
    "open('canary', 'r+').close()",
    "os.close(os.open('new', os.O_CREAT | os.O_WRONLY))",
    "os.unlink('canary')",
    "os.rename('canary', 'other')",
    "os.link('canary', 'other')",
    "os.mkdir('other')",
    "os.truncate('canary', 0)",
]


def attempt(code: str, folder: Path, how: str = "") -> subprocess.CompletedProcess[str]:
    """Run a piece of code confined, in a folder with a file to spoil."""
    (folder / "canary").write_text("unchanged")
    command = [sys.executable, "-c", TRY.format(attempt=code, how=how)]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("code", FORBIDDEN)
def test_a_confined_process_cannot(code: str, tmp_path: Path) -> None:
    tried = attempt(code, tmp_path)

    assert "Error" in tried.stderr
    assert "not permitted" in tried.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["canary"]
    assert (tmp_path / "canary").read_text() == "unchanged"


@pytest.mark.parametrize(
    "code",
    [
        "open('canary').read()",
        "t = threading.Thread(target=int); t.start(); t.join()",
        "os.write(1, b'')",
        "bytearray(9**7)",
    ],
)
def test_a_confined_process_can_still(code: str, tmp_path: Path) -> None:
    tried = attempt(code, tmp_path)

    assert (tried.returncode, tried.stderr) == (0, "")


@pytest.mark.parametrize("code", [code for code in FORBIDDEN if "canary" not in code and "mkdir" not in code])
def test_a_writer_can_neither_call_anybody_nor_start_anything(code: str, tmp_path: Path) -> None:
    assert "not permitted" in attempt(code, tmp_path, "writing=True").stderr


@pytest.mark.parametrize("code", ["os.symlink('canary', 'other')", "os.chmod('canary', 0o777)"])
def test_a_writer_can_do_nothing_to_files_that_its_store_needs_not(code: str, tmp_path: Path) -> None:
    assert "not permitted" in attempt(code, tmp_path, "writing=True").stderr


@pytest.mark.parametrize("code", WRITING)
def test_a_writer_can_make_change_and_remove_files(code: str, tmp_path: Path) -> None:
    tried = attempt(code, tmp_path, "writing=True")
    assert (tried.returncode, tried.stderr) == (0, "")


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """Listen for anybody who should not call."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        yield listener


def test_a_federated_query_that_passed_the_gate_reaches_nobody(canary: socket.socket, example_data: Path) -> None:
    port = canary.getsockname()[1]
    pool = Pool(Settings(workers=1))
    try:
        for silent in ("", "SILENT"):
            task = Task(text=f"SELECT * {{ SERVICE {silent} <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
            with TemporaryFile() as spool:
                outcome, _ = pool.run(task, spool, example_data / "gens" / "g1", time.monotonic() + 10)
            assert isinstance(outcome, Trouble) != bool(silent)
    finally:
        pool.close()

    with pytest.raises(BlockingIOError):
        canary.accept()
