"""Days as the Assembly writes them: ISO, day first, or French words. Never a guessing parser."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
# A year outside is a slip of the pen (0201, 9999), and no day of anything the Assembly publishes.
_FIRST_YEAR, _LAST_YEAR = 1789, 2200
_WORDS = re.compile(r"([0-9]{1,2})(?:er)?\s+([^\W\d_]+)\.?\s+([0-9]{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier",),
            ("février", "fevrier"),
            ("mars",),
            ("avril",),
            ("mai",),
            ("juin",),
            ("juillet",),
            ("août", "aout"),
            ("septembre",),
            ("octobre",),
            ("novembre",),
            ("décembre", "decembre"),
        ),
        start=1,
    )
    for name in names
}


@lru_cache(maxsize=16384)
def parse_day(value: str) -> date | None:
    """Read ``2018-07-17``, ``17/07/2018`` or ``17 juillet 2018``; None when it is no day (31/02/2018) or anything else.

    03/04/2014 is 3 April: the legislatures differ in style, and both styles may meet in one record.
    """
    if match := _ISO.fullmatch(value):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(value):
        day, month, year = match.groups()
    elif match := _WORDS.fullmatch(value.strip().casefold()):
        day, name, year = match.groups()
        month = str(_MONTHS.get(name, 0))
    else:
        return None
    try:
        parsed = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return parsed if _FIRST_YEAR <= parsed.year <= _LAST_YEAR else None


@lru_cache(maxsize=16384)
def two_months_later(day: date) -> date:
    """Add two calendar months, clamped to the end of the month (Règlement de l'Assemblée nationale, art. 135)."""
    month = day.month + 2
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)  # every month has a 28th
