"""The lives of the questions: asked, handed on, renewed, answered together, closed. No text, no file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from .calendar import WEEK, paginate, questions_per_day, tuesday_from, tuesdays
from .choices import Benches, Cabinet
from .dice import Dice, quantile
from .labels import denomination, printed
from .questions import Answer, Attribution, Closure, Denomination, Question
from .rates import (
    ERRATUM,
    JOINT_LARGEST,
    JOINT_MEAN,
    JOINT_SHARE,
    JOINT_TAIL,
    JOINT_WINDOW,
    LAPSED,
    OUTLIVE,
    RENEWED,
    RENEWED_AGAIN,
    SIGNALLED,
    TRANSFERRED,
    WITHDRAWN,
    Legislature,
    Quirk,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from .assembly import Assembly, Body, Deputy, Mandate

CODES = {
    "REP_PUB": "Réponse publiée",
    "RETRAIT": "Question retirée",
    "FIN_LEGISLATURE": "Caducité : fin de la législature",
    "FIN_MANDAT": "Caducité : fin du mandat",
    "SYNTHESE": "Motif de synthèse",
}
DEADLINE = 8 * WEEK  # two months: what comes before is neither renewed nor signalled
DELAYS_TRIED = 12
ANSWERED_LATE = 4  # weeks after the legislature within which a late answer comes


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A question being drawn."""

    number: int
    day: date
    deputy: Deputy
    mandate: Mandate
    group: Body
    body: Body
    asked: Denomination
    quirks: set[Quirk] = field(default_factory=set[Quirk])
    answered: date | None = None
    answer_key: int = 0
    closure: Closure | None = None


def draw_questions(
    assembly: Assembly, legislature: Legislature, *, count: int, seed: int, rates: Mapping[Quirk, float]
) -> list[Question]:
    """Draw ``count`` questions of ``legislature``, in the order of their numbers.

    The same arguments always give the same questions.
    """
    drafts = _asked(assembly, legislature, count=count, seed=seed, rates=rates)
    fates = Dice(seed, "fates")
    for draft in drafts:
        _decide(draft, legislature, fates, rates)
    sizes = _join(drafts, legislature, Dice(seed, "joint"))
    answers = {draft.answer_key: draft.answered for draft in drafts if draft.answered}
    question_pages, answer_pages, sections = paginate(((d.number, d.day) for d in drafts), answers)
    if legislature.number == 16 and rates.get(Quirk.ANSWER_PAGE_OF_SECTION):
        in_issue = Counter(answers.values())
        for draft in drafts:
            if draft.answered and in_issue[draft.answered] > 1:
                answer_pages[draft.answer_key] = sections[draft.answered]
                draft.quirks.add(Quirk.ANSWER_PAGE_OF_SECTION)
    lives = _Lives(assembly, legislature, Dice(seed, "events"))
    return [
        lives.finish(
            draft,
            page=question_pages[draft.number],
            answer=Answer(
                key=draft.answer_key,
                day=draft.answered,
                page=answer_pages[draft.answer_key],
                questions=sizes[draft.answer_key],
            )
            if draft.answered
            else None,
        )
        for draft in drafts
    ]


def _asked(
    assembly: Assembly, legislature: Legislature, *, count: int, seed: int, rates: Mapping[Quirk, float]
) -> list[_Draft]:
    """Draw day, author and ministry of each question, on the Tuesdays that have both deputies and ministries."""
    benches, cabinet, labels = Benches(assembly, seed), Cabinet(assembly, seed), Dice(seed, "labels")
    every = tuesdays(legislature.start, legislature.end)
    days = [day for day in every if assembly.ministries_on(day) and benches.open_on(day)]
    drafts: list[_Draft] = []
    for day, size in zip(days, questions_per_day(legislature, days, count), strict=True):
        benches.seat(day)
        cabinet.seat(day)
        for _ in range(size):
            deputy, mandate, group = benches.draw()
            body = cabinet.draw()
            asked, quirks = denomination(body, cabinet.living, labels, rates)
            drafts.append(
                _Draft(
                    number=len(drafts) + 1,
                    day=day,
                    deputy=deputy,
                    mandate=mandate,
                    group=group,
                    body=body,
                    asked=asked,
                    quirks=quirks,
                )
            )
    return drafts


