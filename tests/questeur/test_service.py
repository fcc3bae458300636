"""The program as its user starts it: real processes, real sockets, the bundled records."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import pytest

from graph.opening import open_store
from ontology.errors import QuesteurError
from questeur.sample import sample

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from questeur.build import Report

QUESTEUR = [sys.executable, "-m", "questeur"]
RUNAWAY = "SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}"
PRODUCT = "SELECT * {?a ?b ?c . ?d ?e ?f}"


class Reply(NamedTuple):
    """What came back."""

    status: int
    kind: str
    body: bytes


def ask(address: str, query: str) -> Reply:
    return get(f"{address}/sparql", urlencode({"query": query}).encode())


def get(address: str, form: bytes | None = None) -> Reply:
    try:
        with urllib.request.urlopen(address, form, timeout=60) as answer:  # noqa: S310 - our own server on loopback
            return Reply(answer.status, answer.headers["Content-Type"], answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers["Content-Type"], error.read())


@contextmanager
def serving(data: Path, *options: str) -> Generator[str, None, None]:
    """Run ``questeur serve`` on a free port until the block ends; it must end cleanly."""
    command = [*QUESTEUR, "serve", str(data), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            line = server.stderr.readline()
            assert line.startswith("serving on http://127.0.0.1:"), line
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield line.split()[2].rstrip("/")
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def address(demo: tuple[Path, Report]) -> Generator[str, None, None]:
    with serving(demo[0], "--timeout", "3") as found:
        yield found


def test_a_runaway_query_gets_504_at_its_deadline_while_others_are_answered(address: str) -> None:
    slow: list[tuple[Reply, float]] = []

    def run() -> None:
        began = time.monotonic()
        slow.append((ask(address, RUNAWAY), time.monotonic() - began))

    thread = threading.Thread(target=run)
    thread.start()
    quick = 0
    while thread.is_alive():
        reply = ask(address, "ASK {}")
        assert reply.status == 200
        assert json.loads(reply.body)["boolean"] is True
        quick += 1
    thread.join()
    (reply, took) = slow[0]
    assert (reply.status, reply.kind) == (504, "application/problem+json")
    assert 2.9 < took < 10
    assert quick > 5


def test_a_product_of_everything_with_everything_is_never_a_200(address: str) -> None:
    reply = ask(address, PRODUCT)
    assert reply.status in {413, 504}
    assert reply.kind == "application/problem+json"


def test_five_thousand_nested_braces_are_a_bad_request_and_the_service_stays_up(address: str) -> None:
    assert ask(address, f"SELECT * {'{' * 5000}{'}' * 5000}").status == 400
    assert get(f"{address}/healthz").status == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "federation-refused"),
        ("LOAD <http://127.0.0.1:9/x>", None),
    ],
    ids=["service", "load"],
)
def test_what_would_reach_out_is_refused(address: str, query: str, code: str | None) -> None:
    reply = ask(address, query)
    assert 400 <= reply.status < 500
    if code is not None:
        assert json.loads(reply.body)["type"].endswith(code)


@pytest.mark.parametrize("target", ["asked", "attributed"])
def test_the_weights_of_the_network_sum_to_all_340_questions(address: str, target: str) -> None:
    document = json.loads(get(f"{address}/networks/deputy-ministry.json?type=all&target={target}").body)
    assert sum(edge["weight"] for edge in document["edges"]) == 340
    assert document["meta"]["n_questions"] == 340


def test_every_edge_leads_to_exactly_its_questions(address: str) -> None:
    edges = json.loads(get(f"{address}/networks/deputy-ministry.json?type=all").body)["edges"]
    for edge in edges[:: max(len(edges) // 12, 1)]:
        path, _, query = edge["questions"].partition("?")
        assert json.loads(get(f"{address}{path}.json?{query}").body)["total"] == edge["weight"]


def test_a_taken_port_is_said_and_the_way_out_named(address: str, demo: tuple[Path, Report]) -> None:
    port = address.rpartition(":")[2]
    run = subprocess.run(
        [*QUESTEUR, "serve", str(demo[0]), "--port", port], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert f"port {port} of 127.0.0.1 is taken" in run.stderr
    assert "PORT=" in run.stderr


# ---- the build as a process


def state(data: Path) -> str:
    """Read the state a reader sees: what generation, and how many questions and statements it holds."""
    with closing(open_store(data)) as store:
        rows = store.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        return f"{rows.generation} {rows.rows[0][0]}"


def test_a_build_killed_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with sample() as (_, questions, page, _):
        first = [*QUESTEUR, "build", str(page), "--into", str(data), "-q"]
        assert subprocess.run(first, check=False).returncode == 0
        old = state(data)
        began = time.monotonic()
        second = [*QUESTEUR, "build", str(questions), str(page), "-q", "--into"]
        whole = tmp_path / "whole"
        assert subprocess.run([*second, str(whole)], check=False).returncode == 0
        took = time.monotonic() - began
        count = state(whole).split()[1]
        killed = 0
        for attempt in range(20):
            with subprocess.Popen([*second, str(data)], start_new_session=True) as build:
                try:
                    build.wait(timeout=took * (attempt + 0.5) / 18)
                except subprocess.TimeoutExpired:
                    os.killpg(build.pid, signal.SIGKILL)
                    killed += 1
            seen = state(data)
            assert seen == old or seen.split()[1] == count, f"attempt {attempt}: {seen}"
        assert killed >= 5  # the machine decides how many end before they are killed
        assert subprocess.run([*second, str(data)], check=False).returncode == 0
        assert state(data).split()[1] == count
        assert not [p for p in (data / "gens").iterdir() if p.name.startswith("tmp")]


def test_a_build_with_a_refused_record_publishes_the_rest_and_ends_with_exit_code_3(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"question": {"uid": "QANR5L15QE1"}}', encoding="utf-8")
    with sample() as (actors, _, page, _):
        command = [*QUESTEUR, "build", str(actors), str(page), str(bad), "--into", str(tmp_path / "data")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "bad.json" in run.stderr
    assert "identity-conflict" in run.stderr
    assert "published g1" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "/nowhere", "ASK {}"], 2, "no folder"),
        (["query", "DATA", "SELECT"], 1, "line 1"),
        (["query", "DATA"], 2, "either as an argument"),
        (["query", "DATA", "ASK {}", "--format", "docx"], 2, "names no format"),
        (["query", "DATA", "ASK {}", "-o", "nodir/x.json"], 1, "nodir/x.json"),
        (["query", "DATA", "ASK {}", "--timeout", "nan"], 2, "--timeout"),
        (["serve", "DATA", "--timeout", "nan"], 2, "--timeout"),
        (["serve", "DATA", "--timeout", "0"], 2, "--timeout"),
        (["serve", "DATA", "--public-url", "example.org"], 2, "--public-url"),
        (["serve", "DATA", "--public-url", "https://example.org/a b"], 2, "--public-url"),
        (["serve", "DATA", "--public-url", "https://[example.org"], 2, "--public-url"),
        (["serve", "DATA", "--log", "nodir/log"], 2, "--log nodir/log"),
        (["serve", "DATA", "--federation", "https://example.org:99999/sparql"], 2, "cannot be a service"),
        (["serve", "DATA", "--federation-ca", __file__], 2, "no certificates"),
        (["token", "add", "DATA", "--days", "nan"], 2, "nan days"),
        (["network", "deputy-ministry", "DATA", "-o", "n.csv", "--legislature", "99"], 4, "0 questions"),
        (["network", "deputy-ministry", "DATA", "-o", "net.docx"], 2, "no network format"),
        (["network", "deputy-ministry", "DATA", "-o", "net.csv", "--group", "LREM !"], 1, "group"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong_without_a_traceback(
    demo: tuple[Path, Report], tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    given = [str(demo[0]) if a == "DATA" else a for a in arguments]
    run = subprocess.run([*QUESTEUR, *given], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (run.returncode, "Traceback" in run.stderr) == (code, False), run.stderr
    assert words in run.stderr


def test_the_data_folder_answers_the_competency_of_the_seed_question(demo: tuple[Path, Report]) -> None:
    with closing(open_store(demo[0])) as store:
        assert store.ask(
            """PREFIX qst: <https://w3id.org/questeur/ns#> PREFIX id: <https://w3id.org/questeur/id/>
            PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/>
            PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
            ASK { ?q dcterms:identifier "QANR5L15QE10719" ; dcterms:title ?title ; qst:delayDays 28 ;
                qst:author <https://w3id.org/questeur/id/person/PA720054> ;
                qst:underMandate <https://w3id.org/questeur/id/mandate/PM722844> ;
                qst:constituencyAtTabling <https://w3id.org/questeur/id/constituency/2010-44-09> ;
                qst:groupAtTabling <https://w3id.org/questeur/id/group/PO730964> ;
                qst:addressedTo <https://w3id.org/questeur/id/ministry/PO729982> ;
                qst:attributedTo <https://w3id.org/questeur/id/ministry/PO729982> ;
                qst:topic/skos:prefLabel "Emploi et activité"@fr ;
                qst:tabledOn "2018-07-17"^^xsd:date ; qst:answeredOn "2018-08-14"^^xsd:date ;
                qst:event [ a qst:Tabled ; qst:page "6253" ] , [ a qst:Answered ; qst:page "7347" ] ;
                qst:questionText ?asked ; qst:hasAnswer/qst:answerText ?answered .
              FILTER(lang(?asked) = "fr" && lang(?answered) = "fr" && lang(?title) = "fr") }"""
        )
        with pytest.raises(QuesteurError):
            store.rows("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
