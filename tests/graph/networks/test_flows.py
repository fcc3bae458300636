"""The nulls of transfers, against laws worked out another way, and against what was planted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.networks.flows import leaving, pairs


def test_one_period_is_a_binomial_test() -> None:
    found = leaving(np.array([[40, 60]]), np.array([[12, 4]]))
    law = stats.binom(40, 16 / 100)
    assert found.expected.tolist() == pytest.approx([6.4, 9.6])
    assert found.p[0] == pytest.approx(min(1.0, 2 * min(law.cdf(12), law.sf(11))))


def test_several_periods_are_a_sum_of_binomials() -> None:
    found = leaving(np.array([[5, 95], [10, 10]]), np.array([[1, 9], [8, 0]]))
    law = np.convolve(stats.binom(5, 0.1).pmf(range(6)), stats.binom(10, 0.4).pmf(range(11)))
    assert found.p[0] == pytest.approx(min(1.0, 2 * min(law[:10].sum(), law[9:].sum())))


def test_a_place_where_nothing_stayed_is_not_tested() -> None:
    found = leaving(np.array([[3, 0]]), np.array([[1, 0]]))
    assert np.isnan(found.p[1])


def test_the_fit_keeps_the_margins_and_nobody_sends_to_itself() -> None:
    flows = np.array([[0, 7, 1, 2], [3, 0, 5, 1], [2, 2, 0, 9], [4, 1, 1, 0]])
    found = pairs(flows)
    assert found.expected.sum(axis=1) == pytest.approx(flows.sum(axis=1))
    assert found.expected.sum(axis=0) == pytest.approx(flows.sum(axis=0))
    assert np.diag(found.expected).tolist() == [0, 0, 0, 0]
    assert found.tests == 12
    assert found.p[2, 3] == pytest.approx(float(stats.poisson(found.expected[2, 3]).sf(8)))


def test_a_planted_flow_is_found_and_chance_gives_none() -> None:
    rng = np.random.default_rng(3)
    out, into = rng.integers(5, 30, 12), rng.integers(5, 30, 12)
    law = np.outer(out, into) / 40.0
    np.fill_diagonal(law, 0)
    found = [pairs(rng.poisson(law)) for _ in range(20)]
    assert sum(bool((one.q[~np.isnan(one.q)] <= 0.01).any()) for one in found) <= 1
    flows = rng.poisson(law)
    flows[2, 7] += 60
    q = pairs(flows).q
    assert np.argwhere(np.nan_to_num(q, nan=1.0) <= 0.01).tolist() == [[2, 7]]


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=4, max_size=4))
def test_no_flow_is_expected_where_none_can_be(drawn: list[list[int]]) -> None:
    flows = np.array(drawn, dtype=np.int64)
    np.fill_diagonal(flows, 0)
    found = pairs(flows)
    assert np.all(found.expected >= 0)
    assert np.all(found.expected[flows.sum(axis=1) == 0] == 0)
    known = found.p[~np.isnan(found.p)]
    assert np.all((known >= 0) & (known <= 1))
