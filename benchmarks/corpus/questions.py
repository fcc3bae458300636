"""What a synthetic question is: one logical record, before any dialect or file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from .assembly import Body, Deputy, Mandate
    from .rates import Quirk


@dataclass(frozen=True, slots=True, kw_only=True)
class Denomination:
    """A ministry as a record prints it, and what it stands for: the body, by which rule."""

    ref: str | None
    short: str | None
    label: str
    resolved: str | None
    rule: str  # ref | exact | normalised | stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A ministry in charge from a day on, and why: ``first``, ``inherited`` from a body that ended, ``transferred``."""

    day: date
    ministry: Denomination
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, perhaps to several questions: its text is drawn from ``key`` alone."""

    key: int
    day: date
    page: int
    questions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """The end of a question: publisher's code and label, and the day."""

    code: str
    label: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A written question and its life; its texts are drawn when it is written."""

    legislature: int
    number: int
    day: date
    page: int
    deputy: Deputy
    mandate: Mandate
    group: Body
    asked: Denomination
    attributions: tuple[Attribution, ...]
    answer: Answer | None
    closure: Closure | None
    renewals: tuple[date, ...]
    signalled: date | None
    erratum_of_question: date | None
    erratum_of_answer: date | None
    quirks: frozenset[Quirk]

    @property
    def uid(self) -> str:
        """The publisher's identifier."""
        return f"QANR5L{self.legislature}QE{self.number}"
