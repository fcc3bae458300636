"""A question as the publisher's record: the keys, dates and title of its legislature, in the spelling of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from .calendar import issue_number
from .dice import Dice
from .rates import Quirk

if TYPE_CHECKING:
    from datetime import date

    from .questions import Attribution, Denomination, Question
    from .texts import Heading, Texts

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | None"

NAMESPACE = "http://schemas.assemblee-nationale.fr/referentiel"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
NIL: Mapping[str, Json] = {"@xmlns:xsi": INSTANCE, "@xsi:nil": "true"}
CONFLICT = 1_000_000  # added to a number, it is no number of the corpus
PLACEHOLDER = "aucune tête d'analyse"
ONE_OR_MANY = frozenset({"minAttrib", "texteQuestion", "texteReponse", "renouvellement", "analyse"})
LAYOUTS = (Quirk.NIL_OBJECT, Quirk.NIL_MISSING, Quirk.LIST_OF_ONE, Quirk.TITLE_ELSEWHERE)
DATES = (Quirk.DATE_STYLES_MIXED, Quirk.DATE_IMPOSSIBLE)


def iso(day: date) -> str:
    """Write a day as 2018-07-17."""
    return day.isoformat()


def day_first(day: date) -> str:
    """Write a day as 17/07/2018."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one legislature writes in one language: the style of dates, and whether a record names its type."""

    day_first: bool
    typed: bool

    def date(self, day: date, *, other: bool = False) -> str:
        """Write a day in this dialect's style, or in the other one."""
        return day_first(day) if self.day_first != other else iso(day)


