"""The vocabulary, the shapes and the well-known prefixes. Knows the two Turtle files beside it and nothing of data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from rdflib import Graph

from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "qst": NS,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "org": "http://www.w3.org/ns/org#",
        "prov": "http://www.w3.org/ns/prov#",
        "schema": "http://schema.org/",  # not rdflib's SDO, which is https
        "dcat": "http://www.w3.org/ns/dcat#",
        "void": "http://rdfs.org/ns/void#",
        "wd": "http://www.wikidata.org/entity/",
    }
)


def vocabulary() -> Graph:
    """Give the ontology and its code lists: a fresh graph, the caller's to change."""
    return _copy(_parsed("questeur.ttl"))


def shapes() -> Graph:
    """Give the SHACL shapes of a good graph: a fresh graph, the caller's to change."""
    return _copy(_parsed("shapes.ttl"))


@cache
def _parsed(name: str) -> Graph:
    text = files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
    return Graph(bind_namespaces="none").parse(data=text, format="turtle")


def _copy(graph: Graph) -> Graph:
    copy = Graph(bind_namespaces="none")
    for prefix, namespace in graph.namespaces():
        copy.bind(prefix, namespace)
    copy += graph
    return copy
