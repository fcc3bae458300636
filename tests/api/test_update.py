"""Writing over HTTP: only with a token that is good for it, and with the codes that the protocols give."""

from __future__ import annotations

import gzip
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest

from api.app import Settings, Writing, create_app
from api.tokens import Tokens
from graph.backends.oxigraph.generations import current
from graph.backends.oxigraph.store import OxigraphStore
from graph.opening import open_updates
from tests.api.conftest import Client
from tests.api.world import publish

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

TEXT = "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> <urn:c> } }"
UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
TURTLE = "text/turtle"
SD = "http://www.w3.org/ns/sparql-service-description#"
GRAPH = "https://example.org/graph/1"
HERE = f"/data?graph={quote(GRAPH, safe='')}"


class World(NamedTuple):
    """A service that takes updates, and tokens for it."""

    app: Flask
    data: Path
    tokens: Tokens
    secret: str

    def send(self, method: str, path: str, body: bytes | str = b"", kind: str = "", token: str = "") -> TestResponse:
        """Send a request with a token."""
        headers = {"Authorization": f"Bearer {token or self.secret}"}
        if kind:
            headers["Content-Type"] = kind
        return Client(self.app).open(path, method=method, data=body, headers=headers)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Generator[World]:
    data = publish(tmp_path_factory.mktemp("writing"))
    tokens = Tokens(data)
    _, secret = tokens.add(scope="update", days=1)
    with OxigraphStore(data) as store, closing(open_updates(store)) as updates:
        settings = Settings(public_url="https://questeur.example", max_update_bytes=100_000)
        app = create_app(store, settings, Writing(updates=updates, tokens=tokens))
        yield World(app, data, tokens, secret)


def triples(world: World) -> int:
    reply = Client(world.app).get(f"/sparql?format=csv&query={quote('SELECT (COUNT(*) AS ?n) { ?s ?p ?o }')}")
    return int(reply.text.split()[1])


# ---- who may


def expired(data: Path) -> str:
    past = datetime.now(UTC) - timedelta(days=10)
    return Tokens(data, now=lambda: past).add(scope="update", days=9)[1]


UNAUTHORISED = {
    f"{method} {path} with {name}": (method, path, kind, body, header)
    for method, path, kind, body in (
        ("POST", "/update", UPDATE, TEXT),
        ("POST", "/update", FORM, f"update={quote(TEXT)}"),
        ("PUT", HERE, TURTLE, "<urn:a> <urn:b> <urn:c> ."),
        ("POST", "/data", TURTLE, "<urn:a> <urn:b> <urn:c> ."),
        ("DELETE", f"/data?graph={quote('https://w3id.org/questeur/graph/topics', safe='')}", "", ""),
    )
    for name, header in {
        "no token": "",
        "a wrong token": "Bearer AAAA",
        "the digest of a token": "Bearer {digest}",
        "an expired token": "Bearer {expired}",
        "a revoked token": "Bearer {revoked}",
        "another scheme": "Basic {secret}",
        "a token and no scheme": "{secret}",
        "half a token": "Bearer {half}",
    }.items()
}


def test_there_are_thirty_ways_to_be_refused_at_least() -> None:
    assert len(UNAUTHORISED) >= 30


@pytest.mark.parametrize("name", UNAUTHORISED)
def test_an_unauthorised_request_changes_nothing(world: World, name: str) -> None:
    method, path, kind, body, header = UNAUTHORISED[name]
    token, revoked = world.tokens.add(scope="update", days=1)
    world.tokens.revoke(token.id)
    written = header.format(
        secret=world.secret,
        digest=hashlib.sha256(world.secret.encode()).hexdigest(),
        expired=expired(world.data),
        revoked=revoked,
        half=world.secret[:20],
    )
    before = current(world.data), triples(world)
    headers = {"Content-Type": kind} | ({"Authorization": written} if written else {})
    reply = Client(world.app).open(path, method=method, data=body, headers=headers)
    assert (reply.status_code, reply.mimetype) == (401, "application/problem+json")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")
    assert (current(world.data), triples(world)) == before


