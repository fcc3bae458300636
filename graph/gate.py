"""Judge a SPARQL text before an engine sees it: one linear pass over its tokens, no parse, no recursion.

It bounds what makes engines overflow or plan for minutes, and reports what the drivers must know: the form, SERVICE
and LOAD, dataset clauses, the place of ``SELECT *``. It gives the clear message early and is never the safety itself,
which is the process that can be killed. Knows no engine and no HTTP.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import msgspec

from graph.tokens import place, refuse, tokens
from ontology.errors import QueryError

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE", "UNKNOWN"]
FORMS: Final[tuple[Form, ...]] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much of each a text may hold. The defaults plan in well under a second."""

    bytes: int = 64 * 1024
    update_bytes: int = 16 * 1024**2
    nesting: int = 100  # of { ( [ and <<, and runs of !
    patterns_in_group: int = 64
    patterns: int = 200
    subgroups: int = 64  # OPTIONAL, MINUS, GRAPH, … in one group
    path: int = 100  # elements of one path
    branches: int = 500  # of UNION in one group
    operators: int = 500  # of one expression
    cells: int = 10_000  # of VALUES, items of IN
    prefixes: int = 200


_CAPS: Final = Caps()


class Outline(msgspec.Struct, kw_only=True, frozen=True):
    """What a text is, as far as its tokens tell. Offsets count code points from 0."""

    form: Form
    services: tuple[int, ...]  # where each SERVICE stands
    loads: tuple[int, ...]  # where each LOAD stands
    default_graphs: tuple[str, ...]  # after FROM; empty if any clause needs a prefix or the base
    named_graphs: tuple[str, ...]  # the same after FROM NAMED
    names_dataset: bool  # FROM, or in an update USING or WITH
    volatile: bool  # NOW, RAND, UUID, STRUUID, BNODE: the answer differs from time to time
    star: int | None  # where the * of the outermost SELECT stands
    where: int | None  # just after the { that opens the outermost pattern
    variables: tuple[str, ...]  # in order of appearance
    prefixes: tuple[str, ...]  # declared, without the colon
    key: str  # equal for texts that differ in space and comments only

    def parseable(self, text: str) -> str:
        """Give a text of the same syntax that asks nobody: each SERVICE as GRAPH, each LOAD as COPY, places kept."""
        for at in sorted((*self.services, *self.loads), reverse=True):
            if at in self.services:
                text = text[:at] + _SERVICE.sub(_as_graph, text[at:], count=1)
            else:
                text = text[:at] + _LOAD.sub(_as_copy, text[at:], count=1)
        return text


_WS: Final = r"(?:[ \t\r\n]|#[^\r\n]*+[\r\n])*+"
_SERVICE: Final = re.compile(rf"SERVICE({_WS})(SILENT)?", re.IGNORECASE)
_LOAD: Final = re.compile(
    rf"LOAD({_WS}(?:SILENT)?{_WS}(?:<[^<>\x00-\x20]*+>|[\w.\-]*+:[\w.\-:%\\]*+)?+)({_WS})(INTO(?={_WS}GRAPH))?",
    re.IGNORECASE,
)


def _as_graph(match: re.Match[str]) -> str:
    return "GRAPH  " + match[1] + " " * len(match[2] or "")


def _as_copy(match: re.Match[str]) -> str:
    return "COPY" + match[1] + (match[2] + " TO " if match[3] else " TO DEFAULT" + match[2])


_TERMS: Final = frozenset({"iri", "string", "short", "variable", "name", "number"})
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_VOLATILE: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_OPERATORS: Final = frozenset({"&&", "||", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "|", "^", "!"})
_BRACKET: Final = re.compile(r"[()\[\]]")
_PATH_STEPS: Final = frozenset({"/", "|"})
_CLAUSES: Final = frozenset({"FILTER", "BIND", "HAVING", "SELECT", "OPTIONAL", "BY", "VALUES"})


class _Frame(msgspec.Struct):
    """One open bracket.

    ``kind``: g(roup), d(ata or template), v(alues), n(ested: ``[`` or ``<<``), l(ist or path), e(xpression), top.
    """

    kind: str
    position: int = 0  # terms seen in the current statement
    patterns: int = 0
    subgroups: int = 0
    branches: int = 0
    items: int = 0


