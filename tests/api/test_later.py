"""Measures and communities that take long, on a small synthetic graph: a job, then the answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import Client
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{2}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/PA{0}> ; qst:tabledOn "2018-07-17"^^xsd:date ;
  qst:topic <https://w3id.org/questeur/id/topic/t{1}> ; qst:status qst:statusOpen .
"""
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
LONG = "/networks/deputy-topic/communities.json?trials=200"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Serve a graph of 8,400 synthetic questions, 40 deputies asking seven times on each of 30 topics."""
    data = tmp_path_factory.mktemp("asked") / "DATA"
    pairs = [(deputy, topic) for _ in range(7) for deputy in range(40) for topic in range(30)]
    turtle = HEAD + "".join(QUESTION.format(a, b, number) for number, (a, b) in enumerate(pairs))
    graph = ox.NamedNode("https://w3id.org/questeur/graph/questions/an-15-qe")
    triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    publish(data, "g1", [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples], example=False)
    with OxigraphStore(data) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client()


def test_many_trials_are_worked_out_apart_and_what_is_done_stays(asked: FlaskClient) -> None:
    shares: list[float] = []
    until = time.monotonic() + 120
    while (answer := asked.get(LONG)).status_code == 202 and time.monotonic() < until:
        assert answer.headers["Location"].endswith(LONG)
        assert answer.headers["Cache-Control"] == "no-store"
        shares.append(answer.get_json()["progress"])
        time.sleep(0.1)
    assert answer.status_code == 200
    assert answer.get_json()["quality"]["trials"] == 200
    assert shares
    assert shares == sorted(shares)
    assert asked.delete(LONG).status_code == 204
    assert asked.get(LONG).status_code == 200


def test_a_cancelled_computation_says_so_once_and_can_be_asked_for_again(asked: FlaskClient) -> None:
    path = LONG + "&seed=7"
    assert asked.get(path).status_code == 202
    assert asked.delete(path).status_code == 204
    until = time.monotonic() + 60
    while (answer := asked.get(path)).status_code == 202 and time.monotonic() < until:
        time.sleep(0.1)
    assert answer.status_code == 503
    assert "stopped" in answer.get_json()["detail"]
    assert asked.get(path).status_code in {200, 202}
    asked.delete(path)


def test_what_is_quick_is_answered_at_once(asked: FlaskClient) -> None:
    assert asked.get("/networks/deputy-topic/communities.json?trials=2").status_code == 200
    assert asked.get("/networks/deputy-topic/measures.json?m=h2,d,breadth").status_code == 200
    assert asked.get("/networks/deputy-topic.json?slice=year").status_code == 200


def test_a_run_that_takes_long_is_worked_out_apart_and_then_sent_as_turtle(asked: FlaskClient) -> None:
    path = "/networks/deputy-topic.ttl?trials=200"
    until = time.monotonic() + 120
    while (first := asked.get(path)).status_code == 503 and time.monotonic() < until:  # the one before is ending
        time.sleep(0.1)
    assert first.status_code == 202
    while (answer := asked.get(path)).status_code in {202, 503} and time.monotonic() < until:
        time.sleep(0.1)
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    assert b"qst:trials 200" in answer.data
    assert asked.delete(path).status_code == 204


@pytest.mark.parametrize(("accept", "told"), [("application/json", "slices"), ("text/html", "2018")])
def test_slices_that_take_long_are_worked_out_apart(asked: FlaskClient, accept: str, told: str) -> None:
    path = "/networks/deputy-deputy?slice=year&significant=0"
    until = time.monotonic() + 60
    while (answer := asked.get(path, headers={"Accept": accept})).status_code == 202 and time.monotonic() < until:
        assert answer.headers["Location"].endswith(path)
        assert answer.mimetype == accept
        time.sleep(0.1)
    assert answer.status_code == 200
    assert told in answer.text
    assert asked.delete(path).status_code == 204
