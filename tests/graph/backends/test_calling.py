"""SERVICE that an operator allows: a real HTTPS server beside us, its certificate signed by a test authority."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs

import pytest

from graph.backends.calling import Federation, public
from graph.backends.oxigraph.store import OxigraphStore
from graph.store import Limits
from ontology.errors import ConfigError, HangUpError, QuesteurError, RefusedError
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Generator

TLS = Path(__file__).parents[2] / "data" / "tls"
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
JSON = "application/sparql-results+json"
COUNT = "SELECT (COUNT(*) AS ?n) { VALUES ?x { 1 2 3 } "


def literal(value: str, **more: str) -> dict[str, str]:
    return {"type": "literal", "value": value, **more}


class Other(BaseHTTPRequestHandler):
    """Another service: its path says how it answers."""

    asked: ClassVar[list[str]] = []
    integer: ClassVar[dict[str, str]] = {"datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    tables: ClassVar[dict[str, tuple[list[str], list[dict[str, Any]]]]] = {
        "/two": (["x", "name"], [{"x": literal("2", **integer), "name": literal('a "b"\n', **{"xml:lang": "fr"})}, {}]),
        "/none": (["x"], []),
        "/blank": (["x"], [{"x": {"type": "bnode", "value": "b"}}]),
        "/control": (["x"], [{"x": literal("\x01")}]),
        "/iri": (["x"], [{"x": {"type": "uri", "value": "u:x> } DROP ALL #"}}]),
        "/column": (["x) {} }"], []),
        "/many": (["x"], [{"x": literal("1")}] * 10_001),
    }

    def do_POST(self) -> None:
        """Answer a query."""
        length = int(self.headers["Content-Length"])
        self.asked.append(parse_qs(self.rfile.read(length).decode())["query"][0])
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/two")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/page":
            self.give(b"<html>", "text/html")
        elif self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b" ")
                time.sleep(0.1)
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
        elif self.path == "/large":
            self.give(b" " * (5 * 1024**2), JSON)
        else:
            names, rows = self.tables[self.path]
            self.give(json.dumps({"head": {"vars": names}, "results": {"bindings": rows}}).encode(), JSON)

    def give(self, body: bytes, media_type: str) -> None:
        """Send a body whole."""
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of callers that leave: some of ours do."""


