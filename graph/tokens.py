"""The tokens of a SPARQL text, in one linear pass: no text makes it look twice. Knows no grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE: Final = r"\\(?:[tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_NAME: Final = r"[^\W\d_](?:[\w\-·]|\.(?=[\w\-·.:]))*+"
_LOCAL: Final = r"(?:[\w:·\-]|\.(?=[\w:·\-.%\\])|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*+"
_TOKEN: Final = re.compile(
    "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in (
            ("space", r"[ \t\r\n]++|#[^\r\n]*+"),
            ("iri", r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>"),
            ("string", rf'"""(?:[^"\\]|{_ESCAPE}|"(?!""))*+"""' + "|" + rf"'''(?:[^'\\]|{_ESCAPE}|'(?!''))*+'''"),
            ("short", rf'"(?!"")(?:[^"\\\r\n]|{_ESCAPE})*+"' + "|" + rf"'(?!'')(?:[^'\\\r\n]|{_ESCAPE})*+'"),
            ("variable", r"[?$]\w++"),
            # A run of name characters is matched once, colon or not: two attempts would make "a.a.a.a" quadratic.
            ("name", rf"{_NAME}(?::{_LOCAL})?|:{_LOCAL}|_:\w(?:[\w\-·]|\.(?=[\w\-·.]))*+"),
            ("word", r"_\w*+"),
            ("number", r"(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"),
            ("tag", r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"),
            ("open", r"<<\(?|\{\||[{(\[]"),
            ("close", r"\)?>>|\|\}|[})\]]"),
            ("mark", r"\^\^|&&|\|\||[!<>]=|[=<>!+\-*/|^.;,?~]"),
            ("quote", r"[\"']"),
        )
    )
)
_PIECE: Final = re.compile(r"\w+|[^\w]")


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Give the kind, text and offset of each token; space and comments are left out.

    Raises
    ------
    QueryError
        ``malformed``: a string that does not end, or a character that cannot stand where it does.
    """
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        kind = "" if match is None else match.lastgroup or ""
        if match is None or kind == "quote":
            _refuse_character(text, at)
        if kind == "name" and ":" not in match[0]:
            for piece in _PIECE.finditer(match[0]):
                yield "word" if piece[0].isidentifier() else "mark", piece[0], at + piece.start()
        elif kind != "space":
            yield kind, match[0], at
        at = match.end()


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