def test_a_token_in_the_address_or_the_form_is_no_token(world: World) -> None:
    before = current(world.data)
    client = Client(world.app)
    for path, body in (
        (f"/update?access_token={world.secret}", {"update": TEXT}),
        ("/update", {"update": TEXT, "access_token": world.secret}),
    ):
        assert client.post(path, data=body).status_code == 401
    assert current(world.data) == before


def test_a_token_for_graphs_runs_no_update(world: World) -> None:
    _, secret = world.tokens.add(scope="data", days=1)
    before = current(world.data)
    reply = world.send("POST", "/update", TEXT, UPDATE, token=secret)
    assert (reply.status_code, reply.get_json()["type"]) == (403, "/docs/problems/forbidden")
    assert current(world.data) == before
    assert world.send("PUT", HERE, "", TURTLE, token=secret).status_code in {201, 204}


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", HERE), ("POST", "/data"), ("DELETE", HERE)])
def test_writing_is_off_unless_it_was_asked_for(world: World, method: str, path: str) -> None:
    with OxigraphStore(world.data) as store:
        reading = create_app(store)
        reply = Client(reading).open(path, method=method, headers={"Authorization": f"Bearer {world.secret}"})
    assert (reply.status_code, reply.get_json()["type"]) == (403, "/docs/problems/updates-off")


@pytest.mark.parametrize(("method", "path"), [("POST", "/update"), ("PUT", HERE), ("DELETE", HERE)])
def test_no_page_of_another_origin_may_write(world: World, method: str, path: str) -> None:
    preflight = Client(world.app).options(
        path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": method}
    )
    assert method not in preflight.headers.get("Access-Control-Allow-Methods", "")
    assert "authorization" not in preflight.headers.get("Access-Control-Allow-Headers", "").lower()
    reply = Client(world.app).open(path, method=method, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in reply.headers


# ---- updates


@pytest.mark.parametrize(("kind", "body"), [(UPDATE, TEXT), (FORM, f"update={quote(TEXT)}")])
def test_an_update_is_answered_with_the_generation_that_holds_it(world: World, kind: str, body: str) -> None:
    reply = world.send("POST", "/update", body, kind)
    assert (reply.status_code, reply.data) == (204, b"")
    assert reply.headers["X-Questeur-Generation"] == current(world.data)
    assert Client(world.app).get("/sparql?query=ASK{<urn:a>+?p+?o}&format=json").get_json()["boolean"] is True


@pytest.mark.parametrize(
    ("kind", "body", "path", "status", "code"),
    [
        (UPDATE, b"INSERT DATA {", "/update", 400, "sparql-syntax"),
        (UPDATE, b"\xff", "/update", 400, "malformed"),
        (f"{UPDATE}; charset=UTF-16", TEXT.encode("utf-16"), "/update", 400, "malformed"),
        (FORM, b"", "/update", 400, "malformed"),
        (FORM, b"update=a&update=b", "/update", 400, "malformed"),
        (FORM, b"query=ASK{}", "/update", 400, "malformed"),
        (UPDATE, TEXT.encode(), "/update?update=x", 400, "malformed"),
        (UPDATE, TEXT.encode(), "/update?using-graph-uri=x", 400, "malformed"),
        (UPDATE, b"WITH <urn:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "/update?using-graph-uri=urn:a", 400,
         "malformed"),
        (UPDATE, b"ASK {}", "/update", 400, "query-not-update"),
        (UPDATE, b"LOAD <http://127.0.0.1:9/>", "/update", 403, "load-refused"),
        (UPDATE, b"#" * 100_001, "/update", 413, "request-too-large"),
        ("text/plain", TEXT.encode(), "/update", 415, "unsupported-media-type"),
        ("", TEXT.encode(), "/update", 415, "unsupported-media-type"),
    ],
)  # fmt: skip
def test_what_is_no_update_gets_its_code(
    world: World, kind: str, body: bytes, path: str, status: int, code: str
) -> None:
    before = current(world.data)
    reply = world.send("POST", path, body, kind)
    assert (reply.status_code, reply.get_json()["type"]) == (status, f"/docs/problems/{code}")
    assert current(world.data) == before


@pytest.mark.parametrize(("method", "path", "kind"), [("POST", "/update", UPDATE), ("PUT", HERE, TURTLE)])
def test_a_compressed_body_is_refused_as_such(world: World, method: str, path: str, kind: str) -> None:
    before = current(world.data)
    reply = Client(world.app).open(
        path,
        method=method,
        data=gzip.compress(TEXT.encode()),
        headers={"Authorization": f"Bearer {world.secret}", "Content-Type": kind, "Content-Encoding": "gzip"},
    )
    assert (reply.status_code, reply.get_json()["hint"]) == (415, "send it as it is")
    assert current(world.data) == before


def test_an_update_by_get_is_not_allowed(world: World) -> None:
    reply = world.send("GET", f"/update?update={quote(TEXT)}")
    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]


