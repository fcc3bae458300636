"""The W3C tests of the service description: it is RDF, it names its endpoint, it keeps to its schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

from tests.served import served
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Generator

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
# Domain and range of each property, as the schema of the recommendation has them; None: an IRI of any kind.
SCHEMA: dict[str, tuple[str, str | None]] = {
    "endpoint": ("Service", None),
    "feature": ("Service", None),
    "supportedLanguage": ("Service", None),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
LANGUAGES = {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
FEATURES = {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[str, Graph]]:
    data = tmp_path_factory.mktemp("description") / "DATA"
    publish(data, "g1")
    with served(data) as server:
        reply = server.get("/sparql")
        assert reply.status == 200, reply
        assert reply.headers["content-type"].startswith("text/turtle")
        yield f"{server.address}/sparql", Graph().parse(data=reply.body, format="turtle")


def test_a_get_on_the_endpoint_returns_rdf(description: tuple[str, Graph]) -> None:
    assert len(description[1]) > 0


def test_the_description_names_its_endpoint(description: tuple[str, Graph]) -> None:
    endpoint, graph = description
    service = graph.value(predicate=SD.endpoint, object=URIRef(endpoint))
    assert (service, RDF.type, SD.Service) in graph


def test_the_description_keeps_to_its_schema(description: tuple[str, Graph]) -> None:
    for subject, predicate, value in description[1]:
        if str(predicate).startswith(str(SD)):
            domain, range_ = SCHEMA[str(predicate).removeprefix(str(SD))]
            assert (subject, RDF.type, SD[domain]) in description[1], (subject, predicate)
            assert range_ is None or (value, RDF.type, SD[range_]) in description[1], (predicate, value)
    assert set(description[1].objects(None, SD.supportedLanguage)) <= LANGUAGES
    assert set(description[1].objects(None, SD.feature)) <= FEATURES
