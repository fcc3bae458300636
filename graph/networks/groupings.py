"""What makes the groups of a comparison of delays: a thing of the graph, a period, or the side that the author is on.

Knows columns; knows no store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.columns.table import NO_DAY, STANCES
from graph.networks.lives import NOBODY
from ontology.iris import thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.inquiry import By

DEFINITIONS: Final[Mapping[str, str]] = {
    "government": "government in office on the day the question was tabled, the last that had begun by then, whoever "
    "answers later",
    "majority": "stance that the author's group on the day of tabling states, as the source records it once for each "
    "group: majority, minority or opposition; the questions of a group that states none, such as the non-attached "
    "members, are in no group",
}

_COLUMN: Final = {"group": "group_dated", "topic": "topic", "departement": "departement"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The groups of a comparison by code: key, names in both languages, and type of thing; empty for a number."""

    keys: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]
    type: str

    def iri(self, code: int) -> str | None:
        """Give the IRI of a group that is a thing of the graph."""
        return thing(self.type, self.keys[code]) if self.type and ":" not in self.keys[code] else None


def grouped(columns: Columns, by: By) -> tuple[Names, NDArray[np.int64]]:
    """Give the names of the groups, and the group of each question: the last in charge, for who holds it."""
    if by == "year":
        years = columns.asked.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        return _numbered(years, columns.asked != NO_DAY, "")
    if by == "legislature":
        numbers = columns.legislature.astype(np.int64)
        return _numbered(numbers, numbers >= 0, "legislature")
    if by == "majority":
        stance = np.append(columns.group_stance.astype(np.int64), NOBODY)
        return _SIDES, stance[columns.group_dated]
    codes = columns.codes[by]
    names = Names(keys=codes.keys, fr=codes.fr, en=codes.en, type=by)
    if by == "government":
        return names, in_office(columns)
    column: NDArray[np.int32] = getattr(columns, _COLUMN.get(by, f"{by}_attributed"))
    return names, column.astype(np.int64)


def in_office(columns: Columns) -> NDArray[np.int64]:
    """Give the government under which each question was tabled: a government lasts until the next begins."""
    since = columns.government_since
    order = np.argsort(since, kind="stable")
    order = order[since[order] != NO_DAY]
    place = np.searchsorted(since[order], columns.asked, side="right")
    return np.where(columns.asked == NO_DAY, NOBODY, np.append(NOBODY, order)[place])


def _numbered(number: NDArray[np.int64], known: NDArray[np.bool_], kind: str) -> tuple[Names, NDArray[np.int64]]:
    """Name groups by numbers, and give the group of each question whose number is known."""
    values, inverse = np.unique(number, return_inverse=True)
    keys = tuple(str(value) for value in values.tolist())
    return Names(keys=keys, fr=keys, en=keys, type=kind), np.where(known, inverse, NOBODY)


_SIDES: Final = Names(
    keys=STANCES,
    fr=("majorité", "groupes minoritaires", "opposition"),
    en=("majority", "minority groups", "opposition"),
    type="",
)
