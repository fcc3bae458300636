"""Delays as plain values, for JSON, CSV and pages: every figure with its definition, its n and its questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from graph.networks.asking import LICENCE
from graph.networks.delays import DEFINITIONS, LEVEL, REFERENCES
from graph.networks.groupings import DEFINITIONS as GROUPINGS
from graph.networks.inquiry import HELD
from graph.networks.lives import ANSWERED, LAPSED, OPEN, OTHER, WITHDRAWN
from graph.networks.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from graph.networks.delays import Delay
    from graph.networks.waits import Delays

COLUMNS: Final = (
    *("key", "label", "label_en", "n", "answered", "withdrawn", "lapsed", "other", "waiting", "left"),
    *("median_days", "median_low", "median_high", "quartile_1", "quartile_3"),
    *("in_time", "in_time_low", "in_time_high", "in_time_n", "answered_share", "withdrawn_share", "lapsed_share"),
    *("p", "q", "small", "questions"),
)
CURVE: Final = ("day", "at_risk", "answered", "waiting", "low", "high")


def report(found: Delays, *, curves: bool = True) -> dict[str, Any]:
    """Give everything there is to say: ``meta``, the figures of all questions, and those of each group."""
    comparison = found.comparison
    return {
        "meta": {
            "kind": "delays",
            "parameters": found.inquiry.canonical(),
            "generation": found.generation,
            "data_date": found.day,
            "n_questions": found.n_questions,
            "excluded": dict(found.excluded),
            "joint_answers": found.joint,
            "level": LEVEL,
            "test": _test(found),
            "definitions": _definitions(found),
            "references": list(REFERENCES),
            "notes": _notes(found),
            "licence": LICENCE,
        },
        "all": row(found, comparison.every) | _curve(comparison.every, wanted=curves),
        "groups": [row(found, one) | _curve(one, wanted=curves) for one in comparison.groups],
        "pairs": [
            {"a": found.names.keys[a], "b": found.names.keys[b], "p": number(p), "q": number(q)}
            for a, b, p, q in comparison.pairs
        ],
    }


def rows(found: Delays) -> Iterable[dict[str, Any]]:
    """Give the figures of each group, and of all questions together first."""
    yield row(found, found.comparison.every)
    yield from (row(found, one) for one in found.comparison.groups)


def row(found: Delays, one: Delay) -> dict[str, Any]:
    """Give the figures of one group under the names of ``COLUMNS``."""
    every = one.group < 0
    key = "" if every else found.names.keys[one.group]
    p, q = found.comparison.rest.get(one.group, (None, None))
    return {
        "key": key,
        "label": "" if every else found.names.fr[one.group],
        "label_en": "" if every else found.names.en[one.group],
        "n": one.n,
        "answered": one.ends[ANSWERED],
        "withdrawn": one.ends[WITHDRAWN],
        "lapsed": one.ends[LAPSED],
        "other": one.ends[OTHER],
        "waiting": one.ends[OPEN],
        "left": one.left,
        "median_days": one.median,
        "median_low": one.interval[0],
        "median_high": one.interval[1],
        "quartile_1": one.quartiles[0],
        "quartile_3": one.quartiles[1],
        "in_time": number(one.in_time.value),
        "in_time_low": number(one.in_time.low),
        "in_time_high": number(one.in_time.high),
        "in_time_n": one.in_time.n,
        "answered_share": number(one.share(ANSWERED)),
        "withdrawn_share": number(one.share(WITHDRAWN)),
        "lapsed_share": number(one.share(LAPSED)),
        "p": number(p),
        "q": number(q),
        "small": one.small,
        "questions": f"/delays/questions?{urlencode(found.inquiry.only(key) if key else found.inquiry.canonical())}",
    }


def _curve(one: Delay, *, wanted: bool) -> dict[str, Any]:
    """Give the steps of a survival curve, column by column."""
    if not wanted:
        return {}
    curve = one.curve
    columns = (curve.day, curve.at_risk, curve.ended, curve.share, curve.low, curve.high)
    return {"curve": {name: _plain(column) for name, column in zip(CURVE, columns, strict=True)}}


def _plain(column: NDArray[Any]) -> list[float | int | None]:
    """Give a column as plain numbers."""
    return [value if isinstance(value, int) else number(value) for value in column.tolist()]


def _test(found: Delays) -> dict[str, Any] | None:
    """Give the log-rank test of all groups."""
    test = found.comparison.test
    if test is None:
        return None
    return {
        "name": "log-rank",
        "statistic": number(test.statistic),
        "freedom": test.freedom,
        "p": number(test.p),
        "groups": test.freedom + 1,
        "correction": "bh",
    }


def _definitions(found: Delays) -> dict[str, str]:
    """Define the figures, and what the groups are where their name does not say it."""
    by = found.inquiry.by
    return {by: GROUPINGS[by], **DEFINITIONS} if by in GROUPINGS else dict(DEFINITIONS)


def _notes(found: Delays) -> list[str]:
    """Say what a reader has to know."""
    notes: list[str] = []
    if found.joint:
        notes.append(
            f"{found.joint} answers are shared with another question: they are no independent events, and the "
            "intervals are a little too narrow"
        )
    if found.inquiry.held:
        notes.append("a group is credited with the time it had a question; a hand-over leaves without event")
    elif found.inquiry.by in HELD:
        notes.append(
            "the whole delay is credited to the last in charge, which punishes whoever is handed old questions"
        )
    beyond = [one for one in found.comparison.groups if one.beyond]
    if beyond:
        notes.append(
            f"{len(beyond)} groups were handed questions older than all that they had waiting: their curves come to 0 "
            "before these, and say nothing of them"
        )
    if found.ungrouped:
        notes.append(f"{found.ungrouped} questions are in no group, and in the figures of all questions only")
    return notes
