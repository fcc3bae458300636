"""Lives of questions, the spells cut from them, and the comparison of delays, against answers worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.networks.delays import compare, decided
from graph.networks.lives import ANSWERED, NEVER, OPEN, WITHDRAWN, Charges, Lives, episodes, in_charge, overdue, whole
from graph.networks.survival import kaplan_meier
from tests.graph.networks.test_survival import PLACEBO, TREATED, TREATED_ENDED

if TYPE_CHECKING:
    from graph.networks.delays import Comparison


def lives_of(*rows: tuple[int, int, int, int]) -> Lives:
    """Make lives of (asked, due, ended, end)."""
    asked, due, ended, end = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return Lives(asked=asked, due=due, ended=ended, end=end)


def all_in_one(lives: Lives, day: int) -> Comparison:
    """Compare one group with itself."""
    rows = np.arange(len(lives.asked))
    zeros = np.zeros(len(rows), dtype=np.int64)
    spells = whole(lives, zeros, rows)
    return compare(lives, spells, spells, zeros, day=day)


def test_a_life_is_read_as_it_was_known_on_the_day() -> None:
    known = lives_of((0, 60, 9, ANSWERED), (0, 60, 50, WITHDRAWN)).known_on(20)
    assert known.ended.tolist() == [9, 20]
    assert known.end.tolist() == [ANSWERED, OPEN]


def test_each_question_without_a_place_is_counted_for_one_reason() -> None:
    lives = lives_of((NEVER, NEVER, 3, ANSWERED), (9, 70, 3, ANSWERED), (30, 90, NEVER, OPEN), (0, 60, NEVER, ANSWERED))
    found = {name: mask.sum() for name, mask in lives.excluded(20).items()}
    assert found == {"no_day": 1, "later": 1, "no_end_day": 1, "ended_before_asked": 1}


def test_a_question_is_overdue_from_the_day_after_its_term_until_it_ends() -> None:
    lives = lives_of((0, 60, 70, ANSWERED), (0, 60, 60, ANSWERED), (0, 59, NEVER, OPEN), (5, NEVER, NEVER, OPEN))
    assert [overdue(lives, day).tolist() for day in (59, 60, 61, 69, 70)] == [[], [2], [2, 0], [2, 0], [2]]


def test_a_hand_over_ends_a_spell_without_event_and_a_reshuffle_ends_none() -> None:
    lives = lives_of((100, 160, 130, ANSWERED))
    charges = Charges(
        offsets=np.array([0, 4]),
        holder=np.array([1, 1, 2, 1]),
        since=np.array([100, 105, 110, 120]),
    )
    found = episodes(lives, charges, np.array([0]))
    assert found.group.tolist() == [1, 2, 1]
    assert list(zip(found.entry.tolist(), found.days.tolist(), strict=True)) == [(0, 10), (10, 20), (20, 30)]
    assert found.ends.tolist() == [OPEN, OPEN, ANSWERED]
    assert found.left.tolist() == [True, True, False]


def test_a_hand_over_after_the_end_is_none_and_one_on_the_day_of_the_question_leaves_no_spell() -> None:
    lives = lives_of((100, 160, 130, ANSWERED))
    charges = Charges(offsets=np.array([0, 3]), holder=np.array([1, 2, 3]), since=np.array([100, 100, 131]))
    found = episodes(lives, charges, np.array([0]))
    assert (found.group.tolist(), found.entry.tolist(), found.days.tolist()) == ([2], [0], [30])


def test_the_term_counts_for_who_had_the_question_when_it_was_decided() -> None:
    lives = lives_of((0, 60, 80, ANSWERED), (0, 60, 30, ANSWERED))
    charges = Charges(offsets=np.array([0, 2, 4]), holder=np.array([1, 2, 1, 2]), since=np.array([0, 61, 0, 20]))
    assert in_charge(lives, charges, decided(lives)).tolist() == [1, 2]


def test_in_time_leaves_out_the_withdrawn_and_those_whose_term_runs() -> None:
    lives = lives_of((0, 60, 60, ANSWERED), (0, 60, 61, ANSWERED), (0, 60, 30, WITHDRAWN), (50, 110, 99, OPEN))
    share = all_in_one(lives, 99).every.in_time
    assert (share.value, share.n) == (0.5, 2)


def test_crediting_episodes_gives_equals_their_equal_medians() -> None:
    """Two ministries answer at one rate; half of the questions move from the first to the second on day 50."""
    rng = np.random.default_rng(5)
    n = 4000
    wait = np.ceil(rng.exponential(150, n)).astype(np.int64)
    moved = (np.arange(n) % 2 == 0) & (wait > 50)
    zeros = np.zeros(n, dtype=np.int64)
    lives = Lives(asked=zeros, due=zeros + 60, ended=wait, end=zeros + ANSWERED)
    steps = np.where(moved, 2, 1)
    offsets = np.concatenate([[0], np.cumsum(steps)])
    second = np.zeros(int(offsets[-1]), dtype=np.int64)
    second[offsets[:-1][moved] + 1] = 1
    charges = Charges(offsets=offsets, holder=second, since=second * 50)
    rows = np.arange(n)
    fair = episodes(lives, charges, rows)
    first, other = (kaplan_meier(s.days, s.ends, entry=s.entry) for s in (fair.of(fair.group == g) for g in (0, 1)))
    true = float(np.median(wait))
    assert first.median == pytest.approx(true, rel=0.12)
    given_day_50 = other.quantile(1 - 0.5 / float((wait > 50).mean()))
    assert given_day_50 == pytest.approx(true, rel=0.12)
    last = whole(lives, moved.astype(np.int64), rows)
    unfair = [kaplan_meier(last.days[last.group == g], last.ends[last.group == g]).median for g in (0, 1)]
    assert unfair[0] is not None
    assert unfair[1] is not None
    assert unfair[0] < 0.8 * true < 1.2 * true < unfair[1]


def test_questions_handed_on_when_a_curve_has_come_to_0_are_counted_beyond_it() -> None:
    lives = lives_of((0, 60, 5, ANSWERED), (0, 60, 80, ANSWERED), (0, 60, 5, ANSWERED))
    charges = Charges(offsets=np.array([0, 1, 3, 4]), holder=np.array([0, 1, 0, 2]), since=np.array([0, 0, 50, 0]))
    rows = np.arange(3)
    zeros = np.zeros(3, dtype=np.int64)
    found = compare(lives, whole(lives, zeros, rows), episodes(lives, charges, rows), zeros, day=100)
    assert {one.group: one.beyond for one in found.groups} == {0: 1, 1: 0, 2: 0}


def test_gehan_medians_have_the_published_log_log_intervals() -> None:
    treated, placebo = kaplan_meier(TREATED, TREATED_ENDED), kaplan_meier(PLACEBO, np.ones(21, dtype=np.int64))
    assert (treated.median, treated.interval()) == (23, (13, None))
    assert (placebo.median, placebo.interval()) == (8, (4, 11))


def test_the_band_is_that_of_scipy() -> None:
    ours = kaplan_meier(TREATED, TREATED_ENDED)
    theirs = stats.ecdf(stats.CensoredData.right_censored(TREATED, TREATED_ENDED == 0))
    band: Any = theirs.sf.confidence_interval(method="log-log")
    at = np.isin(theirs.sf.quantiles, ours.day)
    assert ours.low == pytest.approx(band.low.probabilities[at])
    assert ours.high == pytest.approx(band.high.probabilities[at])


def test_groups_are_compared_as_gehan_compared_them() -> None:
    days = np.concatenate([TREATED, PLACEBO])
    ended = np.concatenate([TREATED_ENDED, np.ones(21, dtype=np.int64)])
    zeros = np.zeros(42, dtype=np.int64)
    group = np.repeat([0, 1], 21)
    lives = Lives(asked=zeros, due=zeros + NEVER, ended=days, end=ended)
    rows = np.arange(42)
    found = compare(lives, whole(lives, zeros, rows), whole(lives, group, rows), group, day=100)
    assert found.test is None  # nine remissions under treatment: too few to be shown
    assert [delay.small for delay in found.groups] == [True, False]


events = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4), st.integers(1, 39)), min_size=1, max_size=30)


@given(events)
def test_episodes_give_every_end_to_one_group_and_cover_the_whole_wait(drawn: list[tuple[int, int, int]]) -> None:
    lives = lives_of(*((0, 60, wait, end) for wait, end, _ in drawn))
    n = len(drawn)
    since = np.array([day for *_, move in drawn for day in (0, move)], dtype=np.int64)
    charges = Charges(offsets=np.arange(n + 1) * 2, holder=np.tile([0, 1], n), since=since)
    found = episodes(lives, charges, np.arange(n))
    length = np.bincount(found.question, weights=found.days - found.entry, minlength=n)
    assert length.tolist() == lives.ended.tolist()
    assert found.ends[~found.left].tolist() == lives.end.tolist()
    assert np.all(found.ends[found.left] == OPEN)
