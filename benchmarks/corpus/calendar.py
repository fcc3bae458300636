"""The Journal officiel's rhythm: Tuesdays, how many questions on each, and the pages of an issue."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from .rates import LAST_YEAR, MONTHS_OF_THE_15TH, Legislature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WEEK = timedelta(days=7)
TUESDAY = 1
QUESTIONS_TO_A_PAGE = 3
FRONT_PAGES = 8  # lists before the first question of an issue


def tuesday_from(day: date) -> date:
    """Return ``day`` if it is a Tuesday, else the next one."""
    return day + timedelta(days=(TUESDAY - day.weekday()) % 7)


def tuesdays(first: date, last: date) -> list[date]:
    """Return every Tuesday from ``first`` to ``last``."""
    start = tuesday_from(first)
    return [start + week * WEEK for week in range((last - start).days // 7 + 1)]


def _month_weight(number: int, day: date) -> float:
    """Weigh a month: as measured in the 15th, else the mean of that month over the years measured."""
    measured = MONTHS_OF_THE_15TH.get(day.year, ())
    if number == 15 and day.month <= len(measured):
        return measured[day.month - 1]
    known = [months[day.month - 1] for months in MONTHS_OF_THE_15TH.values() if len(months) >= day.month]
    known = [weight for weight in known if weight]
    return sum(known) / len(known) * (LAST_YEAR if number == 15 else 1.0)


def questions_per_day(legislature: Legislature, days: Sequence[date], count: int) -> list[int]:
    """Share ``count`` questions among ``days`` in the proportions of the months; the sum is exactly ``count``."""
    in_month: dict[tuple[int, int], int] = {}
    for day in days:
        in_month[day.year, day.month] = in_month.get((day.year, day.month), 0) + 1
    weights = [_month_weight(legislature.number, day) / in_month[day.year, day.month] for day in days]
    steps = [0, *(round(total / sum(weights) * count) for total in accumulate(weights))]
    return [after - before for before, after in pairwise(steps)]


def paginate(
    questions: Iterable[tuple[int, date]], answers: Mapping[int, date]
) -> tuple[dict[int, int], dict[int, int], dict[date, int]]:
    """Give every issue its pages, from 1 at the start of a year: questions first, then answers.

    Returns
    -------
    The page of each question, the page of each answer, and the first page of answers of each issue.
    """
    asked: dict[date, list[int]] = {}
    for number, day in questions:
        asked.setdefault(day, []).append(number)
    answered: dict[date, list[int]] = {}
    for key, day in answers.items():
        answered.setdefault(day, []).append(key)
    question_pages: dict[int, int] = {}
    answer_pages: dict[int, int] = {}
    sections: dict[date, int] = {}
    page, year = 1, 0
    for day in sorted(asked.keys() | answered.keys()):
        page, year = (page if day.year == year else 1) + FRONT_PAGES, day.year
        for rank, number in enumerate(asked.get(day, ())):
            question_pages[number] = page + rank // QUESTIONS_TO_A_PAGE
        page += len(asked.get(day, ())) // QUESTIONS_TO_A_PAGE + 1
        sections[day] = page
        for rank, key in enumerate(answered.get(day, ())):
            answer_pages[key] = page + rank
        page += len(answered.get(day, ()))
    return question_pages, answer_pages, sections


def issue_number(day: date) -> int:
    """Return the number of the issue of ``day`` within its year."""
    return (day.timetuple().tm_yday - 1) // 7 + 1