def _decide(draft: _Draft, legislature: Legislature, dice: Dice, rates: Mapping[Quirk, float]) -> None:
    """Decide whether and when a question is answered, or else how it ends."""
    if dice.chance(legislature.answered):
        for _ in range(DELAYS_TRIED):
            delay = round(quantile(legislature.delays, dice.unit()) / 7) * WEEK
            if draft.day + delay <= legislature.end:
                draft.answered = draft.day + delay
                break
    if draft.answered:
        if dice.chance(rates.get(Quirk.ANSWER_BEFORE_QUESTION, 0.0)):
            draft.answered = draft.day - WEEK
            draft.quirks.add(Quirk.ANSWER_BEFORE_QUESTION)
        return
    share = dice.unit() * (1.0 - legislature.answered)
    if share < WITHDRAWN:
        weeks = (legislature.end - draft.day).days // 7
        draft.closure = _closure("RETRAIT", draft.day + min(1 + dice.below(20), max(weeks, 1)) * WEEK)
    elif share < WITHDRAWN + LAPSED:
        gone = draft.mandate.end < legislature.end - 2 * WEEK
        last = draft.mandate.end if gone else legislature.end
        draft.closure = _closure("FIN_MANDAT" if gone else "FIN_LEGISLATURE", max(tuesday_from(last), draft.day))
    elif dice.chance(rates.get(Quirk.ANSWER_AFTER_LEGISLATURE, 0.0) / (1.0 - legislature.answered)):
        draft.answered = tuesday_from(legislature.end + timedelta(days=1)) + dice.below(ANSWERED_LATE) * WEEK
        draft.quirks.add(Quirk.ANSWER_AFTER_LEGISLATURE)
    if draft.closure and dice.chance(rates.get(Quirk.CLOSURE_CODE_UNKNOWN, 0.0)):
        draft.closure = _closure("SYNTHESE", draft.closure.day)
        draft.quirks.add(Quirk.CLOSURE_CODE_UNKNOWN)


def _closure(code: str, day: date) -> Closure:
    return Closure(code=code, label=CODES[code], day=day)


def _join(drafts: Sequence[_Draft], legislature: Legislature, dice: Dice) -> dict[int, int]:
    """Let one answer serve several questions of one ministry; return how many questions each answer has."""
    start = JOINT_SHARE / (JOINT_SHARE + JOINT_MEAN * (1.0 - JOINT_SHARE))
    ordinary = [d for d in drafts if d.answered and d.day < d.answered <= legislature.end]
    lone = [d for d in drafts if d.answered and not d.day < d.answered <= legislature.end]
    sizes: dict[int, int] = {}
    waiting = sorted(ordinary, key=lambda d: (d.body.label, d.number))
    for _, bench in groupby(waiting, key=lambda d: d.body.label):
        queue = list(bench)
        for place, first in enumerate(queue):
            if not first.answer_key:
                size = _joint_size(dice) if dice.chance(start) else 1
                members = _companions(queue, place, size)
                sizes[len(sizes) + 1] = len(members)
                for member in members:
                    member.answered = first.answered
                    member.answer_key = len(sizes)
    for draft in lone:
        draft.answer_key = len(sizes) + 1
        sizes[len(sizes) + 1] = 1
    return sizes


def _joint_size(dice: Dice) -> int:
    return min(int(2.0 * (1.0 - dice.unit()) ** (-1.0 / JOINT_TAIL)), JOINT_LARGEST)


