"""What a SPARQL text is, as far as its tokens tell, and how much of each it may hold. Knows no engine and no HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a text is, as far as its tokens tell. Offsets count code points from 0."""

    form: Form
    services: tuple[int, ...]  # where each SERVICE stands
    loads: tuple[int, ...]  # where each LOAD stands
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
    rf"LOAD({_WS}(?:SILENT)?{_WS}(?:<[^<>\x00-\x20]*+>|[\w.\-]*+:[\w.\-:%\\]*+)?+)({_WS})(INTO)?", re.IGNORECASE
)


def _as_graph(match: re.Match[str]) -> str:
    return "GRAPH  " + match[1] + " " * len(match[2] or "")


def _as_copy(match: re.Match[str]) -> str:
    return "COPY" + match[1] + (match[2] + " TO " if match[3] else " TO DEFAULT" + match[2])
