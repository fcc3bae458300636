"""Days as the Assembly writes them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.dates import parse_day, two_months_later

DAYS = st.dates(min_value=date(1958, 10, 4), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("03/04/2014", date(2014, 4, 3)),
        ("2014-04-03", date(2014, 4, 3)),
        ("1er août 2018", date(2018, 8, 1)),
        ("17 juillet 2018", date(2018, 7, 17)),
        ("29 fevrier 2020", date(2020, 2, 29)),
    ],
)
def test_a_day_is_read_in_each_style_of_the_source(written: str, day: date) -> None:
    assert parse_day(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2018",
        "9999-12-31",
        "17/07/0201",
        "2018-2-1",
        "3/4/2014",
        "2014-04-03T22:00:00Z",
        "04-03-2014",
        "17 thermidor 2018",
        "",
        "٢٠١٤-٠٤-٠٣",
    ],
)
def test_what_is_no_day_is_never_guessed(written: str) -> None:
    assert parse_day(written) is None


@given(DAYS)
def test_both_numeric_styles_give_the_same_day(day: date) -> None:
    assert parse_day(day.isoformat()) == parse_day(day.strftime("%d/%m/%Y")) == day


@given(DAYS)
def test_two_months_later_is_in_the_second_month_after_and_never_past_its_end(day: date) -> None:
    due = two_months_later(day)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == 2
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2018, 7, 17), date(2018, 9, 17)),
        (date(2017, 12, 31), date(2018, 2, 28)),
        (date(2019, 12, 31), date(2020, 2, 29)),
        (date(2018, 12, 30), date(2019, 2, 28)),
    ],
)
def test_a_due_day_is_clamped_to_the_end_of_its_month(day: date, due: date) -> None:
    assert two_months_later(day) == due