def _companions(queue: Sequence[_Draft], place: int, size: int) -> list[_Draft]:
    """Return the question at ``place`` and up to ``size - 1`` asked soon after it, before its answer."""
    first = queue[place]
    members = [first]
    for index in range(place + 1, len(queue)):
        draft = queue[index]
        if len(members) == size or draft.day > first.day + timedelta(days=JOINT_WINDOW):
            break
        if first.answered and draft.day < first.answered and not draft.answer_key:
            members.append(draft)
    return members


class _Lives:
    """Adds what happens between the question and its end."""

    def __init__(self, assembly: Assembly, legislature: Legislature, dice: Dice) -> None:
        self._assembly = assembly
        self._end = legislature.end
        self._number = legislature.number
        self._dice = dice
        self._heirs = {body.uid: assembly.heir(body) for body in assembly.ministries}
        self._on: dict[date, list[Body]] = {}

    def finish(self, draft: _Draft, *, page: int, answer: Answer | None) -> Question:
        """Make the question of its draft, its page and its answer."""
        until = draft.answered or (draft.closure.day if draft.closure else self._end)
        closure = _closure("REP_PUB", answer.day) if answer else draft.closure
        renewals, signalled = self._reminders(draft.day, until)
        return Question(
            legislature=self._number,
            number=draft.number,
            day=draft.day,
            page=page,
            deputy=draft.deputy,
            mandate=draft.mandate,
            group=draft.group,
            asked=draft.asked,
            attributions=tuple(self._attributions(draft, until)),
            answer=answer,
            closure=closure,
            renewals=renewals,
            signalled=signalled,
            erratum_of_question=self._erratum(draft.day),
            erratum_of_answer=self._erratum(answer.day) if answer else None,
            quirks=frozenset(draft.quirks),
        )

    def _attributions(self, draft: _Draft, until: date) -> Iterator[Attribution]:
        """Yield the ministries in charge. A body the reference data lacks has no known heir."""
        yield Attribution(day=draft.day, ministry=draft.asked, cause="first")
        chance, share = self._dice.chance(TRANSFERRED / OUTLIVE), self._dice.unit()
        if Quirk.MINISTRY_ABSENT in draft.quirks or until <= draft.day:
            return
        body, weeks = draft.body, (until - draft.day).days // 7
        if chance and weeks > 1:
            day = draft.day + (1 + int(share * (weeks - 1))) * WEEK
            body = yield from self._inherited(body, day)
            if others := self._others(body, day):
                body = self._dice.pick(others)
                yield Attribution(day=day, ministry=printed(body), cause="transferred")
        yield from self._inherited(body, until)

    def _inherited(self, body: Body, until: date) -> Generator[Attribution, None, Body]:
        """Follow the successions of ``body`` up to ``until``; return the body then in charge."""
        while (heir := self._heirs[body.uid]) and heir.start <= until:
            body = heir
            yield Attribution(day=body.start, ministry=printed(body), cause="inherited")
        return body

    def _others(self, body: Body, day: date) -> list[Body]:
        """Return whom a question may go to on ``day``: nobody when the body that hands it on is dead."""
        living = self._on.setdefault(day, self._assembly.ministries_on(day))
        return [other for other in living if other is not body] if body in living else []

    def _reminders(self, day: date, until: date) -> tuple[tuple[date, ...], date | None]:
        """Draw renewals, two months apart, and the signalling of a question that waited too long."""
        renewed, again, signalled = (
            self._dice.chance(rate) for rate in (RENEWED / OUTLIVE, RENEWED_AGAIN, SIGNALLED / OUTLIVE)
        )
        weeks = (until - day - DEADLINE).days // 7
        if weeks < 1:
            return (), None
        first = day + DEADLINE + self._dice.below(min(weeks, 6)) * WEEK
        renewals = tuple(d for d in (first, first + DEADLINE) if d < until)[: 1 + again] if renewed else ()
        return renewals, day + DEADLINE + self._dice.below(min(weeks, 10)) * WEEK if signalled else None

    def _erratum(self, day: date) -> date | None:
        return day + (1 + self._dice.below(3)) * WEEK if self._dice.chance(ERRATUM) else None
