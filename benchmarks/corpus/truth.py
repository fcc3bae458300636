"""What a right reading of the corpus must find: one line for each question, and the totals.

Written from the logical records, never from the files, so a loader is judged by something other than a second parser.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from .rates import Quirk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from .questions import Denomination, Question
    from .records import Draw

REFUSED = frozenset({Quirk.NUMBER_CONFLICT})


def digest(text: str) -> str:
    """Return the sha256 of a raw text as the record carries it."""
    return sha256(text.encode()).hexdigest()


def truth(drawn: Draw) -> dict[str, Any]:
    """Say what is true of one question: ids with the rule that finds them, days, history, joint answer, oddities."""
    question, answer = drawn.question, drawn.question.answer
    return {
        "synthetic": True,
        "uid": question.uid,
        "legislature": question.legislature,
        "type": "QE",
        "number": question.number,
        "verdict": "refused" if drawn.quirks & REFUSED else "loaded",
        "day": question.day,
        "page": question.page,
        "title": None if question.legislature == 14 else drawn.heading.title,
        "rubrique": drawn.heading.rubrique.lower() if question.legislature == 14 else drawn.heading.rubrique,
        "keywords": drawn.heading.keywords if question.legislature == 14 else (),
        "deputy": question.deputy.uid,
        "mandate": question.mandate.uid,
        "constituency": question.mandate.constituency,
        "place": f"{question.mandate.department}-{question.mandate.number}",
        "group": question.group.uid,
        "asked": _ministry(question.asked),
        "attributions": [{"day": a.day, "cause": a.cause, **_ministry(a.ministry)} for a in question.attributions],
        "text_sha256": digest(drawn.text),
        "answer": {
            "day": answer.day,
            "delay": (answer.day - question.day).days if answer.day >= question.day else None,
            "page": answer.page,
            "page_kind": "answers-section-start" if Quirk.ANSWER_PAGE_OF_SECTION in drawn.quirks else "answer",
            "text_sha256": digest(drawn.answer),
            "joint": answer.key if answer.questions > 1 else None,
            "questions": answer.questions,
        }
        if answer and drawn.answer is not None
        else None,
        "closure": _closure(question, drawn.quirks),
        "signalled": question.signalled,
        "renewals": question.renewals,
        "erratum_of_question": question.erratum_of_question,
        "erratum_of_answer": question.erratum_of_answer,
        "quirks": sorted(drawn.quirks),
    }


def _ministry(ministry: Denomination) -> dict[str, str | None]:
    return {"ministry": ministry.resolved, "rule": ministry.rule, "label": ministry.label}


def _closure(question: Question, quirks: frozenset[Quirk]) -> dict[str, str | date | None] | None:
    """Say code and day of the closure; an impossible day is no day."""
    closure = question.closure
    if not closure:
        return None
    return {"code": closure.code, "day": None if Quirk.DATE_IMPOSSIBLE in quirks else closure.day}


class Truth:
    """Keeps the truth of each record as it is written, and adds it up."""

    def __init__(self) -> None:
        self._lines: dict[int, bytes] = {}
        self._counts: Counter[str] = Counter()
        self._answers: set[int] = set()
        self._joint: set[int] = set()
        self._parts: dict[str, Counter[str]] = {
            name: Counter() for name in ("quirks", "closures", "rules_of_asked", "attributions", "verdicts")
        }

    def add(self, drawn: Draw) -> None:
        """Keep and count the truth of one question."""
        self._lines[drawn.question.number] = msgspec.json.encode(truth(drawn))
        question, answer = drawn.question, drawn.question.answer
        self._counts.update(
            questions=1,
            answered=bool(answer),
            renewed=bool(question.renewals),
            renewals=len(question.renewals),
            signalled=bool(question.signalled),
            errata=bool(question.erratum_of_question) + bool(question.erratum_of_answer),
            more_than_one_attribution=len(question.attributions) > 1,
        )
        if answer:
            self._answers.add(answer.key)
            if answer.questions > 1:
                self._joint.add(answer.key)
                self._counts["questions_answered_jointly"] += 1
        self._parts["quirks"].update(quirk.value for quirk in drawn.quirks)
        self._parts["closures"].update([question.closure.code if question.closure else "none"])
        self._parts["rules_of_asked"].update([question.asked.rule])
        self._parts["attributions"].update(a.cause for a in question.attributions)
        self._parts["verdicts"].update(["refused" if drawn.quirks & REFUSED else "loaded"])

    def write(self, path: Path) -> None:
        """Write one line for each question, in the order of their numbers."""
        with path.open("wb") as stream:
            for number in sorted(self._lines):
                stream.write(self._lines[number] + b"\n")

    def totals(self, *, foreign: int, options: Mapping[str, str | int]) -> dict[str, Any]:
        """Return the totals and the books a loader must balance; ``foreign`` members are no records."""
        loaded, refused = (self._parts["verdicts"][verdict] for verdict in ("loaded", "refused"))
        return {
            "synthetic": True,
            "options": dict(options),
            **{name: self._counts[name] for name in sorted(self._counts)},
            "unanswered": self._counts["questions"] - self._counts["answered"],
            "answers": len(self._answers),
            "joint_answers": len(self._joint),
            **{name: dict(sorted(part.items())) for name, part in self._parts.items()},
            "books": {
                "read": loaded + refused + foreign,
                "loaded": loaded,
                "unchanged": 0,
                "duplicate": 0,
                "superseded": 0,
                "skipped": foreign,
                "refused": refused,
            },
        }
