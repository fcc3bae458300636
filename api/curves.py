"""Survival curves as a drawing: steps in the units of an SVG, for a template to write. Pure; knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.networks.delays import Comparison

WIDTH: Final = 720
HEIGHT: Final = 300
_SHOWN: Final = 5
_TERM: Final = 61  # days of two months, for the mark; the figures use the true term of each question
_YEARS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One curve: whose, its path, how many are followed at the ticks; ``place`` counts the curves, for their dashes."""

    key: str
    label: str
    label_en: str
    path: str
    place: int
    followed: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Curves over the same axis of days; ``ticks`` are (place, day)."""

    width: int
    height: int
    curves: Sequence[Curve]
    term: float
    ticks: Sequence[tuple[float, int]]


def drawing(report: Mapping[str, Any], comparison: Comparison) -> Drawing:
    """Draw all questions together, and the groups with the most questions that are not small."""
    rows = zip(report["groups"], comparison.groups, strict=True)
    large = [(row, one) for row, one in rows if not one.small][:_SHOWN]
    drawn = [(report["all"], comparison.every), *large]
    longest = min(max([_TERM * 2, *(day for row, _ in drawn for day in row["curve"]["day"])]), 365 * _YEARS)
    scale = WIDTH / longest
    days = [round(longest * part / 6) for part in range(7)]
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        curves=[
            Curve(
                key=row["key"],
                label=row["label"],
                label_en=row["label_en"],
                path=_path(row["curve"], scale, longest),
                place=place,
                followed=one.followed(np.array(days)),
            )
            for place, (row, one) in enumerate(drawn)
        ],
        term=_TERM * scale,
        ticks=[(day * scale, day) for day in days],
    )


def _path(curve: Mapping[str, Any], scale: float, longest: int) -> str:
    """Write the steps: a line to the day, then down to the share that still waits."""
    parts = ["M0 0"]
    for day, share in zip(curve["day"], curve["waiting"], strict=True):
        if day > longest:
            break
        parts.append(f"H{day * scale:.1f}V{(1 - share) * HEIGHT:.1f}")
    return "".join(parts) + f"H{WIDTH}"
