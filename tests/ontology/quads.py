"""A quad of the example in rdflib's terms, with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rdflib import BNode, Literal, URIRef


class Quad(NamedTuple):
    """One triple in its named graph."""

    subject: URIRef | BNode
    predicate: URIRef
    value: URIRef | BNode | Literal
    graph: URIRef
