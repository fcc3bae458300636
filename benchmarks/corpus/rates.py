"""How many, how long, how often: every figure the corpus is drawn from, and nothing else.

Marks as in the sources' description: measured (M) on real questions, read (R) in a publication, assumed (A).
The monthly totals and the counts per deputy and group are sums and quantiles computed from the monthly activity
figures of NosDéputés.fr (Regards Citoyens, ODbL), 2017-06 to 2021-05; no row of that database is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Curve = tuple[tuple[float, float], ...]


def _delays(*days: float) -> Curve:
    """Give the quantiles 5, 10, 25, 50, 75, 90, 95, 99 % of a delay their shares, from a week to the maximum."""
    shares = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
    return ((0.0, 7.0), *zip(shares, days, strict=True), (1.0, days[-1] * 1.06))


@dataclass(frozen=True, slots=True, kw_only=True)
class Legislature:
    """A legislature: its days, its archive's name, and the fate of its questions."""

    number: int
    numeral: str
    start: date
    end: date
    answered: float
    delays: Curve


_DELAYS_15 = _delays(14, 35, 56, 105, 189, 308, 602, 1_120)  # M; the 14th has no measure of its own (A)
LEGISLATURES: Mapping[int, Legislature] = MappingProxyType(
    {
        14: Legislature(
            number=14, numeral="XIV", start=date(2012, 6, 20), end=date(2017, 6, 20), answered=0.74, delays=_DELAYS_15
        ),
        15: Legislature(
            number=15, numeral="XV", start=date(2017, 6, 21), end=date(2022, 6, 21), answered=0.74, delays=_DELAYS_15
        ),
        16: Legislature(
            number=16,
            numeral="XVI",
            start=date(2022, 6, 22),
            end=date(2024, 6, 9),
            answered=0.58,
            delays=_delays(28, 56, 77, 112, 161, 231, 280, 329),
        ),
        17: Legislature(
            number=17,
            numeral="XVII",
            start=date(2024, 7, 18),
            end=date(2026, 4, 14),  # still sitting: the day of the last known figures
            answered=0.50,
            delays=_delays(42, 56, 84, 154, 217, 343, 378, 476),
        ),
    }
)

MONTHS_OF_THE_15TH: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        2017: (0, 0, 0, 0, 0, 0, 275, 561, 608, 1160, 785, 917),
        2018: (707, 1007, 949, 933, 923, 1183, 1446, 422, 635, 1348, 821, 942),
        2019: (820, 994, 801, 1051, 773, 845, 1277, 355, 596, 1019, 694, 826),
        2020: (536, 816, 933, 1103, 848, 966, 660, 412, 721, 803, 863, 1054),
        2021: (497, 855, 1055, 793, 605),
    }
)
LAST_YEAR = 0.58  # the months after May 2021, against the mean of that month: gives the 45,416 of the whole (R)

PER_DEPUTY: Curve = (
    (0.0, 0.0),
    (27 / 653, 0.0),
    (0.05, 1.0),
    (0.10, 5.0),
    (0.25, 17.0),
    (0.50, 43.0),
    (0.75, 91.0),
    (0.90, 145.0),
    (0.95, 174.0),
    (0.99, 197.0),
    (1.0, 230.0),
)
QUOTA = 52  # written questions a deputy may put in a year
PER_GROUP: Mapping[str, tuple[frozenset[str], int]] = MappingProxyType(
    {
        "majority": (frozenset({"LAREM"}), 14_286),
        "LR": (frozenset({"LR"}), 11_187),
        "MODEM": (frozenset({"MODEM", "DEM"}), 2_385),
        "NI": (frozenset({"NI"}), 2_034),
        "SOC": (frozenset({"SOC", "NG"}), 2_606),
        "FI": (frozenset({"FI"}), 1_758),
        "UAI": (frozenset({"LC", "UDI-AGIR", "UDI-A-I", "UDI-I", "UDI_I", "AGIR-E"}), 1_685),
        "GDR": (frozenset({"GDR"}), 1_351),
        "LT": (frozenset({"LT"}), 774),
    }
)
ZIPF = 0.9  # choice of ministry (A)

QUESTION_LENGTH: Curve = (
    (0.0, 300.0),
    (0.05, 674.0),
    (0.25, 1_291.0),
    (0.50, 1_803.0),
    (0.75, 2_395.0),
    (0.95, 3_295.0),
    (0.99, 4_570.0),
    (1.0, 5_121.0),
)
ANSWER_LENGTH: Curve = (
    (0.0, 400.0),
    (0.05, 1_013.0),
    (0.25, 2_028.0),
    (0.50, 2_903.0),
    (0.75, 3_945.0),
    (0.95, 7_107.0),
    (0.99, 9_862.0),
    (1.0, 11_720.0),
)

