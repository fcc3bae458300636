"""Delays from the columns of the real records, against a recomputation from the rows of a SPARQL query."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.columns.reading import from_store
from graph.networks.delay_report import COLUMNS, report, row, rows
from graph.networks.inquiry import BYS, read
from graph.networks.waits import delays, late, waits
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from graph.columns.table import Columns
    from questeur.build import Report

LIVES = """PREFIX qst: <https://w3id.org/questeur/ns#>
SELECT ?question ?asked ?due ?closed ?status ?group ?portfolio WHERE {
  ?question a qst:WrittenQuestion ; qst:tabledOn ?asked ; qst:dueOn ?due ; qst:status ?status .
  OPTIONAL { ?question qst:closedOn ?closed }
  OPTIONAL { ?question qst:groupAtTabling ?group }
  OPTIONAL { ?question qst:attributedTo/qst:mainPortfolio ?portfolio }
}"""
DAY = date(2024, 6, 11)
Life = tuple[int, bool]  # days waited, and whether an answer ended the wait


@pytest.fixture(scope="module")
def world(demo: tuple[Path, Report]) -> Iterator[tuple[OxigraphStore, Columns]]:
    with OxigraphStore(demo[0]) as store:
        yield store, from_store(store)


def naive_median(lives: Sequence[Life]) -> int | None:
    """Take the product limit by its definition, one day after the other, in fractions of whole numbers."""
    above, below = 1, 1
    for day in sorted({days for days, ended in lives if ended}):
        at_risk = sum(days >= day for days, _ in lives)
        ended = sum(days == day and answered for days, answered in lives)
        above, below = above * (at_risk - ended), below * at_risk
        if 2 * above <= below:
            return day
    return None


@pytest.mark.parametrize(("by", "place"), [("group", 5), ("portfolio", 6)])
def test_medians_and_terms_are_those_of_the_rows_of_a_query(
    world: tuple[OxigraphStore, Columns], by: str, place: int
) -> None:
    store, columns = world
    lives: dict[str, list[Life]] = defaultdict(list)
    timely: dict[str, list[bool]] = defaultdict(list)
    for cells in store.rows(LIVES):
        asked, due = (date.fromisoformat(str(cell)) for cell in cells[1:3])
        closed = DAY if cells[3] is None else date.fromisoformat(str(cells[3]))
        answered = str(cells[4]).endswith("Answered")
        key = str(cells[place]).rpartition("/")[2]
        lives[key].append(((closed - asked).days, answered))
        if due <= DAY and not (closed <= due and not answered and cells[3] is not None):
            timely[key].append(answered and closed <= due)
    found = delays(columns, read({"by": by, "credit": "last"}))
    assert len(lives) == len(found.comparison.groups) > 3
    for one in found.comparison.groups:
        key = found.names.keys[one.group]
        assert (one.n, one.ends[1]) == (len(lives[key]), sum(ended for _, ended in lives[key]))
        assert one.median == naive_median(lives[key])
        assert one.in_time.n == len(timely[key])
        assert one.in_time.value == (sum(timely[key]) / len(timely[key]) if timely[key] else None)


@pytest.mark.parametrize(("by", "times"), [("ministry", 1), ("group", 0)])
def test_who_is_credited_is_told_where_a_question_is_handed_over(
    world: tuple[OxigraphStore, Columns], by: str, times: int
) -> None:
    notes = report(delays(world[1], read({"by": by, "credit": "last"})))["meta"]["notes"]
    assert sum("last in charge" in note for note in notes) == times


def test_curves_that_come_to_0_before_older_questions_are_handed_over_are_told(
    world: tuple[OxigraphStore, Columns],
) -> None:
    found = delays(world[1], read({"by": "ministry"}))
    beyond = sum(one.beyond > 0 for one in found.comparison.groups)
    assert beyond > 0
    assert any(note.startswith(f"{beyond} groups were handed") for note in report(found)["meta"]["notes"])


@pytest.mark.parametrize("by", BYS)
def test_every_question_is_in_the_whole_and_every_end_in_one_group(
    world: tuple[OxigraphStore, Columns], by: str
) -> None:
    _, columns = world
    found = delays(columns, read({"by": by}))
    every = found.comparison.every
    assert every.n == found.n_questions == sum(every.ends.values())
    assert found.n_questions + sum(found.excluded.values()) == int((columns.type == 0).sum())
    groups = found.comparison.groups
    assert sum(sum(one.ends.values()) for one in groups) + found.ungrouped == every.n


@pytest.mark.parametrize("by", ["portfolio", "government", "group"])
def test_the_terms_of_groups_are_of_the_questions_that_pass_and_of_no_other(
    world: tuple[OxigraphStore, Columns], by: str
) -> None:
    found = delays(world[1], read({"by": by, "from": "2019-01-01", "to": "2020-01-01"})).comparison
    assert 0 < sum(one.in_time.n for one in found.groups) == found.every.in_time.n <= found.every.n


def test_a_question_is_overdue_on_a_day_and_not_once_it_is_answered(world: tuple[OxigraphStore, Columns]) -> None:
    _, columns = world
    before = {wait.key for wait in late(columns, read({"on": "2018-09-18"}))}
    assert "QANR5L15QE10719" not in before  # answered on 2018-08-14, due on 2018-09-17
    listed = list(late(columns, read({"on": "2019-01-01"})))
    assert len(listed) > 5
    assert all(wait.due < "2019-01-01" and wait.asked < "2019-01-01" for wait in listed)


def test_one_question_is_listed_with_its_days(world: tuple[OxigraphStore, Columns]) -> None:
    _, columns = world
    one = next(wait for wait in waits(columns, read({})) if wait.key == "QANR5L15QE10719")
    assert (one.asked, one.due, one.group, one.from_day, one.to_day, one.end) == (
        "2018-07-17",
        "2018-09-17",
        "economie-finances",
        0,
        28,
        "answered",
    )


def test_a_report_has_every_column_and_a_definition_of_what_is_estimated(world: tuple[OxigraphStore, Columns]) -> None:
    _, columns = world
    found = delays(columns, read({"by": "group"}))
    body = report(found)
    assert all(tuple(line) == COLUMNS for line in rows(found))
    assert {"median_days", "in_time", "answered_share", "p", "q"} <= set(body["meta"]["definitions"])
    assert body["all"]["curve"]["waiting"][-1] < 1
    assert "curve" not in row(found, found.comparison.every)


def test_a_group_that_is_not_there_is_refused(world: tuple[OxigraphStore, Columns]) -> None:
    with pytest.raises(QueryError, match="no portfolio has that key"):
        list(waits(world[1], read({"of": "nowhere"})))
