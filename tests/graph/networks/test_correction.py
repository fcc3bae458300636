"""Correcting p-values for the number of tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.networks.correction import Method, adjust

METHODS: tuple[Method, ...] = ("bh", "by", "holm")
chances = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=30)


@given(chances)
def test_benjamini_hochberg_and_yekutieli_equal_those_of_scipy(p: list[float]) -> None:
    for method in ("bh", "by"):
        expected = stats.false_discovery_control(p, method=method)
        assert adjust(np.array(p), method=method) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_holm_equals_the_worked_example_of_its_definition() -> None:
    assert adjust(np.array([0.01, 0.04, 0.03, 0.005]), method="holm") == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(chances, st.sampled_from(METHODS), st.integers(0, 20))
def test_tests_left_out_count_like_tests_with_p_one(p: list[float], method: Method, more: int) -> None:
    whole = adjust(np.array([*p, *[1.0] * more]), method=method)
    assert adjust(np.array(p), method=method, tests=len(p) + more) == pytest.approx(whole[: len(p)])


@given(chances, st.sampled_from(METHODS))
def test_adjusting_never_lowers_a_p_value_and_keeps_the_order(p: list[float], method: Method) -> None:
    q = adjust(np.array(p), method=method)
    assert np.all(q >= np.array(p) - 1e-15)
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= 0)


@given(chances)
def test_holm_and_yekutieli_are_never_below_hochberg(p: list[float]) -> None:
    low = adjust(np.array(p))
    assert np.all(adjust(np.array(p), method="holm") >= low - 1e-15)
    assert np.all(adjust(np.array(p), method="by") >= low)


def test_nan_is_no_test() -> None:
    q = adjust(np.array([[0.01, np.nan], [0.02, np.nan]]))
    assert q[:, 0] == pytest.approx([0.02, 0.02])
    assert np.isnan(q[:, 1]).all()


def test_a_family_smaller_than_its_tests_is_refused() -> None:
    with pytest.raises(ValueError, match="family of 1"):
        adjust(np.array([0.1, 0.2]), tests=1)


def test_no_test_gives_no_value() -> None:
    assert adjust(np.array([])).size == 0
