"""Two sets of columns made one: rows that stay from a base, rows that changed from a part. Knows numpy alone.

The part is newer: its code lists and periods are those of the whole, the base's codes are translated into them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from graph.columns.codes import NONE, key_of
from graph.columns.table import Attributions, Moves

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from graph.columns.codes import Codes
    from graph.columns.table import Columns

History = TypeVar("History", Attributions, Moves)

# Columns of codes, and their lists.
_CODED: Final = {
    "deputy": "person",
    "mandate": "mandate",
    "constituency": "constituency",
    "departement": "departement",
    "group_declared": "group",
    "group_dated": "group",
    "ministry_asked": "ministry",
    "ministry_attributed": "ministry",
    "portfolio_asked": "portfolio",
    "portfolio_attributed": "portfolio",
    "topic": "topic",
}
_PLAIN: Final = (
    *("question", "type", "end", "legislature", "asked", "answered", "closed", "due", "signalled", "renewals"),
    "answer_group",
)
_MINISTRIES: Final = ("ministry", "origin", "target")  # fields of histories that are codes


def spliced(base: Columns, part: Columns, changed: Collection[str]) -> Columns:
    """Put the rows of a part, which are those of the changed questions, in the place of what a base has of them.

    What joins rows or follows from relations that changed (``answer_group``, ``departement``, the portfolios) has to
    be worked out anew.

    Parameters
    ----------
    changed
        IRIs of questions: all of the part, and those of the base that are gone.
    """
    gone = np.array(sorted(key_of(iri, "question").encode() for iri in changed), dtype=np.bytes_)
    kept = ~np.isin(base.question, gone)
    order = np.argsort(np.concatenate([base.question[kept], part.question]), kind="stable")
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(base, name)[kept], getattr(part, name)])[order] for name in _PLAIN
    }
    into = {kind: _translation(codes, part.codes[kind]) for kind, codes in base.codes.items()}
    for name, kind in _CODED.items():
        old: NDArray[np.int32] = getattr(base, name)
        columns[name] = np.concatenate([into[kind][old[kept]], getattr(part, name)])[order]
    ministries = into["ministry"]
    return replace(
        part,
        **columns,
        attributions=_history(base.attributions, part.attributions, kept, order, ministries),
        moves=_history(base.moves, part.moves, kept, order, ministries),
    )


def _translation(old: Codes, new: Codes) -> NDArray[np.int32]:
    """Give the new code of each old one, and at the end, where -1 points, that of none."""
    return np.array([*(new.code.get(key, NONE) for key in old.keys), NONE], dtype=np.int32)


def _history(
    base: History, part: History, kept: NDArray[np.bool_], order: NDArray[np.intp], ministries: NDArray[np.int32]
) -> History:
    """Splice the steps of rows, each row's together and in their order."""
    stay = np.repeat(kept, np.diff(base.offsets))
    lengths = np.concatenate([np.diff(base.offsets)[kept], np.diff(part.offsets)])
    starts: NDArray[np.int64] = np.cumsum(lengths) - lengths
    offsets = np.concatenate([[0], np.cumsum(lengths[order])]).astype(np.int64)
    shifts: NDArray[np.int64] = np.repeat(starts[order] - offsets[:-1], lengths[order])
    steps = shifts + np.arange(len(shifts))
    columns: Mapping[str, NDArray[Any]] = {
        field.name: np.concatenate(
            [_translated(field.name, getattr(base, field.name)[stay], ministries), getattr(part, field.name)]
        )[steps]
        for field in fields(base)
        if field.name != "offsets"
    }
    return type(base)(offsets=offsets, **columns)


def _translated(name: str, values: NDArray[Any], ministries: NDArray[np.int32]) -> NDArray[Any]:
    """Translate the codes of ministries; other values stay."""
    return ministries[values] if name in _MINISTRIES else values
