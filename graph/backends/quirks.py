"""What stores say otherwise than the standard has it, and how it is read. Knows products; sends nothing.

Each was met on the product named; docs/serving.md lists them for users.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from graph.backends.results import Cell, Table, Verdict
from ontology.errors import DeadlineError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.gate import Outline

_ASK: Final = "__ASK_RETVAL"  # Virtuoso 7: ASK is a table of one column, with a row of 1 or no row
_WS: Final = r"(?:[ \t\r\n]|#[^\r\n]*+[\r\n])*+"
_NAME: Final = r"(?:<[^<>\x00-\x20]*+>|[\w.\-]*+:[\w.\-:%]*+)"
_PROLOGUE: Final = re.compile(rf"{_WS}(?:(?:BASE|PREFIX{_WS}[\w.\-]*+:){_WS}<[^<>\x00-\x20]*+>{_WS})*+", re.IGNORECASE)
_DATASET: Final = re.compile(rf"((?:FROM{_WS}(?:NAMED{_WS})?{_NAME}{_WS})*+)(?:WHERE{_WS})?\{{\Z", re.IGNORECASE)
_COMMENTS: Final = re.compile(rb"^#[^\n]*$", re.MULTILINE)


def refuse_part(headers: Mapping[str, str]) -> None:
    """Refuse an answer whose headers say that it is a part: Virtuoso's body looks whole.

    Raises
    ------
    RemoteError
        Cut at the store's own number of rows.
    DeadlineError
        What was found until the store's own time limit.
    """
    if "x-sparql-maxrows" in headers:
        raise RemoteError(
            "The remote store cut the answer at its own number of rows.",
            code="remote-cut",
            hint=f"Add a LIMIT below {headers['x-sparql-maxrows']}.",
        )
    if headers.get("x-sql-state", "").upper() == "S1TAT":
        raise DeadlineError(
            "The remote store gave what it had found in its own time limit, and no more.", code="remote-deadline"
        )


def cuts_graphs(headers: Mapping[str, str]) -> bool:
    """Say whether a store may cut a graph without a word: Virtuoso takes so many rows and makes triples of those."""
    return "virtuoso" in headers.get("server", "").lower()


def row_probe(text: str, read: Outline) -> str | None:
    """Write the SELECT whose rows a CONSTRUCT or DESCRIBE makes its triples of; None if it has no pattern."""
    prologue = _PROLOGUE.match(text)
    if read.where is None or prologue is None:
        return None
    dataset = _DATASET.search(text[: read.where])
    clauses = dataset[1] if dataset else ""
    return f"{prologue[0]}SELECT (1 AS ?row) {clauses}{{{text[read.where :]}"


def verdict(body: bytes) -> bool | None:
    """Read the JSON answer of an ASK; None if it is none."""
    try:
        return msgspec.json.decode(body, type=Verdict).boolean
    except msgspec.DecodeError:
        pass
    try:
        table = msgspec.json.decode(body, type=Table)
    except msgspec.DecodeError:
        return None
    if table.head.vars != [_ASK]:
        return None
    return any(row[_ASK].value in {"1", "true"} for row in table.results.bindings if _ASK in row)


def is_empty_graph(body: bytes) -> bool:
    """Say whether a graph holds nothing but space and comments: ``# Empty TURTLE``."""
    return not _COMMENTS.sub(b"", body).strip()


def plain(cell: Cell) -> Cell:
    """Write a term as SPARQL 1.1 does: no ``typed-literal``, a label for a blank node instead of ``nodeID://b1``."""
    if cell.type == "typed-literal":
        return msgspec.structs.replace(cell, type="literal")
    if cell.type == "bnode" and not re.fullmatch(r"\w+", cell.value):
        return msgspec.structs.replace(cell, value=re.sub(r"\W+", "_", cell.value))
    return cell
