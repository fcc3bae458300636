"""Each term of the vocabulary as a value: what questeur.ttl says of it. Knows the Turtle alone; no data, no page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from rdflib import OWL, RDF, RDFS, SKOS, URIRef
from rdflib.term import Literal as RdfLiteral

from ontology.iris import BASE, NS
from ontology.reference import sections
from ontology.terms import QST
from ontology.vocabulary import PREFIXES, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

Kind: TypeAlias = Literal["class", "link", "value", "annotation", "scheme", "code"]

ONTOLOGY = f"{BASE}ns"
_KINDS: Mapping[URIRef, Kind] = {
    OWL.Class: "class",
    OWL.ObjectProperty: "link",
    OWL.DatatypeProperty: "value",
    OWL.AnnotationProperty: "annotation",
    SKOS.ConceptScheme: "scheme",
    SKOS.Concept: "code",
}
_ABOVE = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.inScheme)
_ALIGNED = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
_DOMAIN, _RANGE = (URIRef(PREFIXES["schema"] + end) for end in ("domainIncludes", "rangeIncludes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term. ``link`` and ``value`` are properties; ``above`` and ``below`` are its nearest wider and narrower terms.

    ``aligned`` pairs the kind of match, in short, with the IRI of another vocabulary's term.
    """

    name: str
    iri: str
    kind: Kind
    section: str
    layer: str
    labels: Mapping[str, str]
    comments: Mapping[str, str]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    above: tuple[str, ...]
    below: tuple[str, ...]
    aligned: tuple[tuple[str, str], ...]

    @property
    def is_property(self) -> bool:
        """Say whether it can stand between a thing and a value."""
        return self.kind in ("link", "value", "annotation")


@cache
def glossary() -> Mapping[str, Entry]:
    """Read the terms, by name, in the order of the Turtle."""
    graph = vocabulary()
    return MappingProxyType({name: _entry(graph, name, title) for title, names in sections() for name in names})


@cache
def prefixes() -> Mapping[str, str]:
    """Give the well-known prefixes and those of the vocabularies that ours is aligned with."""
    bound = {prefix: str(namespace) for prefix, namespace in vocabulary().namespaces()}
    return MappingProxyType(dict(PREFIXES) | bound)


def curie(iri: str) -> str:
    """Write an IRI as a prefixed name, with the longest namespace that fits; unchanged when none does."""
    fitting = [(len(space), prefix) for prefix, space in prefixes().items() if iri.startswith(space) and iri != space]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def version() -> str:
    """Name the version of the vocabulary."""
    return str(vocabulary().value(URIRef(ONTOLOGY), OWL.versionInfo))


def _entry(graph: Graph, name: str, section: str) -> Entry:
    term = URIRef(NS + name)
    return Entry(
        name=name,
        iri=str(term),
        kind=next(_KINDS[kind] for kind in _KINDS if (term, RDF.type, kind) in graph),
        section=section,
        layer=str(graph.value(term, QST.layer, default=RdfLiteral(""))),
        labels=_said(graph, term, RDFS.label),
        comments=_said(graph, term, RDFS.comment),
        domain=_objects(graph, term, _DOMAIN),
        range=_objects(graph, term, _RANGE),
        above=_objects(graph, term, *_ABOVE),
        below=tuple(sorted(str(s) for predicate in _ABOVE for s in graph.subjects(predicate, term))),
        aligned=tuple((curie(match), iri) for match in _ALIGNED for iri in _objects(graph, term, match)),
    )


def _said(graph: Graph, term: URIRef, predicate: URIRef) -> Mapping[str, str]:
    values = [value for value in graph.objects(term, predicate) if isinstance(value, RdfLiteral)]
    return MappingProxyType({value.language: str(value) for value in values if value.language is not None})


def _objects(graph: Graph, term: URIRef, *predicates: URIRef) -> tuple[str, ...]:
    return tuple(sorted(str(value) for predicate in predicates for value in graph.objects(term, predicate)))
