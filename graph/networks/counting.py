"""Counts of pairs of codes, with the first and last day of each. Knows numpy alone.

A row without one of the two codes has no place, and is counted as excluded: placed + excluded = all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.columns.codes import NONE
from graph.columns.table import NO_DAY, day_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LATE = 2**31 - 1
_TWO_BYTES = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The pairs that occur, in the order of their codes: how often, on which first and last day, how often answered.

    ``units`` counts what is independent of it; ``without`` counts the rows that lack the first code, and those that
    have it and lack the second.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    count: NDArray[np.int64]
    units: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    answered: NDArray[np.int64]
    without: tuple[int, int]


def cells(
    a: NDArray[np.int32],
    b: NDArray[np.int32],
    days: NDArray[np.int32],
    answered: NDArray[np.int32],
    unit: NDArray[np.int64] | None = None,
) -> Cells:
    """Count the pairs of two columns; rows of one ``unit`` in one pair make one unit of it, every row one when None.

    >>> one = np.array([0, 1, 0, -1], dtype=np.int32)
    >>> found = cells(one, np.zeros(4, dtype=np.int32), one, one)
    >>> found.count.tolist(), found.without
    ([2, 1], (1, 0))
    """
    placed = (a != NONE) & (b != NONE)
    ones, others = a[placed].astype(np.int64), b[placed].astype(np.int64)
    width = int(others.max()) + 1 if len(others) else 1
    key = ones * width + others
    units = None if unit is None else _distinct(key, unit[placed])
    order = _in_order(ones, others)
    key = key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    count = np.diff(starts, append=len(key))
    day = days[placed][order].astype(np.int64)
    done = (answered[placed][order] != NO_DAY).astype(np.int64)
    return Cells(
        a=key[starts] // width,
        b=key[starts] % width,
        count=count,
        units=count if units is None else units,
        first=_reduce(np.minimum, np.where(day == NO_DAY, _LATE, day), starts),
        last=_reduce(np.maximum, day, starts),
        answered=_reduce(np.add, done, starts),
        without=(int((a == NONE).sum()), int(((a != NONE) & (b == NONE)).sum())),
    )


def _in_order(ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.intp]:
    """Order pairs of codes; those of two bytes, as nearly all are, by numpy's radix sort, several times as fast."""
    if max(ones.max(initial=0), others.max(initial=0)) >= _TWO_BYTES:
        return np.lexsort((others, ones))
    order = np.argsort(others.astype(np.uint16), kind="stable")
    return order[np.argsort(ones[order].astype(np.uint16), kind="stable")]


def _distinct(key: NDArray[np.int64], unit: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the distinct units of each key, in the order of the keys."""
    order = np.lexsort((unit, key))
    key, unit = key[order], unit[order]
    new = (np.diff(key, prepend=-1) != 0) | (np.diff(unit, prepend=-1) != 0)
    return _reduce(np.add, new.astype(np.int64), np.flatnonzero(np.diff(key, prepend=-1)))


def _reduce(operation: np.ufunc, values: NDArray[np.int64], starts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Reduce runs of values; numpy refuses to of none."""
    return operation.reduceat(values, starts) if len(starts) else np.zeros(0, dtype=np.int64)


def texts_of_days(days: NDArray[np.int64]) -> list[str | None]:
    """Write the first or last days of pairs; None where no question of a pair has one."""
    numbers, place = np.unique(days, return_inverse=True)
    texts = [day_text(day) if NO_DAY < day < _LATE else None for day in numbers.tolist()]
    return [texts[at] for at in place.tolist()]