def test_a_syntax_error_says_where(world: World) -> None:
    problem = world.send("POST", "/update", "INSERT DATA {\n <urn:a> <urn:b> foaf:c }", UPDATE).get_json()
    assert (problem["line"], problem["excerpt"]) == (2, " <urn:a> <urn:b> foaf:c }")
    assert "PREFIX foaf:" in problem["hint"]


def test_the_service_that_takes_updates_is_described(world: World) -> None:
    described = Client(world.app).get("/sparql", headers={"Accept": "application/n-triples"}).text
    place = "<https://questeur.example/update>"
    assert f"{place} <{SD}endpoint> {place} ." in described
    assert f"{place} <{SD}supportedLanguage> <{SD}SPARQL11Update> ." in described


# ---- graphs


def test_a_graph_is_created_replaced_and_removed(world: World) -> None:
    path = "/data?graph=urn:whole"
    assert world.send("GET", path).status_code == 404
    assert world.send("PUT", path, "<a> <urn:b> 1 .", TURTLE).status_code == 201
    assert world.send("PUT", path, "<a> <urn:b> 2 .", TURTLE).status_code == 204
    assert world.send("POST", path, "<urn:a> <urn:b> 3 .", "application/n-triples").status_code == 400
    assert world.send("POST", path, '<urn:a> <urn:b> "3" .', "application/n-triples").status_code == 204
    lines = world.send("GET", f"{path}&format=nt").text.splitlines()
    assert len(lines) == 2
    assert world.send("DELETE", path).status_code == 204
    assert world.send("DELETE", path).status_code == 404
    assert world.send("GET", path).status_code == 404


def test_an_empty_graph_is_a_graph(world: World) -> None:
    assert world.send("PUT", "/data?graph=urn:empty", "", TURTLE).status_code == 201
    reply = world.send("GET", "/data?graph=urn:empty&format=nt")
    assert (reply.status_code, reply.data) == (200, b"")


def test_a_graph_without_a_name_gets_one_that_leads_to_it(world: World) -> None:
    reply = world.send("POST", "/data", "<> <urn:b> 1 .", TURTLE)
    assert reply.status_code == 201
    location = reply.headers["Location"]
    assert location.startswith("https://questeur.example/data/")
    found = world.send("GET", f"{location.removeprefix('https://questeur.example')}?format=nt")
    assert found.text.startswith(f"<{location}> <urn:b>")


def test_a_form_of_files_is_one_graph(world: World) -> None:
    files = [
        (io.BytesIO(b"_:x <urn:b> 1 ."), "a.ttl", TURTLE),
        (io.BytesIO(b'_:x <urn:b> "2" .'), "b.nt", "application/n-triples"),
    ]
    reply = Client(world.app).post(
        "/data?graph=urn:files", data={"file": files}, headers={"Authorization": f"Bearer {world.secret}"}
    )
    assert reply.status_code == 201
    lines = world.send("GET", "/data?graph=urn:files&format=nt").text.splitlines()
    assert len({line.split()[0] for line in lines}) == 2  # the blank nodes of two documents are two


