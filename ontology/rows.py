"""The rows of the mapping, as types: what one fact and all facts of a noun are. Knows no fact in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from ontology.statements import Kind

Layer = Literal["stated", "curated", "linked", "derived"]
Cardinality = Literal["1", "?", "*"]


class Ref(NamedTuple):
    """An object that is a thing of ours: its type, so that the IRI is ``{BASE}id/{type}/{key}``."""

    type: str


class Term(NamedTuple):
    """An object that is a term of the vocabulary, given by its local name."""


class Fact(NamedTuple):
    """One row of the mapping."""

    field: str
    predicate: str
    object: Ref | Term | Kind
    cardinality: Cardinality = "1"
    layer: Layer = "stated"
    source: str = ""


class NounMap(NamedTuple):
    """All rows of one noun. ``types`` and ``derived_types`` name its classes, in full, from its value."""

    noun: type
    type: str
    types: Callable[[Any], tuple[str, ...]]
    facts: tuple[Fact, ...]
    derived_types: Callable[[Any], tuple[str, ...]] | None = None
