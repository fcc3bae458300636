"""What the alignments entail: the subclasses and subproperties that the vocabulary states, closed into two tables.

The rules are rdfs7 and rdfs9 of RDF 1.1 Semantics over the closure by rdfs5 and rdfs11; the vocabulary states no
``rdfs:domain`` or ``rdfs:range``. Texts are not repeated: what is entailed by ``schema:text`` alone is left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import RDF, RDFS, URIRef

from ontology.vocabulary import PREFIXES, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TYPE: Final = RDF.type.n3()
_LEFT_OUT: Final = frozenset({f"<{PREFIXES['schema']}text>"})


class Supers(NamedTuple):
    """What lies above each class and each property, all terms as N-Triples writes them."""

    classes: Mapping[str, tuple[str, ...]]
    properties: Mapping[str, tuple[str, ...]]


class Entailed(NamedTuple):
    """Triples ``subject predicate object`` of some lines: those of an entailed form, and what the lines entail."""

    asserted: set[str]
    inferred: set[str]


@cache
def supers() -> Supers:
    """Close the alignments that the vocabulary states."""
    return Supers(_closed(RDFS.subClassOf), _closed(RDFS.subPropertyOf))


def _closed(predicate: URIRef) -> dict[str, tuple[str, ...]]:
    graph = vocabulary()
    table: dict[str, tuple[str, ...]] = {}
    for term in {s for s in graph.subjects(predicate) if isinstance(s, URIRef)}:
        reached = graph.transitive_objects(term, predicate)
        above = {over.n3() for over in reached if isinstance(over, URIRef) and over != term}
        table[term.n3()] = tuple(sorted(above - _LEFT_OUT))
    return table


def entailed(lines: Iterable[str]) -> Entailed:
    """Read N-Quads lines as the mapping writes them, and give what they entail but do not state themselves."""
    classes, properties = supers()
    upper_classes = {over for above in classes.values() for over in above}
    upper_properties = {over for above in properties.values() for over in above}
    found = Entailed(set(), set())
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        if predicate == _TYPE:
            object_ = rest.rsplit(" ", 2)[0]
            if object_ in upper_classes:
                found.asserted.add(f"{subject} {predicate} {object_}")
            found.inferred.update(f"{subject} {_TYPE} {over}" for over in classes.get(object_, ()))
            continue
        above = properties.get(predicate, ())
        if above or predicate in upper_properties:
            object_ = rest.rsplit(" ", 2)[0]
            if predicate in upper_properties:
                found.asserted.add(f"{subject} {predicate} {object_}")
            found.inferred.update(f"{subject} {over} {object_}" for over in above)
    found.inferred.difference_update(found.asserted)
    return found
