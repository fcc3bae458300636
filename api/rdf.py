"""Quads of a small document, written in each RDF syntax, and the reading of one term of a result line.

Knows rdflib; must not know the store. Answers of the endpoint are written by the store itself, not here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from rdflib import Dataset, Graph, URIRef
from rdflib.term import BNode, Literal

from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.formats import Format

Term: TypeAlias = URIRef | Literal | BNode
Quad: TypeAlias = tuple[Term, URIRef, Term, URIRef]

SERIALIZERS: Mapping[str, str] = {
    "ttl": "turtle",
    "jsonld": "json-ld",
    "trig": "trig",
    "nt": "nt11",
    "nq": "nquads",
    "rdf": "xml",
}
_WITH_GRAPHS = frozenset({"trig", "nq"})
_XSD = PREFIXES["xsd"]
_TERM = re.compile(
    r"""<(?P<iri>[^>]*)>
    | _:(?P<bnode>[^\s]+)
    | "(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<lang>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?
    | (?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<boolean>true|false)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CHARS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def write(quads: Iterable[Quad], fmt: Format) -> bytes:
    """Write quads in a format; those without named graphs get the triples alone."""
    if fmt.name in _WITH_GRAPHS:
        dataset = Dataset()
        _bind(dataset)
        for subject, predicate, value, graph in quads:
            dataset.graph(graph).add((subject, predicate, value))
        return dataset.serialize(format=SERIALIZERS[fmt.name], encoding="utf-8")
    triples = Graph()
    _bind(triples)
    for subject, predicate, value, _ in quads:
        triples.add((subject, predicate, value))
    if fmt.name == "jsonld":
        return triples.serialize(format="json-ld", encoding="utf-8", context=dict(PREFIXES), auto_compact=True)
    return triples.serialize(format=SERIALIZERS[fmt.name], encoding="utf-8")


def written(triples: Graph, fmt: Format) -> bytes:
    """Write triples that are in no named graph, with the prefixes that they know."""
    if fmt.name not in _WITH_GRAPHS:
        return triples.serialize(format=SERIALIZERS[fmt.name], encoding="utf-8")
    dataset = Dataset()
    for prefix, namespace in triples.namespaces():
        dataset.bind(prefix, namespace, override=True, replace=True)
    dataset.default_graph += triples
    return dataset.serialize(format=SERIALIZERS[fmt.name], encoding="utf-8")


def _bind(graph: Graph) -> None:
    """Give a graph the well-known prefixes."""
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True, replace=True)


def terms(line: str) -> list[Term]:
    """Read the terms of a line of N-Triples, or one cell of a TSV result."""
    return [_term(match) for match in _TERM.finditer(line)]


def _term(match: re.Match[str]) -> Term:
    """Turn one written term into a value."""
    if match["iri"] is not None:
        return URIRef(_unescape(match["iri"]))
    if match["bnode"] is not None:
        return BNode(match["bnode"])
    if match["text"] is not None:
        datatype = None if match["datatype"] is None else URIRef(_unescape(match["datatype"]))
        return Literal(_unescape(match["text"]), lang=match["lang"], datatype=datatype, normalize=False)
    if match["boolean"] is not None:
        return Literal(match["boolean"], datatype=URIRef(_XSD + "boolean"))
    number = match["number"]
    kind = "double" if "e" in number.lower() else "decimal" if "." in number else "integer"
    return Literal(number, datatype=URIRef(_XSD + kind), normalize=False)


def _unescape(text: str) -> str:
    """Undo the escapes of Turtle strings."""
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _CHARS.get(m[3], m[3]), text)
