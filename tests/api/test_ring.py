"""The drawing of a network: places that depend on the network alone, the links that stand out, or the many."""

from __future__ import annotations

from math import hypot
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.ring import SIZE, ring


def node(side: int, name: str, n: int) -> tuple[str, dict[str, Any]]:
    kind = "ministry" if side else "person"
    iri = f"https://w3id.org/questeur/id/{kind}/{name}"
    return iri, {"bipartite": side, "label": name, "key": name, "n": n}


def edge(a: str, b: str, n: int, q: float) -> tuple[str, str, dict[str, Any]]:
    ends = [f"https://w3id.org/questeur/id/{kind}/{name}" for kind, name in (("person", a), ("ministry", b))]
    data = {"weight": n, "q": q, "significant": q <= 0.01, "side": "over", "expected": 1.0, "questions": "/questions"}
    return ends[0], ends[1], data


NODES = [node(0, "A", 9), node(0, "B", 4), node(1, "M", 8), node(1, "N", 5)]


def test_only_the_links_that_stand_out_are_drawn_where_there_are_some() -> None:
    drawn = ring(NODES, [edge("A", "M", 8, 0.001), edge("B", "N", 4, 0.2)])
    assert drawn is not None
    assert (drawn.validated, drawn.of) == (True, 2)
    assert [(tie.a.label, tie.b.label) for tie in drawn.ties] == [("A", "M")]
    assert [spot.href for spot in (*drawn.inner, *drawn.outer)] == ["/person/A", "/ministry/M"]


def test_where_none_stands_out_the_links_of_three_questions_are_drawn() -> None:
    drawn = ring(NODES, [edge("A", "M", 3, 1.0), edge("B", "N", 2, 1.0)])
    assert drawn is not None
    assert not drawn.validated
    assert [tie.n for tie in drawn.ties] == [3]
    assert ring(NODES, [edge("B", "N", 2, 1.0)]) is None
    assert ring([], []) is None


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(3, 40)), min_size=1, unique_by=lambda t: t[:2])
)
def test_every_place_is_the_same_again_and_within_the_frame(links: list[tuple[int, int, int]]) -> None:
    nodes = [node(side, f"{'AM'[side]}{at}", 50 - at) for side in (0, 1) for at in range(10)]
    edges = [edge(f"A{a}", f"M{b}", n, 1.0) for a, b, n in links]
    drawn, again = ring(nodes, edges), ring(nodes, list(reversed(edges)))
    assert drawn == again
    assert drawn is not None
    radius = {round(hypot(spot.x - SIZE / 2, spot.y - SIZE / 2)) for spot in drawn.outer}
    assert radius == {300}
    assert all(hypot(spot.x - SIZE / 2, spot.y - SIZE / 2) <= 300 for spot in drawn.inner)
