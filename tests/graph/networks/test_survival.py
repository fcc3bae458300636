"""Waiting times with censoring and competing ends, against published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.networks.survival import aalen_johansen, kaplan_meier, log_rank, pairwise

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Remission in weeks under 6-mercaptopurine (+ = censored) and placebo: Freireich et al. 1963, Gehan 1965.
TREATED = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
TREATED_ENDED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])
BOTH = np.concatenate([TREATED, PLACEBO])
BOTH_ENDED = np.concatenate([TREATED_ENDED, np.ones(21, dtype=np.int64)])
GROUP = np.repeat([0, 1], 21)


@pytest.mark.parametrize(("week", "share", "error"), [(6, 0.8571, 0.0764), (10, 0.7529, 0.0963), (23, 0.4482, 0.1346)])
def test_gehan_kaplan_meier_and_greenwood(week: int, share: float, error: float) -> None:
    curve = kaplan_meier(TREATED, TREATED_ENDED)
    assert curve.at(week) == pytest.approx(share, abs=5e-5)
    assert curve.error[curve.day == week] == pytest.approx(error, abs=5e-5)


def test_gehan_medians() -> None:
    assert kaplan_meier(TREATED, TREATED_ENDED).median == 23
    assert kaplan_meier(PLACEBO, np.ones(21, dtype=np.int64)).median == 8


def test_gehan_log_rank() -> None:
    found = log_rank(BOTH, BOTH_ENDED, GROUP)
    assert found.statistic == pytest.approx(16.7929, abs=5e-5)
    assert found.freedom == 1
    assert found.p == pytest.approx(4.17e-5, abs=5e-8)
    treated = stats.CensoredData.right_censored(TREATED, TREATED_ENDED == 0)
    theirs = stats.logrank(treated, PLACEBO)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert found.statistic == pytest.approx(theirs.statistic**2, rel=1e-9)


def test_competing_ends_share_out_what_kaplan_meier_overstates() -> None:
    days, ends = np.array([1, 2, 3, 4, 4, 5]), np.array([1, 2, 0, 1, 2, 0])
    shares = aalen_johansen(days, ends)
    assert shares.at(1, 4) == pytest.approx(7 / 18)
    assert shares.at(2, 4) == pytest.approx(7 / 18)
    assert 1 - kaplan_meier(days, ends).at(4) == pytest.approx(4 / 9)


def test_a_median_that_was_not_reached_is_none() -> None:
    curve = kaplan_meier(np.array([1, 5, 5]), np.array([1, 0, 0]))
    assert curve.median is None
    assert curve.quantile(0.25) == 1


def test_half_reached_exactly_is_the_median() -> None:
    assert kaplan_meier(np.array([1, 2, 3, 4]), np.ones(4, dtype=np.int64)).median == 2


def test_nobody_ended_gives_an_empty_curve_at_one() -> None:
    curve = kaplan_meier(np.array([3, 4]), np.array([0, 0]))
    assert len(curve.day) == 0
    assert curve.at(100) == 1.0
    assert curve.median is None


def test_an_answer_on_the_day_of_the_question_counts() -> None:
    assert kaplan_meier(np.array([0, 1]), np.array([1, 1])).share.tolist() == [0.5, 0.0]


def test_an_answer_on_the_day_of_entry_counts() -> None:
    curve = kaplan_meier(np.array([5, 5, 9]), np.array([1, 1, 1]), entry=np.array([5, 0, 0]))
    assert curve.at_risk.tolist() == [3, 1]
    assert curve.share.tolist() == pytest.approx([1 / 3, 0])


def test_an_end_before_its_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="before its entry"):
        kaplan_meier(np.array([1]), np.array([1]), entry=np.array([2]))


rows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=40)


def _columns(drawn: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    days, ends = zip(*drawn, strict=True)
    return np.array(days, dtype=np.int64), np.array(ends, dtype=np.int64)


@given(rows)
def test_the_share_waiting_never_rises_and_the_band_holds_it(drawn: list[tuple[int, int]]) -> None:
    curve = kaplan_meier(*_columns(drawn))
    assert np.all(np.diff(curve.share) <= 0)
    known = ~np.isnan(curve.low)
    assert np.all(curve.low[known] <= curve.share[known])
    assert np.all(curve.share[known] <= curve.high[known])
    assert np.all((curve.low[known] >= 0) & (curve.high[known] <= 1))


@given(rows)
def test_waiting_and_all_ends_add_up_to_one(drawn: list[tuple[int, int]]) -> None:
    found = aalen_johansen(*_columns(drawn))
    total = found.waiting + sum(found.shares.values(), start=np.zeros(len(found.day)))
    assert total == pytest.approx(np.ones(len(found.day)))


@given(rows)
def test_without_competing_ends_both_estimates_agree(drawn: list[tuple[int, int]]) -> None:
    days, ends = _columns(drawn)
    ends = (ends == 1).astype(np.int64)
    curve, shares = kaplan_meier(days, ends), aalen_johansen(days, ends)
    if len(curve.day):
        assert 1 - curve.share == pytest.approx(shares.shares[1])


@given(rows)
def test_the_order_of_questions_changes_nothing(drawn: list[tuple[int, int]]) -> None:
    days, ends = _columns(drawn)
    forth, back = kaplan_meier(days, ends), kaplan_meier(days[::-1], ends[::-1])
    assert forth.share.tolist() == back.share.tolist()


@given(rows)
def test_splitting_the_wait_into_episodes_changes_no_estimate(drawn: list[tuple[int, int]]) -> None:
    """One ministry that holds a question in two episodes is the same as in one: the transfer leaves without event."""
    days, ends = _columns(drawn)
    middle = days // 2
    split = middle > 0
    whole = kaplan_meier(days, ends)
    parts = kaplan_meier(
        np.concatenate([days, middle[split]]),
        np.concatenate([ends, np.zeros(int(split.sum()), dtype=np.int64)]),
        entry=np.concatenate([np.where(split, middle, 0), np.zeros(int(split.sum()), dtype=np.int64)]),
    )
    assert parts.day.tolist() == whole.day.tolist()
    assert parts.share == pytest.approx(whole.share)


def test_crediting_episodes_gives_equal_ministries_equal_medians() -> None:
    """Two ministries with one true median of 104 days; half of the questions of the first move to the second."""
    rng = np.random.default_rng(3)
    n = 6000
    answered = np.ceil(rng.exponential(104 / np.log(2), n)).astype(np.int64)
    moved = np.ceil(rng.exponential(120, n)).astype(np.int64)
    first = rng.random(n) < 0.5
    moves = first & (moved < answered)
    last_is_second = moves | ~first
    naive = [kaplan_meier(answered[~last_is_second], np.ones(int((~last_is_second).sum()), dtype=np.int64)).median]
    naive.append(kaplan_meier(answered[last_is_second], np.ones(int(last_is_second.sum()), dtype=np.int64)).median)
    one = kaplan_meier(np.where(moves, moved, answered)[first], np.where(moves, 0, 1)[first])
    two = kaplan_meier(
        np.concatenate([answered[~first], answered[moves]]),
        np.ones(int((~first).sum() + moves.sum()), dtype=np.int64),
        entry=np.concatenate([np.zeros(int((~first).sum()), dtype=np.int64), moved[moves]]),
    )
    assert naive[0] is not None
    assert naive[1] is not None
    assert naive[1] - naive[0] > 40
    assert one.median == pytest.approx(104, abs=10)
    assert two.median == pytest.approx(104, abs=10)


def test_equal_groups_are_rarely_told_apart() -> None:
    rng = np.random.default_rng(1)
    p = [
        log_rank(rng.geometric(0.02, 120), (rng.random(120) < 0.8).astype(np.int64), np.repeat(np.arange(3), 40)).p
        for _ in range(300)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_three_groups_have_two_degrees_of_freedom_and_the_order_of_groups_changes_nothing() -> None:
    groups = np.concatenate([np.repeat(2, 10), GROUP[10:]])
    found = log_rank(BOTH, BOTH_ENDED, groups)
    turned = log_rank(BOTH, BOTH_ENDED, (groups + 1) % 3)
    assert found.freedom == 2
    assert turned.statistic == pytest.approx(found.statistic)
    assert found.observed.sum() == pytest.approx(found.expected.sum())


def test_pairs_of_groups_are_each_tested_alone() -> None:
    [(a, b, p)] = pairwise(BOTH, BOTH_ENDED, GROUP)
    assert (a, b) == (0, 1)
    assert p == log_rank(BOTH, BOTH_ENDED, GROUP).p


def test_a_group_against_all_others_is_tested_as_two_groups() -> None:
    groups = np.concatenate([np.repeat(2, 10), GROUP[10:]])
    entry = np.minimum(BOTH - 1, 2)
    found = log_rank(BOTH, BOTH_ENDED, groups, entry=entry)
    apart = [log_rank(BOTH, BOTH_ENDED, (groups == one).astype(np.int64), entry=entry).p for one in (0, 1, 2)]
    assert found.rest.tolist() == pytest.approx(apart, rel=1e-9)
    assert log_rank(BOTH, BOTH_ENDED, GROUP).rest.tolist() == pytest.approx([log_rank(BOTH, BOTH_ENDED, GROUP).p] * 2)
