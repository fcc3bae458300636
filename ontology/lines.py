"""From nouns to N-Quads lines: the rows of the mapping, compiled at import. Knows no source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from ontology import nouns
from ontology.iris import BASE
from ontology.mapping import MAPPING
from ontology.rows import Fact, NounMap, Ref, Term
from ontology.statements import RDF_TYPE, XSD, Kind, iso_day, term
from ontology.vocabulary import PREFIXES

Emit = Callable[[Any, Any, str, str, list[bytes]], None]


def _root(type_: str) -> str:
    return f"<{BASE}graph/" if type_ == "graph" else f"<{BASE}id/{type_}/"


def expand(curie: str) -> str:
    """Write a prefixed name out in full."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def _object(fact: Fact) -> Callable[[Any], str]:
    """Write one object of those that a noun has several of."""
    if isinstance(fact.object, Ref):
        head = _root(fact.object.type)
        return lambda value: f"{head}{value}>"
    if isinstance(fact.object, Term):
        return lambda value: f"<{PREFIXES['qst']}{value}>"
    return _lexical(fact.object)


def _lexical(kind: Kind) -> Callable[[Any], str]:
    """Write one literal of any kind, or an IRI."""
    if kind == Kind.BOOLEAN:
        return lambda value: term(kind, str(value).lower())
    if kind in _PLAIN:
        before, after = _PLAIN[kind]
        if kind in _DAYS:
            return lambda value: f"{before}{iso_day(value)}{after}"
        return lambda value: f"{before}{value}{after}"
    return lambda value: term(kind, str(value))


class _Row(NamedTuple):
    """One row, compiled: what stands before and after a value; or who writes it, where that does not suffice."""

    field: str
    head: str
    tail: str
    emit: Emit | None


# Kinds whose values need no escaping: what stands before and after them; a date is midnight UTC where a time is meant.
_PLAIN = {
    Kind.DATE: ('"', f'"^^<{XSD}date>'),
    Kind.INTEGER: ('"', f'"^^<{XSD}integer>'),
    Kind.DATETIME: ('"', f'T00:00:00Z"^^<{XSD}dateTime>'),
}
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_TEXTS = {Kind.FR: "@fr", Kind.EN: "@en", Kind.STRING: ""}


def _row(fact: Fact) -> _Row:
    field, _, inner = fact.field.partition(".")
    middle = f" <{expand(fact.predicate)}> "
    if fact.object == Ref("{kind}"):  # the type of the object depends on the noun
        return _Row(field, "", "", _by_kind(middle))
    if fact.cardinality == "*":
        return _Row(field, "", "", _many(middle, _object(fact), inner))
    if isinstance(fact.object, Kind):
        return _literal(field, middle, fact.object)
    head = _root(fact.object.type) if isinstance(fact.object, Ref) else f"<{PREFIXES['qst']}"
    return _Row(field, f"{middle}{head}", ">", None)


def _literal(field: str, middle: str, kind: Kind) -> _Row:
    if kind in _PLAIN:
        before, after = _PLAIN[kind]
        if kind in _DAYS:
            return _Row(field, "", "", _day(f"{middle}{before}", after))
        return _Row(field, f"{middle}{before}", after, None)
    if kind in _TEXTS:
        return _Row(field, "", "", _text(middle, _TEXTS[kind]))
    return _Row(field, "", "", _one(middle, kind))


def _by_kind(middle: str) -> Emit:
    def emit(noun: Any, value: Any, subject: str, graph: str, out: list[bytes]) -> None:  # noqa: ANN401 - any noun
        out.append(f"{subject}{middle}{_root(noun.kind)}{value}>{graph}".encode())

    return emit


def _day(head: str, tail: str) -> Emit:
    def emit(_: Any, value: Any, subject: str, graph: str, out: list[bytes]) -> None:  # noqa: ANN401 - any noun
        out.append(f"{subject}{head}{iso_day(value)}{tail}{graph}".encode())

    return emit


