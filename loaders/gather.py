"""What several questions share is written once: answers, topics, issues, closing codes, stubs.

The result does not depend on the order in which rows come: of several spellings the commonest is the label, ties by
text; an answer stands in the graph of its first question.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from loaders.parts import Owned, Partition, partition_of
from ontology import nouns
from ontology.errors import BuildError
from ontology.iris import parse_uid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loaders.mapped import Row, Small


class Shared(NamedTuple):
    """The shared nouns of a set of questions, and which partition owns which answer."""

    owned: dict[Partition, list[Owned]]
    joint: list[nouns.JointAnswer]
    pages: list[nouns.AnswerPage]
    topics: list[nouns.Topic]
    issues: list[nouns.Issue]
    concepts: list[nouns.Concept]
    stubs: list[nouns.Ministry | nouns.Person | nouns.Group | nouns.Legislature]


def order(uid: str) -> tuple[int, str, int]:
    """Give the natural order of questions: legislature, type, number."""
    parsed = parse_uid(uid)
    if parsed is None:
        raise ValueError(uid)
    return parsed


def gather(rows: Sequence[Row]) -> Shared:
    """Collect what the rows share. They come in the natural order of their questions."""
    answers: dict[str, list[Row]] = {}
    for row in rows:
        if row.answer is not None:
            answers.setdefault(row.answer.key, []).append(row)
    counted: dict[tuple[str, str], Counter[Small]] = {}
    for noun, count in Counter(chain.from_iterable(row.shared for row in rows)).items():
        counted.setdefault((type(noun).__name__, noun.key), Counter())[noun] = count
    owned: dict[Partition, list[Owned]] = {}
    for key, same in sorted(answers.items()):
        owned.setdefault(partition_of(same[0]), []).append(_owned(key, same))
    merged = [_merge(same) for _, same in sorted(counted.items())]
    return Shared(
        owned=owned,
        joint=[nouns.JointAnswer(key=key) for key, same in sorted(answers.items()) if len(same) > 1],
        pages=_pages(rows),
        topics=[n for n in merged if isinstance(n, nouns.Topic)],
        issues=[n for n in merged if isinstance(n, nouns.Issue)],
        concepts=[n for n in merged if isinstance(n, nouns.Concept)],
        stubs=[n for n in merged if isinstance(n, nouns.Ministry | nouns.Person | nouns.Group | nouns.Legislature)],
    )


def _owned(key: str, same: Sequence[Row]) -> Owned:
    answers = [row.answer for row in same if row.answer is not None]
    if len({answer.digest for answer in answers}) > 1:
        raise BuildError(f"two different answers share the key {key}: those of {', '.join(row.uid for row in same)}")
    return Owned(answers[0], tuple(sorted({m for answer in answers for m in answer.ministries})))


def _pages(rows: Iterable[Row]) -> list[nouns.AnswerPage]:
    """Tell the page of an answer from the first page of its section: several different answers claim that one.

    In the 16th legislature the page of an answer may be where the "Réponses" of the issue begin.
    """
    placed = [(row.place, row.answer.key) for row in rows if row.place is not None and row.answer is not None]
    claims: dict[tuple[str, str], set[str]] = {}
    for (_, issue, page), answer in placed:
        claims.setdefault((issue, page), set()).add(answer)
    return [
        nouns.AnswerPage(key=event, kind="pageOfSection" if len(claims[issue, page]) > 1 else "pageOfText")
        for (event, issue, page), _ in placed
    ]


def _commonest(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda t: (-counts[t], t))


def _merge(same: Counter[Small]) -> Small:
    first = min(same, key=lambda n: (-same[n], repr(n)))
    if isinstance(first, nouns.Topic):
        labels: Counter[str] = Counter()
        broader: Counter[str] = Counter()
        for noun, count in same.items():
            if isinstance(noun, nouns.Topic):
                labels[noun.label] += count
                if noun.broader:
                    broader[noun.broader] += count
        label, *others = _commonest(labels)
        return msgspec.structs.replace(
            first, label=label, others=tuple(sorted(others)), broader=next(iter(_commonest(broader)), None)
        )
    if isinstance(first, nouns.Issue):
        numbers: Counter[str] = Counter()
        for noun, count in same.items():
            if isinstance(noun, nouns.Issue) and noun.number:
                numbers[noun.number] += count
        return msgspec.structs.replace(first, number=next(iter(_commonest(numbers)), None))
    return first  # stubs and closing codes: the commonest account of them, ties by its text
