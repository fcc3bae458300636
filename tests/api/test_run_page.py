"""The document of a published network, as a page and as data."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, URIRef

import questeur
from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from ontology.iris import NS
from tests.api.conftest import BROWSER, RDFLIB, Client
from tests.api.world import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from graph.networks.linked import Run

pytestmark = RDFLIB


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, Run]]:
    """Serve the example with one network published in it."""
    data = publish(tmp_path_factory.mktemp("run"))
    with questeur.open(data) as graph:
        run = graph.run("deputy-ministry", type="all", m="degree", trials=0)
        graph.publish(run)
    with OxigraphStore(data) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client(), run


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_of_a_run_shows_its_edges_its_null_model_and_how_it_was_made(
    served: tuple[FlaskClient, Run], language: str
) -> None:
    client, run = served
    page = unescape(client.get(f"{language}/network/{run.key}", headers={"Accept": BROWSER}).text)
    assert f"{run.edges} {'edges' if language else 'liens'}" in page
    assert page.count('<tr id="e-') == run.edges
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
