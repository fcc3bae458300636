"""From a record to a question: the official JSON, the page, and what cannot be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from loaders.pages import read_page
from loaders.questions import read_json
from loaders.record import RefusedRecordError
from loaders.resolve import Resolved, resolve
from questeur import sample as sample_package

if TYPE_CHECKING:
    from tests.loaders.world import World

TWIN = Path(__file__).parent.parent / "data" / "15-10719QE.twin.json"
Change = Callable[[dict[str, Any]], None]


def page() -> str:
    return files(sample_package).joinpath("15-10719QE.txt").read_text(encoding="utf-8")


def changed(change: Change) -> bytes:
    document = json.loads(TWIN.read_bytes())
    change(document["question"])
    return json.dumps(document).encode()


LATER = date(2026, 7, 28)


def resolved(world: World, raw: bytes, known_to: date | None = LATER) -> Resolved:
    return resolve(read_json(raw), world.references, "an-questions", known_to)


def test_page_and_json_of_one_question_give_the_same_noun_and_the_same_shared_things(world: World) -> None:
    from_json = resolved(world, TWIN.read_bytes())
    from_page = resolve(read_page(page()), world.references, "an-questions")
    assert from_page == from_json


def test_question_10719_is_resolved_from_names_alone(world: World) -> None:
    q = resolve(read_page(page()), world.references, "x").question
    assert (q.author, q.mandate, q.constituency) == ("PA720054", "PM722844", "2010-44-09")
    assert (q.group_published, q.group, q.asked, q.attributed) == ("PO730964", "PO730964", "PO729982", "PO729982")
    assert (q.tabled, q.answered, q.delay, q.due) == (date(2018, 7, 17), date(2018, 8, 14), 28, date(2018, 9, 17))
    assert [(e.kind, e.page) for e in q.events] == [("tabled", "6253"), ("answered", "7347")]


def test_a_page_of_an_unknown_author_gives_a_stub_that_says_so(world: World) -> None:
    found = resolve(read_page(page().replace("Yannick Haury", "Camille Exemple")), world.references, "x")
    assert found.question.author == "stub-15-camille-exemple"
    assert [p.code for p in found.problems if p.path == "Auteur"] == ["unknown-author"]


def put(value: object, *path: str) -> Change:
    """Make a change that sets the value at a path of the question."""

    def change(q: dict[str, Any]) -> None:
        for name in path[:-1]:
            q = q[name]
        q[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(put(None, "uid"), "bad-uid", id="no-uid"),
        pytest.param(put("QANR5L15QE1 >\n", "uid"), "bad-uid", id="injection"),
        pytest.param(put("10720", "identifiant", "numero"), "identity-conflict", id="conflict"),
        pytest.param(put("QX", "type"), "unknown-type", id="type"),
        pytest.param(put(None, "auteur"), "no-author", id="author"),
        pytest.param(put("PA1> ", "auteur", "identite", "acteurRef"), "bad-reference", id="reference"),
        pytest.param(put(10719, "identifiant", "numero"), "bad-field", id="number"),
    ],
)
def test_a_record_whose_identity_cannot_be_trusted_is_refused_and_says_why(change: Change, code: str) -> None:
    with pytest.raises(RefusedRecordError) as caught:
        read_json(changed(change))
    assert caught.value.code == code


def one_as_list(q: dict[str, Any]) -> None:
    q["minAttribs"]["minAttrib"] = [q["minAttribs"]["minAttrib"]]
    q["textesQuestion"]["texteQuestion"] = [q["textesQuestion"]["texteQuestion"]]
    q["textesReponse"]["texteReponse"] = [q["textesReponse"]["texteReponse"]]


def nil_objects(q: dict[str, Any]) -> None:
    nil = {"@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "@xsi:nil": "true"}
    q["signalement"] = q["renouvellements"] = dict(nil)
    q["indexationAN"]["analyses"] = dict(nil)
    q["cloture"]["infoJO"]["numJO"] = dict(nil)


def missing_keys(q: dict[str, Any]) -> None:
    del q["signalement"], q["renouvellements"]


def iso_days(q: dict[str, Any]) -> None:
    q["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = "2018-07-17"


@pytest.mark.parametrize("change", [one_as_list, nil_objects, missing_keys, iso_days])
def test_list_for_object_nil_three_ways_and_both_day_styles_mean_the_same(world: World, change: Change) -> None:
    assert resolved(world, changed(change)) == resolved(world, TWIN.read_bytes())


def test_an_impossible_day_gives_no_date_and_no_delay_but_loads(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["textesReponse"]["texteReponse"]["infoJO"]["dateJO"] = "31/02/2018"

    found = resolved(world, changed(change))
    assert (found.question.answered, found.question.delay) == (None, None)
    assert found.question.answer is not None
    assert found.question.answer.startswith("undated-")
    assert "bad-day" in {p.code for p in found.problems}


def test_an_answer_before_its_question_keeps_both_days_and_gives_no_delay(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["textesReponse"]["texteReponse"]["infoJO"]["dateJO"] = "16/07/2018"

    found = resolved(world, changed(change))
    assert (found.question.answered, found.question.delay) == (date(2018, 7, 16), None)
    assert "answer-before-question" in {p.code for p in found.problems}


def test_a_change_of_ministry_by_decree_is_inherited_and_one_between_living_bodies_a_transfer(world: World) -> None:
    def move(series: str, ministry: str) -> Change:
        def change(q: dict[str, Any]) -> None:
            first = q["minAttribs"]["minAttrib"]
            infos = {"typeJO": series, "dateJO": "31/07/2018"}
            q["minAttribs"]["minAttrib"] = [first, {"infoJO": infos, "denomination": {"organeRef": ministry}}]

        return change

    decree = resolved(world, changed(move("JO_LOI_DECRET", "PO729979"))).question
    moved = resolved(world, changed(move("JO_QUESTION", "PO729979"))).question
    assert [e.inherited for e in decree.events if e.kind == "reattributed"] == [True]
    assert [e.inherited for e in moved.events if e.kind == "reattributed"] == [False]
    assert (moved.asked, moved.attributed) == ("PO729982", "PO729979")
    assert [(a.start, a.end) for a in moved.attributions] == [
        (date(2018, 7, 17), date(2018, 7, 30)),
        (date(2018, 7, 31), None),
    ]


def test_the_same_ministry_twice_running_is_no_move(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["minAttribs"]["minAttrib"] = [q["minAttribs"]["minAttrib"]] * 2

    found = resolved(world, changed(change))
    assert len(found.question.attributions) == 1
    assert "same-ministry-again" in {p.code for p in found.problems}


def test_a_flag_a_renewal_and_an_erratum_become_events_in_the_order_of_their_days(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["signalement"] = {
            "dateDepotSignal": "24/07/2018",
            "infoJO": {"typeJO": "JO_QUESTION", "dateJO": "31/07/2018"},
        }
        q["renouvellements"] = {"renouvellement": {"infoJO": {"typeJO": "JO_QUESTION", "dateJO": "07/08/2018"}}}
        q["textesReponse"]["texteReponse"]["erratumReponse"] = {
            "infoJO": {"typeJO": "JO_QUESTION", "dateJO": "21/08/2018"},
            "texte": "lire …",
        }

    q = resolved(world, changed(change)).question
    assert [(e.kind, e.position) for e in q.events] == [
        ("tabled", 1),
        ("flagged", 2),
        ("renewed", 3),
        ("answered", 4),
        ("corrected", 5),
    ]
    flag = q.events[1]
    assert (flag.filed, flag.due) == (date(2018, 7, 24), date(2018, 8, 10))
    assert q.events[4].corrects_answer == q.answer


def test_an_unknown_closing_code_closes_and_is_counted(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["textesReponse"] = None
        q["cloture"].update(codeCloture="XYZ", libelleCloture="Motif nouveau")

    found = resolved(world, changed(change))
    assert found.question.status == "statusClosed"
    assert [(e.kind, e.code) for e in found.question.events][-1] == ("closed", "XYZ")
    assert "unknown-closure" in {p.code for p in found.problems}


def unanswered(q: dict[str, Any]) -> None:
    q["textesReponse"] = q["cloture"] = None


def test_a_question_left_open_falls_with_its_legislature_and_no_record_is_said_to_say_so(world: World) -> None:
    question = resolved(world, changed(unanswered)).question
    last = date(2022, 6, 21)
    assert (question.status, question.closed, question.answer) == ("statusLapsed", last, None)
    assert [e.kind for e in question.events] == ["tabled"]
    (lapse,) = question.inferred
    assert (lapse.kind, lapse.day, lapse.position, lapse.code, lapse.reason) == ("lapsed", last, 2, None, None)
    assert lapse.key == "QANR5L15QE10719#lapsed-2022-06-21"


@pytest.mark.parametrize("known_to", [None, date(2022, 6, 20)], ids=["undated", "of the day before"])
def test_a_source_of_before_the_end_of_a_legislature_cannot_tell_that_a_question_fell(
    world: World, known_to: date | None
) -> None:
    found = resolved(world, changed(unanswered), known_to)
    assert (found.question.status, found.question.closed, found.question.inferred) == ("statusOpen", None, ())
    assert found.ended == date(2022, 6, 21)
    assert resolved(world, changed(unanswered), date(2022, 6, 21)).question.status == "statusLapsed"


def test_a_record_that_states_a_later_day_knows_by_itself_that_its_question_fell(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        unanswered(q)
        q["renouvellements"] = {"renouvellement": [{"infoJO": {"dateJO": "2022-07-12", "typeJO": "JO_QUESTION"}}]}

    found = resolved(world, changed(change), None)
    assert (found.question.status, found.ended) == ("statusLapsed", None)


def test_an_answer_that_comes_later_cancels_the_lapse(world: World) -> None:
    before, after = resolved(world, changed(unanswered)).question, resolved(world, TWIN.read_bytes()).question
    assert (before.status, after.status) == ("statusLapsed", "statusAnswered")
    assert after.inferred == ()


def moved_to(legislature: str, day: str) -> Change:
    def change(q: dict[str, Any]) -> None:
        unanswered(q)
        q["uid"] = f"QANR5L{legislature}QE10719"
        q["identifiant"]["legislature"] = legislature
        q["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = day

    return change


@pytest.mark.parametrize(
    ("legislature", "day"),
    [("17", "2025-03-04"), ("15", "2022-06-22"), ("11", "1999-03-04")],
    ids=["running", "tabled-after-its-end", "of-unknown-end"],
)
def test_a_question_of_a_legislature_that_cannot_have_ended_it_stays_open(
    world: World, legislature: str, day: str
) -> None:
    question = resolved(world, changed(moved_to(legislature, day))).question
    assert (question.status, question.inferred) == ("statusOpen", ())


def test_a_closing_code_of_the_source_is_a_stated_lapse(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["textesReponse"] = None
        q["cloture"].update(codeCloture="FIN_LEGISLATURE", libelleCloture="Fin de législature")

    question = resolved(world, changed(change)).question
    assert (question.status, question.inferred) == ("statusLapsed", ())
    assert [e.kind for e in question.events] == ["tabled", "lapsed"]


@pytest.mark.parametrize(
    ("legislature", "heading", "analyses", "expected"),
    [
        ("15", "Titre", None, ("Titre", None, ())),
        ("16", None, "Titre", ("Titre", None, ())),
        ("15", "aucune tête d'analyse", ["Titre"], ("Titre", None, ())),
        ("15", "  ", [None, "Titre"], ("Titre", None, ())),
        ("14", "équipements", ["bilan", "bilan"], (None, "équipements", ("bilan",))),
        ("15", None, None, (None, None, ())),
    ],
    ids=["15", "16", "placeholder", "blank", "14", "none"],
)
def test_the_title_stands_where_the_legislature_puts_it(
    legislature: str, heading: str | None, analyses: object, expected: object
) -> None:
    def change(q: dict[str, Any]) -> None:
        q.update(uid=f"QANR5L{legislature}QE10719")
        q["identifiant"]["legislature"] = legislature
        q["indexationAN"].update(teteAnalyse=heading, analyses={"analyse": analyses})

    record = read_json(changed(change))
    assert (record.title, record.heading, record.analyses) == expected


@pytest.mark.parametrize("label", ["!!! ???", "\u65e5\u672c", "-"])
def test_a_label_without_letters_of_the_latin_alphabet_still_names_a_topic(world: World, label: str) -> None:
    def change(q: dict[str, Any]) -> None:
        q["indexationAN"]["rubrique"] = label

    topic = resolved(world, changed(change)).question.topic
    assert topic is not None
    assert topic.startswith("x-")


def test_a_year_that_is_a_slip_of_the_pen_is_no_day(world: World) -> None:
    def change(q: dict[str, Any]) -> None:
        q["signalement"] = {
            "dateDepotSignal": "9999-12-31",
            "infoJO": {"typeJO": "JO_QUESTION", "dateJO": "9999-12-30"},
        }

    question = resolved(world, changed(change)).question
    assert [(e.kind, e.day, e.due) for e in question.events if e.kind == "flagged"] == [("flagged", None, None)]