def _text(middle: str, suffix: str) -> Emit:
    encode = msgspec.json.Encoder().encode

    def emit(_: Any, value: Any, subject: str, graph: str, out: list[bytes]) -> None:  # noqa: ANN401 - any noun
        out.append(b"".join((f"{subject}{middle}".encode(), encode(value), f"{suffix}{graph}".encode())))

    return emit


def _many(middle: str, write: Callable[[Any], str], inner: str) -> Emit:
    pick = attrgetter(inner) if inner else None

    def emit(_: Any, values: Any, subject: str, graph: str, out: list[bytes]) -> None:  # noqa: ANN401 - any noun
        items = values if pick is None else map(pick, values)
        out.extend(f"{subject}{middle}{write(item)}{graph}".encode() for item in items)

    return emit


def _one(middle: str, kind: Kind) -> Emit:
    write = _lexical(kind)

    def emit(_: Any, value: Any, subject: str, graph: str, out: list[bytes]) -> None:  # noqa: ANN401 - any noun
        out.append(f"{subject}{middle}{write(value)}{graph}".encode())

    return emit


@cache
def _types(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f" <{RDF_TYPE}> <{expand(name)}>" for name in classes)


def _nothing(_: object) -> tuple[str, ...]:
    return ()


class _Layer(NamedTuple):
    """What is written of a noun into one graph: its classes, its values in the order of the rows, the rows."""

    classes: Callable[[Any], tuple[str, ...]]
    values: Callable[[Any], tuple[Any, ...]]
    rows: tuple[_Row, ...]

    def write(self, noun: nouns.AnyNoun, subject: str, graph: str, out: list[bytes]) -> None:
        """Append the lines of a noun."""
        append = out.append
        for middle in _types(self.classes(noun)):
            append(f"{subject}{middle}{graph}".encode())
        for value, (_, head, tail, emit) in zip(self.values(noun), self.rows, strict=True):
            if value is None:
                continue
            if emit is None:
                append(f"{subject}{head}{value}{tail}{graph}".encode())
            else:
                emit(noun, value, subject, graph, out)


def _layer(classes: Callable[[Any], tuple[str, ...]], facts: Iterable[Fact]) -> _Layer:
    rows = tuple(map(_row, facts))
    if not rows:
        return _Layer(classes, _nothing, ())
    return _Layer(classes, _getter([row.field for row in rows]), rows)


def _getter(fields: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    get = attrgetter(*fields)
    if len(fields) > 1:
        return get

    def get_one(noun: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any noun
        return (get(noun),)

    return get_one


class _Compiled(NamedTuple):
    root: str
    stated: _Layer
    derived: _Layer | None


def _compile(table: Iterable[NounMap]) -> dict[type, _Compiled]:
    compiled: dict[type, _Compiled] = {}
    for row in table:
        stated = _layer(row.types, (f for f in row.facts if f.layer != "derived"))
        derived = _layer(row.derived_types or _nothing, (f for f in row.facts if f.layer == "derived"))
        speaks = derived.rows or row.derived_types is not None
        compiled[row.noun] = _Compiled(_root(row.type), stated, derived if speaks else None)
    return compiled


_COMPILED = _compile(MAPPING)


def write_lines(
    noun: nouns.AnyNoun, graph: str, stated: list[bytes], derived: list[bytes], *, derived_graph: str
) -> None:
    """Append a noun's N-Quads lines, in UTF-8: what the source says to ``stated``, what we compute to ``derived``.

    ``graph`` and ``derived_graph`` are IRIs. A question brings its events and attributions along.
    """
    rows = _COMPILED[type(noun)]
    subject = f"{rows.root}{noun.key}>"
    rows.stated.write(noun, subject, f" <{graph}> .\n", stated)
    if rows.derived is not None:
        rows.derived.write(noun, subject, f" <{derived_graph}> .\n", derived)
    if isinstance(noun, nouns.Question):
        for attribution in noun.attributions:
            write_lines(attribution, graph, stated, derived, derived_graph=derived_graph)
        for event in noun.events:
            write_lines(event, graph, stated, derived, derived_graph=derived_graph)
        for event in noun.inferred:
            write_lines(event, derived_graph, derived, derived, derived_graph=derived_graph)
