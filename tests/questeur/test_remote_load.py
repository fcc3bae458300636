"""Loading another store through its graph store: the real Oxigraph server, and our own service."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graph.load import Part, parts_in
from ontology.errors import BuildError, BusyError, ConfigError, RemoteError
from questeur.cli import cli
from questeur.remote_load import GraphStore, graph_store, load_remote, state_file
from tests.conformance.running import publish, running
from tests.graph.editions import DERIVED, QUESTIONS, edition, line, part
from tests.stores import answering

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def oxigraph(folder: Path) -> Generator[str]:
    """Run the real Oxigraph server on an empty store; give the address of its graph store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).parent / "oxigraph"
    command: list[str | Path] = [program, "serve", "--location", folder, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            answering(f"http://127.0.0.1:{port}/", server)
            yield f"http://127.0.0.1:{port}/store"
        finally:
            server.kill()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture
def store(url: str) -> Generator[GraphStore]:
    found = graph_store(url)
    yield found
    for graph in (QUESTIONS, DERIVED):
        found.write("DELETE", graph)


def test_a_state_is_loaded_whole_and_then_not_again(store: GraphStore, tmp_path: Path) -> None:
    parts = edition(tmp_path, 1)
    first = load_remote(parts, store, state=tmp_path / "state.json")
    assert (first.sent, first.skipped, first.quads) == (3, 0, sum(p.quads for p in parts))
    assert store.count(QUESTIONS) == sum(p.quads for p in parts if p.graph == QUESTIONS)
    second = load_remote(parts, store, state=tmp_path / "state.json")
    assert (second.sent, second.skipped) == (0, 3)


def test_only_the_graphs_that_changed_are_sent(store: GraphStore, tmp_path: Path) -> None:
    load_remote(edition(tmp_path, 1), store, state=tmp_path / "state.json")
    mixed = [p for p in edition(tmp_path, 1) if p.graph == DERIVED] + [
        p for p in edition(tmp_path, 2) if p.graph == QUESTIONS
    ]
    done = load_remote(mixed, store, state=tmp_path / "state.json")
    assert (done.sent, done.skipped) == (2, 1)


def test_a_graph_that_is_gone_from_the_state_is_removed_there(store: GraphStore, tmp_path: Path) -> None:
    parts = edition(tmp_path, 1)
    load_remote(parts, store, state=tmp_path / "state.json")
    load_remote([p for p in parts if p.graph == QUESTIONS], store, state=tmp_path / "state.json")
    assert (store.count(DERIVED), store.count(QUESTIONS) > 0) == (0, True)


class Flaky(BaseHTTPRequestHandler):
    """Stands before a store: fails as its script says, then hands nothing on."""

    statuses: list[int]
    seen: list[str]

    def do_PUT(self) -> None:
        """Answer a request by the next status."""
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append(self.command)
        self.send_response(self.statuses.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT  # noqa: N815  same

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  same
        """Say nothing."""


def _no_pause(_seconds: float) -> None:
    """Let no time pass."""


@contextmanager
def flaky(*statuses: int) -> Generator[tuple[GraphStore, list[str]]]:
    """Run a server that answers with these statuses in turn; no pause is made between attempts."""

    class Script(Flaky):
        """Has a script of its own."""

    Script.statuses, Script.seen = list(statuses), []
    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}/store"
            yield replace(graph_store(address), pause=_no_pause), Script.seen
        finally:
            server.shutdown()
            thread.join()


def test_a_load_that_was_interrupted_goes_on_where_it_was(store: GraphStore, tmp_path: Path) -> None:
    parts = edition(tmp_path, 1)
    questions = [p for p in parts if p.graph == QUESTIONS]
    state = tmp_path / "state.json"
    with flaky(204, 500) as (broken, seen), pytest.raises(RemoteError, match="500"):
        load_remote(questions, broken, state=state)
    assert seen == ["PUT", "POST"]
    store.write("PUT", QUESTIONS, b"")  # what the other took, and this one has not
    state.write_text(state.read_text().replace(broken.url, store.url))
    with pytest.raises(BuildError, match="expected 81"):
        load_remote(questions, store, state=state)  # the first part is not there, and the count says so
    assert load_remote(questions, store, state=state).sent == 2


def test_a_passing_failure_is_tried_again(tmp_path: Path) -> None:
    with flaky(503, 502, 204) as (passing, seen):
        assert passing.write("PUT", QUESTIONS, b"") == 204
    assert seen == ["PUT"] * 3
    with flaky(503, 503, 503, 503) as (full, _), pytest.raises(BusyError):
        full.write("PUT", QUESTIONS, b"")
    with flaky(401) as (closed, _), pytest.raises(RemoteError) as caught:
        load_remote(edition(tmp_path, 1), closed, state=tmp_path / "state.json")
    assert "QUESTEUR_TOKEN" in caught.value.hint


def test_a_part_that_changed_or_holds_another_graph_is_not_sent(store: GraphStore, tmp_path: Path) -> None:
    good = part(tmp_path / "a.nq", QUESTIONS, [line(1, "text", "x", QUESTIONS)])
    with pytest.raises(BuildError, match="has changed"):
        load_remote([replace(good, sha256="0" * 64)], store, state=tmp_path / "state.json")
    other = part(tmp_path / "b.nq", QUESTIONS, [line(1, "text", "x", DERIVED)])
    with pytest.raises(BuildError, match="another graph"):
        load_remote([other], store, state=tmp_path / "state.json")


def test_our_own_service_can_be_loaded(tmp_path: Path) -> None:
    parts = edition(tmp_path, 1)
    with running(publish(tmp_path), "--updates") as service:
        store = graph_store(f"http://{service.host}/data", token=service.token)
        assert load_remote(parts, store, state=tmp_path / "state.json").sent == 3
        assert store.count(QUESTIONS) == 81
        with pytest.raises(RemoteError, match="401"):
            load_remote(edition(tmp_path, 2), replace(store, token="x"), state=tmp_path / "state.json")  # noqa: S106 - a wrong one


def test_the_command_builds_sends_and_sends_nothing_twice(url: str, tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "questeur" / "sample" / "15-10719QE.txt"
    arguments = ["build", str(source), "--into", url, "--data", str(tmp_path / "DATA"), "--jobs", "1"]
    first = CliRunner().invoke(cli, arguments)
    assert first.exit_code == 0, first.output
    parts = parts_in(tmp_path / "DATA" / "parts")
    assert f"{sum(p.quads for p in parts):,} statements are at {url}" in first.output
    again = CliRunner().invoke(cli, arguments)
    assert "0 parts sent" in again.output
    assert state_file(tmp_path / "DATA", url).exists()


@pytest.mark.parametrize("address", ["ftp://x.example/store", "http://x.example/", "http://x.example/store?x=1"])
def test_an_address_that_is_no_graph_store_says_what_would_be(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        graph_store(address)
    assert caught.value.hint


def test_parts_are_described_by_reading_them(tmp_path: Path) -> None:
    made = edition(tmp_path, 1)
    found: list[Part] = parts_in(tmp_path / "1")
    assert sorted(found, key=lambda p: p.path) == sorted(made, key=lambda p: p.path)
