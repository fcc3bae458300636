"""Days as numbers."""

from __future__ import annotations

import doctest

from graph.columns import table


def test_the_examples_of_the_table_hold() -> None:
    result = doctest.testmod(table)
    assert result.attempted > 0
    assert result.failed == 0
