"""Texts made of real sentences: questions, answers, titles. Each says that it is synthetic.

A text depends on the seed and on the question's number (or the answer's key) alone, so texts can be made in any order.
"""

from __future__ import annotations

import html
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from ontology.errors import SourceError

from .dice import Dice, quantile
from .rates import ANSWER_LENGTH, QUESTION_LENGTH, Quirk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from .questions import Answer, Question

MARK = " [synthetic]"
SPLIT = re.compile(r"(?<=[.!?»])(?<!\AM\.)(?<![\W_]M\.)(?<!MM\.)\s+(?=[A-ZÀÉÈÊÎÔ«])")
BREAK = re.compile(r"</?(?:br|p|div|center)[^>]*>", re.IGNORECASE)
EMPHASIS = re.compile(r"</?em>", re.IGNORECASE)
SUBJECT = re.compile(r"\bsur (.{30,170})\.\Z")
WORDS = re.compile(r"\b\w{5,} \w{5,}\b")
CLOSING = re.compile(r"\A(?:Il|Elle)\b")
TIGHT = (" :", " ;", " !", " ?", " »", "« ", " %", " €", "n° ")  # where French typography forbids a break
SPECIAL = {char: f"&#{ord(char)};" for char in "€œŒ…–•‘"}  # the characters that answers carry as numeric entities
AUTHORS = ("Mélenchon", "Le Pen", "Guedj", "Attal")  # the sample's authors: a sentence naming one is left out
TABLE = "<br><table border='1'><tr><th>Année</th><th>Montant</th></tr><tr><td>{}</td><td>{} M&#8364;</td></tr></table>"

OPENINGS = ("attire l'attention de", "interroge", "appelle l'attention de", "alerte")
NO_TITLE = ("réglementation", "perspectives", "bilan", "financement", "réforme", "mise en œuvre", "conditions", "aides")
RUBRIQUES = (
    "Agriculture", "Santé", "Enseignement", "Impôts et taxes", "Énergie et carburants", "Collectivités territoriales",
    "Transports", "Personnes handicapées", "Environnement", "Entreprises", "Emploi et activité", "Retraites",
    "Sécurité routière", "Logement", "Professions de santé", "Police", "Justice", "Politique extérieure", "Outre-mer",
    "Travail", "Animaux", "Étrangers", "Anciens combattants", "Enseignement supérieur", "Culture", "Sports", "Communes",
    "Élus", "Fonction publique", "Tourisme", "Associations", "Banques et assurances", "Consommation", "Numérique",
    "Union européenne", "Défense", "Pharmacie", "Famille", "Pauvreté", "Sécurité des biens et des personnes", "Eau",
    "Télécommunications", "Commerce et artisanat", "Industrie", "Recherche", "Urbanisme", "Femmes", "Jeunes",
)  # fmt: skip


class _Text(msgspec.Struct):
    texte: str


class _TexteQuestion(msgspec.Struct):
    texte: _Text = msgspec.field(name="texteQuestion")


class _TexteReponse(msgspec.Struct):
    texte: _Text = msgspec.field(name="texteReponse")


class _Question(msgspec.Struct):
    type: str
    question: _TexteQuestion | None = msgspec.field(name="textesQuestion", default=None)
    answer: _TexteReponse | None = msgspec.field(name="textesReponse", default=None)


class _File(msgspec.Struct):
    question: _Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """The sentences the texts are made of, plain: no markup, no entity, no no-break space, straight apostrophes."""

    subjects: tuple[str, ...]
    of_questions: tuple[str, ...]
    closings: tuple[str, ...]
    of_answers: tuple[str, ...]


