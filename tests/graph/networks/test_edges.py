"""Edges kept as columns."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.networks.edges import edges_of

numbers = st.none() | st.floats(allow_infinity=False, allow_nan=False) | st.integers(-(2**53), 2**53)
ends = st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=12, unique=True)


@given(ends, st.data())
def test_the_json_of_edges_is_that_of_their_tuples(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    values: dict[str, st.SearchStrategy[Any]] = {
        "weight": numbers,
        "significant": st.booleans(),
        "first": st.none() | st.text(max_size=4) | st.just('","null'),
    }
    columns = {name: [data.draw(one) for _ in pairs] for name, one in values.items()}
    edges = edges_of([a for a, _ in pairs], [b for _, b in pairs], columns)
    assert [edge[:2] for edge in edges] == sorted(pairs)
    assert edges.json() == msgspec.json.encode([{"source": a, "target": b, **values} for a, b, values in edges])


def test_nan_in_a_column_is_no_attribute_of_its_edge() -> None:
    edges = edges_of(["b", "a"], ["c", "c"], {"weight": np.array([1, 2]), "z": np.array([np.nan, 0.5])})
    assert list(edges) == [("a", "c", {"weight": 2, "z": 0.5}), ("b", "c", {"weight": 1})]
    assert edges.json() == b'[{"source":"a","target":"c","weight":2,"z":0.5},{"source":"b","target":"c","weight":1}]'


def test_edges_are_a_sequence_in_the_order_of_their_ends() -> None:
    edges = edges_of(["b", "a"], ["c", "c"], {"weight": [1, 2], "units": [1, 2], "z": [None, 0.5]})
    assert len(edges) == 2
    assert edges[0] == ("a", "c", {"weight": 2, "units": 2, "z": 0.5})
    assert edges[1:] == (("b", "c", {"weight": 1, "units": 1}),)
    assert edges.counted
