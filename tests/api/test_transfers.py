"""Transfers over HTTP: the network, its files, and the transfers behind each flow."""

from __future__ import annotations

import re
from html import unescape
from itertools import permutations
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

import questeur
from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import BROWSER, Client, points
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

HEAD = """@prefix qst: <https://w3id.org/questeur/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix m: <https://w3id.org/questeur/id/ministry/> . @prefix p: <https://w3id.org/questeur/id/portfolio/> .
@prefix q: <https://w3id.org/questeur/id/question/> .
"""
MINISTRY = "m:PO{0} a qst:Ministry ; qst:mainPortfolio p:p{0} . p:p{0} a qst:Portfolio .\n"
QUESTION = """
q:QANR5L15QE{0} a qst:Question , qst:WrittenQuestion ; qst:tabledOn "2018-07-17"^^xsd:date ;
  qst:addressedTo m:PO{1} ; qst:attributedTo m:PO{2} ;
  qst:event <https://w3id.org/questeur/id/question/QANR5L15QE{0}#event-1> .
<https://w3id.org/questeur/id/question/QANR5L15QE{0}#event-1> a qst:Reattributed , qst:Transferred ;
  qst:fromMinistry m:PO{1} ; qst:toMinistry m:PO{2} ; qst:on "2018-08-17"^^xsd:date ; qst:crossesPortfolio true .
"""


def test_every_flow_leads_to_as_many_transfers_as_it_says(client: FlaskClient) -> None:
    body = client.get("/transfers.json?type=all").get_json()
    assert body["meta"]["n_transfers"] == sum(edge["weight"] for edge in body["edges"]) > 0
    for edge in body["edges"]:
        path, _, query = edge["questions"].partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] == edge["weight"]


def test_the_pages_read_without_a_script_in_both_languages(client: FlaskClient) -> None:
    for prefix, word in (("", "Attendu"), ("/en", "Expected")):
        page = client.get(f"{prefix}/transfers?type=all", headers={"Accept": BROWSER})
        assert word in page.text
        assert (points(page.text) == []) is not bool(prefix)
        assert "<script" not in page.text
        assert client.get(f"{prefix}/transfers/questions?type=all", headers={"Accept": BROWSER}).status_code == 200


@pytest.mark.parametrize("suffix", ["csv", "gexf", "graphml"])
def test_every_format_is_there(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/transfers.{suffix}?type=all").status_code == 200


def test_the_network_is_the_very_turtle_that_publishing_it_would_write(client: FlaskClient, published: Path) -> None:
    answer = client.get("/transfers.ttl?type=all")
    with questeur.open(published) as graph:
        run = graph.run("ministry-transfer", type="all")
    assert run.edges == len(client.get("/transfers.json?type=all").get_json()["edges"]) > 0
    assert (answer.data, answer.content_type) == (run.turtle(), "text/turtle; charset=utf-8")
    assert client.get("/transfers?type=all", headers={"Accept": "*/*"}).mimetype == "application/json"
    assert "/transfers.ttl?" in client.get("/transfers?type=all", headers={"Accept": BROWSER}).text


def test_what_cannot_be_asked_is_told(client: FlaskClient) -> None:
    assert client.get("/transfers/questions.json?origin=a/b").status_code == 400
    assert client.get("/transfers/questions.json?destination=nowhere").status_code == 400
    assert client.get("/transfers.json?legislature=99").status_code == 400


@pytest.fixture
def many(tmp_path: Path) -> Iterator[FlaskClient]:
    """Serve synthetic questions that each of 11 ministries passed on to the 10 others, one to twice each."""
    text, number = HEAD + "".join(MINISTRY.format(place) for place in range(11)), 0
    for origin, target in permutations(range(11), 2):
        for _ in range(1 + origin % 2):
            text, number = text + QUESTION.format(number, origin, target), number + 1
    graph = ox.NamedNode("https://w3id.org/questeur/graph/questions/an-15-qe")
    triples = ox.parse(text, format=ox.RdfFormat.TURTLE)
    publish(tmp_path / "DATA", "g1", [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples], example=False)
    with OxigraphStore(tmp_path / "DATA") as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client()


def test_the_page_shows_the_largest_flows_and_says_what_it_leaves_to_the_next(many: FlaskClient) -> None:
    edges = many.get("/transfers.json").get_json()["edges"]
    assert (len(edges), sum(edge["weight"] for edge in edges)) == (110, 160)
    first = unescape(many.get("/en/transfers", headers={"Accept": BROWSER}).text)
    assert "Flows 1 to 100 of 110, the largest first: 150 transfers of 160." in first
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = unescape(many.get(following, headers={"Accept": BROWSER}).text)
    assert "Flows 101 to 110 of 110, the largest first: 10 transfers of 160." in second
    lines = re.findall(r'<td class="number"><a href="/en(/transfers/questions[^"]*)">', first + second)
    assert sorted(lines) == sorted(edge["questions"] for edge in edges)
    beyond = unescape(many.get("/transfers?page=3", headers={"Accept": BROWSER}).text)
    assert "Il n’y a que 110 flux" in beyond
