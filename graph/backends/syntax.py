"""An engine's complaint about a text, made into an error that says where and what to do. Shared by the drivers."""

from __future__ import annotations

import re
from typing import Final

from graph.mending import diagnose
from ontology.errors import Fix, QueryError
from ontology.vocabulary import PREFIXES

_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_NAME_BEFORE: Final = re.compile(r"([^\W\d_](?:[\w.\-]*[\w\-])?)?:[\w.\-%\\]*$")
_WORDS: Final = re.compile(r'"([^"\s]{1,12})"|\b([A-Z]{2,})\b')
_NONE: Final = "The query cannot be read"


def syntax_error(message: str, text: str) -> QueryError:
    """Read ``error at L:C: expected …``; the classes of the engine's grammar are not shown."""
    match = _PLACE.match(message)
    if match is None:
        return QueryError(f"{_NONE}: {message.splitlines()[0] if message else 'syntax error'}.")
    line, column, expected = int(match[1]), int(match[2]), match[3]
    lines = text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    if "Prefix not found" in expected:
        return _unknown_prefix(before, line, column)
    found = diagnose(text, expected)
    if found is not None:
        return found
    said = re.search(r"(The [A-Z][^,\[]*|[A-Z][a-z][^,\[]{8,})", expected)
    if said is not None:
        return QueryError(f"{_NONE}: {said[1].strip()} (line {line}, column {column}).", line=line, column=column)
    return QueryError(
        f"{_NONE} from line {line}, column {column}.", line=line, column=column, hint=_expectation(expected)
    )


def _unknown_prefix(before: str, line: int, column: int) -> QueryError:
    match = _NAME_BEFORE.search(before)
    prefix = (match[1] or "") if match else ""
    known = PREFIXES.get(prefix)
    hint = (
        f"Add this line at the top: PREFIX {prefix}: <{known}>"
        if known
        else f"Declare it at the top: PREFIX {prefix}: <…>"
    )
    start = column - (len(match[0]) if match else 0)
    return QueryError(
        f"The prefix {prefix}: is not declared (line {line}, column {start}).",
        line=line,
        column=start,
        hint=hint,
        fix=Fix(0, 0, f"PREFIX {prefix}: <{known}>\n") if known else None,
    )


def _expectation(expected: str) -> str:
    outside = re.sub(r"\[[^\]]*\]", "", expected)
    words = dict.fromkeys(mark or word for mark, word in _WORDS.findall(outside))
    shown = [word for word in words if word not in {"LATERAL", "{|", "~"}][:6]
    return f"Expected here: {', '.join(shown)}." if shown else ""
