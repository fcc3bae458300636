"""Whole graphs, descriptions, checks of a text, and how the service is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, RDF, VOID

from api.rdf import SERIALIZERS
from tests.api.conftest import RDFLIB
from tests.api.world import EXAMPLE

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB

TOPICS = "https://w3id.org/questeur/graph/topics"


def of_example(name: str) -> Graph:
    """Read a graph of the example."""
    whole = Dataset()
    whole.parse(EXAMPLE, format="trig")
    plain = Graph()
    for triple in whole.graph(URIRef(name)):
        plain.add(triple)
    return plain


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld"])
def test_a_graph_is_given_whole_in_every_format(client: FlaskClient, name: str) -> None:
    answer = client.get("/data", query_string={"graph": TOPICS, "format": name})
    read = Graph().parse(data=answer.data, format={"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}.get(name, name))
    assert isomorphic(read, of_example(TOPICS))


def test_a_graph_comes_with_short_names(client: FlaskClient) -> None:
    text = client.get("/data", query_string={"graph": TOPICS}).text
    assert "skos:prefLabel" in text
    assert client.get("/sparql", query_string={"query": "CONSTRUCT WHERE {?s a ?o}"}).text.count("@prefix qst:") == 1


def test_the_default_graph_is_the_union(client: FlaskClient) -> None:
    lines = client.get("/data?default", headers={"Accept": "application/n-triples"}).data.splitlines()
    whole = Dataset()
    whole.parse(EXAMPLE, format="trig")
    assert len(lines) == len(set(lines)) == sum(1 for _ in whole.quads())


def test_a_graph_has_a_tag_a_length_and_another_body_when_there_is_none(client: FlaskClient) -> None:
    whole = client.get("/data", query_string={"graph": TOPICS})
    head = client.head("/data", query_string={"graph": TOPICS})
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(whole.data))
    again = client.get("/data", query_string={"graph": TOPICS}, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304
    absent = client.get("/data", query_string={"graph": TOPICS + "x"})
    assert (absent.status_code, absent.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("query", ["", "graph=a:b&default", "graph=a:b&graph=a:c", "graph=relative"])
def test_a_request_names_one_graph(client: FlaskClient, query: str) -> None:
    assert client.get(f"/data?{query}").status_code == 400


def test_the_name_of_a_graph_is_decoded_once(client: FlaskClient) -> None:
    assert client.get("/data?graph=https://w3id.org/questeur/graph/t%6Fpics").status_code == 200
    assert client.get("/data?graph=https://w3id.org/questeur/graph/t%256Fpics").status_code == 404


def test_the_dataset_is_described_with_its_counts(client: FlaskClient) -> None:
    answer = client.get("/.well-known/void")
    graph = Graph().parse(data=answer.data, format="turtle")
    dataset = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    assert (dataset, VOID.sparqlEndpoint, URIRef("https://questeur.example/sparql")) in graph
    counted = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) {?s ?p ?o}", "format": "csv"})
    assert (dataset, VOID.triples, Literal(int(counted.text.split()[1]))) in graph
    parts = sum(int(str(graph.value(part, VOID.triples))) for part in graph.objects(dataset, VOID.propertyPartition))
    assert Literal(parts) == graph.value(dataset, VOID.triples)


def test_the_service_lists_its_named_graphs(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/sparql").data, format="turtle")
    names = graph.objects(None, URIRef("http://www.w3.org/ns/sparql-service-description#name"))
    assert URIRef(TOPICS) in set(names)


@pytest.mark.parametrize("name", SERIALIZERS)
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
def test_a_description_says_the_same_in_every_format(client: FlaskClient, path: str, name: str) -> None:
    answer = client.get(path, query_string={"format": name})
    assert answer.status_code == 200
    read = Dataset()
    read.parse(data=answer.data, format=SERIALIZERS[name] if name != "nt" else "nt")
    assert isomorphic(read.default_graph, Graph().parse(data=client.get(path).data, format="turtle"))


def test_a_check_says_what_is_wrong_and_never_runs_the_query(client: FlaskClient) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    assert client.post("/sparql/check", data={"query": endless}).get_json()["valid"] is True
    verdict = client.post("/sparql/check", data={"query": "SELECT * { ?s a qst:Question }"}).get_json()
    assert verdict["valid"] is False
    assert verdict["errors"][0]["fix"]["insert"].startswith("PREFIX qst: <")
    known = "PREFIX qst: <https://w3id.org/questeur/ns#> SELECT * { ?q qst:delayDay ?n }"
    assert client.post("/sparql/check", data={"query": known}).get_json()["warnings"][0]["hint"].endswith("delayDays?")
    assert client.post("/sparql/check", data={"update": "CLEAR ALL"}).get_json()["valid"] is True
    assert client.post("/sparql/check", data={"text": "ASK {}"}).status_code == 400


def test_the_service_says_how_it_is(client: FlaskClient) -> None:
    status = client.get("/status").get_json()
    assert (status["generation"], status["sandbox"], status["default_graph"]) == ("g1", "full", "union")
    assert client.get("/readyz").text == "ready g1\n"
    assert client.get("/status").headers["Cache-Control"] == "no-store"


def test_the_counters_are_in_the_form_that_is_scraped(client: FlaskClient) -> None:
    client.get("/sparql", query_string={"query": "ASK {}"})
    lines = client.get("/metrics").text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(values['questeur_requests_total{route="sparql",status="2xx"}']) >= 1
    count = float(values['questeur_request_seconds_count{route="sparql"}'])
    assert count == float(values['questeur_request_seconds_bucket{route="sparql",le="+Inf"}'])
    assert len({line for line in lines if line.startswith("# TYPE")}) == sum(
        line.startswith("# TYPE") for line in lines
    )
