"""Documents of things: redirects, pages, every RDF syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from rdflib import VOID, Dataset, Graph, Namespace, URIRef

from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB

QUESTION = "/question/QANR5L15QE10719"
IRI = "https://w3id.org/questeur/id/question/QANR5L15QE10719"
SYNTAX = {
    "ttl": "turtle",
    "trig": "trig",
    "nt": "nt",
    "nq": "nquads",
    "rdf": "xml",
    "jsonld": "json-ld",
    "json": "json-ld",
}


def _read(client: FlaskClient, name: str) -> Dataset:
    read = Dataset(default_union=True)
    read.parse(data=client.get(f"{QUESTION}.{name}").data, format=SYNTAX[name])
    return read


def test_an_iri_leads_to_its_document(client: FlaskClient) -> None:
    response = client.get("/id/person/PA720054")
    assert (response.status_code, response.headers["Location"]) == (303, "/person/PA720054")


def test_the_iri_of_every_graph_of_the_description_leads_to_what_the_graph_states(client: FlaskClient) -> None:
    described = Graph().parse(data=client.get("/sparql", headers={"Accept": "text/turtle"}).data, format="turtle")
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    sizes = {
        str(name): int(str(described.value(described.value(entry, sd.graph), VOID.triples)))
        for entry, name in described.subject_objects(sd.name)
    }
    assert len(sizes) > 3
    for iri, size in sizes.items():
        answer = client.get(iri.removeprefix("https://w3id.org/questeur"), follow_redirects=True)
        assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
        assert len(Graph().parse(data=answer.data, format="turtle")) == size
    assert client.get("/graph/nothing/here", follow_redirects=True).status_code == 404


@pytest.mark.parametrize("short", ["/q/15/10719", "/question/15-10719", "/question/15-10719QE"])
def test_a_number_leads_to_the_question(client: FlaskClient, short: str) -> None:
    response = client.get(short)
    assert (response.status_code, response.headers["Location"]) == (301, QUESTION)


def test_a_number_keeps_its_suffix(client: FlaskClient) -> None:
    assert client.get("/question/15-10719.ttl").headers["Location"] == f"{QUESTION}.ttl"


@pytest.mark.parametrize("name", list(SYNTAX))
def test_every_syntax_says_the_same(client: FlaskClient, name: str) -> None:
    expected = set(Graph().parse(data=client.get(f"{QUESTION}.nt").data, format="nt"))
    assert {quad[:3] for quad in _read(client, name).quads()} == expected


def test_a_document_holds_its_parts_and_labels_of_what_it_points_to(client: FlaskClient) -> None:
    subjects = {str(subject) for subject in _read(client, "nt").subjects()}
    assert f"{IRI}#tabled-2018-07-17" in subjects
    assert "https://w3id.org/questeur/id/person/PA720054" in subjects


def test_quads_keep_the_graph_that_states_them(client: FlaskClient) -> None:
    graphs = {str(graph) for *_, graph in _read(client, "nq").quads((URIRef(IRI), None, None, None))}
    assert "https://w3id.org/questeur/graph/questions/an-15-qe" in graphs
    assert "https://w3id.org/questeur/graph/derived" in graphs


def test_a_page_shows_texts_parts_sources_and_every_other_form(client: FlaskClient) -> None:
    response = client.get(QUESTION, headers={"Accept": BROWSER})
    page = response.text
    assert "interroge M. le ministre" in page
    assert "La stratégie des opérateurs" in page
    assert 'id="tabled-2018-07-17"' in page
    assert "questions/an-15-qe" in page
    assert 'href="/person/PA720054"' in page
    for name in ("ttl", "jsonld", "trig", "nt", "nq", "rdf"):
        assert f'href="{QUESTION}.{name}"' in page
        assert f"<{QUESTION}.{name}>" in response.headers.get("Link", "") or f"<{QUESTION}.{name}>" in " ".join(
            response.headers.getlist("Link")
        )


def test_a_page_names_those_who_point_to_it(client: FlaskClient) -> None:
    page = client.get("/person/PA720054", headers={"Accept": BROWSER}).text
    assert f'href="{QUESTION}"' in page
    assert 'href="/questions?deputy=PA720054"' in page


@pytest.mark.parametrize("path", ["/person/PA720054", "/ministry/PO729982", "/legislature/15", QUESTION])
def test_every_link_of_a_page_leads_somewhere(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": BROWSER}).text
    links = {link.replace("&amp;", "&").partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}
    broken: set[str] = set()
    for link in links:
        with client.get(link, headers={"Accept": BROWSER}) as response:
            if response.status_code >= 400:
                broken.add(link)
    assert len(links) > 5
    assert not broken


def test_english_data_have_no_language_prefix(client: FlaskClient) -> None:
    response = client.get(f"/en{QUESTION}.ttl")
    assert (response.status_code, response.headers["Location"]) == (308, f"{QUESTION}.ttl")


@pytest.mark.parametrize("name", ["ttl", "jsonld", "rdf"])
def test_the_vocabulary_comes_as_data(client: FlaskClient, name: str) -> None:
    graph = Graph().parse(data=client.get(f"/ns.{name}").data, format=SYNTAX[name])
    assert (URIRef("https://w3id.org/questeur/ns#Question"), None, None) in graph


def test_the_vocabulary_has_an_anchor_for_each_term(client: FlaskClient) -> None:
    page = client.get("/ns", headers={"Accept": BROWSER}).text
    assert 'id="Question"' in page
    assert 'id="tabledOn"' in page


@pytest.mark.parametrize(
    "path", ["/question/%F0%9F%92%A9", "/caf%E2%80%99", "/a%0ab", "/question/x%0d%0aX:1", "/question/%ff"]
)
def test_a_page_that_is_not_there_is_a_404_whatever_stands_in_its_address(client: FlaskClient, path: str) -> None:
    reply = client.get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 404
    assert "\n" not in "".join(reply.headers.getlist("Link"))