class _Reader(msgspec.Struct):
    """The state of one pass."""

    text: str
    caps: Caps
    frames: list[_Frame] = msgspec.field(default_factory=lambda: [_Frame("top")])
    form: Form = "UNKNOWN"
    header: bool = True  # before the first {
    prologue: str = ""  # PREFIX or BASE, until its IRI
    last: str = ""  # the last lexeme, upper case if a word
    last_kind: str = ""
    word: str = ""  # the last keyword
    services: list[int] = []
    loads: list[int] = []
    names_dataset: bool = False
    clauses: int = 0  # FROM clauses
    default_graphs: list[str] = []
    named_graphs: list[str] = []
    volatile: bool = False
    star: int | None = None
    where: int | None = None
    variables: dict[str, None] = {}
    prefixes: list[str] = []
    patterns: int = 0
    steps: int = 0
    operators: int = 0
    bangs: int = 0
    hidden: int = 0  # brackets left open inside <…>

    def take(self, kind: str, lexeme: str, at: int) -> None:
        """Take one lexeme."""
        if lexeme == "!":
            self.bangs += 1
            self.cap(self.bangs, self.caps.nesting, "times ! in a row", at)
        else:
            self.bangs = 0
        if kind in _TERMS:
            self._term(kind, lexeme, at)
        elif kind == "word":
            self._keyword(lexeme.upper(), at)
        elif kind == "open":
            self._open(lexeme, at)
        elif kind == "close":
            self._close()
        elif kind == "mark":
            self._mark(lexeme, at)
        self.last, self.last_kind = (lexeme.upper() if kind == "word" else lexeme), kind

    def cap(self, value: int, limit: int, what: str, at: int) -> None:
        if value > limit:
            line, column = place(self.text, at)
            raise QueryError(
                f"Too complex: {value:,} {what}; the limit is {limit:,}.",
                code="too-complex",
                line=line,
                column=column,
                hint="Split the query, or put long lists of terms into VALUES.",
            )

    def _term(self, kind: str, lexeme: str, at: int) -> None:
        if kind == "iri":
            self._iri(lexeme, at)
        elif kind == "variable":
            self.variables.setdefault(lexeme[1:])
        elif kind == "name":
            self._name(lexeme, at)
        self._count_term(at)

    def _iri(self, lexeme: str, at: int) -> None:
        """Count brackets in what may be ``<`` and a piece of an expression to the engine."""
        self.prologue = ""
        if self.header and ":" in lexeme and self.last in {"FROM", "NAMED"}:
            (self.named_graphs if self.last == "NAMED" else self.default_graphs).append(lexeme[1:-1])
        if _BRACKET.search(lexeme) is None:
            return
        depth = self.hidden
        for char in lexeme:
            if char in "([":
                depth += 1
                self.cap(depth + len(self.frames) - 1, self.caps.nesting, "nested brackets", at)
            elif char in ")]":
                depth = max(0, depth - 1)
        self.hidden = depth

    def _name(self, lexeme: str, at: int) -> None:
        prefix = lexeme.partition(":")[0]
        folded = prefix.upper()
        if self.prologue == "PREFIX":
            self.prefixes.append(prefix)
            self.cap(len(self.prefixes), self.caps.prefixes, "prefixes", at)
        elif self.header and prefix not in self.prefixes:
            # The engine reads keywords without a space after them: PREFIXa:<…>, DESCRIBEa:b, FROMa:b.
            if self.form == "UNKNOWN" and folded.startswith("PREFIX"):
                self.prefixes.append(prefix[6:])
            elif self.form == "UNKNOWN":
                self._find_form(folded)
            elif folded.startswith("FROM"):
                self.names_dataset = True
                self.clauses += 1
            if folded.startswith("LOAD"):
                self.loads.append(at)

    def _count_term(self, at: int) -> None:
        frame = self.frames[-1]
        if frame.kind == "v":
            block = next(open_ for open_ in self.frames if open_.kind == "v")
            block.items += 1
            self.cap(block.items, self.caps.cells, "cells in VALUES", at)
        elif frame.kind in "gn":
            frame.position += 1
            if frame.position == 3:
                self._pattern(at)
        elif frame.kind == "l" and self.last_kind in _TERMS | {"close"}:
            self._pattern(at)

    def _pattern(self, at: int) -> None:
        group = next(frame for frame in reversed(self.frames) if frame.kind in {"g", "d", "top"})
        if group.kind == "g":
            group.patterns += 1
            self.patterns += 1
            self.cap(group.patterns, self.caps.patterns_in_group, "triple patterns in one group", at)
            self.cap(self.patterns, self.caps.patterns, "triple patterns", at)

    def _keyword(self, word: str, at: int) -> None:
        frame = self.frames[-1]
        if word == "A" and frame.kind in "gn":
            self._count_term(at)
            return
        if word in {"TRUE", "FALSE"} or (word == "UNDEF" and frame.kind == "v"):
            self._count_term(at)
            return
        if self.form == "UNKNOWN":
            self._find_form(word)
        self.clauses += word.startswith("FROM")
        if word.startswith(("FROM", "USING")) or (word.startswith("WITH") and len(self.frames) == 1):
            self.names_dataset = True
        if "SERVICE" in word:
            self.services.append(at + word.index("SERVICE"))
        if word.startswith("LOAD"):
            self.loads.append(at)
        self.volatile |= word in _VOLATILE
        if word in _CLAUSES:
            self.steps = self.operators = frame.position = 0
        self.word = word

    def _find_form(self, word: str) -> None:
        if word.startswith(("PREFIX", "BASE")):
            self.prologue = word[:6]
            return
        for form in FORMS:
            if word.startswith(form):
                self.form = form
                return
        if word.startswith(_UPDATES):
            self.form = "UPDATE"

    def _open(self, lexeme: str, at: int) -> None:
        frame = self.frames[-1]
        kind = self._kind_of(lexeme, frame)
        if kind == "g" and frame.kind == "g":
            self._subgroup(frame, at)
        elif kind in {"n", "l"}:
            self._count_term(at)
        if kind == "e" and frame.kind != "e":
            self.operators = self.steps = 0
        if lexeme == "{":
            self._brace(kind, at)
        self.frames.append(_Frame(kind, position=1 if lexeme == "[" else 0))
        self.cap(len(self.frames) - 1 + self.hidden, self.caps.nesting, "nested brackets", at)

    def _kind_of(self, lexeme: str, frame: _Frame) -> str:
        if lexeme == "{":
            if self.word == "VALUES":
                return "v"
            template = self.word in {"CONSTRUCT", "DATA", "INSERT"} or (self.word == "DELETE" and self.header)
            return "d" if template or frame.kind == "d" else "g"
        if lexeme != "(":
            return "n"
        if frame.kind == "v" or self.word == "VALUES":
            return "v"
        called = self.last_kind in {"word", "name", "iri"} and not (self.last_kind != "word" and frame.kind == "l")
        return "e" if frame.kind in {"e", "top"} or (called and self._is_call(frame)) else "l"

    def _is_call(self, frame: _Frame) -> bool:
        """Tell ``ex:f(…)`` in a FILTER from ``ex:p (1 2)``: a predicate stands second in its statement."""
        return self.last_kind == "word" and self.last != "A" if frame.position else True

    def _subgroup(self, frame: _Frame, at: int) -> None:
        frame.position = 0
        if self.last == "UNION":
            frame.branches += 1
            self.cap(frame.branches, self.caps.branches, "branches of UNION in one group", at)
        else:
            frame.subgroups += 1
            self.cap(frame.subgroups, self.caps.subgroups, "sub-groups in one group", at)

    def _brace(self, kind: str, at: int) -> None:
        self.steps = self.operators = 0
        if self.last_kind == "name" and "SERVICE" in self.last.upper() and self.word != "GRAPH":
            # SERVICE:x{ and SERVICEa:x{ are the keyword to the engine, whatever the longest match says.
            self.services.append(self.text.upper().rindex("SERVICE", 0, at))
        if kind == "g" and len(self.frames) == 1 and self.where is None:
            self.where = at + 1
        self.header = False
        self.word = ""

    def _close(self) -> None:
        if len(self.frames) > 1:
            self.frames.pop()
        if self.frames[-1].kind != "e":
            self.word = "" if self.word != "VALUES" else self.word

    def _mark(self, lexeme: str, at: int) -> None:
        frame = self.frames[-1]
        if lexeme in {".", ";", ","}:
            self._separate(lexeme, frame, at)
        elif lexeme in _OPERATORS:
            if lexeme == "*" and self.last in {"SELECT", "DISTINCT", "REDUCED"} and len(self.frames) == 1:
                self.star = at
            self.operators += 1
            self.cap(self.operators, self.caps.operators, "operators in one expression", at)
            if lexeme in _PATH_STEPS:
                self.steps += 1
                self.cap(self.steps + 1, self.caps.path, "elements in one path", at)

    def _separate(self, lexeme: str, frame: _Frame, at: int) -> None:
        if frame.kind == "e":
            frame.items += 1
            self.cap(frame.items + 1, self.caps.cells, "items in one list", at)
            return
        self.steps = self.operators = 0
        if frame.kind == "top" and lexeme == ";":
            self.patterns = 0
            self.header = True
        subject = 1 if frame.kind == "n" else 0
        frame.position = {".": 0, ";": 1, ",": 2}[lexeme] if frame.kind in "gn" else subject


