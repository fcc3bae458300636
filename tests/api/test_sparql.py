"""The SPARQL protocol: forms of a request, formats of an answer, what is refused."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph

from api.app import Settings
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB

SELECT = "SELECT ?s ?o WHERE { ?s <https://w3id.org/questeur/ns#number> ?o } ORDER BY ?s"
GZIP = {"Content-Encoding": "gzip"}
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s <https://w3id.org/questeur/ns#number> ?o }"
DESCRIBE = "DESCRIBE <https://w3id.org/questeur/id/person/PA720054>"
ALL = "SELECT * WHERE { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
GRAPH = "https://w3id.org/questeur/graph/topics"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        pytest.param("GET", {"query_string": {"query": SELECT}}, id="get"),
        pytest.param("POST", {"data": {"query": SELECT}}, id="form"),
        pytest.param("POST", {"data": SELECT, "content_type": "application/sparql-query"}, id="body"),
        pytest.param("POST", {"data": SELECT, "content_type": "application/sparql-query; charset=UTF-8"}, id="charset"),
    ],
)
def test_a_query_comes_in_three_ways(client: FlaskClient, method: str, arguments: dict[str, Any]) -> None:
    response = client.open("/sparql", method=method, **arguments)
    assert response.status_code == 200
    assert response.mimetype == "application/sparql-results+json"
    assert response.content_length == len(response.data)
    assert json.loads(response.data)["head"]["vars"] == ["s", "o"]


@pytest.mark.parametrize(
    ("query", "name", "media_type"),
    [
        (SELECT, "json", "application/sparql-results+json"),
        (SELECT, "xml", "application/sparql-results+xml"),
        (SELECT, "csv", "text/csv"),
        (SELECT, "tsv", "text/tab-separated-values"),
        (ASK, "json", "application/sparql-results+json"),
        (ASK, "xml", "application/sparql-results+xml"),
        (CONSTRUCT, "ttl", "text/turtle"),
        (CONSTRUCT, "nt", "application/n-triples"),
        (CONSTRUCT, "trig", "application/trig"),
        (CONSTRUCT, "nq", "application/n-quads"),
        (CONSTRUCT, "rdf", "application/rdf+xml"),
        (CONSTRUCT, "jsonld", "application/ld+json"),
        (CONSTRUCT, "json", "application/ld+json"),
        (DESCRIBE, "ttl", "text/turtle"),
    ],
)
def test_format_and_accept_give_the_same_answer(client: FlaskClient, query: str, name: str, media_type: str) -> None:
    named = client.get("/sparql", query_string={"query": query, "format": name})
    asked = client.get("/sparql", query_string={"query": query}, headers={"Accept": media_type})
    assert (named.status_code, named.mimetype) == (200, media_type)
    assert (asked.status_code, asked.mimetype) == (200, media_type)
    assert len(named.data) == len(asked.data)


@pytest.mark.parametrize(
    ("query", "name", "media_type"),
    [
        (CONSTRUCT, "turtle", "text/turtle"),
        (CONSTRUCT, "n3", "text/turtle"),
        (CONSTRUCT, "json-ld", "application/ld+json"),
        (CONSTRUCT, "rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "text/turtle", "text/turtle"),
        (SELECT, "application/sparql-results+json", "application/sparql-results+json"),
        (SELECT, "application/json", "application/sparql-results+json"),
    ],
)
def test_the_names_that_other_programs_give_to_formats_are_understood(
    client: FlaskClient, query: str, name: str, media_type: str
) -> None:
    sent = {"query": query, "format": name, "output": name, "results": name}  # as SPARQLWrapper does
    answer = client.get("/sparql", query_string=sent)
    assert (answer.status_code, answer.mimetype) == (200, media_type)


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "trig", "nq", "jsonld"])
def test_every_graph_format_reads_back_equal(client: FlaskClient, name: str) -> None:
    plain = client.get("/sparql", query_string={"query": CONSTRUCT, "format": "nt"})
    other = client.get("/sparql", query_string={"query": CONSTRUCT, "format": name})
    read = Dataset(default_union=True)
    read.parse(data=other.data, format={"rdf": "xml", "nq": "nquads", "jsonld": "json-ld"}.get(name, name))
    assert {quad[:3] for quad in read.quads()} == set(Graph().parse(data=plain.data, format="nt"))


def test_a_graph_cannot_come_as_a_table(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": CONSTRUCT}, headers={"Accept": "text/csv"})
    assert response.status_code == 406


def test_the_dataset_of_the_request_is_the_dataset_of_the_query(client: FlaskClient) -> None:
    query = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    some = client.get("/sparql", query_string={"query": query, "default-graph-uri": GRAPH, "format": "csv"})
    whole = client.get("/sparql", query_string={"query": query, "format": "csv"})
    named = client.post(
        "/sparql",
        data={"query": "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": GRAPH, "format": "csv"},
    )
    assert int(some.data.split()[1]) < int(whole.data.split()[1])
    assert named.data.decode().split() == ["g", GRAPH]


@pytest.mark.parametrize(
    ("status", "method", "arguments"),
    [
        (400, "POST", {"data": b"", "content_type": FORM}),
        (400, "GET", {"query_string": f"query={SELECT}&query={ASK}"}),
        (400, "POST", {"data": {"query": ASK}, "query_string": {"query": ASK}}),
        (400, "GET", {"query_string": {"update": "CLEAR ALL"}}),
        (400, "POST", {"data": {"update": "CLEAR ALL"}}),
        (400, "POST", {"data": "CLEAR ALL", "content_type": "application/sparql-update"}),
        (400, "POST", {"data": b"query=%FF", "content_type": FORM}),
        (400, "POST", {"data": b"\xff", "content_type": "application/sparql-query"}),
        (400, "POST", {"data": ASK, "content_type": "application/sparql-query; charset=UTF-16"}),
        (400, "GET", {"query_string": "query=%FF"}),
        (400, "GET", {"query_string": {"query": ASK, "timeout": "soon"}}),
        (400, "GET", {"query_string": {"query": ASK, "timeout": "0"}}),
        (400, "GET", {"query_string": {"query": ASK, "format": "turtl"}}),
        (400, "GET", {"query_string": {"query": ASK, "default-graph-uri": "not an IRI"}}),
        (400, "GET", {"query_string": {"query": ""}}),
        (415, "POST", {"data": ASK, "content_type": "text/plain"}),
        (415, "POST", {"data": ASK}),
        (415, "POST", {"data": ASK, "content_type": "application/sparql-query", "headers": GZIP}),
        (415, "POST", {"data": {"query": ASK}, "headers": GZIP}),
        (413, "POST", {"data": b"x" * 100_001, "content_type": "application/sparql-query"}),
        (405, "PUT", {"data": ASK}),
    ],
)
def test_a_request_that_is_not_one_is_refused_with_a_hint(
    client: FlaskClient, status: int, method: str, arguments: dict[str, Any]
) -> None:
    response = client.open("/sparql", method=method, **arguments)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("media_type", ["Application/SPARQL-Query", "APPLICATION/SPARQL-QUERY; Charset=UTF-8"])
def test_a_media_type_may_be_written_in_capitals(client: FlaskClient, media_type: str) -> None:
    assert client.post("/sparql", data=ASK, content_type=media_type).get_json()["boolean"] is True


def test_a_syntax_error_says_where(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT *\nWHERE {\t?s ?p é }"})
    problem = response.get_json()
    assert response.status_code == 400
    assert problem["type"] == "/docs/problems/sparql-syntax"
    assert problem["line"] == 2
    assert problem["excerpt"] == "WHERE {\t?s ?p é }"
    assert len(problem["caret"]) == problem["column"]
    assert problem["caret"][7] == "\t"


def test_a_query_is_killed_at_the_timeout_that_the_caller_asks_for(client: FlaskClient) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    response = client.get("/sparql", query_string={"query": endless, "timeout": "0.3"})
    assert response.status_code == 504
    assert response.get_json()["type"] == "/docs/problems/deadline"


def test_timeout_only_lowers_the_deadline() -> None:
    bounds = Settings(deadline=10)
    assert (bounds.limits(deadline=0.5).deadline, bounds.limits(deadline=9999).deadline) == (0.5, 10)


def test_an_answer_carries_generation_timing_and_safety_headers(client: FlaskClient) -> None:
    headers = client.get("/sparql", query_string={"query": ASK}).headers
    assert headers["X-Questeur-Generation"] == "g1"
    assert "engine;desc=" in headers["Server-Timing"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept" in headers["Vary"]


def test_a_preflight_is_answered_without_a_body(client: FlaskClient) -> None:
    response = client.options("/sparql", headers={"Origin": "https://elsewhere.example"})
    assert (response.status_code, response.data) == (204, b"")
    assert "POST" in response.headers["Access-Control-Allow-Methods"]


def test_head_tells_the_length(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": SELECT})
    assert head.data == b""
    assert head.content_length == len(client.get("/sparql", query_string={"query": SELECT}).data)


def test_without_a_query_programs_get_a_description(client: FlaskClient) -> None:
    response = client.get("/sparql")
    graph = Graph().parse(data=response.data, format="turtle")
    found = graph.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> ASK { ?s a sd:Service ; sd:endpoint ?e ; "
        "sd:feature sd:UnionDefaultGraph }"
    )
    assert found.askAnswer


def test_without_a_query_people_get_a_form_that_works_without_script(client: FlaskClient) -> None:
    page = client.get("/sparql", headers={"Accept": BROWSER}).text
    assert '<form class="query" action="/sparql" method="get"' in page
    assert '<textarea id="query" name="query"' in page
    assert "<button>" in page


def test_a_result_page_shows_the_first_rows_and_says_how_many_there_are(client: FlaskClient) -> None:
    whole = client.get("/sparql", query_string={"query": ALL, "format": "csv"}).text
    total = len(list(csv.reader(io.StringIO(whole)))) - 1
    page = client.get("/en/sparql", query_string={"query": ALL}, headers={"Accept": BROWSER}).text
    assert page.count("<tr>") == 21
    assert f"20 of {total:,} rows" in page
    assert 'href="/en/' in page


@pytest.mark.parametrize("query", [ASK, CONSTRUCT, DESCRIBE, 'SELECT ?x ("<b>&" AS ?y) (1.5 AS ?z) WHERE {}'])
def test_every_form_of_answer_has_its_page(client: FlaskClient, query: str) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert "<b>" not in response.text
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_only_web_addresses_become_links(client: FlaskClient, scheme: str) -> None:
    query = f'SELECT (IRI("{scheme}") AS ?x) WHERE {{}}'
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER}).text
    assert scheme in page
    assert f'href="{scheme}' not in page


def test_a_page_of_an_error_keeps_the_query_to_mend(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT <x"}, headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "SELECT &lt;x</textarea>" in response.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=60),
    media_type=st.sampled_from([FORM, "application/sparql-query", "application/sparql-update", "text/plain", ""]),
    accept=st.sampled_from([BROWSER, "*/*", "text/csv", "garbage"]),
)
def test_any_bytes_give_200_or_4xx(client: FlaskClient, body: bytes, media_type: str, accept: str) -> None:
    for raw in (body, b"query=" + body):
        posted = client.post("/sparql", data=raw, content_type=media_type, headers={"Accept": accept})
        asked = client.get("/sparql", query_string=urlencode({"query": raw}), headers={"Accept": accept})
        for response in (posted, asked):
            assert response.status_code == 200 or 400 <= response.status_code < 500
