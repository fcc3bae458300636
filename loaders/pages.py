"""The page of a question, saved as text: labels only, no ids. Gives the same normal record as the official JSON.

The form is that of the Assembly's page 15-10719QE: a heading, the two texts under ``###`` headings, then key facts as
``**Label :** value`` lines, in which links may wrap values and the colon may stand inside or outside the stars.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.questions import Assigned, Author, Closure, Flag, Mention, Published, QuestionRecord, Step, step
from loaders.record import RefusedRecordError
from loaders.safety import FIELD
from loaders.texts import clean, plain
from ontology.iris import question_uid

if TYPE_CHECKING:
    from loaders.audit import Audit

_LEGISLATURE = re.compile(r"\b([0-9]{1,2})\s*(?:ème|e|<sup>e</sup>)\s+législature", re.IGNORECASE)
QUESTION_HEADING = re.compile(
    r"^[^\w\n]*question\s+(écrite|orale sans débat|au gouvernement)\s+n\s*°\s*([0-9]{1,9})[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_KINDS = {"écrite": "QE", "orale sans débat": "QOSD", "au gouvernement": "QG"}
# These see lines that were tidied: no run of spaces, so no run for a pattern to lose its time in.
_TITLE = re.compile(r"^## (.+)$", re.MULTILINE)
_SECTION = re.compile(r"^### (.+)$", re.MULTILINE)
_FACT = re.compile(r"^\*\* ?(.+?) ?:? ?\*\* ?:? ?(.+)$", re.MULTILINE)
_LONGEST_FACT = 1000
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_CONSTITUENCY = re.compile(
    r"^(.+?)\s*\(\s*([0-9]{1,2})(?:er?|re|ère|ème|<sup>[^<]*</sup>)?\s+circonscription\s*\)(?:\s*-\s*(.+))?$"
)
_PUBLISHED = re.compile(r"^(.+?)(?:\s*,?\s*page\s*:?\s*([0-9]+))?$")
_CIVILITY = re.compile(r"^(M\.|Mme|Mlle)\s+(.+)$")

_TEXT_SECTIONS = {"texte de la question": "question", "texte de la réponse": "answer", "données clés": "facts"}
FACT_LABELS = frozenset(
    {
        *("type de question", "numéro de la question", "tête d'analyse", "analyse"),  # the heading says the first two
        "auteur",
        "circonscription",
        "rubrique",
        "ministère interrogé",
        "ministère attributaire",
        "question publiée au jo le",
        "réponse publiée au jo le",
        "date de signalement",
        "date de renouvellement",
        "date de changement d'attribution",
        "question retirée le",
    }
)


def looks_like_page(text: str, within: int = 4000) -> bool:
    """Say whether a text is a saved question page: it names a legislature and a numbered question."""
    head = text[:within]
    return _LEGISLATURE.search(head) is not None and QUESTION_HEADING.search(head) is not None


def read_page(text: str, audit: Audit | None = None, locator: str = "") -> QuestionRecord:
    """Read one saved page.

    Raises
    ------
    RefusedRecordError
        The page has no legislature, number or author.
    """
    if len(text) > FIELD:
        raise RefusedRecordError("field-too-long", f"a page of {len(text):,} characters, at most {FIELD:,}")
    text = "\n".join(map(_tidied, clean(text).splitlines()))
    legislature, number = _LEGISLATURE.search(text), QUESTION_HEADING.search(text)
    if legislature is None or number is None:
        raise RefusedRecordError("no-identity", "the page names no legislature and question number")
    kind = _KINDS[number[1].casefold()]
    uid = question_uid(int(legislature[1]), kind, int(number[2]))
    sections, facts = _sections(text), _facts(text)
    if audit is not None:
        for name in facts.keys() - FACT_LABELS:
            audit.see(f"page.{name}", locator)
    title = _TITLE.search(text)
    asked = Mention(short=facts.get("ministère interrogé"))
    current = Mention(short=facts.get("ministère attributaire") or asked.short)
    tabled = _published_on(facts.get("question publiée au jo le"))
    answered = _published_on(facts.get("réponse publiée au jo le"))
    author, group = _author(facts, uid)
    return QuestionRecord(
        uid=uid,
        kind=kind,
        legislature=int(legislature[1]),
        number=int(number[2]),
        author=author,
        group=group,
        asked=asked,
        assigned=_assigned(facts, tabled or answered, asked, current),
        title=plain(title[1]) if title else None,
        rubric=facts.get("rubrique"),
        questions=_texts(sections.get("question"), tabled),
        answers=_texts(sections.get("answer"), answered),
        closure=_closure(facts, answered),
        flags=tuple(Flag(step=s, filed=None) for s in _steps(facts, "date de signalement")),
        renewals=_steps(facts, "date de renouvellement"),
    )


def _tidied(line: str) -> str:
    """Make one space of each run of spaces in a heading or fact; the lines of a text stay as they are."""
    return " ".join(line.split())[:_LONGEST_FACT] if line.lstrip().startswith(("#", "**")) else line


def _sections(text: str) -> dict[str, str]:
    """Cut the page at its ``###`` headings."""
    marks = list(_SECTION.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    named = (
        (_TEXT_SECTIONS.get(mark[1].casefold()), text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)
    )
    return {name: body.strip() for name, body in named if name}


def _facts(text: str) -> dict[str, str]:
    start = text.casefold().rfind("### données clés")
    return {
        plain(found[1]).replace("’", "'").casefold(): plain(_LINK.sub(r"\1", found[2]))
        for found in _FACT.finditer(text, max(start, 0))
    }


def _author(facts: dict[str, str], uid: str) -> tuple[Author, Mention]:
    named = facts.get("auteur")
    if not named:
        raise RefusedRecordError("no-author", "the page names no author", path="**Auteur :**", uid=uid)
    civility = _CIVILITY.match(named)
    place = _CONSTITUENCY.match(facts.get("circonscription", ""))
    author = Author(
        civility=civility[1] if civility else None,
        name=civility[2] if civility else named,
        departement=place[1] if place else None,
        constituency=int(place[2]) if place else None,
    )
    return author, Mention(full=place[3] if place and place[3] else None)


def _published_on(value: str | None) -> Step | None:
    """Read ``17 juillet 2018, page 6253``."""
    if value is None or (found := _PUBLISHED.match(value)) is None:
        return None
    return step("JO_QUESTION", found[1].strip().rstrip(","), found[2])


def _steps(facts: dict[str, str], name: str) -> tuple[Step, ...]:
    found = _published_on(facts.get(name))
    return () if found is None else (found,)


def _texts(body: str | None, where: Step | None) -> tuple[Published, ...]:
    """Give the text of a section; paragraphs, divided by blank lines, become line breaks."""
    if body is None and where is None:
        return ()
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", body or "") if p.strip()]
    return (Published(step=where or Step(), body="<br>".join(paragraphs) or None),)


def _assigned(facts: dict[str, str], first: Step | None, asked: Mention, current: Mention) -> tuple[Assigned, ...]:
    """Give the history a page can tell: the ministry asked, and the last one if the page dates the change."""
    started = Assigned(step=Step(series="JO_QUESTION", day=first.day if first else None), ministry=asked)
    moved = _published_on(facts.get("date de changement d'attribution"))
    if current == asked:
        return (started,)
    return (started, Assigned(step=moved or Step(), ministry=current))


def _closure(facts: dict[str, str], answered: Step | None) -> Closure | None:
    """Name the closing code as the official records do: a published answer is ``REP_PUB``."""
    if answered is not None:
        return Closure(step=answered, code="REP_PUB", label="Réponse publiée")
    withdrawn = _published_on(facts.get("question retirée le"))
    return None if withdrawn is None else Closure(step=withdrawn, code="RETRAIT", label="Question retirée")
