"""``/sparql`` without a query: a form for people, a SPARQL 1.1 Service Description for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, RDFS

from api.context import public_url, service
from api.formats import HTML, data
from api.pages import render
from api.rdf import SERIALIZERS

if TYPE_CHECKING:
    from api.formats import Format

_SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
_W3C_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_FORMAT_IRIS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "TriG",
    "N-Triples",
    "N-Quads",
    "RDF_XML",
    "JSON-LD",
)


def respond(fmt: Format) -> Response:
    """Give the form, or the description in the format asked for."""
    if fmt is HTML:
        return render("sparql.html", query="", result=None, alternates=data("document"))
    body = _describe().serialize(format=SERIALIZERS[fmt.name], encoding="utf-8")
    return Response(body, content_type=fmt.content_type)


def _describe() -> Graph:
    """Describe the endpoint: what it is called, speaks and writes."""
    current = service()
    endpoint = URIRef(f"{public_url()}/sparql")
    graph = Graph(bind_namespaces="none")
    graph.bind("sd", _SD)
    graph.bind("formats", _W3C_FORMATS)
    graph.add((endpoint, RDF.type, _SD.Service))
    graph.add((endpoint, _SD.endpoint, endpoint))
    graph.add((endpoint, _SD.supportedLanguage, _SD.SPARQL11Query))
    for name in _FORMAT_IRIS:
        graph.add((endpoint, _SD.resultFormat, _W3C_FORMATS[name]))
    if current.store.capabilities.union_default:
        graph.add((endpoint, _SD.feature, _SD.UnionDefaultGraph))
    dataset = URIRef(f"{endpoint}#dataset")
    graph.add((endpoint, _SD.defaultDataset, dataset))
    graph.add((dataset, RDF.type, _SD.Dataset))
    graph.add((dataset, _SD.defaultGraph, URIRef(f"{endpoint}#default-graph")))
    graph.add((URIRef(f"{endpoint}#default-graph"), RDF.type, _SD.Graph))
    graph.add((endpoint, RDFS.label, Literal(f"{current.settings.title}, {current.store.generation()}")))
    return graph