@contextmanager
def other() -> Generator[str]:
    """Run the other service; give its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    server = _Quiet(("127.0.0.1", 0), Other)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def there() -> Generator[str]:
    with other() as address:
        yield address


@pytest.fixture(scope="module")
def store(example_data: Path, there: str) -> Generator[OxigraphStore]:
    paths = (*Other.tables, "/moved", "/page", "/slow", "/cut", "/large")
    services = tuple(there + path for path in paths)
    federation = Federation(services=services, networks=HERE, authorities=TLS / "ca.pem")
    with OxigraphStore(example_data, federation=federation) as found:
        yield found


def test_what_a_service_answers_is_joined(store: OxigraphStore, there: str) -> None:
    Other.asked.clear()
    query = (
        "PREFIX ex: <http://example.org/> # a {\n"
        f"SELECT * {{ VALUES ?x {{ 1 2 3 }} SERVICE <{there}/two> {{ ?x ex:name ?name FILTER('}}' != ?name) }} }}"
    )
    rows = store.rows(query + " ORDER BY ?x ?name")
    assert rows.columns == ("x", "name")
    assert [(str(x), name and str(name)) for x, name in rows] == [
        ("1", None),
        ("2", None),
        ("2", 'a "b"\n'),
        ("3", None),
    ]
    prologue = "PREFIX ex: <http://example.org/> # a {\n"
    assert Other.asked == [f"{prologue}SELECT * WHERE {{ ?x ex:name ?name FILTER('}}' != ?name) }}"]


def test_a_service_that_finds_nothing_leaves_nothing(store: OxigraphStore, there: str) -> None:
    rows = store.rows(f"{COUNT} SERVICE SILENT <{there}/none> {{ ?x ?p ?o }} }}")
    assert [str(n) for (n,) in rows] == ["0"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/blank", "remote-failed"),
        ("/control", "remote-failed"),
        ("/iri", "remote-failed"),
        ("/column", "remote-failed"),
        ("/many", "answer-too-large"),
        ("/moved", "remote-failed"),
        ("/page", "remote-failed"),
        ("/cut", "remote-cut"),
        ("/large", "answer-too-large"),
        ("/slow", "remote-deadline"),
    ],
)
def test_a_service_that_does_not_answer_well_is_an_error_unless_it_is_silent(
    store: OxigraphStore, there: str, path: str, code: str
) -> None:
    Other.asked.clear()
    limits = Limits(deadline=2.5)
    with pytest.raises(QuesteurError) as caught:
        store.rows(f"{COUNT} SERVICE <{there}{path}> {{ ?x ?p ?o }} }}", limits=limits)
    assert caught.value.code == code
    assert len(Other.asked) == 1
    if path != "/slow":
        rows = store.rows(f"{COUNT} SERVICE SILENT <{there}{path}> {{ ?x ?p ?o }} }}", limits=limits)
        assert [str(n) for (n,) in rows] == ["3"]


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_nobody_waits_for_a_service_when_who_asked_hangs_up(store: OxigraphStore, there: str, silent: str) -> None:
    Other.asked.clear()
    ours, theirs = socket.socketpair()

    def hang_up() -> None:
        while not Other.asked:
            time.sleep(0.01)
        theirs.close()

    with ours, ThreadPoolExecutor(1) as threads:
        threads.submit(hang_up)
        with pytest.raises(HangUpError):
            store.query(
                f"{COUNT} SERVICE {silent}<{there}/slow> {{ ?x ?p ?o }} }}",
                limits=Limits(deadline=20, caller=ours.fileno()),
            )


@pytest.mark.parametrize(
    "form",
    [
        "SERVICE ?x {{ ?x ?p ?o }}",
        "SERVICE SILENT ?x {{ ?x ?p ?o }}",
        "OPTIONAL {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }}",
        "{{ SERVICE <{0}/two> {{ ?x ?p ?o }} }} UNION {{ ?s ?p ?x }}",
        "GRAPH ?g {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }}",
        "FILTER EXISTS {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }}",
        "{{ SELECT ?x {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }} }}",
        "SERVICE <{0}/two> {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }}",
        "SERVICE <{0}/two> {{ OPTIONAL {{ SERVICE <{0}/two> {{ ?x ?p ?o }} }} }}",
        "SERVICE <{0}/TWO> {{ ?x ?p ?o }}",
        "SERVICE <{0}/two?x> {{ ?x ?p ?o }}",
        "SERVICE <two> {{ ?x ?p ?o }}",
        "SERVICE <https://127.0.0.1/> {{ ?x ?p ?o }}",
        "SERVICE <{0}/two> {{}} " * 5,
    ],
)
def test_any_other_form_is_refused_and_nobody_is_asked(store: OxigraphStore, there: str, form: str) -> None:
    Other.asked.clear()
    with pytest.raises(RefusedError) as caught:
        store.rows(f"{COUNT} {form.format(there)} }}")
    assert caught.value.code == "federation-refused"
    assert caught.value.hint
    assert Other.asked == []


def test_a_name_that_leads_into_a_private_network_is_refused(example_data: Path, there: str) -> None:
    Other.asked.clear()
    federation = Federation(services=(f"{there}/two",), authorities=TLS / "ca.pem")
    with (
        OxigraphStore(example_data, federation=federation) as store,
        pytest.raises(RefusedError, match="not public"),
    ):
        store.rows(f"{COUNT} SERVICE <{there}/two> {{ ?x ?p ?o }} }}")
    assert Other.asked == []


def test_a_certificate_that_nobody_we_trust_signed_is_refused(example_data: Path, there: str) -> None:
    Other.asked.clear()
    federation = Federation(services=(f"{there}/two",), networks=HERE)
    with OxigraphStore(example_data, federation=federation) as store, pytest.raises(QuesteurError, match="certificate"):
        store.rows(f"{COUNT} SERVICE <{there}/two> {{ ?x ?p ?o }} }}")
    assert Other.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104  looked at, not listened on
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1"),
        *("64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1"),
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        public([ip_address("9.9.9.9"), ip_address(address)])


def test_a_public_address_is_taken_and_a_network_that_is_allowed() -> None:
    assert str(public([ip_address("9.9.9.9"), ip_address("2620:fe::fe")])) == "9.9.9.9"
    assert str(public([ip_address("127.0.0.1")], HERE)) == "127.0.0.1"


@pytest.mark.parametrize("address", ["http://example.org/", "https://", "https://me:pw@example.org/", "ftp://x/", "x"])
def test_an_operator_may_only_name_https(address: str) -> None:
    with pytest.raises(ConfigError):
        Federation(services=(address,))


def test_the_running_service_asks_whom_it_was_told_to_and_says_so(example_data: Path, there: str) -> None:
    service = f"{there}/two"
    options = ["--federation", service, "--federation-ca", str(TLS / "ca.pem"), "--federation-network", "127.0.0.0/8"]
    with served(example_data, *options, "--federation-network", "::1/128") as server:
        found = server.ask(f"{COUNT} SERVICE <{service}> {{ ?x ?p ?o }} }}", accept=JSON)
        assert found.json["results"]["bindings"] == [{"n": literal("4", **Other.integer)}]
        assert found.headers["cache-control"] == "no-store"
        assert "BasicFederatedQuery" in server.get("/sparql", accept="text/turtle").body.decode()
        assert server.get("/status").json["services"] == [service]
        refused = server.ask("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }")
        assert refused.status == 403
        assert service in refused.json["hint"]
