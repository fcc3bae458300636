"""The tokens of a SPARQL text, in one linear pass: no text makes it look twice. Knows no grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE: Final = r"\\(?:[tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_NAME: Final = r"[^\W\d_](?:[\w\-·]++|\.(?=[\w\-·.:]))*+"
_LOCAL: Final = r"(?:[\w:·\-]++|\.(?=[\w:·\-.%\\])|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*+"
_TOKEN: Final = re.compile(
    r"[ \t\r\n]*+(?:"
    + "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in (
            # What queries hold most of stands first; of two that can begin alike, the longer. Runs are taken whole.
            ("variable", r"[?$]\w++"),
            # A run of name characters is matched once, colon or not: two attempts would make "a.a.a.a" quadratic.
            ("name", rf"{_NAME}(?::{_LOCAL})?|:{_LOCAL}|_:\w(?:[\w\-·]++|\.(?=[\w\-·.]))*+"),
            ("iri", r"<(?:[^<>\"{}|^`\\\x00-\x20]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"),
            ("open", r"<<\(?|\{\||[{(\[]"),
            ("close", r"\)?>>|\|\}|[})\]]"),
            ("number", r"(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"),
            ("mark", r"\^\^|&&|\|\||[!<>]=|[=<>!+\-*/|^.;,?~]"),
            ("string", rf'"""(?:[^"\\]++|{_ESCAPE}|"(?!""))*+"""' + "|" + rf"'''(?:[^'\\]++|{_ESCAPE}|'(?!''))*+'''"),
            ("short", rf'"(?!"")(?:[^"\\\r\n]++|{_ESCAPE})*+"' + "|" + rf"'(?!'')(?:[^'\\\r\n]++|{_ESCAPE})*+'"),
            ("tag", r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"),
            ("word", r"_\w*+"),
            ("space", r"#[^\r\n]*+|\Z"),
            ("quote", r"[\"']"),
        )
    )
    + ")"
)
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_PIECE: Final = re.compile(r"\w+|[^\w]")


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Give the kind, text and offset of each token; space and comments are left out.

    Raises
    ------
    QueryError
        ``malformed``: a string that does not end, or a character that cannot stand where it does.
    """
    at, end, match_at = 0, len(text), _TOKEN.match
    while at < end:
        match = match_at(text, at)
        kind = "" if match is None else match.lastgroup or ""
        if match is None or kind == "quote":
            space = _SPACE.match(text, at)
            _refuse_character(text, space.end() if space else at)
        at = match.end()
        token = match[kind]
        if kind == "name" and ":" not in token:
            for piece in _PIECE.finditer(token):
                yield "word" if piece[0].isidentifier() else "mark", piece[0], match.start(kind) + piece.start()
        elif kind != "space":
            yield kind, token, at - len(token)


def place(text: str, at: int) -> tuple[int, int]:
    """Give the line and column of an offset, both from 1."""
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _refuse_character(text: str, at: int) -> NoReturn:
    if text[at] in "\"'":
        refuse(text, at, "the string that begins here does not end")
    if text.startswith(("\\u", "\\U"), at):
        refuse(text, at, "escapes such as \\u0041 may stand in strings and IRIs only")
    refuse(text, at, f"the character {text[at]!r} cannot stand here")


def refuse(text: str, at: int, what: str) -> NoReturn:
    """Raise ``malformed`` at an offset."""
    line, column = place(text, at)
    raise QueryError(f"Malformed: {what}.", line=line, column=column, code="malformed")
