"""The drawing of flows: nothing is lost, bands fill their bars, and each leads to its questions."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sankey import sankey
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB
KEYS = st.sampled_from("abcdefgh")


def flow(origin: str, destination: str, weight: int) -> dict[str, Any]:
    return {
        "origin": origin,
        "destination": destination,
        "weight": weight,
        "significant": weight > 5,
        "questions": f"/transfers/questions?origin={origin}&destination={destination}",
    }


FLOWS = st.dictionaries(st.tuples(KEYS, KEYS), st.integers(1, 200), min_size=1, max_size=40).map(
    lambda found: [flow(a, b, n) for (a, b), n in found.items()]
)


@given(edges=FLOWS)
def test_bars_count_their_bands_and_stand_apart(edges: list[dict[str, Any]]) -> None:
    drawn = sankey(edges, {"a": "Agriculture"})
    assert drawn is not None
    for side, end in ((drawn.left, "origin"), (drawn.right, "destination")):
        assert sum(bar.n for bar in side) == sum(edge["weight"] for edge in edges) == drawn.shown == drawn.total
        for bar in side:
            key = bar.href.rpartition("/")[2]
            assert bar.n == sum(edge["weight"] for edge in edges if edge[end] == key)
        ordered = sorted(side, key=lambda bar: bar.y)
        for one, other in itertools.pairwise(ordered):
            assert one.y + one.height < other.y + other.height
        assert ordered[-1].y + ordered[-1].height <= drawn.height
    assert {band.href for band in drawn.bands} == {edge["questions"] for edge in edges}


@given(edges=FLOWS)
def test_a_band_begins_and_ends_on_its_bars(edges: list[dict[str, Any]]) -> None:
    drawn = sankey(edges, {})
    assert drawn is not None
    for band in drawn.bands:
        numbers = [float(number) for number in re.findall(r"[0-9.]+", band.path)]
        top, bottom = numbers[1], numbers[-1]
        assert band.origin.y - 0.2 <= top <= bottom <= band.origin.y + band.origin.height + 1.2
        assert band.destination.y - 0.2 <= numbers[7] <= band.destination.y + band.destination.height + 0.2


def test_many_flows_are_the_largest_ones_and_it_is_said() -> None:
    edges = [flow(f"a{n}", f"b{n}", n + 1) for n in range(100)]
    drawn = sankey(edges, {})
    assert drawn is not None
    assert min(band.n for band in drawn.bands) == 41
    assert (drawn.total, drawn.flows) == (5050, 100)
    assert drawn.shown == sum(band.n for band in drawn.bands)


def test_nothing_is_drawn_of_nothing() -> None:
    assert sankey([], {}) is None


@pytest.mark.parametrize("language", ["", "/en"])
def test_each_band_on_the_page_leads_to_as_many_questions_as_it_says(synthetic: FlaskClient, language: str) -> None:
    page = synthetic.get(f"{language}/transfers", headers={"Accept": BROWSER}).text
    drawing = page[page.index('class="sankey"') : page.index("</svg>")]
    bands = re.findall(r'<a href="([^"]*transfers/questions[^"]*)" tabindex="-1" aria-label="(\d+) ', drawing)
    assert bands
    for href, n in bands[:5]:
        address = href.replace("&amp;", "&").removeprefix(language).replace("/questions?", "/questions.json?")
        answer = synthetic.get(address).json
        assert answer is not None
        assert answer["total"] == int(n)
