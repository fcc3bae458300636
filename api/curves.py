"""Survival curves as a drawing: steps in the units of an SVG, for a template to write. Pure; knows no page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH: Final = 720
HEIGHT: Final = 300
_SHOWN: Final = 5
_TERM: Final = 61  # days of two months, for the mark; the figures use the true term of each question
_YEARS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One curve: whose, and its path. ``place`` counts the curves, for their dashes."""

    label: str
    path: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Curves over the same axis of days; ``ticks`` are (place, day), ``risk`` the numbers at risk at the ticks."""

    width: int
    height: int
    curves: Sequence[Curve]
    term: float
    ticks: Sequence[tuple[float, int]]
    risk: Sequence[tuple[str, Sequence[int]]]


def drawing(report: Mapping[str, Any]) -> Drawing:
    """Draw all questions together, and the groups with the most questions that are not small."""
    large = [one for one in report["groups"] if not one["small"]][:_SHOWN]
    drawn = [report["all"], *large]
    longest = min(max([_TERM * 2, *(day for one in drawn for day in one["curve"]["day"])]), 365 * _YEARS)
    scale = WIDTH / longest
    days = [round(longest * part / 6) for part in range(7)]
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        curves=[
            Curve(label=one["label"], path=_path(one["curve"], scale, longest), place=n) for n, one in enumerate(drawn)
        ],
        term=_TERM * scale,
        ticks=[(day * scale, day) for day in days],
        risk=[(one["label"], [_at_risk(one["curve"], one["n"], day) for day in days]) for one in drawn],
    )


def _path(curve: Mapping[str, Any], scale: float, longest: int) -> str:
    """Write the steps: a line to the day, then down to the share that still waits."""
    parts = ["M0 0"]
    for day, share in zip(curve["day"], curve["waiting"], strict=True):
        if day > longest:
            break
        parts.append(f"H{day * scale:.1f}V{(1 - share) * HEIGHT:.1f}")
    return "".join(parts) + f"H{WIDTH}"


def _at_risk(curve: Mapping[str, Any], n: int, day: int) -> int:
    """Give how many were under observation just before a day."""
    following = [risk for at, risk in zip(curve["day"], curve["at_risk"], strict=True) if at >= day]
    return following[0] if following else 0 if curve["day"] else n
