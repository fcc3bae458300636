"""Answers that are kept, told apart by their tags, coded, and described by their headers."""

from __future__ import annotations

import copyreg
import gzip
import json
import threading
from typing import TYPE_CHECKING

import pytest

from api.answers import WholeGraph
from api.app import Settings, create_app
from api.cache import Cache, Kept
from graph.store import Limits
from ontology.errors import DeadlineError, TooLargeError
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from graph.backends.oxigraph.store import OxigraphStore

ALL = "SELECT * { ?s ?p ?o }"
GRAPH = "https://w3id.org/questeur/graph/topics"


def answered(store: OxigraphStore) -> int:
    """Count what query processes have answered."""
    return sum(process.answered for process in store.processes())


def test_who_has_an_answer_is_told_so_without_any_query_process(client: FlaskClient, store: OxigraphStore) -> None:
    first = client.get("/sparql", query_string={"query": ALL})
    tag = first.headers["ETag"]
    assert tag.startswith('"g1-')
    before = answered(store)
    for offered in (tag, f"W/{tag}", f'"x", {tag}'):
        again = client.get("/sparql", query_string={"query": ALL}, headers={"If-None-Match": offered})
        assert (again.status_code, again.data) == (304, b"")
        for name in ("Content-Location", "Vary", "Cache-Control"):  # RFC 9110, 15.4.5: as the answer would have said
            assert again.headers[name] == first.headers[name]
        assert again.headers["ETag"] == tag
        assert "Content-Type" not in again.headers
    assert answered(store) == before
    assert client.get("/sparql", query_string={"query": ALL}, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    "other",
    [
        {"query": ALL + " LIMIT 1"},
        {"query": ALL, "format": "csv"},
        {"query": ALL, "default-graph-uri": GRAPH},
        {"query": ALL, "named-graph-uri": GRAPH},
    ],
)
def test_another_question_has_another_tag(client: FlaskClient, other: dict[str, str]) -> None:
    first = client.get("/sparql", query_string={"query": ALL}).headers["ETag"]
    assert client.get("/sparql", query_string=other).headers["ETag"] != first


def test_space_and_comments_make_no_other_question(client: FlaskClient, store: OxigraphStore) -> None:
    first = client.get("/sparql", query_string={"query": "SELECT ?s { ?s ?p 'a b' }"})
    before = answered(store)
    again = client.get("/sparql", query_string={"query": "SELECT  ?s # all\n{?s ?p 'a b'}"})
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "cache;desc=hit" in again.headers["Server-Timing"]
    assert answered(store) == before
    assert (
        client.get("/sparql", query_string={"query": "SELECT ?s {?s ?p 'a  b'}"}).headers["ETag"]
        != again.headers["ETag"]
    )


@pytest.mark.parametrize("function", ["NOW()", "RAND()", "UUID()", "STRUUID()"])
def test_what_is_never_twice_the_same_is_not_kept(client: FlaskClient, function: str) -> None:
    query = {"query": f"SELECT ({function} AS ?x) {{}}"}
    first, second = (client.get("/sparql", query_string=query) for _ in range(2))
    assert first.data != second.data
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers


def test_a_body_is_coded_for_who_reads_gzip_and_is_the_same(client: FlaskClient) -> None:
    query = {"query": ALL + " ORDER BY ?s ?p ?o"}
    coded = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    plain = client.get("/sparql", query_string=query)
    again = client.get("/sparql", query_string=query, headers={"Accept-Encoding": "gzip"})
    assert coded.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(coded.data) == plain.data == gzip.decompress(again.data)
    assert len(coded.data) < len(plain.data) / 4
    assert coded.headers["ETag"] == plain.headers["ETag"].rstrip('"') + '-gzip"'
    assert {"Accept", "Accept-Encoding"} <= {name.strip() for name in plain.headers["Vary"].split(",")}


@pytest.mark.parametrize("encoding", ["", "identity", "gzip;q=0", "br", "*;q=0, br"])
def test_a_body_is_plain_for_who_does_not_read_gzip(client: FlaskClient, encoding: str) -> None:
    answer = client.get("/sparql", query_string={"query": ALL}, headers={"Accept-Encoding": encoding})
    assert json.loads(answer.data)["results"]["bindings"]


def test_a_small_body_is_not_worth_coding(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": "ASK {}"}, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_the_location_of_an_answer_gives_exactly_its_form(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": ALL}, headers={"Accept": "text/csv"})
    there = client.get(answer.headers["Content-Location"], headers={"Accept": "application/json"})
    assert (there.data, there.mimetype) == (answer.data, "text/csv")


