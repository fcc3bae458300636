"""What only all questions together tell: transfers told from reshuffles, and the older questions a text recalls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest

from loaders.courses import courses
from loaders.curating import Curation
from loaders.mapped import life_of
from loaders.questions import Assigned, Author, Mention, Published, QuestionRecord, Step
from loaders.recalls import recalled
from loaders.resolve import Resolved, resolve
from ontology import nouns

if TYPE_CHECKING:
    from tests.loaders.world import World

DEFENCE, NEXT_DEFENCE, HEALTH, INTERIOR = "PO653280", "PO700737", "PO729979", "PO729937"


def day(text: str, series: str = "JO_QUESTION") -> Step:
    return Step(series=series, day=date.fromisoformat(text))


def cornut_gentille() -> QuestionRecord:
    """Give question 14-47351 as the Assemblée publishes it, its texts left out."""
    first, decree = day("2014-01-07"), day("2014-04-03", "JO_LOI_DECRET")
    return QuestionRecord(
        uid="QANR5L14QE47351",
        kind="QE",
        legislature=14,
        number=47351,
        author=Author(person="PA923"),
        group=Mention(ref="PO707869", short="Les Républicains"),
        asked=Mention(short="Défense", full="Ministère de la défense"),
        assigned=(
            Assigned(step=first, ministry=Mention(short="Défense", full="Ministère de la défense")),
            Assigned(step=decree, ministry=Mention(short="Défense", full="Ministère de la défense")),
        ),
        questions=(Published(step=first, body="Texte."),),
        answers=(Published(step=day("2014-05-13"), body="Réponse."),),
        renewals=(day("2014-04-15"),),
    )


def told(world: World, *resolved: Resolved) -> dict[str, nouns.Course | nouns.Crossing]:
    stubs = [s for item in resolved for s in item.shared if isinstance(s, nouns.Ministry)]
    curation = Curation(world.references, stubs)
    lives = {item.question.key: life_of(item.question) for item in resolved}
    return {noun.key: noun for noun in courses(lives, curation.portfolios_of)}


def test_question_14_47351_is_inherited_with_its_portfolio_and_never_transferred(world: World) -> None:
    found = resolve(cornut_gentille(), world.references, "an-questions")
    move = next(e for e in found.question.events if e.kind == "reattributed")
    assert (move.from_ministry, move.to_ministry, move.inherited) == (DEFENCE, NEXT_DEFENCE, True)
    about = told(world, found)
    assert about[move.key] == nouns.Crossing(key=move.key, crosses=False)
    assert about["QANR5L14QE47351"] == nouns.Course(key="QANR5L14QE47351", transfers=0)


def test_question_14_47351_prints_a_group_that_was_born_later_and_that_is_noted(world: World) -> None:
    found = resolve(cornut_gentille(), world.references, "an-questions")
    assert (found.question.group_published, found.question.group) == ("PO707869", "PO656006")
    assert [p.message for p in found.problems if p.code == "printed-group-differs"] == [
        "the record prints PO707869; PA923 was in PO656006 on 2014-01-07"
    ]


def moved(world: World, series: str) -> Resolved:
    """Give a question that went from health to the interior while both lived."""
    first, second = day("2018-03-06"), day("2018-04-17", series)
    record = msgspec.structs.replace(
        cornut_gentille(),
        uid="QANR5L15QE1",
        legislature=15,
        number=1,
        group=Mention(),
        asked=Mention(ref=HEALTH),
        assigned=(
            Assigned(step=first, ministry=Mention(ref=HEALTH)),
            Assigned(step=second, ministry=Mention(ref=INTERIOR)),
        ),
        questions=(Published(step=first, body="Texte."),),
        answers=(),
        renewals=(),
    )
    return resolve(record, world.references, "an-questions")


@pytest.mark.parametrize(("series", "transfers"), [("JO_QUESTION", 1), ("JO_LOI_DECRET", 0)], ids=["plain", "decree"])
def test_a_move_to_another_portfolio_is_a_transfer_unless_a_decree_made_it(
    world: World, series: str, transfers: int
) -> None:
    about = told(world, moved(world, series))
    assert about["QANR5L15QE1"] == nouns.Course(key="QANR5L15QE1", transfers=transfers)
    assert about["QANR5L15QE1#reattributed-2018-04-17"] == nouns.Crossing(
        key="QANR5L15QE1#reattributed-2018-04-17", crosses=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as far as recalling goes."""

    number: int
    text: str = ""
    author: str = "PA1"
    day: str = "2018-01-02"
    legislature: int = 15

    def question(self) -> nouns.Question:
        """Give the question, resolved."""
        return nouns.Question(
            key=f"QANR5L{self.legislature}QE{self.number}",
            kind="QE",
            legislature=self.legislature,
            number=self.number,
            author=self.author,
            asked="PO1",
            attributed="PO1",
            source="an-questions",
            page="https://example.org/",
            text=self.text,
            tabled=date.fromisoformat(self.day),
        )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("M. Exemple rappelle à M. le ministre les termes de sa question n° 1234 du 5 mars.", [1234]),
        ("Elle lui rappelle les termes de sa question écrite n° 12 345, restée sans réponse.", [12345]),
        ("Il rappelle les termes de sa question écrite n\u00b0\u00a012\u202f345 publiée le 3 mai.", [12345]),
        ("Il rappelle les termes de sa question n° 1234, 12 mars 2018.", [1234]),
        ("Il rappelle les termes de ses questions nos 1234, 1235 et 12 346.", [1234, 1235, 12346]),
        ("Il rappelle les termes de sa précédente question écrite n°1234.", [1234]),
        ("Il rappelle les termes de la loi n° 1234.", []),
        ("Il rappelle les termes de sa question.", []),
        ("Sa question n° 1234 n'a pas reçu de réponse.", []),
    ],
)
def test_the_numbers_of_recalled_questions_are_read_from_the_text(text: str, numbers: list[int]) -> None:
    assert recalled(Asked(number=20000, text=text).question()) == tuple(f"QANR5L15QE{number}" for number in numbers)


NEW = Asked(number=2, text="Il rappelle les termes de sa question n° 1.", day="2019-01-01")


@pytest.mark.parametrize(
    ("older", "found"),
    [
        (Asked(number=1), ("QANR5L15QE1",)),
        (Asked(number=3), ()),
        (Asked(number=1, author="PA2"), ()),
        (Asked(number=1, legislature=14), ()),
        (Asked(number=1, day="2019-01-01"), ()),
    ],
    ids=["older", "absent", "another-author", "another-legislature", "same-day"],
)
def test_a_recalled_question_is_an_older_one_of_the_same_author_and_legislature_or_nothing(
    older: Asked, found: tuple[str, ...]
) -> None:
    lives = {q.key: life_of(q) for q in (NEW.question(), older.question())}
    assert list(courses(lives, lambda _: frozenset())) == [nouns.Course(key="QANR5L15QE2", recalls=found)]


def test_a_question_that_never_moved_was_never_transferred_by_its_own_record(world: World) -> None:
    record = msgspec.structs.replace(cornut_gentille(), assigned=cornut_gentille().assigned[:1])
    found = resolve(record, world.references, "an-questions")
    assert found.question.transfers == 0
    assert told(world, found) == {}
