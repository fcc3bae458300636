"""SERVICE at the top of a query: which part goes to another service, and how what it answers is joined.

Only the plain form is taken apart: ``SERVICE <https://…> { … }`` in the outermost group. Its pattern is asked of the
other service by itself, and stands in the text as VALUES afterwards, which joins as SERVICE does. Knows texts and
terms; asks nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from graph.backends.results import Table, written
from graph.tokens import tokens
from ontology.errors import RefusedError, RemoteError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.gate import Outline

CELLS: Final = 10_000  # as many as VALUES may hold
_MOST: Final = 4  # services in one query
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAME: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One SERVICE: where it stands in the text, whom it asks, what."""

    start: int
    end: int
    address: str
    silent: bool
    query: str
    variables: tuple[str, ...]


def parts(text: str, read: Outline) -> tuple[Part, ...]:
    """Take the services of a query apart.

    Raises
    ------
    RefusedError
        One stands where it is not asked; the message says where it may.
    """
    found = tuple(_parts(text, read))
    if [part.start for part in found] != sorted(read.services):
        raise _refusal(
            "it must stand in the outermost group, not in OPTIONAL, UNION, GRAPH, FILTER, a subquery or another"
        )
    if len(found) > _MOST:
        raise _refusal(f"a query may ask {_MOST} of them")
    return found


def joined(text: str, answers: Sequence[tuple[Part, str]]) -> str:
    """Put what the services answered in their places."""
    for part, values in reversed(answers):
        text = f"{text[: part.start]}{values}{text[part.end :]}"
    return text


def nothing(part: Part) -> str:
    """Give what stands for a silent service that failed: one row that binds nothing."""
    return _values(part.variables, [["UNDEF"] * len(part.variables)])


def values(body: bytes) -> str:
    """Write the rows that a service answered as VALUES.

    Raises
    ------
    RemoteError
        It is no table of terms that a query can hold.
    TooLargeError
        It has more cells than a query may hold.
    """
    try:
        table = msgspec.json.decode(body, type=Table)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RemoteError("The other service did not answer with SPARQL results in JSON.") from error
    names, rows = table.head.vars, table.results.bindings
    if any(_NAME.fullmatch(name) is None for name in names):
        raise RemoteError("The other service answered with a column that is no variable.")
    if max(1, len(names)) * len(rows) > CELLS:
        raise TooLargeError(
            f"The other service answered with {len(rows):,} rows of {len(names)}; {CELLS:,} cells are joined at most.",
            hint="Narrow the pattern inside SERVICE, or give it a subquery with LIMIT.",
        )
    if any(cell.type == "bnode" for row in rows for cell in row.values()):
        raise RemoteError(
            "The other service answered with blank nodes, which mean nothing outside its answer.",
            hint="Select values inside SERVICE by a subquery that leaves blank nodes out.",
        )
    if any(_UNWRITABLE.search(cell.value) for row in rows for cell in row.values()):
        raise RemoteError("The other service answered with a control character.")
    try:
        return _values(names, [[written(row.get(name)) or "UNDEF" for name in names] for row in rows])
    except (ValueError, UnicodeEncodeError) as error:
        raise RemoteError(f"The other service answered with what no query can hold: {error}.") from error


def _values(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    listed = " ".join(f"?{name}" for name in names)
    lines = " ".join(f"({' '.join(row)})" for row in rows)
    return f" VALUES ({listed}) {{ {lines} }} "


def _parts(text: str, read: Outline) -> Iterator[Part]:
    """Find each SERVICE of the outermost group that is written plainly."""
    found = list(tokens(text))
    prologue = text[: _form(found)]
    depth = 0
    for place, (kind, lexeme, at) in enumerate(found):
        if read.where is None or at < read.where:
            continue
        depth += (lexeme == "{") - (lexeme == "}") if kind in ("open", "close") else 0
        if depth == 0 and kind == "word" and lexeme.upper() == "SERVICE":
            yield _part(text, prologue, found, place)


def _part(text: str, prologue: str, found: Sequence[tuple[str, str, int]], place: int) -> Part:
    start = found[place][2]
    silent = place + 1 < len(found) and found[place + 1][1].upper() == "SILENT"
    opens = place + 2 + silent
    if opens >= len(found) or found[opens - 1][0] != "iri" or found[opens][1] != "{":
        raise _refusal("its address must be written out, SERVICE <https://…> { … }, and be no variable or short name")
    depth, names = 0, dict[str, None]()
    for kind, lexeme, at in found[opens:]:
        depth += (lexeme == "{") - (lexeme == "}") if kind in ("open", "close") else 0
        if kind == "variable":
            names.setdefault(lexeme[1:])
        elif kind == "word" and lexeme.upper() == "SERVICE":
            raise _refusal("one may not stand inside another")
        if depth == 0:
            return Part(
                start=start,
                end=at + 1,
                address=found[opens - 1][1][1:-1],
                silent=silent,
                query=f"{prologue}SELECT * WHERE {text[found[opens][2] : at + 1]}",
                variables=tuple(names),
            )
    raise _refusal("its pattern does not end")


def _form(found: Sequence[tuple[str, str, int]]) -> int:
    """Find where the prologue ends."""
    forms = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    return next((at for kind, lexeme, at in found if kind == "word" and lexeme.upper() in forms), 0)


def _refusal(reason: str) -> RefusedError:
    return RefusedError(
        f"This SERVICE is not asked: {reason}.",
        code="federation-refused",
        hint="Ask the other service yourself and pass what it answers in VALUES.",
    )
