"""What counts once in the tests of a network: a question, or a run of near-identical ones. Knows numpy alone.

Tests take what they count as independent. Askers post runs of near-identical questions, which are not: counted one by
one they make false edges. So the questions of one text-reuse cluster, of one asker to one ministry, may count once.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ONE_BY_ONE: Final = (
    "runs of near-identical questions are counted one by one, as if independent; unit=cluster counts each run once"
)
_TEXTLESS: Final = "the graph holds no text of these questions: each is a unit of its own, as with unit=question"
_SOME: Final = "{} questions have no text here: each is a unit of its own"
DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "n": "number of questions of the node that have a place in this network; of an edge, number of its questions",
        "units": "independent units: of an edge, the text-reuse clusters (as at /text-reuse) of its questions, each "
        "counted once, a question that repeats no other being one; of a node, the sum over all its edges",
        "share": "of an edge, its questions over n of its first end",
        "measures": "measures, communities and backbones weigh an edge by its units",
    }
)
JUDGED: Final[Mapping[str, str]] = MappingProxyType(
    {"expected": "units of one end times units of the other over the units of all edges"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The unit of each row of the columns, as the row of its first question, and whether the row has a text."""

    of: NDArray[np.int64]
    texted: NDArray[np.bool_]

    def told(self, rows: NDArray[np.intp]) -> dict[str, object]:
        """Say of how many rows there is no text, and what that means."""
        without = int((~self.texted[rows]).sum())
        note = _TEXTLESS if without == len(rows) else _SOME.format(without)
        return {"without_text": without, "notes": [note] if without else []}


def units_of(count: int, rows: NDArray[np.int64], cluster_of: NDArray[np.int64]) -> Units:
    """Give the units of ``count`` rows, of which some have texts, each in the cluster of one of them.

    >>> units_of(4, np.array([1, 3]), np.array([0, 0])).of.tolist()
    [0, 1, 2, 1]
    """
    of, texted = np.arange(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    of[rows], texted[rows] = rows[cluster_of], True
    return Units(of=of, texted=texted)
