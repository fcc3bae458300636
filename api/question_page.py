"""The page of a question: its life in order, who was asked and who answered, what belongs to it, how to cite it.

Knows the statements of a document, queries and the text index; no HTTP, no template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from rdflib import RDF, RDFS
from rdflib.term import Literal

from api import queries
from api.asked import key
from api.questions import details
from api.selection import selection
from graph.text import parse, words_in
from ontology.errors import QuesteurError
from ontology.iris import NS, split

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.asked import Memo
    from api.documents import Document
    from api.questions import Item
    from graph.indexing import Indexes
    from graph.store import Limits

_DCTERMS: Final = "http://purl.org/dc/terms/"
_GENERIC: Final = frozenset({f"{NS}QuestionEvent", f"{NS}Closed", f"{NS}Reattributed"})
_SHOWN: Final = 12
_SIMILAR: Final = 5
_WORDS: Final = 6  # of a title, the longest: those that tell what a question is about
_SHORTEST: Final = 5
_LONGEST: Final = 40  # beyond, no word but a slip of the press


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event in the life of a question: the class, the day, the issue and page, the bodies it is about."""

    kind: str
    day: str
    anchor: str
    issue: str
    issue_path: str
    page: str
    bodies: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Questions that belong to this one in one way: the first of ``total``, and the query that gives all."""

    how: str
    items: Sequence[Item]
    total: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a question's page shows beside its texts. Days are ISO, empty where nothing is known."""

    label: str
    author: tuple[str, str]
    groups: Sequence[tuple[str, str]]
    constituency: tuple[str, str]
    asked_of: tuple[str, str]
    attributed_to: tuple[str, str]
    topic: tuple[str, str]
    status: str
    asked: str
    answered: str
    due: str
    delay: int | None
    steps: Sequence[Step]
    official: str

    @property
    def late(self) -> bool:
        """Say whether the answer came after the day it was due, or has not come by the day it was due."""
        return bool(self.due and self.answered and self.answered > self.due)

    @property
    def days_late(self) -> int:
        """Count the days by which the answer missed its day."""
        return (date.fromisoformat(self.answered) - date.fromisoformat(self.due)).days if self.late else 0


def life(found: Document, labels: Mapping[str, str]) -> Life:
    """Read the life of a question out of its document."""
    about = found.about(found.iri)

    def first(name: str) -> str:
        return str(about[name][0][0]) if about.get(name) else ""

    def body(name: str) -> tuple[str, str]:
        return _named(first(f"{NS}{name}"), labels)

    groups = [body(name) for name in ("groupAsPublished", "groupAtTabling")]
    return Life(
        label=next((str(value) for value, _ in about.get(str(RDFS.label), [])), key(found.iri)),
        author=body("author"),
        groups=[group for group in dict.fromkeys(groups) if group[0]],
        constituency=body("constituencyAtTabling"),
        asked_of=body("addressedTo"),
        attributed_to=body("attributedTo"),
        topic=body("topic"),
        status=first(f"{NS}status").removeprefix(f"{NS}status").lower(),
        asked=first(f"{NS}tabledOn"),
        answered=first(f"{NS}answeredOn"),
        due=first(f"{NS}dueOn"),
        delay=int(first(f"{NS}delayDays")) if about.get(f"{NS}delayDays") else None,
        steps=_steps(found, labels),
        official=first("http://xmlns.com/foaf/0.1/page"),
    )


def _steps(found: Document, labels: Mapping[str, str]) -> list[Step]:
    """List the events in their order."""
    placed: list[tuple[str, int, Step]] = []
    for event, _ in found.about(found.iri).get(f"{NS}event", []):
        about = found.about(str(event))
        kinds = [str(value) for value, _ in about.get(str(RDF.type), [])]
        values = {name: str(pairs[0][0]) for name, pairs in about.items()}
        step = Step(
            kind=next((kind for kind in kinds if kind not in _GENERIC), kinds[0] if kinds else ""),
            day=values.get(f"{NS}on", ""),
            anchor=str(event).partition("#")[2],
            issue=labels.get(values.get(f"{NS}inIssue", ""), ""),
            issue_path=_named(values.get(f"{NS}inIssue", ""), labels)[1],
            page=values.get(f"{NS}page", ""),
            bodies=[
                _named(values[f"{NS}{name}"], labels)
                for name in ("fromMinistry", "toMinistry")
                if f"{NS}{name}" in values
            ],
        )
        placed.append((step.day, int(values.get(f"{NS}position", "0")), step))
    return [step for _, _, step in sorted(placed, key=lambda place: place[:2])]


def _named(iri: str, labels: Mapping[str, str]) -> tuple[str, str]:
    """Give the name and the page of a thing; both empty where there is none."""
    ours = split(iri)
    return (labels.get(iri) or key(iri), f"/{ours[0]}/{ours[1]}" if ours else "") if iri else ("", "")


def related(memo: Memo, iri: str, *, limits: Limits) -> list[Related]:
    """List the questions of the same answer, and those that recall this one or that it recalls."""
    asked = memo.ask("joint", question=queries.iri(iri))
    found: dict[str, list[str]] = {}
    for how, question in asked.rows:
        found.setdefault(str(how), []).append(str(question))
    return [
        Related(
            how=how,
            items=list(details(memo, selection({}), iris[:_SHOWN], limits)),
            total=len(iris),
            query=asked.path,
        )
        for how, iris in found.items()
    ]


def similar(memo: Memo, indexes: Indexes, found: Document, *, limits: Limits) -> list[Item]:
    """List questions whose titles and texts have the telling words of this title; none while there is no index."""
    about = found.about(found.iri)
    titles = [str(value) for value, _ in about.get(f"{_DCTERMS}title", []) if isinstance(value, Literal)]
    words = sorted({word for title in titles for word in words_in(title) if _SHORTEST <= len(word) <= _LONGEST})
    telling = sorted(words, key=lambda word: (-len(word), word))[:_WORDS]
    if not telling:
        return []
    try:
        index = indexes.current(wait=0)
    except QuesteurError:
        return []
    own = key(found.iri)
    for kept in range(len(telling), 1, -1):
        keys = [name for name in index.find(parse(" ".join(telling[:kept])), {}, limit=_SIMILAR + 1) if name != own]
        if keys:
            base = found.iri.removesuffix(own)
            return list(details(memo, selection({}), [base + name for name in keys[:_SIMILAR]], limits))
    return []


def citation(found: Life, title: str, address: str) -> str:
    """Write how the question is cited, as the Assembly does: author, number, title, days and pages of the journal."""
    steps = {step.kind.removeprefix(NS): step for step in found.steps}
    tabled, answered = steps.get("Tabled"), steps.get("Answered")
    said = [f"{found.author[0]}, question n° {found.label}", f"« {title} »" if title else ""]
    for step, name in ((tabled, "JO"), (answered, "réponse JO")):
        if step is not None:
            said.append(f"{name} {step.day}" + (f", p. {step.page}" if step.page else ""))
    return f"{', '.join(part for part in said if part)}. {address}"
