"""Which older questions a text says it recalls: numbers read from it. Knows nothing of whether they exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ontology.iris import question_uid

if TYPE_CHECKING:
    from ontology import nouns

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
