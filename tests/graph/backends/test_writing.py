"""Updates through the real writer process: seen at once, grouped, refused with the reason, and safe under kill -9."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.generations import current, hold, list_generations, verify
from graph.backends.oxigraph.store import OxigraphStore
from graph.backends.oxigraph.writing import OxigraphUpdates
from graph.store import Dataset
from ontology.errors import BusyError, DeadlineError, NotFoundError, QueryError, QuesteurError, RefusedError
from tests.graph.backends.writers import pair, pairs
from tests.graph.editions import publish_edition

if TYPE_CHECKING:
    from collections.abc import Generator

RUNAWAY = """INSERT { GRAPH <urn:x> { ?a ?b ?l } } WHERE {
GRAPH ?g { ?a ?b ?c . ?d ?e ?f . ?h ?i ?j . ?k ?m ?l } }"""
GRAPH = "https://example.org/graph"


@contextmanager
def opened(data: Path, *, deadline: float = 60.0) -> Generator[tuple[OxigraphStore, OxigraphUpdates]]:
    with OxigraphStore(data) as store, closing(OxigraphUpdates(store, deadline=deadline)) as updates:
        updates.start()
        yield store, updates


@pytest.fixture
def data(tmp_path: Path) -> Path:
    publish_edition(tmp_path / "DATA", tmp_path / "parts", 1)
    return tmp_path / "DATA"


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[OxigraphStore, OxigraphUpdates]]:
    folder = tmp_path_factory.mktemp("writable")
    publish_edition(folder / "DATA", folder / "parts", 1)
    with opened(folder / "DATA", deadline=2.0) as both:
        yield both


Both = tuple[OxigraphStore, OxigraphUpdates]


def test_an_acknowledged_update_is_seen_by_the_next_query(writable: Both) -> None:
    store, updates = writable
    began = time.monotonic()
    receipt = updates.update("INSERT DATA { GRAPH <urn:seen> { <urn:a> <urn:b> <urn:c> } }", author="me")
    assert store.ask("ASK { GRAPH <urn:seen> { <urn:a> <urn:b> <urn:c> } }")
    assert time.monotonic() - began < 10  # under a second by itself; the machine may be busy
    assert store.generation() == receipt.generation != receipt.before


def test_who_reads_an_old_generation_goes_on_reading_it(writable: Both) -> None:
    store, updates = writable
    with hold(store.data) as held:
        for number in range(5):
            updates.update(f"INSERT DATA {{ GRAPH <urn:old> {{ <urn:a> <urn:b> {number} }} }}", author="me")
        assert held.path.is_dir()
        verify(store.data, held.name)


def test_updates_that_come_together_share_generations(writable: Both) -> None:
    store, updates = writable
    before = int(store.generation()[1:])

    def write(number: int) -> None:
        updates.update(f"INSERT DATA {{ GRAPH <urn:many> {{ <urn:s{number}> <urn:b> 1 }} }}", author="me")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = store.rows("SELECT (COUNT(*) AS ?n) { GRAPH <urn:many> { ?s ?p ?o } }").rows
    assert int(str(rows[0][0])) == 24
    assert int(store.generation()[1:]) - before < 24


def test_a_runaway_is_ended_at_its_deadline_and_the_others_of_its_group_are_done(writable: Both) -> None:
    store, updates = writable
    errors: list[QuesteurError] = []

    def run(text: str) -> None:
        try:
            updates.update(text, author="me")
        except QuesteurError as error:
            errors.append(error)

    texts = [RUNAWAY, *(f"INSERT DATA {{ GRAPH <urn:beside> {{ <urn:s{n}> <urn:b> 1 }} }}" for n in range(4))]
    threads = [threading.Thread(target=run, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [DeadlineError]
    rows = store.rows("SELECT (COUNT(*) AS ?n) { GRAPH <urn:beside> { ?s ?p ?o } }").rows
    assert int(str(rows[0][0])) == 4
    assert not store.ask("ASK { GRAPH <urn:x> { ?s ?p ?o } }")


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("INSERT DATA { <urn:a> <urn:b", QueryError, "sparql-syntax"),
        ("SELECT * { ?s ?p ?o }", QueryError, "query-not-update"),
        ("LOAD <http://127.0.0.1:9/x>", RefusedError, "load-refused"),
        ("LOAD <http://127.0.0.1:9/x> ; LOAD SILENT <http://127.0.0.1:9/x>", RefusedError, "load-refused"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", RefusedError,
         "federation-refused"),
        ("DROP GRAPH <urn:nowhere>", QueryError, "update-failed"),
        ("CREATE GRAPH <urn:twice> ; CREATE GRAPH <urn:twice>", QueryError, "update-failed"),
        ("INSERT DATA { " + "{" * 5000, QueryError, "too-complex"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why_and_changes_nothing(
    writable: Both, text: str, kind: type[QuesteurError], code: str
) -> None:
    store, updates = writable
    before = store.generation()
    with pytest.raises(kind) as caught:
        updates.update(text, author="me")
    assert caught.value.code == code
    assert store.generation() == before


def test_a_silent_load_fetches_nothing_and_fails_nothing(writable: Both) -> None:
    _, updates = writable
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0)
        port = canary.getsockname()[1]
        updates.update(
            f"LOAD SILENT <http://127.0.0.1:{port}/x> ; LOAD SILENT <{Path(__file__).as_uri()}>", author="me"
        )
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_a_dataset_of_the_protocol_is_what_the_patterns_match(writable: Both) -> None:
    store, updates = writable
    updates.update(
        "INSERT DATA { GRAPH <urn:d1> { <urn:a> <urn:p> 1 } GRAPH <urn:d2> { <urn:b> <urn:p> 2 } }", author=""
    )
    text = "INSERT { GRAPH <urn:out> { ?s ?p ?o } } WHERE { ?s ?p ?o }"
    updates.update(text, author="", dataset=Dataset(default=("urn:d1",)))
    assert store.ask("ASK { GRAPH <urn:out> { <urn:a> <urn:p> 1 } }")
    assert not store.ask("ASK { GRAPH <urn:out> { <urn:b> <urn:p> 2 } }")
    updates.update("DELETE WHERE { GRAPH ?g { ?s <urn:p> ?o } }", author="", dataset=Dataset(named=("urn:d2",)))
    assert not store.ask("ASK { GRAPH <urn:d2> { ?s ?p ?o } }")
    assert store.ask("ASK { GRAPH <urn:d1> { ?s ?p ?o } }")


def test_a_graph_is_put_extended_and_removed(writable: Both) -> None:
    store, updates = writable
    triples = updates.triples(b"@prefix : <urn:> . :a :b [ :c '}' ] .", media_type="text/turtle", base_iri=GRAPH)
    assert updates.put_graph(GRAPH, triples, author="me").existed is False
    assert updates.put_graph(GRAPH, triples, author="me").existed is True
    assert len(store.graph(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")) == 2
    updates.post_graph(GRAPH, triples, author="me")
    assert len(store.graph(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")) == 4
    assert updates.delete_graph(GRAPH, author="me").existed is True
    with pytest.raises(NotFoundError):
        updates.delete_graph(GRAPH, author="me")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"a b c", "text/turtle"),
        (b"\xff", "text/turtle"),
        (b"[" * 60_000, "application/ld+json"),
        (b'{"@context": "http://127.0.0.1:9/x", "a": "b"}', "application/ld+json"),
        (b'{"@id": "urn:g", "@graph": [{"@id": "urn:a", "urn:b": "c"}]}', "application/ld+json"),
    ],
    ids=["no Turtle", "no UTF-8", "nested without end", "a context elsewhere", "a named graph"],
)
def test_a_strangers_document_that_is_no_graph_is_refused(writable: Both, body: bytes, media_type: str) -> None:
    store, updates = writable
    with pytest.raises((QueryError, BusyError)):
        updates.triples(body, media_type=media_type, base_iri=GRAPH)
    assert store.ask("ASK {}")


def test_the_audit_names_who_what_and_between_which_generations(data: Path) -> None:
    with opened(data) as (_, updates):
        updates.update(pair(1), author="ann")
        updates.put_graph(GRAPH, b"", author="bob")
    lines = [json.loads(line) for line in (data / "audit.ndjson").read_text().splitlines()]
    assert [(x["token"], x["what"], x["before"], x["after"]) for x in lines] == [
        ("ann", "update", "g1", "g2"),
        ("bob", f"PUT {GRAPH}", "g2", "g3"),
    ]
    assert (data / "audit.ndjson").stat().st_mode & 0o777 == 0o600


def test_the_writer_ends_with_the_service(data: Path) -> None:
    with opened(data):
        pid = writer_of(data)
        os.kill(pid, 0)
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.02)  # nobody is told when a stranger's process ends
    assert not Path(f"/proc/{pid}").exists()


def test_two_services_over_one_folder_share_one_writer(data: Path) -> None:
    with opened(data) as (_, first), opened(data) as (_, second):
        first.update(pair(1), author="")
        second.update(pair(2), author="")
    assert pairs(data) == {1, 2}


def writer_of(data: Path) -> int:
    return int((data / "writer" / "lock").read_text() or "0")


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@pytest.mark.parametrize("kills", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_kills_at_random_lose_no_acknowledged_update_and_leave_no_bad_generation(data: Path, kills: int) -> None:
    rng = random.Random(5)  # noqa: S311  a seed, so that a failure can be had again
    acknowledged: set[int] = set()
    sent = iter(range(10**9))
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            number = next(sent)
            with suppress(BusyError):
                updates.update(pair(number), author="me")
                acknowledged.add(number)

    with opened(data) as (_, updates):
        threads = [threading.Thread(target=write) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(kills):
            stop.wait(rng.uniform(0.0, 0.4))
            if pid := writer_of(data):  # none while one begins; and 0 would be our own group
                with suppress(ProcessLookupError):
                    os.kill(rng.choice([pid, *children(pid)]), signal.SIGKILL)
            assert acknowledged.copy() <= pairs(data)
        stop.set()
        for thread in threads:
            thread.join()
        last = next(sent)
        updates.update(pair(last), author="me")
    assert acknowledged | {last} <= pairs(data) <= set(range(last + 1))
    for name in list_generations(data):
        verify(data, name)
    assert current(data) == list_generations(data)[-1]
    audited = [json.loads(line)["after"] for line in (data / "audit.ndjson").read_text().splitlines()]
    assert audited == sorted(audited, key=lambda name: int(name[1:]))
    assert acknowledged