def test_columns_come_in_the_order_of_the_text(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": "SELECT * { ?z ?m ?a } LIMIT 1", "format": "csv"})
    assert answer.data.splitlines()[0] == b"z,m,a"


def test_pages_have_tags_too(client: FlaskClient) -> None:
    page = client.get("/ns", headers={"Accept": BROWSER})
    again = client.get("/ns", headers={"Accept": BROWSER, "If-None-Match": page.headers["ETag"]})
    assert (page.status_code, again.status_code, again.data) == (200, 304, b"")
    other = client.get("/en/ns", headers={"Accept": BROWSER, "If-None-Match": page.headers["ETag"]})
    assert other.status_code == 200


def test_a_query_that_ran_out_of_time_is_not_run_again_for_the_same_time(client: FlaskClient) -> None:
    endless = {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "timeout": "0.3"}
    assert client.get("/sparql", query_string=endless).status_code == 504
    metrics = client.get("/metrics").text
    assert client.get("/sparql", query_string=endless).status_code == 504
    assert client.get("/metrics").text.count('outcome="remembered"} 0') == 0
    assert metrics != client.get("/metrics").text


def kept(body: bytes) -> Kept:
    """Make an answer of some bytes."""
    return Kept(
        kind="rows",
        media_type="text/csv",
        coding="",
        body=body,
        generation="g1",
        engine="x",
        timings=dict[str, float](),
    )


def test_a_graph_too_large_to_be_sent_at_once_is_said_to_be_a_file_too(store: OxigraphStore) -> None:
    whole = WholeGraph(iri=None, media_type="text/turtle")
    with pytest.raises(TooLargeError) as caught:
        whole.ask(store, Limits(max_bytes=1000), gzip=False)
    assert "/downloads" in caught.value.hint
    with pytest.raises(DeadlineError) as late:
        whole.ask(store, Limits(deadline=0.001), gzip=False)
    assert "/downloads" in late.value.hint


def test_the_oldest_answers_make_room() -> None:
    cache = Cache(64 * 1024)
    for number in range(100):
        cache.keep(number, kept(b"x" * 1000))
        cache.get(0)
    assert cache.used <= cache.size
    assert cache.get(0) is not None
    assert cache.get(1) is None
    assert cache.get(99) is not None


def test_one_answer_does_not_fill_the_cache() -> None:
    cache = Cache(64 * 1024)
    cache.keep("large", kept(b"x" * 32 * 1024))
    assert cache.get("large") is None


def test_a_failure_holds_for_less_time_and_not_for_more() -> None:
    cache = Cache(1024)
    cache.fail("q", DeadlineError("late"), deadline=2.0)
    assert cache.failure("q", deadline=2.0) is not None
    assert cache.failure("q", deadline=1.0) is not None
    assert cache.failure("q", deadline=3.0) is None


def _with_frames(error: DeadlineError) -> tuple[object, ...]:
    """Reduce an error as libraries do that pickle tracebacks."""
    return DeadlineError.with_traceback, (DeadlineError("late", hint="ask for less"), error.__traceback__)


@pytest.mark.parametrize("pickled", [False, True])
def test_a_remembered_failure_holds_nothing_of_the_requests_that_met_it(
    monkeypatch: pytest.MonkeyPatch, *, pickled: bool
) -> None:
    if pickled:
        monkeypatch.setitem(copyreg.dispatch_table, DeadlineError, _with_frames)
    cache = Cache(1024)
    with pytest.raises(DeadlineError) as first:
        raise DeadlineError("late", hint="ask for less")
    cache.fail("q", first.value, deadline=2.0)
    for _ in range(3):
        found = cache.failure("q", deadline=2.0)
        assert isinstance(found, DeadlineError)
        assert (found.message, found.hint, found.__traceback__) == ("late", "ask for less", None)
        with pytest.raises(DeadlineError):
            raise found


def test_the_same_question_at_once_is_asked_once(store: OxigraphStore) -> None:
    app = create_app(store, Settings())
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . { SELECT * { ?d ?e ?f } LIMIT 200 } }"
    bodies: list[bytes] = []
    threads = [threading.Thread(target=lambda: bodies.append(_ask(app, query))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(bodies)) == 1
    assert 'questeur_cache_total{outcome="miss"} 1\n' in _get(app, "/metrics")


def _ask(app: Flask, query: str) -> bytes:
    return bytes(app.test_client().get("/sparql", query_string={"query": query}).data)


def _get(app: Flask, path: str) -> str:
    return str(app.test_client().get(path).text)