def read_sentences(path: Path) -> Sentences:
    """Read the written questions of a sample archive and cut their texts into sentences.

    Raises
    ------
    SourceError
        When the file is no such archive or holds no text.
    """
    decoder = msgspec.json.Decoder(_File)
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".json"))
            records = [decoder.decode(archive.read(name)).question for name in names]
    except (OSError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        message = f"{path.name} is not a readable archive of questions: {error}"
        raise SourceError(message, source=path.name, hint="Give a zip of question JSON, one member each.") from error
    written = [record for record in records if record.type == "QE"]
    asked = [cut(record.question.texte.texte) for record in written if record.question]
    answered = [cut(record.answer.texte.texte) for record in written if record.answer]
    subjects = [match[1] for text in asked for match in [SUBJECT.search(text[0])] if match]
    found = Sentences(
        subjects=_unique(subjects),
        of_questions=_unique([s for text in asked for s in text[1:] if not CLOSING.match(s)]),
        closings=_unique([s for text in asked for s in text[1:] if CLOSING.match(s)]),
        of_answers=_unique([s for text in answered for s in text]),
    )
    if not (found.subjects and found.of_questions and found.closings and found.of_answers):
        message = f"{path.name} holds too few written questions to make texts of"
        raise SourceError(message, source=path.name, hint="Give a sample with written questions and answers.")
    return found


def cut(text: str) -> list[str]:
    """Cut the HTML of one text into plain sentences; what is left of markup stays, so that it can be dropped later."""
    plain = EMPHASIS.sub("", text).replace("\u00a0", " ").replace("’", "'")
    return [" ".join(html.unescape(s).split()) for line in BREAK.split(plain) for s in SPLIT.split(line) if s.strip()]


def _unique(sentences: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            s for s in sentences if len(s) > 25 and not set("<>&") & set(s) and not any(a in s for a in AUTHORS)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The indexing of a question: its rubrique, its title and, for the 14th, keywords instead of one."""

    rubrique: str
    title: str
    keywords: tuple[str, ...]


class Texts:
    """Makes the texts of a corpus, each with the oddities that were put in."""

    def __init__(self, sentences: Sentences, *, seed: int, rates: Mapping[Quirk, float]) -> None:
        self._sentences = sentences
        self._seed = seed
        self._rates = rates

    def heading(self, question: Question) -> Heading:
        """Draw rubrique, title and keywords of a question."""
        dice = Dice(self._seed, "heading", question.number)
        title = self._subject(question)
        squared = dice.unit() ** 2  # the first of the list are the most frequent
        return Heading(
            rubrique=RUBRIQUES[int(squared * len(RUBRIQUES))],
            title=title[:1].upper() + title[1:],
            keywords=tuple(dict.fromkeys(dice.pick(NO_TITLE) for _ in range(1 + dice.below(3)))),
        )

    def _subject(self, question: Question) -> str:
        return Dice(self._seed, "subject", question.number).pick(self._sentences.subjects)

    def question(self, question: Question) -> tuple[str, set[Quirk]]:
        """Make the text of a question."""
        dice = Dice(self._seed, "question", question.number)
        length = quantile(QUESTION_LENGTH, dice.unit())
        deputy = question.deputy
        opening = f"{deputy.civility} {deputy.name} {dice.pick(OPENINGS)} M. le ministre sur {self._subject(question)}."
        closing = CLOSING.sub("Elle" if deputy.civility == "Mme" else "Il", dice.pick(self._sentences.closings))
        middle = _sentences(self._sentences.of_questions, length - len(opening) - len(closing) - len(MARK), dice)
        return self._odd(
            " ".join((opening, *middle, closing)) + MARK,
            dice,
            (Quirk.QUESTION_EMPHASIS, Quirk.QUESTION_NO_BREAK_SPACE, Quirk.QUESTION_APOSTROPHE),
        )

    def answer(self, answer: Answer) -> tuple[str, set[Quirk]]:
        """Make the text of an answer."""
        dice = Dice(self._seed, "answer", answer.key)
        length = quantile(ANSWER_LENGTH, dice.unit())
        text = " ".join(_sentences(self._sentences.of_answers, length - len(MARK), dice)) + MARK
        return self._odd(text, dice, (Quirk.ANSWER_NO_BREAK_SPACE, Quirk.ANSWER_ENTITY, Quirk.ANSWER_TABLE))

    def _odd(self, text: str, dice: Dice, possible: Sequence[Quirk]) -> tuple[str, set[Quirk]]:
        quirks: set[Quirk] = set()
        for quirk in possible:
            if dice.chance(self._rates.get(quirk, 0.0)) and (changed := _changed(text, quirk, dice)) != text:
                text = changed
                quirks.add(quirk)
        return text, quirks


def _sentences(pool: Sequence[str], length: float, dice: Dice) -> list[str]:
    """Pick sentences until they fill ``length``: the last one goes in when that comes nearer."""
    picked: list[str] = []
    while length > 0:
        sentence = dice.pick(pool)
        if picked and len(sentence) > 2 * length:
            break
        picked.append(sentence)
        length -= len(sentence) + 1
    return picked


def _changed(text: str, quirk: Quirk, dice: Dice) -> str:
    """Put one oddity in a text; a text that offers no place for it stays as it is, or is given one."""
    if quirk is Quirk.QUESTION_EMPHASIS:
        words = WORDS.search(text, len(text) // 3)
        return f"{text[: words.start()]}<em>{words[0]}</em>{text[words.end() :]}" if words else text
    if quirk is Quirk.QUESTION_APOSTROPHE:
        return text.replace("'", "’")
    if quirk is Quirk.ANSWER_ENTITY:
        entities = _replaced(text, SPECIAL)
        return entities if entities != text else text.removesuffix(MARK) + " (&#8230;)" + MARK
    if quirk is Quirk.ANSWER_TABLE:
        return text + TABLE.format(2010 + dice.below(12), dice.below(900) + 1)
    spaced = _replaced(text, {pair: pair.replace(" ", "\u00a0") for pair in TIGHT})
    return spaced if spaced != text else text.replace(" ", "\u00a0", 1)


def _replaced(text: str, pairs: Mapping[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text
