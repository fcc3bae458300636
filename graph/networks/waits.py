"""Delays, the questions behind them, and what is overdue, from the columns of a generation. Knows no store, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graph.networks.delays import Comparison, compare, decided
from graph.networks.groupings import grouped
from graph.networks.inquiry import as_of, text_of
from graph.networks.lives import NOBODY, Charges, Lives, Spells, episodes, in_charge, overdue, whole
from graph.networks.selecting import passing
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.groupings import Names
    from graph.networks.inquiry import Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """A comparison of delays with its names, and what it leaves out: n_questions + excluded = matches.

    ``joint`` counts answers that another question has too, ``ungrouped`` the questions that are in no group.
    """

    inquiry: Inquiry
    comparison: Comparison
    names: Names
    day: str
    n_questions: int
    excluded: Mapping[str, int]
    joint: int
    ungrouped: int
    generation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One spell of one question: the row behind a figure."""

    question: str
    key: str
    asked: str
    due: str
    group: str
    group_label: str
    group_label_en: str
    from_day: int
    to_day: int
    end: str
    days_overdue: int | None


def lives_of(columns: Columns) -> Lives:
    """Give the lives of all questions."""
    asked, due, ended, end = (
        column.astype(np.int64) for column in (columns.asked, columns.due, columns.closed, columns.end)
    )
    return Lives(asked=asked, due=due, ended=ended, end=end)


def delays(columns: Columns, inquiry: Inquiry) -> Delays:
    """Compare how long groups take to answer.

    Raises
    ------
    QueryError
        There is no such day in the data, or no such group.
    """
    day = as_of(columns, inquiry)
    mask, excluded = _places(columns, inquiry, day)
    lives = lives_of(columns).known_on(day)
    rows = np.flatnonzero(mask)
    names, spells, held = _groups(columns, inquiry, lives, rows)
    answers = columns.answer_group[rows[lives.end[rows] == 1]]
    return Delays(
        inquiry=inquiry,
        comparison=compare(lives, whole(lives, np.zeros(len(mask), dtype=np.int64), rows), spells, held, day=day),
        names=names,
        day=text_of(day),
        n_questions=len(rows),
        excluded=excluded,
        joint=len(answers) - len(np.unique(answers)),
        ungrouped=len(rows) - len(np.unique(spells.question[spells.group >= 0])),
        generation=columns.generation,
    )


def waits(columns: Columns, inquiry: Inquiry) -> Iterator[Wait]:
    """List the spells behind the delays, those of the group ``of`` alone when it is given, by question."""
    day = as_of(columns, inquiry)
    mask, _ = _places(columns, inquiry, day)
    lives = lives_of(columns).known_on(day)
    names, spells, _ = _groups(columns, inquiry, lives, np.flatnonzero(mask))
    for place in np.flatnonzero(_chosen(names, inquiry, spells.group)).tolist():
        row = int(spells.question[place])
        end = "left" if spells.left[place] else _END[int(spells.ends[place])]
        yield _wait(
            columns, names, row, int(spells.group[place]), (int(spells.entry[place]), int(spells.days[place])), end
        )


def late(columns: Columns, inquiry: Inquiry) -> Iterator[Wait]:
    """List the questions overdue at the end of a day, the longest overdue first, by who is in charge on it."""
    day = as_of(columns, inquiry)
    lives = lives_of(columns)
    rows = overdue(lives, day)
    rows = rows[passing(columns, inquiry.parameters)[rows]]
    names, group = _on_day(columns, inquiry, lives, day)
    for row in rows[_chosen(names, inquiry, group[rows])].tolist():
        open_for = day - int(lives.asked[row])
        yield _wait(columns, names, row, int(group[row]), (0, open_for), "open", day - int(lives.due[row]))


_END = ("open", "answered", "withdrawn", "lapsed", "closed")


def _places(columns: Columns, inquiry: Inquiry, day: int) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Mark the questions that have a place in the comparison, and count the others by reason."""
    mask = passing(columns, inquiry.parameters)
    excluded: dict[str, int] = {}
    for reason, without in lives_of(columns).excluded(day).items():
        excluded[reason] = int((mask & without).sum())
        mask = mask & ~without
    return mask, excluded


def _groups(
    columns: Columns, inquiry: Inquiry, lives: Lives, rows: NDArray[np.int64]
) -> tuple[Names, Spells, NDArray[np.int64]]:
    """Give the names of the groups, the spells, and the group of each question when its term was decided."""
    names, group = grouped(columns, inquiry.by)
    if not inquiry.held:
        return names, whole(lives, group, rows), group
    charges = _charges(columns, inquiry)
    return names, episodes(lives, charges, rows), in_charge(lives, charges, decided(lives))


def _on_day(columns: Columns, inquiry: Inquiry, lives: Lives, day: int) -> tuple[Names, NDArray[np.int64]]:
    """Give the names of the groups, and the group of each question on a day."""
    names, group = grouped(columns, inquiry.by)
    if inquiry.held:
        group = in_charge(lives, _charges(columns, inquiry), np.full(len(columns), day, dtype=np.int64))
    return names, group


def _charges(columns: Columns, inquiry: Inquiry) -> Charges:
    """Give who was in charge of each question, as ministries or as the portfolios behind them."""
    given = columns.attributions
    holder = given.ministry.astype(np.int64)
    if inquiry.by == "portfolio":
        relation = np.append(columns.ministry_portfolio.astype(np.int64), NOBODY)
        holder = relation[holder]
    return Charges(offsets=given.offsets.astype(np.int64), holder=holder, since=given.since.astype(np.int64))


def _chosen(names: Names, inquiry: Inquiry, group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark what belongs to the group asked for, to any group when none is."""
    if inquiry.of is None:
        return np.ones(len(group), dtype=np.bool_)
    if inquiry.of not in names.keys:
        raise QueryError(
            f"parameter of cannot be {inquiry.of!r}: no {inquiry.by} has that key",
            code="parameter",
            hint=f"such as {names.keys[0]}" if names.keys else "there is none in this graph",
        )
    return np.asarray(group == names.keys.index(inquiry.of), dtype=np.bool_)


def _wait(
    columns: Columns, names: Names, row: int, group: int, days: tuple[int, int], end: str, over: int | None = None
) -> Wait:
    """Describe one spell."""
    return Wait(
        question=columns.iri(row),
        key=columns.question[row].decode(),
        asked=text_of(int(columns.asked[row])),
        due=text_of(int(columns.due[row])),
        group=names.keys[group] if group >= 0 else "",
        group_label=names.fr[group] if group >= 0 else "",
        group_label_en=names.en[group] if group >= 0 else "",
        from_day=days[0],
        to_day=days[1],
        end=end,
        days_overdue=over,
    )
