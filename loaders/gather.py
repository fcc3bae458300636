"""What several records share is written once: answers, topics, issues, closing codes, stubs.

The result does not depend on the order in which nouns come: of several spellings the commonest is the label, ties by
text; an answer stands in the graph of its first question.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from loaders.texts import canonical
from ontology import nouns
from ontology.errors import BuildError
from ontology.iris import parse_uid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.resolve import Resolved


class Shared(NamedTuple):
    """The shared nouns of a set of questions. ``answers`` come with the uid of their first question."""

    answers: list[tuple[str, nouns.Answer]]
    topics: list[nouns.Topic]
    issues: list[nouns.Issue]
    concepts: list[nouns.Concept]
    stubs: list[nouns.Ministry | nouns.Person | nouns.Group]


def order(uid: str) -> tuple[int, str, int]:
    """Give the natural order of questions: legislature, type, number."""
    parsed = parse_uid(uid)
    if parsed is None:
        raise ValueError(uid)
    return parsed


def gather(resolved: Iterable[Resolved]) -> Shared:
    """Collect the shared nouns of all questions."""
    answers: dict[str, list[tuple[str, nouns.Answer]]] = {}
    others: dict[tuple[type, str], list[nouns.Shared]] = {}
    for item in resolved:
        for noun in item.shared:
            if isinstance(noun, nouns.Answer):
                answers.setdefault(noun.key, []).append((item.question.key, noun))
            else:
                others.setdefault((type(noun), noun.key), []).append(noun)
    merged = {key: _merge(same) for key, same in sorted(others.items(), key=lambda e: (e[0][0].__name__, e[0][1]))}
    return Shared(
        answers=[_answer(same) for _, same in sorted(answers.items())],
        topics=[n for n in merged.values() if isinstance(n, nouns.Topic)],
        issues=[n for n in merged.values() if isinstance(n, nouns.Issue)],
        concepts=[n for n in merged.values() if isinstance(n, nouns.Concept)],
        stubs=[n for n in merged.values() if isinstance(n, nouns.Ministry | nouns.Person | nouns.Group)],
    )


def with_page_kinds(resolved: Iterable[Resolved]) -> list[nouns.Question]:
    """Tell the page of an answer from the first page of its section: several different answers claim that one.

    In the 16th legislature the page of an answer may be where the "Réponses" of the issue begin.
    """
    questions = [item.question for item in resolved]
    answers: dict[tuple[str, str], set[str]] = {}
    for question in questions:
        for event in question.events:
            if event.kind == "answered" and event.page and event.issue and question.answer:
                answers.setdefault((event.issue, event.page), set()).add(question.answer)
    shared = {place for place, found in answers.items() if len(found) > 1}
    return [_marked(question, shared) if shared else question for question in questions]


def _marked(question: nouns.Question, shared: set[tuple[str, str]]) -> nouns.Question:
    events = tuple(
        msgspec.structs.replace(event, page_kind="pageOfSection")
        if event.page_kind and (event.issue, event.page) in shared
        else event
        for event in question.events
    )
    return msgspec.structs.replace(question, events=events)


def _answer(same: list[tuple[str, nouns.Answer]]) -> tuple[str, nouns.Answer]:
    ordered = sorted(same, key=lambda e: order(e[0]))
    uid, first = ordered[0]
    for other_uid, other in ordered[1:]:
        if canonical(other.text or "") != canonical(first.text or ""):
            raise BuildError(f"two different answers share the key {first.key}: those of {uid} and {other_uid}")
    ministries = tuple(sorted({m for _, answer in ordered for m in answer.ministries}))
    return uid, msgspec.structs.replace(first, ministries=ministries, joint=len(ordered) > 1)


def _commonest(texts: Iterable[str]) -> list[str]:
    counts = Counter(texts)
    return sorted(counts, key=lambda t: (-counts[t], t))


def _merge(same: list[nouns.Shared]) -> nouns.Shared:
    first = same[0]
    if isinstance(first, nouns.Topic):
        topics = [n for n in same if isinstance(n, nouns.Topic)]
        label, *others = _commonest(t.label for t in topics)
        broader = next(iter(_commonest(t.broader for t in topics if t.broader)), None)
        return msgspec.structs.replace(first, label=label, others=tuple(sorted(others)), broader=broader)
    if isinstance(first, nouns.Issue):
        numbers = _commonest(n.number for n in same if isinstance(n, nouns.Issue) and n.number)
        return msgspec.structs.replace(first, number=numbers[0] if numbers else None)
    # stubs and closing codes: the commonest account of them, ties by its text
    counts = Counter(map(repr, same))
    return min(same, key=lambda n: (-counts[repr(n)], repr(n)))
