"""The page of a question as XML: ids get their prefixes, empty blocks are no events, the group is as declared."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loaders.audit import Audit
from loaders.questions import Mention, QuestionRecord
from loaders.record import RefusedRecordError
from loaders.resolve import resolve
from loaders.texts import plain
from loaders.vue import read_vue

if TYPE_CHECKING:
    from tests.loaders.world import World

PAGE = (Path(__file__).parent.parent / "data" / "14-47351QE.xml").read_bytes()


@pytest.fixture(scope="module")
def record() -> QuestionRecord:
    audit = Audit(strict=True)
    return read_vue(PAGE, audit)


def test_ids_get_their_prefixes(record: QuestionRecord) -> None:
    assert (record.uid, record.kind, record.legislature, record.number) == ("QANR5L14QE47351", "QE", 14, 47351)
    assert (record.author.person, record.author.mandate) == ("PA923", "PM645363")
    assert record.asked == Mention(ref="PO653280", short="Défense", full="Ministère de la défense")


def test_the_group_is_kept_as_the_page_declares_it(record: QuestionRecord) -> None:
    assert record.group == Mention(ref="PO707869", short="LES-REP", full="Les Républicains")


def test_both_deposits_are_one_question(record: QuestionRecord) -> None:
    (question,) = record.questions
    assert (question.step.day, question.step.page, question.step.number) == (date(2014, 1, 7), "18", "1")
    assert (question.body or "").startswith("M. François Cornut-Gentille interroge")


def test_the_whole_history_is_kept_and_empty_blocks_are_no_events(record: QuestionRecord) -> None:
    assert [(a.ministry.ref, a.step.day, a.step.series) for a in record.assigned] == [
        ("PO653280", date(2014, 1, 7), "JO_QUESTION"),
        ("PO700737", date(2014, 4, 3), "JO_LOI_DECRET"),
    ]
    assert [(r.day, r.number) for r in record.renewals] == [(date(2014, 4, 15), "15")]
    assert (record.flags, record.question_errata, record.answer_errata) == ((), (), ())
    assert record.closure is not None
    assert (record.closure.code, record.closure.step.day, record.closure.step.page) == (
        "REP_PUB",
        date(2014, 5, 13),
        "3858",
    )


def test_index_terms_of_the_14th_legislature_are_no_title(record: QuestionRecord) -> None:
    assert (record.title, record.rubric, record.heading) == (None, "défense", "équipements")
    assert record.analyses == ("équipements militaires", "vieillissement", "bilan")


def test_a_change_of_government_is_inherited_and_the_answer_took_126_days(world: World, record: QuestionRecord) -> None:
    question = resolve(record, world.references, "an-question-pages").question
    assert [e.inherited for e in question.events if e.kind == "reattributed"] == [True]
    assert question.delay == 126
    assert question.group_published == "PO707869"
    assert question.group != "PO707869"


def test_the_text_of_a_broken_table_is_kept(record: QuestionRecord) -> None:
    text = plain(record.answers[0].body or "")
    assert "AMX30B2 DT" in text
    assert "194\xa0588" in text
    assert "rowspan" not in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'<DEPOT NUMERO="47351">', b"<DEPOT>", "no-identity"),
        (b'NUMERO="47351"', b'NUMERO="4735 1"', "bad-uid"),
        (b'TYPE="QE"', b'TYPE="QX"', "unknown-type"),
        (b"<ID_ACTEUR>923</ID_ACTEUR>", b"<ID_ACTEUR/>", "no-author"),
        (b"<ID_ACTEUR>923<", b"<ID_ACTEUR>923&gt;&lt;x:y&gt;<", "bad-reference"),
        (b"</QUESTION>", b"", "not-xml"),
        (b"<QUESTION ", b"<!DOCTYPE QUESTION><QUESTION ", "doctype"),
    ],
)
def test_a_page_whose_identity_cannot_be_trusted_is_refused(old: bytes, new: bytes, code: str) -> None:
    assert old in PAGE
    with pytest.raises(RefusedRecordError) as caught:
        read_vue(PAGE.replace(old, new))
    assert caught.value.code == code


def test_an_event_with_a_day_is_an_event() -> None:
    page = PAGE.replace(b"<DATE_DEPOT_SIGNAL/>", b"<DATE_DEPOT_SIGNAL>11/03/2014</DATE_DEPOT_SIGNAL>").replace(
        b"<ERRATUM_REPONSE>\n        <DATE_JO/>", b"<ERRATUM_REPONSE><DATE_JO>20/05/2014</DATE_JO>"
    )
    record = read_vue(page)
    assert [f.filed for f in record.flags] == [date(2014, 3, 11)]
    assert [e.day for e in record.answer_errata] == [date(2014, 5, 20)]


def test_an_unknown_element_is_counted_and_the_rest_is_read(record: QuestionRecord) -> None:
    audit = Audit()
    page = PAGE.replace(b"<MINI>", b"<NOUVEAU><A>1</A></NOUVEAU><MINI><AUTRE>2</AUTRE>")
    assert read_vue(page, audit, "here") == record
    assert {path: (met.count, met.first) for path, met in audit.fields.items()} == {
        "QUESTION.NOUVEAU": (1, "here"),
        "QUESTION.MINI.AUTRE": (1, "here"),
    }
