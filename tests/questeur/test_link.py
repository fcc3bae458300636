"""Linking deputies to Wikidata: the real Oxigraph server holds data of Wikidata's shape."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.backends.remote import RemoteStore
from graph.links import Item
from loaders.wikidata import ItemLink
from ontology import iris
from ontology.errors import BuildError, ConfigError, RemoteError
from questeur.cli import cli
from questeur.link import Pace, link, results, state_file
from questeur.lock import lock_entry
from tests.loaders.taking import take
from tests.stores import endpoint, publish

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

ENTITY = "http://www.wikidata.org/entity/"
WIKIDATA = "https://query.example.org/sparql"
NUMBERS = ["1008", "267695", "331567", "720422", "999999"]  # the last is nobody's at Wikidata
HELD = {"1008": "Q3", "267695": "Q5", "331567": "Q7", "720422": "Q30385935", "55555": "Q55"}
FOUND = [Item(f"{ENTITY}{HELD[number]}", number) for number in NUMBERS[:4]]


def wikidata() -> Iterator[ox.Quad]:
    """Give items with their numbers, as Wikidata states them: a plain string, and a full statement beside it."""
    root = "http://www.wikidata.org/prop/"
    for number, name in HELD.items():
        item, statement = ox.NamedNode(ENTITY + name), ox.NamedNode(f"{ENTITY}statement/{name}-1")
        yield ox.Quad(item, ox.NamedNode(f"{root}direct/P4123"), ox.Literal(number))
        yield ox.Quad(item, ox.NamedNode(f"{root}P4123"), statement)
        yield ox.Quad(statement, ox.NamedNode(f"{root}statement/P4123"), ox.Literal(number))
        yield ox.Quad(item, ox.NamedNode(f"{root}direct/P569"), ox.Literal("1970-01-01"))


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("wikidata")
    publish(data, "g1", wikidata(), example=False)
    return data / "gens" / "g1" / "store"


@pytest.fixture(scope="module")
def url(held: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with endpoint(held, tmp_path_factory.mktemp("endpoint")) as address:
        yield address


def test_what_the_endpoint_holds_is_found_and_a_build_reads_it(url: str, tmp_path: Path) -> None:
    output, when = tmp_path / "links.srj", datetime(2026, 1, 2, tzinfo=UTC)
    waits: list[float] = []
    pace = Pace(batch=2, pause=waits.append)
    assert link(NUMBERS, RemoteStore(url), WIKIDATA, output, pace=pace, now=lambda: when) == FOUND
    assert take(output).items == [ItemLink(person=f"PA{i.number}", item=i.iri.removeprefix(ENTITY)) for i in FOUND]
    assert waits == [1.0, 1.0]  # three queries, a second between them
    entry = lock_entry(output)
    assert entry is not None
    assert (entry.url, entry.day) == (WIKIDATA, date(2026, 1, 2))


def test_a_run_that_was_cut_goes_on_where_it_was_and_asks_nothing_twice(held: Path, url: str, tmp_path: Path) -> None:
    output, waits = tmp_path / "links.srj", list[float]()
    with ExitStack() as stack:
        server = RemoteStore(stack.enter_context(endpoint(held, tmp_path)))

        def pause(seconds: float) -> None:
            stack.close()  # the server dies after its first answer
            waits.append(seconds)

        with pytest.raises(RemoteError):
            link(NUMBERS, server, WIKIDATA, output, pace=Pace(batch=2, pause=pause))
    assert waits == [1.0, 2.0, 8.0, 30.0]
    assert not output.exists()
    assert json.loads(state_file(output).read_bytes())["asked"] == NUMBERS[:2]

    said: list[str] = []
    resumed = Pace(batch=2, pause=lambda _seconds: None)
    assert link(NUMBERS, RemoteStore(url), WIKIDATA, output, pace=resumed, say=said.append) == FOUND
    assert said == ["2 of 5 were answered before", "2 of 3 asked, 4 items found", "3 of 3 asked, 4 items found"]
    assert not state_file(output).exists()


def test_what_another_endpoint_answered_is_asked_again(url: str, tmp_path: Path) -> None:
    output = tmp_path / "links.srj"
    state_file(output).write_text(json.dumps({"endpoint": "https://other.example", "asked": NUMBERS}), "utf-8")
    assert link(NUMBERS, RemoteStore(url), WIKIDATA, output) == FOUND


def test_a_damaged_state_says_what_to_do(url: str, tmp_path: Path) -> None:
    output = tmp_path / "links.srj"
    state_file(output).write_text('{"endpoint"', "utf-8")
    with pytest.raises(ConfigError, match=r"links\.srj\.state\.json") as caught:
        link(NUMBERS, RemoteStore(url), WIKIDATA, output)
    assert "remove it" in caught.value.hint


@contextmanager
def busy_once() -> Generator[str]:
    """Serve an endpoint that first asks to wait, then answers."""
    statuses = [429, 200]

    class Script(BaseHTTPRequestHandler):
        """Answers by the next status."""

        def do_GET(self) -> None:
            """Answer a query."""
            self.send_response(statuses.pop(0))
            body = results(FOUND[:1])
            self.send_header("Retry-After", "7")
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/sparql"
        finally:
            server.shutdown()
            thread.join()


def test_an_endpoint_that_asks_for_patience_gets_it(tmp_path: Path) -> None:
    waits: list[float] = []
    with busy_once() as address:
        found = link(NUMBERS[:1], RemoteStore(address), WIKIDATA, tmp_path / "links.srj", pace=Pace(pause=waits.append))
    assert found == FOUND[:1]
    assert waits == [7.0]


def deputies() -> Iterator[ox.Quad]:
    """Give deputies, and a person who is none."""
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    graph = ox.NamedNode(iris.graph("actors/an"))
    for number in NUMBERS:
        person = ox.NamedNode(iris.thing("person", f"PA{number}"))
        yield ox.Quad(person, kind, ox.NamedNode(f"{iris.NS}Deputy"), graph)
    minister = ox.NamedNode(iris.thing("person", "PA55555"))
    yield ox.Quad(minister, kind, ox.NamedNode("http://xmlns.com/foaf/0.1/Person"), graph)


def test_the_command_looks_up_the_deputies_of_a_graph(url: str, tmp_path: Path) -> None:
    publish(tmp_path / "DATA", "g1", deputies(), example=False)
    output = tmp_path / "links.srj"
    words = ["link", "wikidata", url, "--data", str(tmp_path / "DATA"), "-o", str(output), "--interval", "0"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (0, "links.srj: 4 items for 5 deputies")
    assert output.read_bytes() == results(FOUND)


def test_a_graph_without_deputies_has_nobody_to_link(url: str, tmp_path: Path) -> None:
    publish(tmp_path / "DATA", "g1", wikidata(), example=False)
    words = ["link", "wikidata", url, "--data", str(tmp_path / "DATA"), "-o", str(tmp_path / "links.srj")]
    with pytest.raises(BuildError, match="holds no deputy"):
        CliRunner().invoke(cli, words, catch_exceptions=False)
