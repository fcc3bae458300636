"""A question belongs to the government in office when it was tabled, and to the side that its author's group states."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graph.columns.codes import NONE
from graph.columns.reading import from_store
from graph.columns.table import NO_DAY, STANCES, day_number, day_text
from graph.networks.groupings import grouped, in_office
from graph.networks.inquiry import read
from graph.networks.waits import delays

if TYPE_CHECKING:
    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.table import Columns


@pytest.fixture(scope="module")
def real_columns(real: OxigraphStore) -> Columns:
    return from_store(real)


def governed(columns: Columns, asked: list[int], since: list[int]) -> list[int]:
    """Give the government of each day, when governments begin on given days."""
    days, starts = np.array(asked, dtype=np.int32), np.array(since, dtype=np.int32)
    found: list[int] = in_office(replace(columns, asked=days, government_since=starts)).tolist()
    return found


def test_a_government_is_in_office_from_its_first_day_until_the_next_begins(real_columns: Columns) -> None:
    assert governed(real_columns, [9, 10, 19, 20, 99], [20, NO_DAY, 10]) == [NONE, 2, 2, 0, 0]


def test_a_question_without_a_day_or_a_graph_without_governments_gives_none(real_columns: Columns) -> None:
    assert governed(real_columns, [NO_DAY, 5], [1]) == [NONE, 0]
    assert governed(real_columns, [5], []) == [NONE]


def test_question_10719_was_put_to_the_second_government_of_edouard_philippe_by_the_majority(
    real_columns: Columns,
) -> None:
    row = real_columns.question.tolist().index(b"QANR5L15QE10719")
    names, government = grouped(real_columns, "government")
    since = real_columns.government_since[government[row]]
    assert day_text(int(since)) <= "2018-07-17"
    assert not (
        (real_columns.government_since > since) & (real_columns.government_since <= day_number("2018-07-17"))
    ).any()
    assert "Philippe" in names.fr[government[row]]
    names, side = grouped(real_columns, "majority")
    assert names.keys == STANCES
    assert names.keys[side[row]] == "majority"


def test_every_side_is_compared_and_those_on_none_are_counted(real_columns: Columns) -> None:
    found = delays(real_columns, read({"by": "majority", "type": "all"}))
    stance = np.append(real_columns.group_stance, NONE)[real_columns.group_dated]
    for one in found.comparison.groups:
        assert one.n == int((stance == one.group).sum()) > 0
    assert found.ungrouped == int((stance == NONE).sum())
