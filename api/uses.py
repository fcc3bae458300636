"""How the data use the terms of the vocabulary: counts, and one example. Knows the store, no HTTP.

A count is the manifest's where the generation was counted, and always what the query of :func:`question` answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import URIRef
from rdflib.term import Literal

from api import queries
from api.cells import best

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.rdf import Term
    from graph.store import Limits, Store
    from ontology.glossary import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A thing that shows a term in use; ``value`` is what a property says of it. ``labels`` name both, by IRI."""

    thing: str
    value: Term | None
    labels: Mapping[str, str]


def question(entry: Entry) -> str:
    """Write the query whose answer is the count of a term."""
    return queries.text("term_count", **_slot(entry))


def counted(store: Store, entry: Entry) -> int | None:
    """Say how often a term is used as the manifest counted it; None where nobody counted."""
    counts = store.counts()
    if counts is None or not (entry.kind == "class" or entry.is_property):
        return None
    return (counts.classes if entry.kind == "class" else counts.predicates).get(entry.iri, 0)


def count(store: Store, entry: Entry, *, limits: Limits) -> int:
    """Say how often a term is used, by the manifest or else by its query."""
    known = counted(store, entry)
    if known is not None:
        return known
    ((number,),) = store.rows(question(entry), limits=limits)
    return int(str(number))


def example(store: Store, entry: Entry, *, language: str, limits: Limits) -> Example | None:
    """Find one thing that shows a term in use; None when nothing does."""
    rows = list(store.rows(queries.text("term_example", **_slot(entry)), limits=limits))
    if not rows:
        return None
    thing, value = rows[0][:2]
    named = {str(thing): [row[2] for row in rows]} | {
        str(value): [row[3] for row in rows] for value in (value,) if isinstance(value, URIRef)
    }
    return Example(
        thing=str(thing),
        value=value,
        labels={
            iri: label
            for iri, found in named.items()
            if (label := best([(str(t), t.language or "") for t in found if isinstance(t, Literal)], language))
        },
    )


def _slot(entry: Entry) -> Mapping[str, queries.Term]:
    """Fill the one slot that fits the kind of a term."""
    slot = "class" if entry.kind == "class" else "property" if entry.is_property else "code"
    return {slot: queries.iri(entry.iri)}