@lru_cache(maxsize=256)
def outline(text: str, *, update: bool = False, caps: Caps | None = None) -> Outline:
    """Judge a text, under the cap of updates or of queries.

    Raises
    ------
    QueryError
        ``too-complex``: a cap is passed; the message names the value and the limit. ``malformed``: not Unicode text,
        a string that does not end, or an escape outside strings and IRIs.
    """
    caps = caps or _CAPS
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        refuse(text, error.start, "half of a surrogate pair stands here")
    reader = _Reader(text, caps)
    reader.cap(size, caps.update_bytes if update else caps.bytes, "bytes", 0)
    seen: list[str] = []
    for kind, token, at in tokens(text):
        seen.append(token)
        reader.take(kind, token, at)
    plain = reader.clauses == len(reader.default_graphs) + len(reader.named_graphs)
    return Outline(
        form=reader.form,
        services=tuple(reader.services),
        loads=tuple(reader.loads) if reader.form == "UPDATE" else (),
        default_graphs=tuple(reader.default_graphs) if plain else (),
        named_graphs=tuple(reader.named_graphs) if plain else (),
        names_dataset=reader.names_dataset,
        volatile=reader.volatile,
        star=reader.star,
        where=reader.where,
        variables=tuple(reader.variables),
        prefixes=tuple(reader.prefixes),
        key=hashlib.blake2b(" ".join(seen).encode(), digest_size=16).hexdigest(),
    )
