"""From nouns to N-Quads lines: the rows of the mapping, compiled to closures at import. Knows no source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from ontology import nouns
from ontology.iris import BASE
from ontology.mapping import MAPPING
from ontology.rows import Fact, NounMap, Ref, Term
from ontology.statements import XSD, Kind, term
from ontology.vocabulary import PREFIXES

Emit = Callable[[Any, str, str, list[str]], None]


def _root(type_: str) -> str:
    return f"<{BASE}graph/" if type_ == "graph" else f"<{BASE}id/{type_}/"


def expand(curie: str) -> str:
    """Write a prefixed name out in full."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def _write(kind: Kind) -> Callable[[Any], str]:
    """Write one literal of a kind; a date becomes midnight UTC where the kind is a dateTime."""
    if kind == Kind.DATE:
        return lambda value: f'"{value}"^^<{XSD}date>'
    if kind == Kind.INTEGER:
        return lambda value: f'"{value}"^^<{XSD}integer>'
    if kind == Kind.BOOLEAN:
        return lambda value: f'"{str(value).lower()}"^^<{XSD}boolean>'
    if kind == Kind.DATETIME:
        return lambda value: f'"{value}T00:00:00Z"^^<{XSD}dateTime>'
    if kind in {Kind.FR, Kind.EN, Kind.STRING}:
        encode = msgspec.json.Encoder().encode
        suffix = {Kind.FR: "@fr", Kind.EN: "@en", Kind.STRING: ""}[kind]
        return lambda value: encode(value).decode() + suffix
    return lambda value: term(kind, str(value))


def _object(fact: Fact) -> Callable[[Any], str]:
    if isinstance(fact.object, Ref):
        head = _root(fact.object.type)
        return lambda value: f"{head}{value}>"
    if isinstance(fact.object, Term):
        head = f"<{PREFIXES['qst']}"
        return lambda value: f"{head}{value}>"
    return _write(fact.object)


def _emitter(fact: Fact) -> Emit:
    """Compile one row to a closure that appends its lines."""
    middle = f" <{expand(fact.predicate)}> "
    if isinstance(fact.object, Ref) and fact.object.type == "{kind}":  # the type of the object depends on the noun

        def by_kind(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
            out.append(f"{subject}{middle}{_root(noun.kind)}{noun.body}>{graph}")

        return by_kind
    write = _object(fact)
    if fact.cardinality == "*":
        field, _, inner = fact.field.partition(".")
        get_many = attrgetter(field)
        pick = attrgetter(inner) if inner else None

        def many(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
            out.extend(
                f"{subject}{middle}{write(item if pick is None else pick(item))}{graph}" for item in get_many(noun)
            )

        return many
    get = attrgetter(fact.field)

    def one(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
        value = get(noun)
        if value is not None:
            out.append(f"{subject}{middle}{write(value)}{graph}")

    return one


def _types(classes: Callable[[Any], tuple[str, ...]]) -> Emit:
    middle = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    cache: dict[str, str] = {}

    def emit(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
        for name in classes(noun):
            iri = cache.get(name) or cache.setdefault(name, f"<{expand(name)}>")
            out.append(f"{subject}{middle}{iri}{graph}")

    return emit


class _Compiled(NamedTuple):
    root: str
    stated: tuple[Emit, ...]
    derived: tuple[Emit, ...]


def _compile(table: Iterable[NounMap]) -> dict[type, _Compiled]:
    compiled: dict[type, _Compiled] = {}
    for row in table:
        stated = [_types(row.types), *(_emitter(f) for f in row.facts if f.layer != "derived")]
        derived = [_emitter(f) for f in row.facts if f.layer == "derived"]
        if row.derived_types is not None:
            derived.insert(0, _types(row.derived_types))
        compiled[row.noun] = _Compiled(_root(row.type), tuple(stated), tuple(derived))
    return compiled


_COMPILED = _compile(MAPPING)


def write_lines(noun: nouns.AnyNoun, graph: str, stated: list[str], derived: list[str], *, derived_graph: str) -> None:
    """Append a noun's N-Quads lines: what the source says to ``stated``, what we compute to ``derived``.

    ``graph`` and ``derived_graph`` are IRIs. A question brings its events and attributions along.
    """
    rows = _COMPILED[type(noun)]
    subject = f"{rows.root}{noun.key}>"
    end = f" <{graph}> .\n"
    for emit in rows.stated:
        emit(noun, subject, end, stated)
    if rows.derived:
        derived_end = f" <{derived_graph}> .\n"
        for emit in rows.derived:
            emit(noun, subject, derived_end, derived)
    if isinstance(noun, nouns.Question):
        for attribution in noun.attributions:
            write_lines(attribution, graph, stated, derived, derived_graph=derived_graph)
        for event in noun.events:
            write_lines(event, graph, stated, derived, derived_graph=derived_graph)
        for event in noun.inferred:
            write_lines(event, derived_graph, derived, derived, derived_graph=derived_graph)
