"""The normal record of a question, and the official record that gives it.

``read_json`` turns bytes into a :class:`QuestionRecord`: identity checked, days parsed, texts still as published.
All forms give this record. Knows nothing of reference data: names are resolved in ``resolve.py``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NoReturn

import msgspec

from loaders.audit import Audit
from loaders.dates import parse_day
from loaders.official import (
    AnswerTexts,
    Attribution,
    Attributions,
    Body,
    Closing,
    Errata,
    Identity,
    Indexing,
    Journal,
    Number,
    OfficialQuestion,
    QuestionTexts,
    Renewal,
    Renewals,
    Signal,
    Text,
    decode,
)
from loaders.record import RefusedRecordError, Scalar, many, scalars, text
from loaders.texts import clean
from ontology.iris import parse_uid, question_uid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KINDS = frozenset({"QE", "QG", "QOSD"})
LINK_DROPPED = "link-dropped"
DAY_AS_TEXT = "day-kept-as-text"
ODDITIES = {
    LINK_DROPPED: "a link that is neither http nor https was dropped",
    DAY_AS_TEXT: "a day that is not in the calendar is kept as text and dates nothing",
}
PLACEHOLDER_TITLES = frozenset({"aucune tête d'analyse", "aucune tete d'analyse"})


# ---- the normal record


class Mention(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A body as a record names it: its id, its short and its full label, each possibly absent."""

    ref: str | None = None
    short: str | None = None
    full: str | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where and when something was published: ``series`` is the source's ``typeJO``; ``raw`` a day that is no day."""

    series: str | None = None
    day: date | None = None
    raw: str | None = None
    page: str | None = None
    number: str | None = None


