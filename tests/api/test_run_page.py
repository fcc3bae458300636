"""The document of a published network, as a page and as data."""

from __future__ import annotations

import csv
import io
import re
from contextlib import contextmanager
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import FOAF, RDF, RDFS, Graph, Literal, URIRef

import questeur
from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from ontology.iris import NS
from questeur.cli import cli
from tests.api.conftest import BROWSER, RDFLIB, Client, points
from tests.api.world import publish
from tests.stores import publish as publish_quads

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from graph.networks.stating import Run

pytestmark = RDFLIB
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{2}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/PA{0}> ; qst:topic <https://w3id.org/questeur/id/topic/t{1}> ;
  qst:tabledOn "2018-07-17"^^xsd:date ; qst:status qst:statusOpen .
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Run]]:
    """Serve the example with one network published in it."""
    data = publish(tmp_path_factory.mktemp("run"))
    with questeur.open(data) as graph:
        run = graph.run("deputy-ministry", type="all", m="degree", trials=0)
        graph.publish(run)
    with asked_of(data) as client:
        yield client, run


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Run]]:
    """Serve 64 synthetic questions, and the network of their 64 edges beside them."""
    folder = tmp_path_factory.mktemp("large")
    asked = HEAD + "".join(QUESTION.format(place // 8, place % 8, place) for place in range(64))
    quads = quads_of(asked, "questions/an-15-qe")
    publish_quads(folder / "alone", "g1", quads, example=False)
    with questeur.open(folder / "alone") as graph:
        run = graph.run("deputy-topic", m="degree", trials=0, null="none")
    quads += quads_of(run.turtle().decode(), f"network/{run.key}")
    publish_quads(folder / "DATA", "g1", quads, example=False)
    with asked_of(folder / "DATA") as client:
        yield client, run


def quads_of(turtle: str, graph: str) -> list[ox.Quad]:
    """Put the statements of a text into a named graph."""
    name = ox.NamedNode(f"https://w3id.org/questeur/graph/{graph}")
    return [ox.Quad(t.subject, t.predicate, t.object, name) for t in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]


@contextmanager
def asked_of(data: Path) -> Generator[FlaskClient]:
    """Serve a graph."""
    with OxigraphStore(data) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client()


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_of_a_run_shows_its_edges_its_null_model_and_how_it_was_made(
    served: tuple[FlaskClient, Run], language: str
) -> None:
    client, run = served
    page = unescape(client.get(f"{language}/network/{run.key}", headers={"Accept": BROWSER}).text)
    assert f"{run.edges} {'edges' if language else 'liens'}" in page
    assert page.count('<tr id="e-') == run.edges
    assert (points(page.partition('id="facts"')[0]) == []) is not bool(language)
    assert all(said in page for said in ("hypergeometric", "deputy-ministry", '{"m": "degree"', "#run"))
    (query,) = re.findall(r'href="(?:/en)?(/sparql\?query=[^"]+)"', page)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{query}&format=csv").text)))
    assert len(rows) == run.edges
    assert [float(row["weight"]) for row in rows] == sorted((float(row["weight"]) for row in rows), reverse=True)
    assert f'href="{language}/networks/deputy-ministry?type=all"' in page


@pytest.mark.parametrize(("suffix", "syntax"), [("ttl", "turtle"), ("json", "json-ld")])
def test_the_data_of_a_run_are_what_was_published_of_it_and_of_its_edges(
    served: tuple[FlaskClient, Run], suffix: str, syntax: str
) -> None:
    client, run = served
    there = client.get(f"/id/network/{run.key}").headers["Location"]
    read = Graph().parse(data=client.get(f"{there}.{suffix}").data, format=syntax)
    whole = Graph().parse(data=run.turtle())
    edges = set(whole.subjects(RDF.type, URIRef(f"{NS}NetworkEdge")))
    assert set(read.subjects(RDF.type, URIRef(f"{NS}NetworkEdge"))) == edges
    for subject in (URIRef(run.iri), URIRef(f"{run.iri}#run"), *edges):
        assert set(read.predicates(subject)) == set(whole.predicates(subject))


def test_an_unknown_run_is_not_found(served: tuple[FlaskClient, Run]) -> None:
    answer = served[0].get("/network/deputy-ministry-000000000000.ttl")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_of_a_large_run_says_that_it_is_cut_and_where_all_edges_are(
    large: tuple[FlaskClient, Run], language: str
) -> None:
    client, run = large
    page = unescape(client.get(f"{language}/network/{run.key}", headers={"Accept": BROWSER}).text)
    assert page.count('<tr id="e-') == 50 < run.edges
    assert re.search(rf"50 (strongest edges are here, of|liens les plus forts sont ici, sur) {run.edges}", page)
    (way,) = re.findall(r'href="(/data\?graph=[^"]+)"', page)
    whole = Graph().parse(data=client.get(way, headers={"Accept": "text/turtle"}).data, format="turtle")
    assert len(set(whole.subjects(RDF.type, URIRef(f"{NS}NetworkEdge")))) == run.edges


def test_the_data_of_a_large_run_say_that_they_are_cut_and_where_all_edges_are(
    large: tuple[FlaskClient, Run], served: tuple[FlaskClient, Run]
) -> None:
    client, run = large
    read = Graph().parse(data=client.get(f"/network/{run.key}.ttl").data, format="turtle")
    (here,) = read.subjects(FOAF.primaryTopic, URIRef(run.iri))
    assert str(here).endswith(f"/network/{run.key}")
    said = {text.language: str(text) for text in read.objects(here, RDFS.comment) if isinstance(text, Literal)}
    assert said.keys() == {"fr", "en"}
    assert all("50" in text and str(run.edges) in text for text in said.values())
    paths = {urlsplit(str(way)).path for way in read.objects(here, RDFS.seeAlso)}
    assert paths == {"/data", "/sparql"}
    whole = Graph().parse(data=served[0].get(f"/network/{served[1].key}.ttl").data, format="turtle")
    assert not set(whole.subjects(FOAF.primaryTopic))


def test_a_run_that_counts_runs_of_questions_once_says_so(tmp_path: Path) -> None:
    data = publish(tmp_path)
    done = CliRunner().invoke(
        cli,
        ["network", "group-ministry", str(data), "--type", "all", "--unit", "cluster", "--trials", "0", "--publish"],
    )
    assert done.exit_code == 0, done.output
    listed = CliRunner().invoke(cli, ["published", str(data)]).output
    assert "trials=0 type=all unit=cluster" in listed
    with OxigraphStore(data) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        client, key = app.test_client(), listed.split()[0]
        for language, said in (("", "ceux d’unités"), ("/en", "those of units")):
            page = unescape(client.get(f"{language}/network/{key}", headers={"Accept": BROWSER}).text)
            assert said in page
            assert f'href="{language}/networks/group-ministry?type=all&unit=cluster"' in page
        held = store.rows(f'SELECT ?n {{ ?n <{NS}unit> "cluster" }}')
        assert [str(name) for (name,) in held] == [f"https://w3id.org/questeur/id/network/{key}"]
