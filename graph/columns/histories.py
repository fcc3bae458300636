"""What happens to each question after it is tabled: who is in charge from when, and how that changes. No engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from graph.columns.codes import NONE
from graph.columns.table import Attributions, Moves, day_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from graph.columns.asking import Ask
    from graph.columns.codes import Codes

_ATTRIBUTIONS: Final = (
    "?question qst:attribution ?one . ?one qst:ministry ?ministry . OPTIONAL { ?one qst:position ?position } "
    "OPTIONAL { ?one qst:validFrom ?since } OPTIONAL { ?one qst:validUntil ?until }"
)
_MOVES: Final = (
    "?one a qst:Reattributed . ?question qst:event ?one . ?one qst:fromMinistry ?from ; qst:toMinistry ?to . "
    "OPTIONAL { ?one qst:position ?position } OPTIONAL { ?one qst:on ?day } OPTIONAL { ?one qst:crossesPortfolio ?x } "
    "BIND(EXISTS { ?one a qst:Transferred } AS ?transferred)"
)


def attributions(ask: Ask, rows: Mapping[str, int], ministries: Codes) -> Attributions:
    """Read who was in charge of each question, in order."""
    found = _sorted(rows, ask(_ATTRIBUTIONS, "question", "position", "one", "ministry", "since", "until"))
    code = _coder(ministries)
    return Attributions(
        offsets=_offsets([row for row, _ in found], len(rows)),
        ministry=np.array([code.get(cells[0], NONE) for _, cells in found], dtype=np.int32),
        since=np.array([day_number(cells[1]) for _, cells in found], dtype=np.int32),
        until=np.array([day_number(cells[2]) for _, cells in found], dtype=np.int32),
    )


def moves(ask: Ask, rows: Mapping[str, int], ministries: Codes) -> Moves:
    """Read the changes of ministry of each question, in order."""
    found = _sorted(rows, ask(_MOVES, "question", "position", "one", "from", "to", "day", "x", "transferred"))
    code = _coder(ministries)
    return Moves(
        offsets=_offsets([row for row, _ in found], len(rows)),
        origin=np.array([code.get(cells[0], NONE) for _, cells in found], dtype=np.int32),
        target=np.array([code.get(cells[1], NONE) for _, cells in found], dtype=np.int32),
        day=np.array([day_number(cells[2]) for _, cells in found], dtype=np.int32),
        crosses=np.array([cells[3] in {"true", "1"} for _, cells in found], dtype=np.bool_),
        transferred=np.array([cells[4] in {"true", "1"} for _, cells in found], dtype=np.bool_),
    )


def _sorted(rows: Mapping[str, int], answer: Iterator[Sequence[str]]) -> list[tuple[int, Sequence[str]]]:
    """Put steps in the order of their questions, then of their positions, then of their IRIs; keep the other cells."""
    steps = [
        (rows[question], int(position) if position.isdecimal() else 0, one, cells)
        for question, position, one, *cells in answer
        if question in rows
    ]
    return [(row, cells) for row, _, _, cells in sorted(steps)]


def _offsets(rows: Sequence[int], length: int) -> NDArray[np.int64]:
    """Say where the steps of each row begin; the last number is where all end."""
    offsets = np.zeros(length + 1, dtype=np.int64)
    np.cumsum(np.bincount(np.array(rows, dtype=np.int64), minlength=length), out=offsets[1:])
    return offsets


def _coder(codes: Codes) -> Mapping[str, int]:
    """Give the code of each IRI of a list."""
    return {iri: code for code, iri in enumerate(codes.iris)}