class Published(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A text and the step that published it. ``body`` is the fragment as published."""

    step: Step
    body: str | None = None


class Assigned(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of the attribution history."""

    step: Step
    ministry: Mention


class Closure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a question ended, in the source's own words."""

    step: Step
    code: str | None = None
    label: str | None = None


class Flag(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A signalement: the day it was filed, and the issue that printed it."""

    step: Step
    filed: date | None = None


class Author(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The author as a record names them: ids, or civility, names and constituency on a page."""

    person: str | None = None
    mandate: str | None = None
    civility: str | None = None
    name: str | None = None
    departement: str | None = None
    constituency: int | None = None


class QuestionRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One question as any form states it. ``notes`` are codes of what was odd in it (``ODDITIES``)."""

    uid: str
    kind: str
    legislature: int
    number: int
    author: Author
    group: Mention
    asked: Mention
    assigned: tuple[Assigned, ...] = ()
    title: str | None = None
    rubric: str | None = None
    heading: str | None = None
    analyses: tuple[str, ...] = ()
    questions: tuple[Published, ...] = ()
    answers: tuple[Published, ...] = ()
    question_errata: tuple[Step, ...] = ()
    answer_errata: tuple[Step, ...] = ()
    closure: Closure | None = None
    flags: tuple[Flag, ...] = ()
    renewals: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def read_json(raw: bytes, audit: Audit | None = None, locator: str = "") -> QuestionRecord:
    """Read one official question file.

    Raises
    ------
    RefusedRecordError
        The bytes are not such a record, or its identity is missing, malformed or contradicts itself.
    """
    return normal(decode(raw, audit or Audit(), locator))


def _refuse(code: str, message: str, path: str, uid: str = "") -> NoReturn:
    raise RefusedRecordError(code, message, path=path, uid=uid)


def normal(official: OfficialQuestion) -> QuestionRecord:
    """Give the normal record of an official question object."""
    uid, kind, legislature, number = _identity(official)
    author = (official.auteur and official.auteur.identite) or Identity()
    person = text(author.acteurRef)
    if person is None:
        _refuse("no-author", "the question has no author (auteur.identite.acteurRef)", "$.question.auteur", uid)
    title, heading, analyses = _index(official.indexationAN or Indexing(), legislature)
    attributions = many((official.minAttribs or Attributions()).minAttrib)
    asked_texts = official.textesQuestion or QuestionTexts()
    given_texts = official.textesReponse or AnswerTexts()
    questions = tuple(many(asked_texts.texteQuestion))
    answers = tuple(many(given_texts.texteReponse))
    flags = many(official.signalement)
    renewals = many((official.renouvellements or Renewals()).renouvellement)
    record = QuestionRecord(
        uid=uid,
        kind=kind,
        legislature=legislature,
        number=number,
        author=Author(person=_official_id(person, "PA", uid), mandate=_maybe_id(text(author.mandatRef), "PM", uid)),
        group=_mention(official.auteur.groupe if official.auteur else None),
        asked=_mention(official.minInt),
        assigned=tuple(
            entry
            for e in attributions
            if (entry := Assigned(step=_step(e.infoJO), ministry=_mention(e.denomination))) != _NOT_ASSIGNED
        ),
        title=title,
        rubric=_label((official.indexationAN or Indexing()).rubrique),
        heading=heading,
        analyses=analyses,
        questions=_published(questions),
        answers=_published(answers),
        question_errata=_errata(
            *(t.erratumQuestion for t in questions), asked_texts.erratumQuestion, official.erratumQuestion
        ),
        answer_errata=_errata(
            *(t.erratumReponse for t in answers), given_texts.erratumReponse, official.erratumReponse
        ),
        closure=_closure(official.cloture),
        flags=tuple(filter(None, map(_flag, flags))),
        renewals=tuple(s for entry in renewals if (s := _step(entry.infoJO)).day or s.raw),
    )
    notes = _notes(record, (*attributions, *questions, *answers, *flags, *renewals, official.cloture))
    return msgspec.structs.replace(record, notes=tuple(notes)) if notes else record


_NOT_ASSIGNED = Assigned(step=Step(), ministry=Mention())
_NOT_PUBLISHED = Published(step=Step())


def steps(record: QuestionRecord) -> Iterator[Step]:
    """Give all publications that a record states."""
    for published in (*record.questions, *record.answers):
        yield published.step
    for assigned in record.assigned:
        yield assigned.step
    for flag in record.flags:
        yield flag.step
    yield from record.renewals
    yield from record.question_errata
    yield from record.answer_errata
    if record.closure is not None:
        yield record.closure.step


def _notes(
    record: QuestionRecord, blocks: Iterable[Attribution | Text | Signal | Renewal | Closing | None]
) -> list[str]:
    links = (
        link
        for block in blocks
        if block is not None and block.infoJO is not None and (link := text(block.infoJO.urlLegifrance)) is not None
    )
    notes = [] if all(link.startswith(("https://", "http://")) for link in links) else [LINK_DROPPED]
    if any(step.raw is not None for step in steps(record)):
        notes.append(DAY_AS_TEXT)
    return notes


def _identity(official: OfficialQuestion) -> tuple[str, str, int, int]:
    uid = text(official.uid) or ""
    parsed = parse_uid(uid)
    identity = official.identifiant or Number()
    number, legislature, kind = text(identity.numero), text(identity.legislature), text(official.type)
    if not uid and number is None:
        _refuse("no-identity", "the record has neither uid nor number", "$.question.uid")
    if kind is not None and kind not in KINDS:
        _refuse("unknown-type", f"type {kind[:40]!r} is none of QE, QG, QOSD", "$.question.type", uid[:40])
    if parsed is None:
        _refuse("bad-uid", f"uid {uid[:60]!r} does not match QANR5L<legislature><type><number>", "$.question.uid")
    stated = (legislature, kind, number)
    if stated != (str(parsed[0]), parsed[1], str(parsed[2])):
        _refuse("identity-conflict", f"uid {uid} contradicts legislature, type, number {stated}", "$.question.uid", uid)
    if question_uid(*parsed) != uid:
        _refuse("bad-uid", f"uid {uid[:60]!r} is not in its canonical form", "$.question.uid")
    return uid, parsed[1], parsed[0], parsed[2]


def _official_id(value: str, prefix: str, uid: str) -> str:
    """Check an official id such as PA720054: two letters and ASCII digits, nothing else may enter an IRI."""
    if not (value.startswith(prefix) and value[2:].isascii() and value[2:].isdigit() and len(value) <= 20):
        _refuse("bad-reference", f"{value[:60]!r} is not an official id ({prefix} and digits)", "$.question", uid)
    return value


def _maybe_id(value: str | None, prefix: str, uid: str) -> str | None:
    return None if value is None else _official_id(value, prefix, uid)


def _label(value: Scalar) -> str | None:
    found = text(value)
    return None if found is None else (" ".join(clean(found).split()) or None)


def _mention(body: Body | None) -> Mention:
    if body is None:
        return Mention()
    ref = text(body.organeRef)
    if ref is not None:
        _official_id(ref, "PO", "")
    return Mention(ref=ref, short=text(body.abrege), full=text(body.developpe))


def _step(journal: Journal | None) -> Step:
    if journal is None:
        return Step()
    return step(text(journal.typeJO), text(journal.dateJO), text(journal.pageJO), text(journal.numJO))


def step(series: str | None, day: str | None, page: str | None = None, number: str | None = None) -> Step:
    """Make a step of raw texts; a day that does not exist (31/02/2018) is kept as raw text, never re-read by guess."""
    if day is None:
        return Step(series=series, page=page, number=number)
    parsed = parse_day(day)
    return Step(series=series, day=parsed, raw=None if parsed else day, page=page, number=number)


def _published(texts: tuple[Text, ...]) -> tuple[Published, ...]:
    found = (Published(step=_step(t.infoJO), body=text(t.texte)) for t in texts)
    return tuple(published for published in found if published != _NOT_PUBLISHED)


def _errata(*places: Errata) -> tuple[Step, ...]:
    """Collect errata wherever a dialect puts them; an empty block is no erratum."""
    found = [e for entry in places for e in many(entry)]
    return tuple(s for e in found if (s := _step(e.infoJO)).day or s.raw or text(e.texte))


def _closure(cloture: Closing | None) -> Closure | None:
    if cloture is None:
        return None
    code, label, day = text(cloture.codeCloture), text(cloture.libelleCloture), text(cloture.dateCloture)
    journal = cloture.infoJO or Journal()
    if code is None and label is None and day is None and text(journal.dateJO) is None:
        return None
    where = step(text(journal.typeJO), day or text(journal.dateJO), text(journal.pageJO), text(journal.numJO))
    return Closure(step=where, code=code, label=label)


def _flag(entry: Signal) -> Flag | None:
    filed = text(entry.dateDepotSignal) or text(entry.dateSignalement)
    where = _step(entry.infoJO)
    if filed is None and where.day is None and where.raw is None:
        return None  # an empty block: the flag exists only if its date does
    day = parse_day(filed) if filed else None
    if filed is not None and day is None and where.raw is None:
        where = msgspec.structs.replace(where, raw=filed)
    return Flag(step=where, filed=day)


def _index(index: Indexing, legislature: int) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Read title, heading and analyses: index terms up to the 14th, later one of the latter two is the title."""
    heading = _label(index.teteAnalyse)
    if heading is not None and heading.casefold() in PLACEHOLDER_TITLES:
        heading = None
    old = index.ANALYSE.ANA if index.ANALYSE else None
    new = index.analyses.analyse if index.analyses else None
    terms = [label for value in (new, old) for item in scalars(value) if (label := _label(item))]
    if legislature <= 14:
        return None, heading, tuple(dict.fromkeys(terms))
    return heading or (terms[0] if terms else None), None, ()
