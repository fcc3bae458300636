"""The normal record of a question, and the official JSON that gives it (one question per file).

``read_json`` turns bytes into a :class:`QuestionRecord`: identity checked, days parsed, texts still as published.
Other forms (page, XML) give the same record. Knows nothing of reference data: names are resolved in ``resolve.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from loaders.dates import parse_day
from loaders.record import Nil, RefusedRecordError, Scalar, many, scalars, text
from loaders.texts import clean
from ontology.iris import parse_uid, question_uid

if TYPE_CHECKING:
    from datetime import date

KINDS = frozenset({"QE", "QG", "QOSD"})
PLACEHOLDER_TITLES = frozenset({"aucune tête d'analyse", "aucune tete d'analyse"})


# ---- the normal record


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A body as a record names it: its id, its short and its full label, each possibly absent."""

    ref: str | None = None
    short: str | None = None
    full: str | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when something was published: ``series`` is the source's ``typeJO``; ``raw`` a day that is no day."""

    series: str | None = None
    day: date | None = None
    raw: str | None = None
    page: str | None = None
    number: str | None = None


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A text and the step that published it. ``body`` is the fragment as published."""

    step: Step
    body: str | None = None


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the attribution history."""

    step: Step
    ministry: Mention


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """How a question ended, in the source's own words."""

    step: Step
    code: str | None = None
    label: str | None = None


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A signalement: the day it was filed, and the issue that printed it."""

    step: Step
    filed: date | None = None


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """The author as a record names them: ids, or civility, names and constituency on a page."""

    person: str | None = None
    mandate: str | None = None
    civility: str | None = None
    name: str | None = None
    departement: str | None = None
    constituency: int | None = None


class QuestionRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One question as any form states it."""

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


# ---- the official JSON, typed. Absent is None; any object may be the nil object, so every field has a default.


class _Journal(msgspec.Struct, frozen=True):
    typeJO: Scalar = None
    dateJO: Scalar = None
    pageJO: Scalar = None
    numJO: Scalar = None


class _Body(msgspec.Struct, frozen=True):
    organeRef: Scalar = None
    abrege: Scalar = None
    developpe: Scalar = None


class _Assigned(msgspec.Struct, frozen=True):
    infoJO: _Journal | None = None
    denomination: _Body | None = None


class _AssignedList(msgspec.Struct, frozen=True):
    minAttrib: _Assigned | list[_Assigned] | None = None


class _Erratum(msgspec.Struct, frozen=True):
    infoJO: _Journal | None = None
    texte: Scalar = None


class _Text(msgspec.Struct, frozen=True):
    infoJO: _Journal | None = None
    texte: Scalar = None
    erratumQuestion: _Erratum | list[_Erratum] | None = None
    erratumReponse: _Erratum | list[_Erratum] | None = None


class _QuestionTexts(msgspec.Struct, frozen=True):
    texteQuestion: _Text | list[_Text] | None = None
    erratumQuestion: _Erratum | list[_Erratum] | None = None


class _AnswerTexts(msgspec.Struct, frozen=True):
    texteReponse: _Text | list[_Text] | None = None
    erratumReponse: _Erratum | list[_Erratum] | None = None


class _Closure(msgspec.Struct, frozen=True):
    codeCloture: Scalar = None
    libelleCloture: Scalar = None
    dateCloture: Scalar = None
    infoJO: _Journal | None = None


class _Flag(msgspec.Struct, frozen=True):
    dateDepotSignal: Scalar = None
    dateSignalement: Scalar = None
    infoJO: _Journal | None = None


class _Renewal(msgspec.Struct, frozen=True):
    infoJO: _Journal | None = None


class _RenewalList(msgspec.Struct, frozen=True):
    renouvellement: _Renewal | list[_Renewal] | None = None


class _Analyses(msgspec.Struct, frozen=True):
    analyse: str | Nil | list[Scalar] | None = None


class _OldAnalyses(msgspec.Struct, frozen=True):
    ANA: str | Nil | list[Scalar] | None = None


class _Index(msgspec.Struct, frozen=True):
    rubrique: Scalar = None
    teteAnalyse: Scalar = None
    analyses: _Analyses | None = None
    ANALYSE: _OldAnalyses | None = None


class _Identity(msgspec.Struct, frozen=True):
    acteurRef: Scalar = None
    mandatRef: Scalar = None


class _Author(msgspec.Struct, frozen=True):
    identite: _Identity | None = None
    groupe: _Body | None = None


class _Number(msgspec.Struct, frozen=True):
    numero: Scalar = None
    legislature: Scalar = None


class OfficialQuestion(msgspec.Struct, frozen=True):
    """The question object of the official JSON, as published (legislatures 14 to 17)."""

    uid: Scalar = None
    identifiant: _Number | None = None
    type: Scalar = None
    indexationAN: _Index | None = None
    auteur: _Author | None = None
    minInt: _Body | None = None
    minAttribs: _AssignedList | None = None
    textesQuestion: _QuestionTexts | None = None
    textesReponse: _AnswerTexts | None = None
    cloture: _Closure | None = None
    signalement: _Flag | list[_Flag] | None = None
    renouvellements: _RenewalList | None = None


class _File(msgspec.Struct, frozen=True):
    question: OfficialQuestion


