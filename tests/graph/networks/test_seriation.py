"""The order in which alike stand together: found whatever the order given, the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks.seriation import seriated

TABLES = st.integers(1, 7).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=7)
)


@given(table=TABLES)
def test_every_row_and_column_stands_once(table: list[list[int]]) -> None:
    rows, columns = seriated(np.array(table, dtype=np.int64))
    assert sorted(rows) == list(range(len(table)))
    assert sorted(columns) == list(range(len(table[0])))


@pytest.mark.parametrize("seed", range(5))
def test_a_band_that_was_shuffled_is_a_band_again(seed: int) -> None:
    band = np.array([[max(0, 9 - 3 * abs(a - b)) for b in range(9)] for a in range(9)], dtype=np.int64)
    random = np.random.default_rng(seed)
    down, across = random.permutation(9), random.permutation(9)
    rows, columns = seriated(band[np.ix_(down, across)])
    found = [int(down[row]) for row in rows], [int(across[column]) for column in columns]
    ahead = list(range(9))
    assert found in ((ahead, ahead), (ahead[::-1], ahead[::-1]))


def test_blocks_come_together_and_empty_ones_last() -> None:
    table = np.array([[4, 0, 5, 0], [0, 6, 0, 0], [0, 0, 0, 0], [5, 0, 4, 0]], dtype=np.int64)
    rows, columns = seriated(table)
    assert rows[-1] == 2
    assert columns[-1] == 3
    assert abs(rows.index(0) - rows.index(3)) == 1
    assert abs(columns.index(0) - columns.index(2)) == 1
