"""Every published form of one record says the same."""

from __future__ import annotations

import copy
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.amo import AmoBody, AmoMandate, AmoPerson, with_mandates, without_people
from loaders.archive import Opened
from loaders.audit import Audit
from loaders.forms import FORMS, read_xml
from loaders.questions import read_json
from loaders.reading import source_nouns
from loaders.record import many
from loaders.safety import repaired
from loaders.splitting import sniff
from questeur.sample import sample
from tests.loaders.taking import take
from tests.loaders.writing import (
    Question,
    as_json,
    as_lines,
    as_list,
    as_xml,
    as_xml_list,
    as_zip,
    items,
    items_of,
)

DATA = Path(__file__).parent.parent / "data"
TWIN: Question = json.loads((DATA / "15-10719QE.twin.json").read_bytes())["question"]

LETTERS = st.characters(
    exclude_categories=("Cs", "Cn"), exclude_characters="".join(map(chr, (*range(0x20), 0x7F, *range(0x80, 0xA0))))
)
TEXTS = st.one_of(st.none(), st.text(LETTERS | st.sampled_from("\t\n<&>\"'\\u0041\\]"), max_size=40))
DAYS = st.one_of(
    st.none(),
    st.dates().map(lambda d: d.isoformat()),
    st.dates().map(lambda d: f"{d.day:02}/{d.month:02}/{d.year:04}"),
    st.just("31/02/2018"),
)
JOURNALS = st.fixed_dictionaries(
    {"typeJO": st.sampled_from(["JO_QUESTION", "JO_LOI_DECRET", None]), "dateJO": DAYS, "pageJO": TEXTS},
    optional={"numJO": TEXTS, "urlLegifrance": TEXTS, "referenceNOR": TEXTS},
)
BODIES = st.fixed_dictionaries(
    {"organeRef": st.sampled_from(["PO729982", "PO1", None]), "abrege": TEXTS, "developpe": TEXTS}
)


def one_or_many(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values, st.lists(values, max_size=3))