_decode = msgspec.json.Decoder(_File).decode


def read_json(raw: bytes) -> QuestionRecord:
    """Read one official question file.

    Raises
    ------
    RefusedRecordError
        The bytes are not such a record, or its identity is missing, malformed or contradicts itself.
    """
    try:
        official = _decode(raw).question
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        raise RefusedRecordError("bad-field", message, path=path.rstrip("`")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error
    return normal(official)


def _refuse(code: str, message: str, path: str, uid: str = "") -> NoReturn:
    raise RefusedRecordError(code, message, path=path, uid=uid)


def normal(official: OfficialQuestion) -> QuestionRecord:
    """Give the normal record of an official question object."""
    uid, kind, legislature, number = _identity(official)
    author = (official.auteur and official.auteur.identite) or _Identity()
    person = text(author.acteurRef)
    if person is None:
        _refuse("no-author", "the question has no author (auteur.identite.acteurRef)", "$.question.auteur", uid)
    title, heading, analyses = _index(official.indexationAN or _Index(), legislature)
    assigned = official.minAttribs or _AssignedList()
    asked_texts = official.textesQuestion or _QuestionTexts()
    given_texts = official.textesReponse or _AnswerTexts()
    questions = tuple(many(asked_texts.texteQuestion))
    answers = tuple(many(given_texts.texteReponse))
    renewals = official.renouvellements or _RenewalList()
    return QuestionRecord(
        uid=uid,
        kind=kind,
        legislature=legislature,
        number=number,
        author=Author(person=_official_id(person, "PA", uid), mandate=_maybe_id(text(author.mandatRef), "PM", uid)),
        group=_mention(official.auteur.groupe if official.auteur else None),
        asked=_mention(official.minInt),
        assigned=tuple(
            Assigned(step=_step(entry.infoJO), ministry=_mention(entry.denomination))
            for entry in many(assigned.minAttrib)
            if entry.denomination or entry.infoJO
        ),
        title=title,
        rubric=_label((official.indexationAN or _Index()).rubrique),
        heading=heading,
        analyses=analyses,
        questions=_published(questions),
        answers=_published(answers),
        question_errata=_errata([t.erratumQuestion for t in questions], asked_texts.erratumQuestion),
        answer_errata=_errata([t.erratumReponse for t in answers], given_texts.erratumReponse),
        closure=_closure(official.cloture),
        flags=tuple(filter(None, map(_flag, many(official.signalement)))),
        renewals=tuple(s for entry in many(renewals.renouvellement) if (s := _step(entry.infoJO)).day or s.raw),
    )


def _identity(official: OfficialQuestion) -> tuple[str, str, int, int]:
    uid = text(official.uid) or ""
    parsed = parse_uid(uid)
    identity = official.identifiant or _Number()
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


def _mention(body: _Body | None) -> Mention:
    if body is None:
        return Mention()
    ref = text(body.organeRef)
    if ref is not None:
        _official_id(ref, "PO", "")
    return Mention(ref=ref, short=text(body.abrege), full=text(body.developpe))


def _step(journal: _Journal | None) -> Step:
    if journal is None:
        return Step()
    return step(text(journal.typeJO), text(journal.dateJO), text(journal.pageJO), text(journal.numJO))


def step(series: str | None, day: str | None, page: str | None = None, number: str | None = None) -> Step:
    """Make a step of raw texts; a day that does not exist (31/02/2018) is kept as raw text, never re-read by guess."""
    if day is None:
        return Step(series=series, page=page, number=number)
    parsed = parse_day(day)
    return Step(series=series, day=parsed, raw=None if parsed else day, page=page, number=number)


def _published(texts: tuple[_Text, ...]) -> tuple[Published, ...]:
    return tuple(Published(step=_step(t.infoJO), body=text(t.texte)) for t in texts if t.infoJO or text(t.texte))


def _errata(
    inside: list[_Erratum | list[_Erratum] | None], beside: _Erratum | list[_Erratum] | None
) -> tuple[Step, ...]:
    """Collect errata wherever a dialect puts them; an empty block is no erratum."""
    found = [e for entry in (*inside, beside) for e in many(entry)]
    return tuple(s for e in found if (s := _step(e.infoJO)).day or s.raw or text(e.texte))


def _closure(cloture: _Closure | None) -> Closure | None:
    if cloture is None:
        return None
    code, label, day = text(cloture.codeCloture), text(cloture.libelleCloture), text(cloture.dateCloture)
    journal = cloture.infoJO or _Journal()
    if code is None and label is None and day is None and text(journal.dateJO) is None:
        return None
    where = step(text(journal.typeJO), day or text(journal.dateJO), text(journal.pageJO), text(journal.numJO))
    return Closure(step=where, code=code, label=label)


def _flag(entry: _Flag) -> Flag | None:
    filed = text(entry.dateDepotSignal) or text(entry.dateSignalement)
    where = _step(entry.infoJO)
    if filed is None and where.day is None and where.raw is None:
        return None  # an empty block: the flag exists only if its date does
    return Flag(step=where, filed=parse_day(filed) if filed else None)


def _index(index: _Index, legislature: int) -> tuple[str | None, str | None, tuple[str, ...]]:
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
