"""What an update asks beyond its syntax, and the texts of the Graph Store Protocol. Knows no engine and no HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.gate import outline
from graph.tokens import tokens
from ontology.errors import QueryError, RefusedError

if TYPE_CHECKING:
    from graph.store import Dataset

_LOAD_SILENT: Final = re.compile(r"LOAD(?:[ \t\r\n]|#[^\r\n]*+[\r\n])*+SILENT", re.IGNORECASE)
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")


def refuse_fetching(text: str) -> None:
    """Refuse what would make the writer ask another service. A silent LOAD may fail, so it may stay: it will.

    Raises
    ------
    RefusedError
        ``load-refused`` or ``federation-refused``.
    """
    read = outline(text, update=True)
    if any(_LOAD_SILENT.match(text, at) is None for at in read.loads):
        raise RefusedError(
            "This service fetches nothing: LOAD is refused.",
            code="load-refused",
            hint="Fetch the document yourself and send it to /data.",
        )
    if read.services:
        raise RefusedError("This service does not ask other services: SERVICE is refused.", code="federation-refused")


def over(text: str, dataset: Dataset | None) -> str:
    """Let the patterns of an update match a dataset (SPARQL 1.1 Protocol, 2.2.3), by a USING before each WHERE.

    Raises
    ------
    QueryError
        The text names a dataset itself.
    """
    if dataset is None or not (dataset.default or dataset.named):
        return text
    if outline(text, update=True).names_dataset:
        raise QueryError(
            "The dataset is named both by parameters and by USING or WITH in the text.",
            code="malformed",
            hint="Name it in one place.",
        )
    clauses = "".join(
        [f" USING <{iri}>" for iri in dataset.default] + [f" USING NAMED <{iri}>" for iri in dataset.named]
    )
    pieces: list[str] = []
    copied = 0
    for at, end, pattern_end in _wheres(text):
        # DELETE WHERE { P } takes no USING; it means DELETE { P } WHERE { P }.
        template = text[end:pattern_end] if pattern_end else ""
        pieces.append(f"{text[copied:at]}{template}{clauses} WHERE ")
        copied = end
    return "".join([*pieces, text[copied:]])


def _wheres(text: str) -> list[tuple[int, int, int]]:
    """Give of each outermost WHERE its place, its end, and where the pattern of a DELETE WHERE ends, else 0."""
    found: list[tuple[int, int, int]] = []
    depth = 0
    previous = ""
    for kind, token, at in tokens(text):
        word = token.upper()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth == 0 and found and found[-1][2] == -1:
                found[-1] = (*found[-1][:2], at + len(token))
        elif depth == 0 and kind == "word" and word.endswith("WHERE"):
            shorthand = word == "DELETEWHERE" or (word == "WHERE" and previous == "DELETE")
            end = at + len(token)
            found.append((end - len("WHERE"), end, -1 if shorthand else 0))
        previous = word
    return found


def replace_graph(graph: str | None, triples: str) -> str:
    """Write the update that gives a graph these N-Triples and no others."""
    if graph is None:
        return f"CLEAR DEFAULT ;\nINSERT DATA {{\n{triples}}}"
    name = named(graph)
    return f"DROP SILENT GRAPH {name} ;\nCREATE GRAPH {name} ;\nINSERT DATA {{ GRAPH {name} {{\n{triples}}} }}"


def extend_graph(graph: str | None, triples: str) -> str:
    """Write the update that adds N-Triples to a graph, made if there is none."""
    if graph is None:
        return f"INSERT DATA {{\n{triples}}}"
    name = named(graph)
    return f"CREATE SILENT GRAPH {name} ;\nINSERT DATA {{ GRAPH {name} {{\n{triples}}} }}"


def remove_graph(graph: str | None) -> str:
    """Write the update that removes a graph; the default graph can only be emptied."""
    return "CLEAR DEFAULT" if graph is None else f"DROP GRAPH {named(graph)}"


def named(iri: str) -> str:
    """Write the name of a graph so that nothing in it can end it.

    Raises
    ------
    QueryError
        It is no absolute IRI.
    """
    if _IRI.fullmatch(iri) is None:
        raise QueryError("The name of the graph is not an absolute IRI.", code="malformed", hint="Give https://…")
    return f"<{iri}>"
