"""The durable portfolios as nouns, and the identity of the reviewed tables. Knows the files beside it, no data."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.namespace import SKOS

from ontology import nouns
from ontology.iris import split
from ontology.terms import QST

UNASSIGNED = "unassigned"
TABLES = ("curated.ttl", "portfolios.csv", "governments.csv", "successions.csv")


@cache
def portfolios() -> tuple[nouns.Portfolio, ...]:
    """Give all portfolios, by key."""
    graph = Graph(bind_namespaces="none").parse(data=_text("curated.ttl"), format="turtle")
    found = (_portfolio(graph, subject) for subject in graph.subjects(RDF.type, QST.Portfolio))
    return tuple(sorted(found, key=lambda portfolio: portfolio.key))


def _portfolio(graph: Graph, subject: object) -> nouns.Portfolio:
    iri = URIRef(str(subject))
    _, key = split(str(iri)) or ("", "")

    def said(predicate: URIRef, language: str) -> str:
        return next(str(t) for t in graph.objects(iri, predicate) if isinstance(t, Literal) and t.language == language)

    return nouns.Portfolio(
        key=key,
        label_fr=said(SKOS.prefLabel, "fr"),
        label_en=said(SKOS.prefLabel, "en"),
        scope_fr=said(SKOS.scopeNote, "fr"),
        scope_en=said(SKOS.scopeNote, "en"),
    )


@cache
def tables_hash() -> str:
    """Give the identity of the reviewed tables: a change of any cell makes another build."""
    return hashlib.sha256("\0".join(map(_text, TABLES)).encode()).hexdigest()


def _text(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
