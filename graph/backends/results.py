"""SPARQL JSON results to typed rows, and terms to SPARQL text. Shared by the drivers; knows no engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, cast

import msgspec
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral

from graph.gate import outline
from graph.store import BOOLEAN_MEDIA_TYPES, GRAPH_MEDIA_TYPES, ROW_MEDIA_TYPES, Kind, Rows
from ontology.errors import NotAcceptableError, QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from graph.gate import Form, Outline
    from graph.store import Term

KINDS: Final[Mapping[Form, Kind]] = {"SELECT": "rows", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}
MEDIA_TYPES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "rows": ROW_MEDIA_TYPES,
    "boolean": BOOLEAN_MEDIA_TYPES,
    "graph": GRAPH_MEDIA_TYPES,
}
_BAD_IRI: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_VARIABLE: Final = re.compile(r"[^\W\d]\w*|\d\w*")
_encode = msgspec.json.Encoder().encode


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One RDF term of the JSON results."""

    type: Literal["uri", "literal", "typed-literal", "bnode"]
    value: str
    datatype: str | None = None
    lang: str | None = msgspec.field(name="xml:lang", default=None)


class _Head(msgspec.Struct):
    vars: list[str] = []


class _Results(msgspec.Struct):
    bindings: list[dict[str, Cell]]


class Table(msgspec.Struct):
    """The JSON results of a SELECT."""

    head: _Head
    results: _Results


class Verdict(msgspec.Struct):
    """The JSON results of an ASK."""

    boolean: bool


def choose(kind: Kind, wanted: Sequence[str]) -> str:
    """Take the first wanted media type that can carry a kind of answer; its default when none is named."""
    fitting = MEDIA_TYPES[kind]
    if not wanted:
        return fitting[0]
    for media_type in wanted:
        if media_type in fitting:
            return media_type
    raise NotAcceptableError(
        f"None of {', '.join(wanted)} can carry an answer of the kind {kind!r}.",
        hint="Ask for one of " + ", ".join(fitting) + ".",
    )


def rows(body: bytes, order: Sequence[str], generation: str, data_date: date | None = None) -> Rows:
    """Type the JSON results of a SELECT; columns come in ``order`` where it names them."""
    table = msgspec.json.decode(body, type=Table)
    columns = in_order(table.head.vars, order)
    cells = tuple(tuple(_term(row.get(name)) for name in columns) for row in table.results.bindings)
    return Rows(columns=columns, rows=cells, generation=generation, data_date=data_date)


def in_order(names: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    """Sort names by their place in ``order``; the rest follow as they are."""
    places = {name: at for at, name in enumerate(order)}
    return tuple(sorted(names, key=lambda name: places.get(name, len(places))))


def graph(body: bytes) -> Graph:
    """Read N-Triples."""
    return Graph().parse(data=body, format="nt")


def _term(cell: Cell | None) -> Term | None:
    if cell is None:
        return None
    if cell.type == "uri":
        return URIRef(cell.value)
    if cell.type == "bnode":
        return BNode(cell.value)
    datatype = None if cell.datatype is None else URIRef(cell.datatype)
    # The engine's lexical form is the answer: rdflib would rewrite it.
    return RdfLiteral(cell.value, lang=cell.lang, datatype=datatype, normalize=False)


def term(value: Term) -> str:
    """Write a term so that nothing in it can end it.

    Raises
    ------
    ValueError
        An IRI or language tag that no SPARQL text can hold, or a blank node.
    """
    if isinstance(value, URIRef):
        if _BAD_IRI.search(value):
            raise ValueError(f"not an IRI: {str(value)!r}")
        return f"<{value}>"
    if isinstance(value, BNode):
        raise ValueError("a blank node names nothing outside its own answer")  # noqa: TRY004  a term of the right type and a value that cannot be written
    # A JSON string without lone surrogates is a SPARQL string; JSON alone escapes "/" never and DEL not at all.
    text = _encode(str(value)).decode()
    if value.language:
        if not _LANGUAGE.fullmatch(value.language):
            raise ValueError(f"not a language tag: {value.language!r}")
        return f"{text}@{value.language}"
    return text if value.datatype is None else f"{text}^^{term(value.datatype)}"


def written(cell: Cell | None) -> str:
    """Write a cell for TSV; nothing for an unbound one."""
    if cell is None:
        return ""
    return f"_:{cell.value}" if cell.type == "bnode" else term(cast("Term", _term(cell)))


def expect(text: str, kind: Kind) -> None:
    """Refuse a text of another form than the caller reads, before anybody is asked.

    Raises
    ------
    QueryError
        ``wrong-form``.
    """
    found = KINDS.get(outline(text).form, kind)
    if found != kind:
        raise QueryError(f"The query answers with {found}, not with {kind}.", code="wrong-form")


def bind(text: str, read: Outline, bindings: Mapping[str, Term] | None) -> str:
    """Fix variables to terms by one row of VALUES at the head of the outermost pattern.

    The engine's own substitutions reach projected variables only, and neither ASK nor aggregates.
    """
    if not bindings:
        return text
    for name in bindings:
        if not _VARIABLE.fullmatch(name):
            raise QueryError(f"{name!r} is not the name of a variable.", code="malformed")
    names = " ".join("?" + name for name in bindings)
    try:
        values = f" VALUES ({names}) {{ ({' '.join(term(value) for value in bindings.values())}) }} "
    except (ValueError, UnicodeEncodeError) as error:
        raise QueryError(f"A value cannot stand in a query: {error}.", code="malformed") from error
    if read.where is None:
        return f"{text}\n{{{values}}}" if read.form == "DESCRIBE" else text
    return text[: read.where] + values + text[read.where :]
