"""Text reuse over HTTP, on a small graph with planted copies: a job, then clusters, passages and networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pyoxigraph as ox
import pytest

import questeur
from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import BROWSER, Client, points
from tests.api.waiting import ready
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"
TEXTS = (
    ("1", "PA1", "PO1", "2018-07-17", MIEL),
    ("2", "PA2", "PO1", "2018-07-10", MIEL + " ou presque"),
    ("3", "PA3", "PO2", "2018-07-24", MIEL),
    (
        "4",
        "PA3",
        "PO2",
        "2018-07-24",
        "la pêche à la ligne est interdite dans le lac de la commune depuis le printemps",
    ),
)
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{0}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/{1}> ; qst:tabledOn "{3}"^^xsd:date ; qst:questionText "{4}"@fr ;
  qst:groupAtTabling <https://w3id.org/questeur/id/group/{2}> ; qst:status qst:statusOpen .
"""
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a graph of four questions, three of one text."""
    data = tmp_path_factory.mktemp("copied") / "DATA"
    turtle = HEAD + "".join(QUESTION.format(*one) for one in TEXTS)
    graph = ox.NamedNode("https://w3id.org/questeur/graph/questions/an-15-qe")
    triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    publish(data, "g1", [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples], example=False)
    return data


@pytest.fixture(scope="module")
def copied(folder: Path) -> Iterator[FlaskClient]:
    """Serve it."""
    with OxigraphStore(folder) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client()


def test_a_cluster_says_who_was_first(copied: FlaskClient) -> None:
    body = ready(copied, "/text-reuse.json").get_json()
    [one] = body["clusters"]
    assert [item["key"] for item in one["questions"]] == ["QANR5L15QE2", "QANR5L15QE1", "QANR5L15QE3"]
    assert (one["first"], one["size"], one["questions"][0]["deputy"]) == ("QANR5L15QE2", 3, "PA2")
    assert (body["meta"]["n_questions"], body["meta"]["n_reused"]) == (4, 3)
    assert {pair["kind"] for pair in one["pairs"]} == {"same", "similar"}


def test_the_passages_of_a_cluster_lie_side_by_side(copied: FlaskClient) -> None:
    one = ready(copied, "/text-reuse/QANR5L15QE3.json").get_json()["cluster"]
    passages = next(pair["passages"] for pair in one["pairs"] if pair["kind"] == "similar")
    assert [passage["kind"] for passage in passages] == ["equal", "delete"]
    page = ready(copied, "/en/text-reuse/QANR5L15QE3", Accept=BROWSER).text
    assert "<del>ou presque</del>" in page
    assert "<script" not in page
    assert copied.get("/text-reuse/QANR5L15QE4.json").status_code == 404


def test_the_list_reads_in_both_languages(copied: FlaskClient) -> None:
    for prefix, word in (("", "Similarité"), ("/en", "Least similarity")):
        page = ready(copied, f"{prefix}/text-reuse", Accept=BROWSER).text
        assert word in page
        assert (points(page) == []) is not bool(prefix)


@pytest.mark.parametrize(("kind", "nodes", "weight"), [("question", 3, None), ("deputy", 3, 1), ("group", 2, 1)])
def test_the_network_leads_from_the_earlier_to_the_later(
    copied: FlaskClient, kind: str, nodes: int, weight: int | None
) -> None:
    graph = nx.parse_graphml(ready(copied, f"/text-reuse.graphml?as={kind}").text)
    assert graph.is_directed()
    assert graph.number_of_nodes() == nodes
    assert weight is None or {data["weight"] for *_, data in graph.edges(data=True)} == {weight}


@pytest.mark.parametrize("kind", ["question", "group"])
def test_the_network_is_the_very_turtle_that_publishing_it_would_write(
    copied: FlaskClient, folder: Path, kind: str
) -> None:
    answer = ready(copied, f"/text-reuse.ttl?as={kind}")
    assert answer.content_type == "text/turtle; charset=utf-8"
    with questeur.open(folder) as graph:
        run = graph.run("text-reuse", as_=kind)
    assert run.edges > 0
    assert answer.data == run.turtle()
    assert copied.get("/text-reuse", headers={"Accept": "text/turtle, */*;q=0.1"}).mimetype == "text/turtle"
    assert copied.get("/text-reuse", headers={"Accept": "*/*"}).mimetype == "application/json"


def test_what_is_no_kind_of_node_is_told(copied: FlaskClient) -> None:
    assert copied.get("/text-reuse.csv?as=party").status_code == 400
    assert copied.get("/text-reuse.csv?as=party&from=2018-07-02").status_code == 400  # before any search


def test_a_job_of_this_generation_and_these_questions_can_be_cancelled(copied: FlaskClient) -> None:
    ready(copied, "/text-reuse.json")
    assert copied.delete("/text-reuse.json").status_code == 204  # what is done stays
    assert ready(copied, "/text-reuse.json").get_json()["total"] == 1
    assert copied.delete("/text-reuse.json?colour=red").status_code == 400
