"""A real server on a free port: it says when it listens, says when it cannot, and ends when told."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from api.serving import listen
from ontology.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from api.app import create_app
from api.serving import serve
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.world import publish
data = publish(Path(sys.argv[1]))
def factory(): return create_app(OxigraphStore(data))
def on_ready(address): print(address, flush=True)
serve(factory, host="127.0.0.1", port=0, on_ready=on_ready)
print("ended", flush=True)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def test_a_server_that_published_answers_once_it_says_so_and_ends_cleanly_on_interrupt(
    server: subprocess.Popen[str],
) -> None:
    assert server.stdout is not None
    address = server.stdout.readline().strip()
    with urlopen(f"{address}/sparql?query=ASK%20%7B%20?s%20?p%20?o%20%7D", timeout=10) as response:  # noqa: S310 our own server
        assert response.status == 200
        assert b"true" in response.read()
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=30)
    assert out == "ended\n"
    assert err == ""
    assert server.returncode == 0


def test_a_worker_that_is_told_to_end_before_it_has_its_application_ends_cleanly_too(tmp_path: Path) -> None:
    # the first worker answers, the second waits in the midst of its start
    program = PROGRAM.replace(
        "def factory(): return create_app(OxigraphStore(data))",
        "import os, time\n"
        "def factory():\n"
        "    try: os.mkdir(data / 'first')\n"
        "    except FileExistsError: os.mkdir(data / 'second'); time.sleep(600)\n"
        "    return create_app(OxigraphStore(data))",
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("http://")
            until = time.monotonic() + 30
            while not list(tmp_path.rglob("second")):
                assert time.monotonic() < until, "the second worker never began"
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (out, err, process.returncode) == ("ended\n", "", 0)


def test_a_service_whose_workers_cannot_make_their_application_ends_and_says_so(tmp_path: Path) -> None:
    program = PROGRAM.replace("return create_app(OxigraphStore(data))", "raise RuntimeError('no application today')")
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no application today" in done.stderr
    assert "the web processes could not start" in done.stderr


def test_a_taken_port_is_said_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} of 127.0.0.1 is taken") as caught:
            listen("127.0.0.1", port)
        assert f"PORT={port + 1}" in caught.value.hint


def test_a_host_that_is_none_is_said() -> None:
    with pytest.raises(ConfigError, match="no address to listen on"):
        listen("256.256.256.256", 0)