def test_the_name_of_a_graph_is_decoded_once(world: World) -> None:
    for name in ("urn:x%2531", "urn:x%31", "urn:x%201"):
        world.send("PUT", f"/data?graph={name}", f'<urn:a> <urn:b> "{name}" .', TURTLE)
    assert '"urn:x%2531"' in world.send("GET", "/data?graph=urn:x%2531&format=nt").text
    assert '"urn:x%31"' in world.send("GET", "/data?graph=urn:x1&format=nt").text
    assert world.send("GET", "/data?graph=urn:x%201").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "kind", "body", "status"),
    [
        ("PUT", "/data", TURTLE, b"", 400),
        ("PUT", "/data?graph=urn:a&default", TURTLE, b"", 400),
        ("PUT", "/data?graph=urn:a&graph=urn:b", TURTLE, b"", 400),
        ("PUT", "/data?graph=relative", TURTLE, b"", 400),
        ("PUT", "/data?graph=urn:a%3E%20%3Curn:b", TURTLE, b"", 400),
        ("PUT", "/data?default", TURTLE, b"", 403),
        ("PUT", "/data?graph=urn:a", TURTLE, b"<urn:a> <urn:b>", 400),
        ("PUT", "/data?graph=urn:a", f"{TURTLE}; charset=latin-1", b"", 400),
        ("PUT", "/data?graph=urn:a", "application/rdf+xml", b"<rdf/>", 415),
        ("PUT", "/data?graph=urn:a", "application/trig", b"", 415),
        ("PUT", "/data?graph=urn:a", "", b"x", 415),
        ("PUT", "/data?graph=urn:a", TURTLE, b"#" * 100_001, 413),
        ("POST", "/data?graph=urn:a", "multipart/form-data; boundary=x", b"--x--\r\n", 400),
        ("PATCH", "/data?graph=urn:a", TURTLE, b"", 405),
    ],
)
def test_what_is_no_graph_gets_its_code(
    world: World, method: str, path: str, kind: str, body: bytes, status: int
) -> None:
    before = current(world.data)
    assert world.send(method, path, body, kind).status_code == status
    assert current(world.data) == before


# ---- conditions


def conditional(world: World, method: str, path: str, body: str = "<urn:a> <urn:b> 9 .", **headers: str) -> int:
    given = {"Authorization": f"Bearer {world.secret}", "Content-Type": TURTLE}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(world.app).open(path, method=method, data=body, headers=given | named).status_code


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples"])
def test_a_graph_that_changed_since_it_was_read_is_not_overwritten(world: World, accept: str) -> None:
    path = "/data?graph=urn:shared"
    world.send("PUT", path, "<urn:a> <urn:b> 1 .", TURTLE)
    tag = Client(world.app).get(path, headers={"Accept": accept}).headers["ETag"]
    assert conditional(world, "PUT", path, "<urn:a> <urn:b> 2 .", If_Match=tag) == 204
    before = current(world.data)
    for method in ("PUT", "POST", "DELETE"):
        assert conditional(world, method, path, If_Match=tag) == 412
    assert current(world.data) == before
    assert " 2 " in world.send("GET", path).text
    assert conditional(world, "DELETE", path, If_Match=f'"x", {world.send("GET", path).headers["ETag"]}') == 204


def test_a_graph_is_made_only_if_there_is_none_and_changed_only_if_there_is(world: World) -> None:
    path = "/data?graph=urn:once"
    assert conditional(world, "PUT", path, If_Match="*") == 412
    assert conditional(world, "PUT", path, If_None_Match="*") == 201
    assert conditional(world, "PUT", path, If_None_Match="*") == 412
    assert conditional(world, "POST", path, If_Match="*") == 204


def test_the_last_of_two_who_read_the_same_state_is_told(world: World) -> None:
    path = "/data?graph=urn:raced"
    world.send("PUT", path, "<urn:a> <urn:b> 0 .", TURTLE)
    tag = world.send("GET", path).headers["ETag"]

    def write(number: int) -> int:
        return conditional(world, "PUT", path, f"<urn:a> <urn:b> {number} .", If_Match=tag)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(write, range(8)))
    assert sorted(found) == [204] + 7 * [412]


def test_a_part_never_takes_the_place_of_a_graph(world: World) -> None:
    before = current(world.data)
    assert conditional(world, "PUT", "/data?graph=urn:part", Content_Range="bytes 0-9/20") == 400
    assert current(world.data) == before


# ---- tokens


def test_only_the_digest_of_a_token_is_kept_and_only_its_owner_reads_it(world: World) -> None:
    file = world.data / "tokens.json"
    token, secret = world.tokens.add(scope="data", days=1, note="mine")
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert world.tokens.find(secret) == token
    assert len(secret) == 43  # 256 bits
