"""The statements of a run as Turtle: a paragraph a subject, the same bytes every time. Knows statements alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ontology.statements import RDF_TYPE, XSD, Kind, term
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ontology.statements import Statement

_USED: Final = ("qst", "rdfs", "dcterms", "prov", "xsd")
_TYPED: Final = frozenset({Kind.DATE, Kind.DECIMAL, Kind.DOUBLE})
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def turtle(statements: Iterable[Statement]) -> bytes:
    """Write statements."""
    heads = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in _USED)
    about: dict[str, list[Statement]] = {}
    for statement in statements:
        about.setdefault(statement.subject, []).append(statement)
    return f"{heads}\n{''.join(_block(subject, said) for subject, said in about.items())}".encode()


def _block(subject: str, statements: Iterable[Statement]) -> str:
    """Write what is said of one subject."""
    said = " ;\n".join(f"  {_verb(one.predicate)} {_object(one)}" for one in statements)
    return f"<{subject}>\n{said} .\n\n"


def _verb(predicate: str) -> str:
    return "a" if predicate == RDF_TYPE else _short(predicate)


def _object(statement: Statement) -> str:
    """Write a value: whole numbers and truths bare, a datatype and a term of ours by their short names."""
    kind, value = statement.kind, statement.value
    if kind == Kind.IRI:
        return _short(value)
    if kind in {Kind.INTEGER, Kind.BOOLEAN}:
        return value
    written = term(kind, value)
    text, _, datatype = written.rpartition("^^<")
    return f"{text}^^xsd:{datatype.removeprefix(XSD).rstrip('>')}" if kind in _TYPED else written


def _short(iri: str) -> str:
    """Write an IRI, by a prefix where what is left is a plain name."""
    for name in _USED:
        local = iri.removeprefix(PREFIXES[name])
        if local != iri and _LOCAL.fullmatch(local):
            return f"{name}:{local}"
    return term(Kind.IRI, iri)