def dialect(legislature: int, *, xml: bool, single: bool) -> Dialect:
    """Return the dialect of a legislature: the 14th is bare, the 15th day-first, later ones ISO in JSON alone."""
    return Dialect(
        day_first=legislature == 15 or (legislature > 15 and xml),
        typed=legislature >= 15 and not (xml and single),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """All that a record says, whatever the form: the question, its heading, its texts, every oddity."""

    question: Question
    heading: Heading
    text: str
    answer: str | None
    quirks: frozenset[Quirk] = field(default_factory=frozenset[Quirk])


def draw(question: Question, texts: Texts, *, seed: int, rates: Mapping[Quirk, float]) -> Draw:
    """Draw the texts of a question and the oddities of its record."""
    dice = Dice(seed, "record", question.number)
    wanted = {quirk for quirk in (*LAYOUTS, *DATES, Quirk.NUMBER_CONFLICT) if dice.chance(rates.get(quirk, 0.0))}
    if question.legislature == 14:
        wanted.discard(Quirk.TITLE_ELSEWHERE)
    if not question.closure:
        wanted -= set(DATES)
    if Quirk.NIL_OBJECT in wanted:
        wanted.discard(Quirk.NIL_MISSING)
    text, odd = texts.question(question)
    answer, odd_answer = texts.answer(question.answer) if question.answer else (None, set[Quirk]())
    return Draw(
        question=question,
        heading=texts.heading(question),
        text=text,
        answer=answer,
        quirks=question.quirks | wanted | odd | odd_answer,
    )


def record(drawn: Draw, style: Dialect) -> dict[str, Json]:
    """Write the record, ``@`` keys standing for XML attributes."""
    question = drawn.question
    made: dict[str, Json] = {
        **_identity(drawn, style),
        "indexationAN": _indexing(drawn),
        "auteur": {
            "identite": {"acteurRef": question.deputy.uid, "mandatRef": question.mandate.uid},
            "groupe": {
                "organeRef": question.group.uid,
                "abrege": question.group.sigle,
                "developpe": question.group.label,
            },
        },
        "minInt": _denomination(question.asked),
        "minAttribs": {"minAttrib": _one_or_many([_attribution(a, style) for a in question.attributions])},
        "textesQuestion": {"texteQuestion": _question_text(drawn, style)},
        "textesReponse": _answer_text(drawn, style),
        "cloture": _closure(drawn, style),
        "signalement": _signal(question.signalled, style),
        "renouvellements": _renewals(question.renewals, style),
    }
    return respelled(made, drawn.quirks)


def _identity(drawn: Draw, style: Dialect) -> dict[str, Json]:
    """Write who the record is, and its XML type where the dialect has one."""
    question = drawn.question
    number = question.number + (CONFLICT if Quirk.NUMBER_CONFLICT in drawn.quirks else 0)
    kind: dict[str, Json] = {"@xmlns": NAMESPACE, "@xmlns:xsi": INSTANCE, "@xsi:type": "QuestionEcrite_Type"}
    return {
        **(kind if style.typed else {}),
        "uid": question.uid,
        "identifiant": {
            "numero": str(number),
            "regime": "5eme Republique",
            "legislature": str(question.legislature),
        },
        "type": "QE",
    }


def _signal(day: date | None, style: Dialect) -> Json:
    if not day:
        return None
    return {"dateDepotSignal": style.date(day), "infoJO": _journal(style.date(day), day=day)}


def _renewals(days: Sequence[date], style: Dialect) -> Json:
    if not days:
        return None
    return {"renouvellement": _one_or_many([{"infoJO": _journal(style.date(day), day=day)} for day in days])}


def _one_or_many(items: Sequence[Json]) -> Json:
    return items[0] if len(items) == 1 else items


def _journal(printed: str, *, day: date | None = None, page: int | None = None, kind: str = "JO_QUESTION") -> Json:
    return {
        "typeJO": kind,
        "dateJO": printed,
        "pageJO": None if page is None else str(page),
        "numJO": None if day is None else str(issue_number(day)),
        "urlLegifrance": None,
        "referenceNOR": None,
    }


def _indexing(drawn: Draw) -> Json:
    """Put the title where the legislature has it; the 14th has keywords and none."""
    heading, legislature = drawn.heading, drawn.question.legislature
    elsewhere = Quirk.TITLE_ELSEWHERE in drawn.quirks
    if legislature == 14:
        first, rest = heading.keywords[0], heading.keywords[1:]
        return {
            "rubrique": heading.rubrique.lower(),
            "teteAnalyse": first,
            "analyses": {"analyse": _one_or_many(rest) if rest else None},
        }
    if legislature == 15:
        if elsewhere:
            return {"rubrique": heading.rubrique, "teteAnalyse": PLACEHOLDER, "ANALYSE": {"ANA": heading.title}}
        return {"rubrique": heading.rubrique, "teteAnalyse": heading.title, "analyses": {"analyse": None}}
    return {
        "rubrique": heading.rubrique,
        "teteAnalyse": " " if elsewhere else None,
        "analyses": {"analyse": heading.title},
    }


def _denomination(ministry: Denomination) -> Json:
    return {"organeRef": ministry.ref, "abrege": ministry.short, "developpe": ministry.label}


def _attribution(attribution: Attribution, style: Dialect) -> Json:
    kind = "JO_LOI_DECRET" if attribution.cause == "inherited" else "JO_QUESTION"
    day = None if attribution.cause == "inherited" else attribution.day
    return {
        "infoJO": _journal(style.date(attribution.day), day=day, kind=kind),
        "denomination": _denomination(attribution.ministry),
    }


def _question_text(drawn: Draw, style: Dialect) -> Json:
    question = drawn.question
    text: dict[str, Json] = {
        "infoJO": _journal(style.date(question.day), day=question.day, page=question.page),
        "texte": drawn.text,
    }
    if question.erratum_of_question:
        text["erratumQuestion"] = _erratum(question.erratum_of_question, style)
    return text


def _answer_text(drawn: Draw, style: Dialect) -> Json:
    question, answer = drawn.question, drawn.question.answer
    if not answer:
        return None
    text: dict[str, Json] = {
        "infoJO": _journal(style.date(answer.day), day=answer.day, page=answer.page),
        "texte": drawn.answer,
    }
    if question.erratum_of_answer:
        text["erratumReponse"] = _erratum(question.erratum_of_answer, style)
    return {"texteReponse": text}


def _erratum(day: date, style: Dialect) -> Json:
    return {"infoJO": _journal(style.date(day), day=day), "texte": "Au lieu de : « synthèse », lire : « synthétique »."}


def _closure(drawn: Draw, style: Dialect) -> Json:
    """Write the closure; its date is where the odd dates are put, so question and answer keep theirs."""
    closure, answer = drawn.question.closure, drawn.question.answer
    if not closure:
        return None
    printed = style.date(closure.day, other=Quirk.DATE_STYLES_MIXED in drawn.quirks)
    journal = style.date(closure.day)
    if Quirk.DATE_IMPOSSIBLE in drawn.quirks:
        printed = journal = f"31/02/{closure.day.year}" if "/" in printed else f"{closure.day.year}-02-31"
    return {
        "codeCloture": closure.code,
        "libelleCloture": closure.label,
        "dateCloture": printed,
        "infoJO": _journal(journal, day=closure.day, page=answer.page) if answer else None,
    }


def respelled(made: dict[str, Json], quirks: frozenset[Quirk]) -> dict[str, Json]:
    """Say the same in the odd spellings: absent as an object or not at all, one thing as a list of one."""
    if not quirks & {Quirk.NIL_OBJECT, Quirk.NIL_MISSING, Quirk.LIST_OF_ONE}:
        return made
    return {key: _respelled(key, value, quirks) for key, value in made.items() if _kept(value, quirks)}


def _kept(value: Json, quirks: frozenset[Quirk]) -> bool:
    return value is not None or Quirk.NIL_MISSING not in quirks


def _respelled(key: str, value: Json, quirks: frozenset[Quirk]) -> Json:
    if value is None:
        return NIL if Quirk.NIL_OBJECT in quirks else None
    if isinstance(value, Mapping):
        value = {name: _respelled(name, part, quirks) for name, part in value.items() if _kept(part, quirks)}
    elif not isinstance(value, str):
        return [_respelled("", part, quirks) for part in value]
    return [value] if key in ONE_OR_MANY and Quirk.LIST_OF_ONE in quirks else value
