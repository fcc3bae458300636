"""Answers compared with what is expected: rows as multisets, blank nodes by their role, numbers by their value."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from rdflib import RDF, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.query import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rdflib.term import Node

RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
_NUMBERS = {XSD.integer, XSD.decimal, XSD.double, XSD.float}


def value(term: Node) -> Node:
    """Write a number in one way, whatever way it was written in, and a language as RDF 1.1 compares it."""
    if isinstance(term, Literal) and term.language:
        return Literal(str(term), lang=term.language.lower())
    if isinstance(term, Literal) and term.datatype in _NUMBERS:
        try:
            number = float(term) if term.datatype in {XSD.double, XSD.float} else Decimal(str(term)).normalize()
        except ArithmeticError:
            return term
        except ValueError:
            return term
        return Literal(str(number + 0), datatype=term.datatype, normalize=False)
    return term


def same_rows(first: Iterable[Mapping[str, Node]], second: Iterable[Mapping[str, Node]], *, exact: bool) -> bool:
    """Compare rows as multisets; ``exact``: numbers as they are written."""
    return isomorphic(_as_graph(first, exact=exact), _as_graph(second, exact=exact))


def _as_graph(rows: Iterable[Mapping[str, Node]], *, exact: bool) -> Graph:
    """Make each row a node with an arc for each cell: graphs are equal up to blank nodes when the rows are."""
    graph = Graph()
    for row in rows:
        node = BNode()
        graph.add((node, RDF.type, RS.ResultSolution))
        for name, cell in row.items():
            graph.add((node, URIRef(f"urn:column:{name}"), cell if exact else value(cell)))
    return graph


def same_graphs(first: Graph, second: Graph) -> bool:
    """Compare graphs up to the names of blank nodes."""
    return isomorphic(_valued(first), _valued(second))


def _valued(graph: Graph) -> Graph:
    copy = Graph()
    for s, p, o in graph:
        copy.add((s, p, value(o)))
    return copy


def rows(body: bytes, kind: str) -> list[dict[str, Node]]:
    """Read rows from SPARQL results in XML or JSON."""
    result = _parsed(body, kind)
    return [{str(name): cell for name, cell in binding.items()} for binding in result.bindings]


def verdict(body: bytes, kind: str) -> bool | None:
    """Read the answer to an ASK; None if it is another."""
    return _parsed(body, kind).askAnswer


def _parsed(body: bytes, kind: str) -> Result:
    parse = cast("Callable[..., Result]", Result.parse)  # its own annotations leave an argument untyped
    return parse(io.BytesIO(body), format=kind)


def rows_of_graph(graph: Graph) -> list[dict[str, Node]]:
    """Read rows from a graph in the vocabulary of result sets."""
    found: list[dict[str, Node]] = []
    for solution in graph.objects(None, RS.solution):
        row: dict[str, Node] = {}
        for binding in graph.objects(solution, RS.binding):
            name, cell = graph.value(binding, RS.variable), graph.value(binding, RS.value)
            assert cell is not None
            row[str(name)] = cell
        found.append(row)
    return found


def table(body: bytes, delimiter: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Read CSV or TSV as text, blank nodes by the order in which they appear."""
    text = body.decode()
    lines = (
        list(csv.reader(io.StringIO(text, newline="")))
        if delimiter == ","
        else [line.split("\t") for line in text.splitlines()]
    )
    names: dict[str, str] = {}
    body_rows = [tuple(_number(_blank(cell, names)) for cell in line) for line in lines[1:]]
    return lines[0], sorted(body_rows)


def _number(cell: str) -> str:
    try:
        return str(float(cell))
    except ValueError:
        return cell


def _blank(cell: str, names: dict[str, str]) -> str:
    return names.setdefault(cell, f"_:b{len(names)}") if cell.startswith("_:") else cell
