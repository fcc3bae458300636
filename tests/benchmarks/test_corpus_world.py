"""The corpus's world: real people and bodies, each on a day on which they were there."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.corpus.assembly import read_assembly
from benchmarks.corpus.dice import Dice
from benchmarks.corpus.labels import denomination, resolve
from benchmarks.corpus.making import BUNDLED, Made
from benchmarks.corpus.rates import LEGISLATURES, Quirk

from .reading import bodies_of, covers, many

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.corpus.archives import Form

    from .conftest import Corpus

    Drawn = Callable[..., Corpus]
    Written = Callable[[Corpus, Form], Made]


def test_every_day_of_the_journal_is_a_tuesday_but_those_of_decrees(drawn: Drawn) -> None:
    for legislature in (14, 15, 16, 17):
        for draw in drawn(legislature)[1]:
            question = draw.question
            days = [question.day, *question.renewals, question.signalled, question.closure and question.closure.day]
            days += [question.answer.day] if question.answer else []
            days += [a.day for a in question.attributions if a.cause != "inherited"]
            assert all(day.weekday() == 1 for day in days if day)


@pytest.mark.parametrize("legislature", [14, 15, 16, 17])
def test_without_quirks_mandate_group_and_ministries_cover_their_days(
    drawn: Drawn, bodies: dict[str, Any], legislature: int
) -> None:
    handover = date(2024, 9, 20)
    for draw in drawn(legislature, "none")[1]:
        question = draw.question
        held = {m["uid"]: m for m in many(bodies[question.deputy.uid]["mandats"]["mandat"])}
        groups = [m for m in held.values() if m["typeOrgane"] == "GP" and question.group.uid in bodies_of(m)]
        assert covers(held[question.mandate.uid], question.day)
        assert held[question.mandate.uid]["legislature"] == str(legislature)
        assert any(covers(membership, question.day) for membership in groups)
        for attribution in question.attributions:
            body = bodies[attribution.ministry.resolved or ""]
            assert body["codeType"] == "MINISTERE"
            if body["viMoDe"]["dateDebut"]:  # PO653320 has none
                assert covers(body["viMoDe"], attribution.day)
            if body["organeParent"] == "PO833673":
                assert attribution.day <= handover


def test_a_history_is_in_order_and_tells_a_succession_from_a_transfer(drawn: Drawn, bodies: dict[str, Any]) -> None:
    causes: Counter[str] = Counter()
    for draw in drawn(15, "none")[1]:
        history = draw.question.attributions
        assert [a.day for a in history] == sorted(a.day for a in history)
        for before, after in pairwise(history):
            old = bodies[before.ministry.resolved or ""]
            assert before.ministry.resolved != after.ministry.resolved
            assert covers(old["viMoDe"], after.day) is (after.cause == "transferred")
            causes[after.cause] += 1
    assert min(causes["transferred"], causes["inherited"]) > 0


@pytest.mark.parametrize("legislature", [15, 16])
def test_an_unreferenced_ministry_is_found_by_its_label_alone(drawn: Drawn, legislature: int) -> None:
    assembly = read_assembly(BUNDLED / "amo.json.zip", LEGISLATURES[legislature])
    told = [draw.question for draw in drawn(legislature, "heavy")[1] if Quirk.MINISTRY_UNREFERENCED in draw.quirks]
    assert told
    for question in told:
        assert resolve(question.asked.label, assembly.ministries_on(question.day)) == (
            question.asked.rule,
            question.asked.resolved,
        )


def test_a_ministry_absent_from_the_reference_data_is_absent(drawn: Drawn, bodies: dict[str, Any]) -> None:
    told = [draw.question.asked for draw in drawn(15, "heavy")[1] if Quirk.MINISTRY_ABSENT in draw.quirks]
    assert {ministry.rule for ministry in told} == {"stub"}
    assert not any(ministry.ref in bodies for ministry in told)
    labels = {body.get("libelle") for body in bodies.values()}
    assert not any(ministry.label in labels for ministry in told if not ministry.ref)


def test_questions_answered_together_share_text_and_day_and_no_others_do(drawn: Drawn) -> None:
    keys: dict[tuple[str, date], set[int]] = {}
    for draw in drawn(15, "none")[1]:
        if draw.question.answer and draw.answer:
            keys.setdefault((draw.answer, draw.question.answer.day), set()).add(draw.question.answer.key)
    assert all(len(shared) == 1 for shared in keys.values())


def test_numbers_follow_the_days_and_no_answer_precedes_its_question(drawn: Drawn) -> None:
    questions = sorted((draw.question for draw in drawn(15, "none")[1]), key=lambda question: question.number)
    assert [question.number for question in questions] == list(range(1, 301))
    assert [question.day for question in questions] == sorted(question.day for question in questions)
    assert all(question.answer.day > question.day for question in questions if question.answer)


def test_a_label_that_would_be_another_ministry_s_keeps_its_reference() -> None:
    """PO730004 has the label of PO729937 but for one apostrophe, and the same days."""
    living = read_assembly(BUNDLED / "amo.json.zip", LEGISLATURES[15]).ministries_on(date(2018, 3, 6))
    attached, minister = (next(b for b in living if b.uid == uid) for uid in ("PO730004", "PO729937"))
    rates = {Quirk.LABEL_APOSTROPHE: 1.0, Quirk.MINISTRY_UNREFERENCED: 1.0}
    printed, quirks = denomination(attached, living, Dice(1), rates)
    assert (printed.label, printed.ref, printed.rule) == (minister.label, attached.uid, "ref")
    assert quirks == {Quirk.LABEL_APOSTROPHE}
    printed, quirks = denomination(minister, living, Dice(1), rates)
    assert (printed.resolved, printed.ref, printed.rule) == (minister.uid, None, "exact")
