"""Statements and their N-Quads lines. Canonical forms only, so that parts, dumps and re-parses agree byte for byte."""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Kind(IntEnum):
    """The kinds of object a statement can have."""

    IRI = 0
    STRING = 1
    FR = 2
    DATE = 3
    INTEGER = 4
    EN = 5
    BOOLEAN = 6
    DECIMAL = 7
    DATETIME = 8
    DOUBLE = 9


class Statement(NamedTuple):
    """One triple; the graph is that of the part it stands in. ``value`` is the lexical form."""

    subject: str
    predicate: str
    kind: Kind
    value: str


_SUFFIX = (
    "",
    "",
    "@fr",
    f"^^<{XSD}date>",
    f"^^<{XSD}integer>",
    "@en",
    f"^^<{XSD}boolean>",
    f"^^<{XSD}decimal>",
    f"^^<{XSD}dateTime>",
    f"^^<{XSD}double>",
)
_encode = msgspec.json.Encoder().encode
# A legislature has some two thousand days, and its questions write each of them hundreds of times.
iso_day = lru_cache(maxsize=1 << 16)(date.isoformat)
_BAD_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def term(kind: Kind, value: str) -> str:
    """Write one object in N-Triples. A JSON string of a text without lone surrogates is a valid N-Triples string.

    Raises
    ------
    ValueError
        An IRI holds a character that N-Triples forbids.
    """
    if kind == Kind.IRI:
        if _BAD_IRI.search(value):
            raise ValueError(f"not an IRI: {value!r}")
        return f"<{value}>"
    return _encode(value).decode() + _SUFFIX[kind]


def line(statement: Statement, graph: str) -> str:
    """Write a statement as one N-Quads line, newline included."""
    subject, predicate, kind, value = statement
    return f"<{subject}> <{predicate}> {term(kind, value)} <{graph}> .\n"