JOINT_SHARE = 0.61  # of answers stand in a group (R)
JOINT_MEAN = 6.0  # questions to a group (R), heavy tail: Pareto with this exponent, cut at the largest and by dates
JOINT_TAIL = 1.15
JOINT_LARGEST = 150
JOINT_WINDOW = 182  # days between the questions of one group (A)

TRANSFERRED, RENEWED, SIGNALLED, WITHDRAWN, LAPSED = 0.05, 0.10, 0.01, 0.01, 0.02  # (A)
RENEWED_AGAIN = 0.2  # of the questions renewed (A)
OUTLIVE = 0.77  # of questions live long enough for a reminder or a transfer: the rates above are of all questions
ERRATUM = 0.003  # of questions, and of answers (A)


class Quirk(StrEnum):
    """An oddity of the real sources, put in on purpose."""

    QUESTION_EMPHASIS = "question-emphasis"
    QUESTION_NO_BREAK_SPACE = "question-no-break-space"
    QUESTION_APOSTROPHE = "question-apostrophe"
    ANSWER_NO_BREAK_SPACE = "answer-no-break-space"
    ANSWER_ENTITY = "answer-entity"
    ANSWER_TABLE = "answer-table"
    LABEL_NO_BREAK_SPACE = "label-no-break-space"
    LABEL_APOSTROPHE = "label-apostrophe"
    LABEL_MISSPELLED = "label-misspelled"
    MINISTRY_ABSENT = "ministry-absent"
    MINISTRY_UNREFERENCED = "ministry-unreferenced"
    ANSWER_PAGE_OF_SECTION = "answer-page-of-section"
    ANSWER_BEFORE_QUESTION = "answer-before-question"
    ANSWER_AFTER_LEGISLATURE = "answer-after-legislature"
    CLOSURE_CODE_UNKNOWN = "closure-code-unknown"
    NIL_OBJECT = "nil-object"
    NIL_MISSING = "nil-missing"
    LIST_OF_ONE = "list-of-one"
    TITLE_ELSEWHERE = "title-elsewhere"
    DATE_STYLES_MIXED = "date-styles-mixed"
    DATE_IMPOSSIBLE = "date-impossible"
    NUMBER_CONFLICT = "number-conflict"


Q = Quirk
_DEFAULT: dict[Quirk, float] = {
    Q.QUESTION_EMPHASIS: 0.18,
    Q.QUESTION_NO_BREAK_SPACE: 0.12,
    Q.QUESTION_APOSTROPHE: 0.025,
    Q.ANSWER_NO_BREAK_SPACE: 0.88,
    Q.ANSWER_ENTITY: 0.59,
    Q.ANSWER_TABLE: 0.007,
    Q.LABEL_NO_BREAK_SPACE: 0.04,
    Q.LABEL_APOSTROPHE: 0.33,
    Q.LABEL_MISSPELLED: 0.002,
    Q.MINISTRY_ABSENT: 0.01,
    Q.MINISTRY_UNREFERENCED: 0.01,
    Q.ANSWER_PAGE_OF_SECTION: 1.0,  # the 16th only
    Q.ANSWER_AFTER_LEGISLATURE: 0.0005,
    Q.NIL_OBJECT: 0.01,
    Q.NIL_MISSING: 0.01,
    Q.LIST_OF_ONE: 0.01,
    Q.TITLE_ELSEWHERE: 0.01,
    Q.DATE_STYLES_MIXED: 0.001,
}
_HEAVY: dict[Quirk, float] = {
    **_DEFAULT,
    Q.LABEL_NO_BREAK_SPACE: 0.15,
    Q.LABEL_MISSPELLED: 0.03,
    Q.MINISTRY_ABSENT: 0.15,
    Q.MINISTRY_UNREFERENCED: 0.15,
    Q.ANSWER_TABLE: 0.05,
    Q.ANSWER_BEFORE_QUESTION: 0.005,
    Q.ANSWER_AFTER_LEGISLATURE: 0.01,
    Q.CLOSURE_CODE_UNKNOWN: 0.2,  # of the closures without an answer
    Q.NIL_OBJECT: 0.1,
    Q.NIL_MISSING: 0.1,
    Q.LIST_OF_ONE: 0.1,
    Q.TITLE_ELSEWHERE: 0.1,
    Q.DATE_STYLES_MIXED: 0.02,
    Q.DATE_IMPOSSIBLE: 0.01,
    Q.NUMBER_CONFLICT: 0.005,
}
QUIRKS: Mapping[str, Mapping[Quirk, float]] = MappingProxyType(
    {level: MappingProxyType(rates) for level, rates in {"default": _DEFAULT, "none": {}, "heavy": _HEAVY}.items()}
)
