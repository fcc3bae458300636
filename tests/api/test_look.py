"""The style sheet: every pair of colours used for text has its contrast, in both schemes, and the sheet stays small."""

from __future__ import annotations

import gzip
import re
from itertools import product
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "api" / "static" / "questeur.css").read_text(encoding="utf-8")
TINTS = [f"{side}{step}" for side in ("tint", "under") for step in range(1, 7)]
TEXTS = [
    *product(("ink", "soft", "accent", "mark"), ("paper", "surface")),
    *product(("keyword", "variable", "string", "name", "number", "comment"), ("surface",)),
    *product(("ink",), ("note", "accent-soft", *TINTS)),
    ("button-ink", "button"),
]


def colours(scheme: str) -> dict[str, str]:
    """Read the custom properties of a scheme that are colours; dark overrides light."""
    light, dark = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]
    found = re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", light if scheme == "light" else light + dark)
    return dict(found)


def luminance(colour: str) -> float:
    """Give the relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(scheme: str) -> None:
    known = colours(scheme)
    weak = {(ink, paper): contrast(known[ink], known[paper]) for ink, paper in TEXTS}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_edge_of_a_field_and_the_focus_stand_out(scheme: str) -> None:
    known = colours(scheme)
    assert (
        min(contrast(known[edge], known[paper]) for edge, paper in product(("soft", "mark"), ("paper", "surface"))) >= 3
    )


def test_both_schemes_give_a_value_to_every_colour() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2]
    names = [set(re.findall(r"--([a-z0-9-]+): (?:#|rgb)", scheme)) for scheme in (light, dark)]
    assert names[0] == names[1]


def test_the_style_sheet_is_small() -> None:
    assert len(gzip.compress(SHEET.encode(), 9, mtime=0)) <= 12 * 1024
