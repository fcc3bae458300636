"""Who asks, and whom: deputies by their measured activity, ministries by a Zipf law over those alive."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from .dice import Dice, quantile
from .rates import PER_DEPUTY, PER_GROUP, QUOTA, ZIPF

if TYPE_CHECKING:
    from .assembly import Assembly, Body, Deputy, Mandate

TRIES = 200
LEAN = 1.5  # ranks blunt the difference between groups: this sharpens it back to the measured totals


class Benches:
    """Draws the author of a question: someone who sits on the day, has a group, and has quota left."""

    def __init__(self, assembly: Assembly, seed: int) -> None:
        self._dice = Dice(seed, "authors")
        weights = activity(assembly, Dice(seed, "activity"))
        self._active = [pair for pair in zip(assembly.deputies, weights, strict=True) if pair[1]]
        self._asked: Counter[tuple[str, int]] = Counter()
        self._day = date.min
        self._sitting: list[tuple[Deputy, Mandate, Body]] = []
        self._cumulative: list[float] = []

    def open_on(self, day: date) -> bool:
        """Return whether anyone can ask on ``day``."""
        return any(deputy.mandate(day) and deputy.group(day) for deputy, _ in self._active)

    def seat(self, day: date) -> None:
        """Prepare the drawing for ``day``."""
        self._day, self._sitting, weights = day, [], list[float]()
        for deputy, weight in self._active:
            mandate, group = deputy.mandate(day), deputy.group(day)
            if mandate and group:
                self._sitting.append((deputy, mandate, group))
                weights.append(weight)
        self._cumulative = list(accumulate(weights))

    def draw(self) -> tuple[Deputy, Mandate, Body]:
        """Draw an author among those seated; the quota gives way when nobody else is found."""
        for _ in range(TRIES):
            author = self._sitting[self._dice.weighted(self._cumulative)]
            if self._asked[author[0].uid, self._day.year] < QUOTA:
                break
        else:
            author = self._dice.pick(self._sitting)
        self._asked[author[0].uid, self._day.year] += 1
        return author


def activity(assembly: Assembly, dice: Dice) -> list[float]:
    """Give each deputy a weight: the quantiles are those measured, the ranks lean to the groups that ask more."""
    family_of = {sigle: name for name, (sigles, _) in PER_GROUP.items() for sigle in sigles}
    families = [family_of.get(_group(deputy), "") for deputy in assembly.deputies]
    sizes = Counter(families)
    mean = sum(total for _, total in PER_GROUP.values()) / len(families)
    scores: list[tuple[float, int]] = []
    for index, family in enumerate(families):
        lean = PER_GROUP[family][1] / sizes[family] / mean if family else 1.0
        scores.append((lean**LEAN * -math.log(1.0 - dice.unit()), index))
    weights = [0.0] * len(families)
    for rank, (_, index) in enumerate(sorted(scores)):
        weights[index] = quantile(PER_DEPUTY, (rank + 0.5) / len(families))
    return weights


def _group(deputy: Deputy) -> str:
    """Return the sigle of the group sat in longest."""
    longest = max(deputy.memberships, key=lambda entry: (entry[1] - entry[0], entry[2].uid), default=None)
    return longest[2].sigle if longest else ""


class Cabinet:
    """Draws the ministry asked. A label keeps its rank from government to government; full ministries lead."""

    def __init__(self, assembly: Assembly, seed: int) -> None:
        self._dice = Dice(seed, "ministries")
        order = Dice(seed, "ranks")
        labels = sorted({body.label for body in assembly.ministries})
        self._rank = {label: (_delegate(label), order.unit()) for label in labels}
        self._living: list[Body] = []
        self._cumulative: list[float] = []
        self._assembly = assembly

    def seat(self, day: date) -> None:
        """Prepare the drawing for ``day``."""
        living = sorted(self._assembly.ministries_on(day), key=lambda body: (self._rank[body.label], body.uid))
        if living != self._living:
            self._living = living
            self._cumulative = list(accumulate((rank + 1) ** -ZIPF for rank in range(len(living))))

    def draw(self) -> Body:
        """Draw the ministry asked."""
        return self._living[self._dice.weighted(self._cumulative)]

    @property
    def living(self) -> list[Body]:
        """The ministries alive on the day last seated."""
        return self._living


def _delegate(label: str) -> bool:
    return "auprès" in label or not label.startswith("Minist")
