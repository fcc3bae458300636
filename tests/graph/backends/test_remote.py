"""The remote driver against servers that misbehave, real and staged."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from graph.backends.remote import RemoteStore
from graph.opening import open_store
from graph.store import Limits
from ontology.errors import BusyError, DeadlineError, HangUpError, NotFoundError, QuesteurError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

JSON = "application/sparql-results+json"
WHOLE = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:a"}}]}}'
ALL = "SELECT ?x { ?x ?p ?o }"


class Staged(BaseHTTPRequestHandler):
    """Answers as its server's ``act`` says."""

    def do_GET(self) -> None:
        """Act."""
        self._act()

    def do_POST(self) -> None:
        """Act, the body read."""
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self._act()

    def _act(self) -> None:
        assert isinstance(self.server, Stage)
        self.server.act(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""

    def reply(self, status: int, body: bytes, media_type: str = JSON, **headers: str) -> None:
        """Send one whole reply."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Stage(ThreadingHTTPServer):
    """A server with an act."""

    daemon_threads = True

    def __init__(self, act: Callable[[Staged], None]) -> None:
        super().__init__(("127.0.0.1", 0), Staged)
        self.act = act

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who breaks off is meant to."""


@contextmanager
def staged(act: Callable[[Staged], None]) -> Generator[RemoteStore]:
    """Serve an act and open it as a store."""
    server = Stage(act)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield RemoteStore(f"http://127.0.0.1:{server.server_port}/sparql")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def failure(act: Callable[[Staged], None], limits: Limits | None = None) -> QuesteurError:
    """Give the error that an act ends in."""
    with staged(act) as store, pytest.raises(QuesteurError) as failed:
        store.query(ALL, limits=limits)
    return failed.value


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", JSON),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "application/sparql-results+xml"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "text/csv"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "text/turtle"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "application/n-triples"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "application/rdf+xml"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "application/ld+json"),
    ],
)
def test_the_servers_own_time_limit_is_no_short_answer(remote: RemoteStore, text: str, media_type: str) -> None:
    limits = Limits(deadline=20, max_bytes=2 * 1024**3)
    with pytest.raises(DeadlineError) as late:
        remote.query(text, media_types=(media_type,), limits=limits)

    assert late.value.code == "remote-deadline"


def test_a_server_that_trickles_is_left_at_the_deadline() -> None:
    ended = threading.Event()

    def trickle(handler: Staged) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.end_headers()
        try:
            while not ended.wait(0.02):
                handler.wfile.write(b" ")
        except OSError:
            return

    started = time.monotonic()
    error = failure(trickle, Limits(deadline=0.4))
    ended.set()

    assert error.code == "deadline"
    assert time.monotonic() - started < 3


def test_a_silent_server_is_left_when_who_asked_hangs_up() -> None:
    ours, theirs = socket.socketpair()
    asked, over = threading.Event(), threading.Event()

    def say_nothing(_: Staged) -> None:
        asked.set()
        over.wait(30)

    def hang_up() -> None:
        asked.wait(10)
        theirs.close()

    with ours, staged(say_nothing) as store, ThreadPoolExecutor(1) as threads:
        threads.submit(hang_up)
        with pytest.raises(HangUpError):
            store.query(ALL, limits=Limits(deadline=20, caller=ours.fileno()))
        over.set()


def test_a_silent_server_is_left_at_the_deadline() -> None:
    ended = threading.Event()
    started = time.monotonic()
    error = failure(lambda _: (ended.wait(5), None)[1], Limits(deadline=0.3))
    ended.set()

    assert isinstance(error, DeadlineError)
    assert time.monotonic() - started < 3


def test_a_body_that_breaks_off_is_cut() -> None:
    def cut(handler: Staged) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(WHOLE)
        handler.close_connection = True

    assert failure(cut).code == "remote-cut"


def test_json_that_ends_early_is_cut() -> None:
    assert failure(lambda handler: handler.reply(200, WHOLE[:-2])).code == "remote-cut"


def test_a_cap_of_rows_in_a_header_is_a_cut() -> None:
    assert failure(lambda handler: handler.reply(200, WHOLE, X_SPARQL_MaxRows="10000")).code == "remote-cut"


def test_a_page_in_place_of_an_answer_is_an_error_that_asks_for_an_endpoint() -> None:
    error = failure(lambda handler: handler.reply(200, b"<html>", "text/html"))
    assert isinstance(error, RemoteError)
    assert "/sparql" in error.hint


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (500, RemoteError, "remote-failed"),
        (404, RemoteError, "remote-failed"),
        (429, BusyError, "full"),
        (503, BusyError, "full"),
        (504, DeadlineError, "remote-deadline"),
    ],
)
def test_a_status_becomes_an_error_of_ours(status: int, kind: type[QuesteurError], code: str) -> None:
    error = failure(lambda handler: handler.reply(status, b"no", "text/plain", Retry_After="7"))

    assert isinstance(error, kind)
    assert error.code == code
    assert getattr(error, "retry_after", 7) == 7


def test_nobody_listening_is_an_error() -> None:
    with staged(lambda handler: handler.reply(200, WHOLE)) as store:
        pass
    with pytest.raises(RemoteError, match="cannot be reached"):
        store.query(ALL)


def test_a_broken_connection_is_tried_once_more() -> None:
    asked: list[str] = []

    def second_time(handler: Staged) -> None:
        asked.append(handler.path)
        if len(asked) == 2:
            handler.reply(200, WHOLE, ETag='"g7-00"')

    with staged(second_time) as store:
        assert len(store.rows(ALL)) == 1
        assert store.generation() == "g7"
    assert len(asked) == 2


def test_a_long_query_is_posted_and_follows_a_redirection() -> None:
    seen: list[tuple[str, str, bytes]] = []

    def redirect(handler: Staged) -> None:
        seen.append((handler.command, handler.path.partition("?")[0], getattr(handler, "body", b"")))
        if handler.path.startswith("/sparql"):
            handler.reply(307, b"", Location="/there")
        else:
            handler.reply(200, WHOLE)

    with staged(redirect) as store:
        assert len(store.rows(ALL + "#" * 3000)) == 1
        assert len(store.rows(ALL)) == 1

    assert [(method, path) for method, path, _ in seen] == [
        ("POST", "/sparql"),
        ("POST", "/there"),
        ("GET", "/sparql"),
        ("GET", "/there"),
    ]
    assert seen[0][2] == seen[1][2] != b""


def test_opening_tells_a_folder_from_an_endpoint(example_data: object, tmp_path: object) -> None:
    assert isinstance(open_store("https://example.org/sparql"), RemoteStore)
    open_store(str(example_data)).close()
    with pytest.raises(NotFoundError, match="published"):
        open_store(str(tmp_path))
    with pytest.raises(QuesteurError, match="no folder"):
        open_store(f"{tmp_path}/nothing")
    with pytest.raises(QuesteurError, match="http"):
        open_store("ftp://example.org/")
