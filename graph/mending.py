"""Where a query text went wrong and what would mend it, beyond what the engine says. Knows tokens and the vocabulary.

That a text is wrong is the engine's verdict, never ours; the place is looked for here: first in the tokens, then by
rdflib's parser, kept to short and shallow texts, since it takes long on others.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from graph.tokens import place, tokens
from ontology.errors import Fix, QueryError
from ontology.iris import NS
from ontology.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Token: TypeAlias = tuple[str, str, int]

_TERMS: Final = frozenset({"iri", "string", "short", "variable", "name", "number"})
_PAIRS: Final = {"}": "{", ")": "(", "]": "["}
_HEADS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE")
_WORDS: Final = frozenset(
    """
    A ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL CLEAR COALESCE CONCAT CONSTRUCT CONTAINS COPY
    COUNT CREATE DATA DATATYPE DAY DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ENCODE_FOR_URI EXISTS FALSE
    FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF IN INSERT INTO IRI ISBLANK ISIRI ISLITERAL
    ISNUMERIC ISURI LANG LANGMATCHES LCASE LIMIT LOAD MAX MD5 MIN MINUS MINUTES MONTH MOVE NAMED NOT NOW OFFSET
    OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE
    SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID
    SUBSTR SUM TIMEZONE TO TRUE TZ UCASE UNDEF UNION URI USING UUID VALUES WHERE WITH YEAR
    """.split()  # noqa: SIM905  a list of them would fill a page
)
_LONGEST: Final = 4000  # code points and brackets that rdflib's parser is given
_DEEPEST: Final = 10


def diagnose(text: str, said: str) -> QueryError | None:
    """Say what is wrong with a text that the engine refused in some words; None: the engine knows best."""
    try:
        found = list(tokens(text))
    except QueryError as error:
        return error
    looks = (_ungrouped, _head, _brackets, _bounds, _words, _between)
    return next((wrong for look in looks if (wrong := look(text, found, said)) is not None), None)


def unknown_terms(text: str) -> list[QueryError]:
    """List the names in a text that our vocabulary does not have though they begin like its own."""
    try:
        found = list(tokens(text))
    except QueryError:
        return []
    ours = {prefix for prefix, iri in _prefixes(found) if iri == NS}
    return [error for token in found if (error := _unknown(text, token, ours)) is not None]


def _unknown(text: str, token: Token, ours: set[str]) -> QueryError | None:
    kind, lexeme, at = token
    prefix, _, local = lexeme.partition(":")
    if kind == "iri" and lexeme.startswith(f"<{NS}"):
        start, local, end = f"<{NS}", lexeme[1 + len(NS) : -1], ">"
    elif kind == "name" and prefix in ours:
        start, end = f"{prefix}:", ""
    else:
        return None
    if not local or local in _terms():
        return None
    near = get_close_matches(local, _terms(), n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}?" if near else "GET /ns lists the terms there are."
    change = Fix(at, at + len(lexeme), f"{start}{near[0]}{end}") if near else None
    return _error(text, at, f"The vocabulary has no term {local[:60]}", hint, change, code="unknown-term")


@cache
def _terms() -> frozenset[str]:
    """List the local names of our vocabulary."""
    return frozenset(str(term).removeprefix(NS) for term in set(vocabulary().subjects()) if str(term).startswith(NS))


def _prefixes(found: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for (_, word, _), (_, name, _), (kind, iri, _) in zip(found, found[1:], found[2:], strict=False):
        if word.upper() == "PREFIX" and kind == "iri":
            yield name.removesuffix(":"), iri[1:-1]


def _error(
    text: str, at: int, what: str, hint: str = "", fix: Fix | None = None, *, code: str = "sparql-syntax"
) -> QueryError:
    line, column = place(text, at)
    return QueryError(
        f"{what} (line {line}, column {column}).", line=line, column=column, hint=hint, fix=fix, code=code
    )


def _ungrouped(text: str, found: Sequence[Token], said: str) -> QueryError | None:
    """Find the variable that is selected beside an aggregate and not grouped by."""
    if "variable that is unbound" not in said:
        return None
    words = [lexeme.upper() if kind == "word" else lexeme for kind, lexeme, _ in found]
    if "SELECT" not in words or "{" not in words:
        return None
    by = words.index("BY") if "GROUP" in words and "BY" in words else None
    grouped = set[str]() if by is None else set(words[by + 1 :])
    depth = 0
    for kind, lexeme, at in found[words.index("SELECT") + 1 : words.index("{")]:
        depth += (kind == "open") - (kind == "close")
        if kind == "variable" and depth == 0 and lexeme not in grouped:
            end = next(end for _, closing, end in reversed(found) if closing == "}") + 1
            change = Fix(end, end, f" GROUP BY {lexeme}") if by is None else None
            return _error(text, at, f"{lexeme} stands beside an aggregate", f"Add GROUP BY {lexeme}.", change)
    return None


def _head(text: str, found: Sequence[Token], _: str) -> QueryError | None:
    """Look at the first word: it says what the text is."""
    if not found:
        return _error(text, 0, "There is nothing to read", "A query begins with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    kind, lexeme, at = found[0]
    if kind == "word" and lexeme.upper() not in _WORDS:
        return _misspelt(text, lexeme, at, _HEADS)
    return None


def _misspelt(text: str, lexeme: str, at: int, known: Sequence[str]) -> QueryError:
    near = get_close_matches(lexeme.upper(), known, n=1, cutoff=0.6)
    change = Fix(at, at + len(lexeme), near[0]) if near else None
    return _error(text, at, f"{lexeme[:40]} cannot stand here", f"{near[0]}?" if near else "", change)


def _brackets(text: str, found: Sequence[Token], _: str) -> QueryError | None:
    """Find a bracket without its other half."""
    opened: list[tuple[str, int]] = []
    for kind, lexeme, at in found:
        if kind == "open":
            opened.append((lexeme, at))
        elif kind == "close":
            wanted = _PAIRS.get(lexeme, lexeme)
            if not opened:
                return _error(text, at, f"`{lexeme}` closes nothing", f"Remove it, or open `{wanted}` before.")
            lexeme_open, at_open = opened.pop()
            if lexeme in _PAIRS and lexeme_open != wanted:
                line, column = place(text, at)
                what = f"`{lexeme_open}` meets the `{lexeme}` of line {line}, column {column}"
                return _error(text, at_open, what, f"Close the `{lexeme_open}` before.")
    if opened:
        lexeme, at = opened[-1]
        return _error(text, at, f"`{lexeme}` is not closed")
    return None


def _bounds(text: str, found: Sequence[Token], _: str) -> QueryError | None:
    """Look for a LIMIT or OFFSET that is no number."""
    for (kind, word, _at), (next_kind, _lexeme, at) in pairwise(found):
        if kind == "word" and word.upper() in {"LIMIT", "OFFSET"} and next_kind != "number":
            return _error(text, at, f"{word.upper()} needs a number")
    return None


def _words(text: str, found: Sequence[Token], _: str) -> QueryError | None:
    """Look for a word that is none of the language."""
    for kind, lexeme, at in found:
        if kind == "word" and lexeme.upper() not in _WORDS:
            return _misspelt(text, lexeme, at, sorted(_WORDS))
    return None


def _between(text: str, found: Sequence[Token], _: str) -> QueryError | None:
    """Ask rdflib's parser for the place; say so if two statements meet there without a mark between them."""
    at = _rdflib_place(text, found)
    if at is None:
        return None
    before = next((token for token in reversed(found) if token[2] < at), None)
    here = next((token for token in found if token[2] == at), None)
    if before is None or here is None or before[0] not in _TERMS or here[0] not in _TERMS:
        return None
    return _error(
        text, at, f"`.` or `;` is missing before {here[1][:40]}", "End the statement before it.", Fix(at, at, ". ")
    )


def _rdflib_place(text: str, found: Sequence[Token]) -> int | None:
    depth = deepest = 0
    for kind, _, _ in found:
        depth += (kind == "open") - (kind == "close")
        deepest = max(deepest, depth)
    if len(text) > _LONGEST or deepest > _DEEPEST:
        return None
    from pyparsing import ParseBaseException  # noqa: PLC0415 - half a second that only a wrong text costs
    from rdflib.plugins.sparql.parser import parseQuery  # noqa: PLC0415 - same

    try:
        parseQuery(text.replace("\t", " "))  # the parser would expand them, and count what it made
    except ParseBaseException as error:
        return error.loc
    except Exception:  # noqa: BLE001  whatever befalls it, it knows no place
        return None
    return None
