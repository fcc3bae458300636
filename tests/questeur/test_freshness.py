"""Every answer says of which day its data are: over HTTP, in the program, through another service; none is guessed."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

import pytest
from rdflib import Graph
from rdflib.namespace import DCTERMS, PROV

from api.locale import load
from graph.opening import open_store
from ontology.iris import thing
from tests.served import Server, served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from questeur.build import Report

ONE = "SELECT ?q { ?q a <https://w3id.org/questeur/ns#OralQuestion> } ORDER BY ?q LIMIT 1"
NONE = "SELECT ?q { ?q a <https://example.org/nothing> }"
BROWSER = "text/html"
HEADER = "questeur-data-date"


@pytest.fixture(scope="module")
def data(demo: tuple[Path, Report]) -> Path:
    return demo[0]


@pytest.fixture(scope="module")
def manifest(data: Path) -> dict[str, object]:
    name = (data / "CURRENT").read_text().strip()
    said: dict[str, object] = json.loads((data / "gens" / name / "manifest.json").read_text())
    return said


@pytest.fixture(scope="module")
def server(data: Path) -> Generator[Server]:
    with served(data, "--processes", "1") as running:
        yield running


def path(query: str) -> str:
    return f"/sparql?query={quote(query)}"


@pytest.mark.parametrize(
    ("address", "accept", "status"),
    [
        pytest.param(path(ONE), "*/*", 200, id="rows"),
        pytest.param(path(NONE), "*/*", 200, id="no rows"),
        pytest.param(path(NONE), "text/csv", 200, id="no rows as CSV"),
        pytest.param(path("ASK { ?s ?p ?o }"), "*/*", 200, id="ASK"),
        pytest.param(path("ASK { <urn:a> <urn:a> <urn:a> }"), "*/*", 200, id="ASK that is false"),
        pytest.param(path("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3"), "*/*", 200, id="CONSTRUCT"),
        pytest.param(path("CONSTRUCT { ?s ?p ?o } { ?s <urn:a> ?o . ?s ?p ?o }"), "*/*", 200, id="empty CONSTRUCT"),
        pytest.param(path("SELEC ?s"), "*/*", 400, id="error"),
        pytest.param(path("SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }"), "*/*", 403, id="refused"),
        pytest.param(path(ONE), BROWSER, 200, id="page"),
        pytest.param(path(NONE), BROWSER, 200, id="empty page"),
        pytest.param(path("SELEC ?s"), BROWSER, 400, id="page of an error"),
        pytest.param("/queries/j6-withdrawn.csv", "*/*", 200, id="named query"),
        pytest.param("/queries/p7-reshuffle-share", BROWSER, 200, id="page of a named query"),
        pytest.param("/questions.json", "*/*", 200, id="list"),
        pytest.param("/data?default", "text/turtle", 200, id="graph store"),
        pytest.param("/no/such/page", "*/*", 404, id="page that is not there"),
    ],
)
def test_every_answer_names_the_day_of_its_data_beside_its_generation(
    server: Server, manifest: dict[str, object], address: str, accept: str, status: int
) -> None:
    answer = server.get(address, Accept=accept)
    assert answer.status == status, answer
    assert answer.headers[HEADER] == manifest["data_date"]
    assert answer.headers["x-questeur-generation"] == manifest["generation"]


def test_a_kept_answer_and_one_the_client_has_name_the_day_too(server: Server, manifest: dict[str, object]) -> None:
    address = path(f"{ONE} # kept")
    first = server.get(address)
    again = server.get(address)
    assert "cache;desc=hit" in again.headers["server-timing"]
    unchanged = server.get(address, If_None_Match=first.headers["etag"])
    assert unchanged.status == 304
    assert {a.headers[HEADER] for a in (first, again, unchanged)} == {manifest["data_date"]}


def test_an_answer_links_to_the_description_that_dates_every_source(
    server: Server, manifest: dict[str, object]
) -> None:
    answer = server.get(path(NONE))
    assert answer.headers["link"] == '</.well-known/void>; rel="describedby"'
    described = Graph().parse(data=server.get("/.well-known/void", Accept="text/turtle").body, format="turtle")
    (dataset,) = described.subjects(PROV.wasDerivedFrom, unique=True)
    assert str(described.value(dataset, DCTERMS.modified)) == manifest["data_date"]
    days = {str(s): str(described.value(s, DCTERMS.modified)) for s in described.objects(dataset, PROV.wasDerivedFrom)}
    assert days == {thing("snapshot", source["snapshot"]): source["date"] for source in sources(manifest)}


def sources(manifest: dict[str, object]) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", manifest["sources"])


def test_the_status_dates_every_source(server: Server, manifest: dict[str, object]) -> None:
    said = server.get("/status").json["data"]
    assert said["date"] == manifest["data_date"]
    assert {(s["file"], s["sha256"], s["date"]) for s in said["sources"]} == {
        (s["path"], s["sha256"], s["date"]) for s in sources(manifest)
    }


def test_a_page_writes_the_day_in_its_language(server: Server, manifest: dict[str, object]) -> None:
    day = date.fromisoformat(str(manifest["data_date"]))
    for prefix, language in (("", "fr"), ("/en", "en")):
        written = load()["fr" if language == "fr" else "en"].day(day)
        page = server.get(prefix + path(NONE), Accept=BROWSER).body.decode()
        main, footer = page.split("<footer")
        assert written in main
        assert written in footer


def test_a_script_of_another_site_may_read_the_day(server: Server) -> None:
    assert "Questeur-Data-Date" in server.get(path(ONE)).headers["access-control-expose-headers"]


def test_the_day_comes_through_python_and_through_another_service(
    data: Path, server: Server, manifest: dict[str, object]
) -> None:
    day = date.fromisoformat(str(manifest["data_date"]))
    for target in (data, f"{server.address}/sparql"):
        with closing(open_store(target)) as store:
            assert store.rows(NONE).data_date == day
            assert store.freshness().date == day
            with store.query(NONE).body:
                pass


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([ONE, "--format", "table"], id="table"),
        pytest.param([NONE], id="nothing found, in a pipe"),
        pytest.param(["ASK { ?s ?p ?o }", "--format", "json"], id="ASK"),
        pytest.param(["CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 2", "--format", "nt"], id="CONSTRUCT"),
    ],
)
def test_the_program_says_the_day_beside_the_answer(
    data: Path, manifest: dict[str, object], arguments: list[str]
) -> None:
    command = [sys.executable, "-m", "questeur", "query", str(data), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr.rstrip().endswith(f"generation {manifest['generation']}, data of {manifest['data_date']}")
    assert "data of" not in ended.stdout


def test_where_no_day_is_known_none_is_said(example_data: Path) -> None:
    with served(example_data, "--processes", "1") as server:
        answer = server.get(path(ONE))
        assert answer.status == 200
        assert HEADER not in answer.headers
        assert server.get("/status").json["data"] == {"date": None, "sources": []}
