"""What only all questions together tell of one: the transfers on its way, and the older questions that it recalls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ontology import nouns
from ontology.iris import question_uid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from loaders.resolve import Resolved

# "rappelle à M. le ministre les termes de sa question écrite n° 10 719": the number is one of the same type. Several
# numbers only after a plural: what follows a single one is its date.
_ONE = r"\d{1,3}(?:[ \u00a0\u202f.]\d{3})+(?!\d)|\d{1,6}"
_RECALL = re.compile(
    rf"\btermes de (?:sa|ses) (?:précédentes? )?questions?(?: écrites?| orales?)?[^.;]{{0,20}}?"
    rf"(?:n(?:°|º|o)\s*(?P<one>{_ONE})|n(?:°s|ºs|os)\s*(?P<many>(?:{_ONE})(?:(?:, ?| et )(?:{_ONE}))*))",
    re.IGNORECASE,
)
_NUMBER = re.compile(_ONE)


def recalled(question: nouns.Question) -> tuple[str, ...]:
    """List the uids of the questions whose terms a text says it recalls; they may not exist."""
    if question.text is None or "termes de" not in question.text:
        return ()
    numbers = [
        int(re.sub(r"\D", "", number))
        for found in _RECALL.finditer(question.text)
        for number in _NUMBER.findall(found["one"] or found["many"])
    ]
    return tuple(dict.fromkeys(question_uid(question.legislature, question.kind, n) for n in numbers if n))


def courses(
    resolved: Iterable[Resolved], portfolios_of: Callable[[str], frozenset[str]]
) -> Iterator[nouns.Course | nouns.Crossing]:
    """Tell of each question whether its moves cross portfolios, how often it was transferred, and what it recalls."""
    questions = {item.question.key: item.question for item in resolved}
    for question in questions.values():
        crossings = {
            event.key: portfolios_of(event.from_ministry or "").isdisjoint(portfolios_of(event.to_ministry or ""))
            for event in question.events
            if event.kind == "reattributed"
        }
        yield from (nouns.Crossing(key=key, crosses=crosses) for key, crosses in crossings.items())
        yield nouns.Course(
            key=question.key,
            transfers=sum(crossings.get(e.key, False) and e.inherited is False for e in question.events),
            recalls=tuple(uid for uid in recalled(question) if _is_older(questions.get(uid), question)),
        )


def _is_older(older: nouns.Question | None, question: nouns.Question) -> bool:
    return (
        older is not None
        and older.author == question.author
        and older.tabled is not None
        and question.tabled is not None
        and older.tabled < question.tabled
    )
