"""From options to files: the corpus, its truth and its totals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ontology.errors import ConfigError

from .archives import MANY_MEMBERS, Form, Item, Target, encoded, write
from .assembly import read_assembly
from .dice import Dice
from .lives import draw_questions
from .rates import LEGISLATURES, QUIRKS
from .records import CONFLICT, Draw, dialect, draw, record
from .texts import Texts, read_sentences
from .truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BUNDLED = Path(__file__).resolve().parents[2] / "questeur" / "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What corpus to make."""

    out: Path
    legislature: int = 15
    questions: int = 45_400
    form: Form = Form.JSON_ZIP
    seed: int = 1
    quirks: str = "default"
    amo: Path = BUNDLED / "amo.json.zip"
    sample: Path = BUNDLED / "questions.json.zip"

    def __post_init__(self) -> None:
        """Refuse what no corpus can be made of."""
        if self.legislature not in LEGISLATURES:
            raise _refused("legislature", self.legislature, f"choose among {sorted(LEGISLATURES)}")
        if self.quirks not in QUIRKS:
            raise _refused("quirks", self.quirks, f"choose among {sorted(QUIRKS)}")
        if not 0 < self.questions < CONFLICT:
            raise _refused("questions", self.questions, f"from 1 to {CONFLICT - 1}")

    @property
    def stem(self) -> str:
        """The archive's name without extension: the publisher's, and that it is synthetic."""
        numeral = f"_{LEGISLATURES[self.legislature].numeral}" if self.legislature < 16 else ""
        return f"synthetic_Questions_ecrites{numeral}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was written: the corpus, and beside it the truth of each question and the totals."""

    corpus: Path
    truth: Path
    totals: dict[str, Any]


def _refused(key: str, value: object, hint: str) -> ConfigError:
    return ConfigError(f"{key} cannot be {value!r}", hint=hint)


def make_corpus(options: Options) -> Made:
    """Write the corpus of ``options`` with its truth; the same options always give the same bytes."""
    return write_corpus(draw_corpus(options), options)


def draw_corpus(options: Options) -> Iterator[Draw]:
    """Draw the records of ``options`` in the order of the archive's members, which is no order of theirs."""
    legislature, rates = LEGISLATURES[options.legislature], QUIRKS[options.quirks]
    assembly = read_assembly(options.amo, legislature)
    texts = Texts(read_sentences(options.sample), seed=options.seed, rates=rates)
    questions = draw_questions(assembly, legislature, count=options.questions, seed=options.seed, rates=rates)
    Dice(options.seed, "members").shuffle(questions)
    for question in questions:
        yield draw(question, texts, seed=options.seed, rates=rates)


def write_corpus(draws: Iterable[Draw], options: Options) -> Made:
    """Write records already drawn, in the form of ``options``, with their truth."""
    out, notice = options.out, options.quirks != "none" and options.form in MANY_MEMBERS
    out.mkdir(parents=True, exist_ok=True)
    truth = Truth()
    target = Target(folder=out, stem=options.stem, notice=notice)
    corpus = write(_items(draws, truth, options), options.form, target)
    truth.write(out / "truth.ndjson")
    totals = truth.totals(foreign=int(notice), options=_told(options))
    (out / "totals.json").write_bytes(msgspec.json.format(msgspec.json.encode(totals), indent=2) + b"\n")
    return Made(corpus=corpus, truth=out / "truth.ndjson", totals=totals)


def _items(draws: Iterable[Draw], truth: Truth, options: Options) -> Iterator[Item]:
    """Encode each record in turn, its truth told on the way: one in memory at a time."""
    form = options.form
    style = dialect(options.legislature, xml=form.xml, single=form.single)
    for drawn in draws:
        truth.add(drawn)
        question = drawn.question
        yield question.uid, encoded(record(drawn, style), form, cdata=question.number % 2 == 0)


def _told(options: Options) -> dict[str, str | int]:
    return {
        "legislature": options.legislature,
        "questions": options.questions,
        "form": options.form.value,
        "seed": options.seed,
        "quirks": options.quirks,
    }
