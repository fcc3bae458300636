"""Seeded chance whose sequence never changes.

Only ``random.Random.random`` is drawn from: Python promises the same numbers for the same seed from release to
release for this method alone, so the corpus keeps its bytes when Python moves on.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Dice:
    """A stream of chance named by its path: another path is another, independent stream."""

    __slots__ = ("unit",)

    def __init__(self, *path: object) -> None:
        self.unit = random.Random("/".join(str(part) for part in path)).random

    def below(self, count: int) -> int:
        """Return a whole number from 0 to ``count - 1``."""
        return int(self.unit() * count)

    def chance(self, rate: float) -> bool:
        """Return True with probability ``rate``."""
        return self.unit() < rate

    def pick(self, items: Sequence[T]) -> T:
        """Return one item, all equally likely."""
        return items[self.below(len(items))]

    def weighted(self, cumulative: Sequence[float]) -> int:
        """Return an index, drawn by the steps of the running sum ``cumulative``."""
        return min(bisect_right(cumulative, self.unit() * cumulative[-1]), len(cumulative) - 1)

    def shuffle(self, items: list[T]) -> None:
        """Put ``items`` in random order (Fisher and Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]


def quantile(curve: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value at ``share`` of a distribution given by some of its quantiles, linear between them."""
    right = max(1, bisect_left(curve, share, key=lambda point: point[0]))
    (low, start), (high, end) = curve[right - 1 : right + 1]
    return start + (end - start) * (share - low) / (high - low)