ERRATA = one_or_many(st.fixed_dictionaries({"infoJO": JOURNALS, "texte": TEXTS}))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a question of the official shape."""
    legislature, number = draw(st.integers(14, 17)), draw(st.integers(1, 99_999))
    kind = draw(st.sampled_from(["QE", "QG", "QOSD"]))
    texts = st.fixed_dictionaries({"infoJO": JOURNALS, "texte": TEXTS}, optional={"erratumQuestion": ERRATA})
    answers = st.fixed_dictionaries({"infoJO": JOURNALS, "texte": TEXTS}, optional={"erratumReponse": ERRATA})
    moves = st.fixed_dictionaries({"infoJO": JOURNALS, "denomination": BODIES})
    return {
        "@xsi:type": "QuestionEcrite_Type",
        "uid": f"QANR5L{legislature}{kind}{number}",
        "identifiant": {"numero": str(number), "regime": "5eme Republique", "legislature": str(legislature)},
        "type": kind,
        "indexationAN": {"rubrique": draw(TEXTS), "teteAnalyse": draw(TEXTS), "analyses": {"analyse": draw(TEXTS)}},
        "auteur": {
            "identite": {"acteurRef": "PA1", "mandatRef": draw(st.none() | st.just("PM1"))},
            "groupe": draw(BODIES),
        },
        "minInt": draw(BODIES),
        "minAttribs": draw(st.none() | st.fixed_dictionaries({"minAttrib": one_or_many(moves)})),
        "textesQuestion": draw(st.none() | st.fixed_dictionaries({"texteQuestion": one_or_many(texts)})),
        "textesReponse": draw(st.none() | st.fixed_dictionaries({"texteReponse": one_or_many(answers)})),
        "cloture": draw(
            st.none()
            | st.fixed_dictionaries(
                {"codeCloture": TEXTS, "libelleCloture": TEXTS, "dateCloture": DAYS, "infoJO": st.none() | JOURNALS}
            )
        ),
        "signalement": draw(one_or_many(st.fixed_dictionaries({"dateDepotSignal": DAYS, "infoJO": JOURNALS}))),
        "renouvellements": draw(
            st.none()
            | st.fixed_dictionaries({"renouvellement": one_or_many(st.fixed_dictionaries({"infoJO": JOURNALS}))})
        ),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(questions(), min_size=2, max_size=3, unique_by=lambda q: q["uid"]))
def test_all_forms_of_the_same_questions_give_the_same_records(asked: list[Question]) -> None:
    expected = [read_json(repaired(as_json(q), json=True)[0]) for q in asked]
    written = {
        "json list": as_list(asked),
        "oral list": as_list(asked, "questionsOralesSansDebat"),
        "lines": as_lines(asked, wrapped=False),
        "wrapped lines": as_lines(asked, wrapped=True),
        "xml list": as_xml_list(asked),
        "json zip": as_zip({f"json/{n}.json": as_json(q) for n, q in enumerate(asked)}),
        "xml zip": as_zip({f"xml/{n}.xml": as_xml(q) for n, q in enumerate(asked)}),
        "cdata zip": as_zip({f"{n}": as_xml(q, namespace=None, cdata=True) for n, q in enumerate(asked)}),
    }
    with TemporaryDirectory() as folder:
        for form, content in written.items():
            audit = Audit()
            assert items_of(Path(folder), content, audit) == expected, form
            assert not audit.fields


def test_25_questions_say_the_same_as_json_and_as_xml() -> None:
    audit = Audit()
    with zipfile.ZipFile(DATA / "twins.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("json/")]
        assert len(names) == 25
        for name in names:
            twin = archive.read(name.replace("json", "xml"))
            assert read_xml(twin, audit) == read_json(archive.read(name), audit), name
    assert not audit.fields


@pytest.mark.parametrize("legislature", ["14", "15", "16", "17"])
@pytest.mark.parametrize("style", ["{2}/{1}/{0}", "{0}-{1}-{2}"])
def test_each_legislature_may_write_days_and_errata_in_its_own_way(legislature: str, style: str) -> None:
    def day(iso: str) -> str:
        return style.format(*iso.split("-"))

    question = copy.deepcopy(TWIN)
    question.update(uid=f"QANR5L{legislature}QE10719")
    question["identifiant"]["legislature"] = legislature
    journal = {"typeJO": "JO_QUESTION", "dateJO": day("2018-09-04"), "pageJO": "7"}
    question["signalement"] = [{"dateSignalement": day("2018-08-01"), "infoJO": journal}]
    question["erratum"] = {"erratumReponse": {"infoJO": journal, "texte": "lire"}}
    question["textesQuestion"]["errata"] = [{"infoJO": journal}, {"infoJO": journal}]
    records = {read_json(as_json(question)), read_xml(as_xml(question), Audit())}
    assert len(records) == 1
    record = records.pop()
    assert (len(record.question_errata), len(record.answer_errata), len(record.flags)) == (2, 1, 1)
    assert record.flags[0].filed is not None


def test_names_say_nothing_and_a_folder_may_hold_all_forms_at_once(tmp_path: Path) -> None:
    def numbered(number: int) -> Question:
        question = copy.deepcopy(TWIN)
        question.update(uid=f"QANR5L15QE{number}")
        question["identifiant"]["numero"] = str(number)
        return question

    (tmp_path / "a.xml").write_bytes(as_json(numbered(1)))
    (tmp_path / "b.json").write_bytes(as_xml(numbered(2)))
    (tmp_path / "c.txt").write_bytes(as_list([numbered(3), numbered(4)]))
    (tmp_path / "d").write_bytes(as_zip({"x": as_json(numbered(5)), "lisez-moi": b"bonjour"}))
    (tmp_path / "e.csv").write_bytes((DATA / "14-47351QE.xml").read_bytes())
    (tmp_path / "f.zip").write_bytes(b"PK\x03\x04 cut")
    (tmp_path / "link").symlink_to(tmp_path / "a.xml")
    read = take(tmp_path)
    assert set(read.questions) == {*(f"QANR5L15QE{n}" for n in range(1, 6)), "QANR5L14QE47351"}
    assert read.refused == [("f.zip", "bad-archive"), ("link", "unreadable")]
    assert read.skipped == 1
    assert read.balances()


def test_one_bad_record_in_a_long_list_refuses_itself_only(tmp_path: Path) -> None:
    question = json.dumps(TWIN, ensure_ascii=False)
    bad = {
        "nan": question.replace('"10719"', "NaN", 1),
        "surrogate": question.replace("délocalisation", "\\ud800"),
        "control": question.replace("délocalisation", "\x01"),
        "deep": question[:-1] + ', "x": ' + "[" * 20_000 + "]" * 20_000 + "}",
        "cut": question[: len(question) // 2],
    }
    for number, (name, text) in enumerate(bad.items(), start=1):
        others = [question.replace("QANR5L15QE10719", f"QANR5L15QE{n}").replace('"10719"', f'"{n}"') for n in (1, 2)]
        path = tmp_path / f"{number}.json"
        path.write_text(f'{{"questionsEcrites": {{"question": [{others[0]}, {text}, {others[1]}]}}}}', encoding="utf-8")
        read = take(path)
        assert set(read.questions) == {"QANR5L15QE1", "QANR5L15QE2"}, name
        assert len(read.refused) == 1, name
        assert read.balances(), name


def test_a_list_of_no_sound_record_loads_nothing_and_ends() -> None:
    for text in (
        '{"questionsEcrites": {"question": [{"uid": "',
        '{"questionsEcrites": {',
        '{"questionsEcrites": {"question": 7}}',
    ):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "list"
            path.write_text(text, encoding="utf-8")
            assert not take(path).questions


def amo(kind: str, key: str) -> dict[str, Any]:
    with zipfile.ZipFile(DATA / "amo-raw.zip") as archive:
        found: dict[str, Any] = json.loads(archive.read(f"{kind}/{key}.json"))
    inner: dict[str, Any] = found[kind]
    return inner


def test_amo_wrapped_stripped_exported_and_with_nil_objects_are_the_same(tmp_path: Path) -> None:
    person, body, mandate = amo("acteur", "PA607846"), amo("organe", "PO838901"), amo("mandat", "PM843113")
    bare = copy.deepcopy(person)
    bare["uid"] = bare["uid"]["#text"]
    bare["etatCivil"]["dateDeces"] = None
    wrapped = as_zip(
        {
            n: json.dumps(v).encode()
            for n, v in {"1": {"acteur": person}, "2": {"organe": body}, "3": {"mandat": mandate}}.items()
        }
    )
    stripped = as_zip({n: json.dumps(v).encode() for n, v in {"1": bare, "2": body, "3": mandate}.items()})
    export = {
        "export": {
            "@xmlns": "x",
            "acteurs": {"acteur": [person]},
            "organes": {"organe": body},
            "mandats": {"mandat": [mandate]},
        }
    }
    first = items_of(tmp_path, wrapped)
    assert [type(item) for item in first] == [AmoPerson, AmoBody, AmoMandate]
    key = {AmoPerson: "PA607846", AmoBody: "PO838901", AmoMandate: "PM843113"}
    for other in (items_of(tmp_path, stripped), items_of(tmp_path, json.dumps(export).encode())):
        by_type = {type(item): item for item in other}
        assert by_type.keys() == key.keys()
        assert by_type[AmoBody] == first[1]
        assert by_type[AmoMandate] == first[2]


def test_mandates_in_files_of_their_own_belong_to_their_person() -> None:
    read = items(DATA / "amo-raw.zip")
    persons = [i for i in read if isinstance(i, AmoPerson)]
    apart = [i for i in read if isinstance(i, AmoMandate)]
    joined = {p.uid.text if not isinstance(p.uid, str) and p.uid else p.uid: p for p in with_mandates(persons, apart)}
    held = joined["PA607846"].mandats
    assert held is not None
    assert {m.uid for m in many(held.mandat)} == {"PM833721", "PM843113", "PM843114"}


def test_addresses_and_staff_are_not_held_and_not_quarantined(tmp_path: Path) -> None:
    person = amo("acteur", "PA607846")
    person["adresses"] = {"adresse": [{"valElec": "secret@example.org"}]}
    mandate = amo("mandat", "PM843113")
    mandate["collaborateurs"] = {"collaborateur": {"nom": "Secret"}}
    found = items_of(
        tmp_path, as_zip({"a": json.dumps({"acteur": person}).encode(), "m": json.dumps({"mandat": mandate}).encode()})
    )
    assert "ecret" not in repr(found)
    person["uid"] = "PA 1"
    kept = without_people(json.dumps({"acteur": person}).encode())
    assert b"ecret" not in kept
    assert b"PA 1" in kept
    assert without_people(b'{"adresses": "secret"') == b""
    assert without_people(b"<acteur><adresses/>") == b""


@pytest.mark.parametrize(
    "raw",
    ['{"question": {"texte": "les adresses des collaborateurs', "<question><texte>le secretariat, les adresses"],
    ids=["json", "xml"],
)
def test_a_damaged_question_that_speaks_of_addresses_keeps_its_bytes(raw: str) -> None:
    assert without_people(raw.encode()) == raw.encode()


def test_nothing_in_the_real_records_is_unknown_to_the_loaders() -> None:
    audit = Audit(strict=True)
    with sample() as sources:
        counts = [len(items(path, audit)) for path in (*sources, DATA / "amo-raw.zip", DATA / "14-47351QE.xml")]
    assert sum(counts) > 3000
    assert not audit.fields


def test_the_content_digest_is_that_of_the_members_and_their_names(tmp_path: Path) -> None:
    members = {"b.json": as_json(TWIN), "a.json": b"{}"}
    digests: set[str] = set()
    for number, content in enumerate((as_zip(members), as_zip(dict(reversed(members.items()))))):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        opened = Opened(path=path)
        assert len(list(opened.records())) == 2
        digests.add(opened.sha256)
    assert len(digests) == 1


def test_every_form_has_a_source_that_names_it() -> None:
    assert {form.source for form in FORMS.values()} == set(source_nouns())


@pytest.mark.parametrize(
    ("head", "layout"),
    [
        (b'{"question":{"uid":"x"}}', "question-json"),
        (b'\n { "question" : [ {} ] }', "json-list"),
        (b'{"@xmlns":"x","uid":"QANR5L15QE1","identifiant":{}}', "question"),
        (b'{"question":{}}\n{"question":{}}', "ndjson"),
        (b'{"question":\n{}}', "question-json"),
        (b'<?xml version="1.0"?><!-- c --><question xmlns="x"/>', "question-xml"),
        (b"<an:question xmlns:an='x'/>", "question-xml"),
        (b"<questionsGvt>", "xml-list"),
        (b"<QUESTION TYPE='QE'/>", "question-vue"),
        (b"<!DOCTYPE html><html>", "question-html"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><question/>', "unknown"),
        (b'{"head":{},"results":{}}', "rows"),
        (b'{"uid":"PA1","etatCivil":{}}', "acteur"),
        (b'{"uid":"PM1","acteurRef":"PA1","typeOrgane":"GP"}', "mandat"),
        (b'{"export":{}}', "export"),
        (b"[1]", "unknown"),
        (b"SELECT * {}", "unknown"),
        (b"", "unknown"),
        (b"bonjour", "foreign"),
    ],
)
def test_a_form_is_told_by_its_content(head: bytes, layout: str) -> None:
    assert sniff(head) == layout


@given(st.binary(max_size=300))
def test_any_bytes_have_a_layout(head: bytes) -> None:
    assert sniff(head)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_mutated_record_loads_or_is_refused_and_the_books_balance(data: st.DataObject) -> None:
    raw = bytearray(
        data.draw(
            st.sampled_from([as_json(TWIN), as_list([TWIN]), as_xml(TWIN), as_lines([TWIN, TWIN], wrapped=False)])
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mutant"
        path.write_bytes(bytes(raw))
        read = take(path)
    assert read.balances()
