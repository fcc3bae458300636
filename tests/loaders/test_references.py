"""Who is who on a day: the hard cases of the real reference data."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.loaders.world import world_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.world import World

INTERIOR = "Ministère de l\u2019intérieur"


@pytest.mark.parametrize(
    ("full", "short", "on", "key"),
    [
        ("Ministère de l'économie et des finances", None, date(2018, 7, 17), "PO729982"),
        (None, "Économie et finances", date(2018, 7, 17), "PO729982"),
        (INTERIOR, None, date(2018, 2, 1), "PO729937"),
        ("Ministère de l'intérieur", None, date(2018, 2, 1), "PO730004"),
        ("Minsitère des solidarités et de la santé", None, date(2018, 2, 1), "PO729979"),
        ("Ministère des solidarités et de la santé", None, date(2020, 2, 16), "PO729979"),
        ("Ministère des solidarités et de la santé", None, date(2020, 2, 17), "PO770470"),
    ],
    ids=["full", "short", "curly-apostrophe", "straight-apostrophe", "misspelled", "last-day", "next-body"],
)
def test_a_ministry_is_found_by_its_name_on_the_day(
    world: World, full: str | None, short: str | None, on: date, key: str
) -> None:
    assert world.references.ministry(full, short, on)[0] == key


@pytest.mark.parametrize(
    ("full", "on", "problem"),
    [
        ("Ministère de la magie", date(2018, 7, 17), "unknown-ministry"),
        ("Ministère de l'économie et des finances", date(2024, 1, 10), "unknown-ministry"),
        ("Premier ministre", date(2024, 11, 5), "unknown-ministry"),
    ],
    ids=["no-such-body", "dead-body", "never-closed-body"],
)
def test_a_name_that_no_living_body_has_is_never_guessed(world: World, full: str, on: date, problem: str) -> None:
    assert world.references.ministry(full, None, on) == (None, "stub", problem)


def test_a_deputy_is_found_by_name_day_and_constituency(world: World) -> None:
    found = world.references.deputy
    assert found("Yannick Haury", 15, date(2018, 7, 17), "Loire-Atlantique", 9) == ["PA720054"]
    assert found("Yannick Haury", 15, date(2018, 7, 17), "Loire-Atlantique", 8) == []
    assert found("Yannick Haury", 15, date(2016, 7, 17), None, None) == []


def test_no_deputy_is_in_two_groups_on_one_day(world: World) -> None:
    by_person: dict[str, list[tuple[date, date, str]]] = {}
    for m in world.reference.known.memberships:
        if m.kind == "group":
            by_person.setdefault(m.person, []).append((m.start, m.end or date.max, m.body))
    overlaps = [
        (person, a, b)
        for person, spans in by_person.items()
        for a, b in zip(sorted(spans), sorted(spans)[1:], strict=False)
        if b[0] <= a[1]
    ]
    assert overlaps == []
    assert len(by_person) > 700


def test_no_deputy_has_two_mandates_on_one_day_of_one_legislature(world: World) -> None:
    seats: dict[tuple[str, int], list[tuple[date, date]]] = {}
    for m in world.reference.known.mandates:
        seats.setdefault((m.person, m.legislature), []).append((m.start, m.end or date.max))
    overlaps = [k for k, s in seats.items() for a, b in zip(sorted(s), sorted(s)[1:], strict=False) if b[0] <= a[1]]
    assert overlaps == []


def test_the_group_of_the_first_week_is_the_non_attached(world: World) -> None:
    assert world.references.group_on("PA720054", date(2017, 6, 22)) == "PO723569"
    assert world.references.group_on("PA720054", date(2017, 6, 27)) == "PO730964"
    assert world.references.group_on("PA720054", date(2010, 1, 1)) is None


def test_a_deputy_on_a_mission_to_a_ministry_is_no_minister(world: World) -> None:
    tenures = [m for m in world.reference.known.memberships if m.kind == "ministry"]
    assert len(tenures) == 482
    assert all(m.quality != "en mission" for m in tenures)


def test_a_body_without_an_end_ends_with_its_government(world: World) -> None:
    references = world.references
    open_bodies = [m for m in references.ministries.values() if m.end is None and m.government == "PO833673"]
    assert open_bodies
    assert all(references.ended_before(m.key, date(2024, 12, 15)) for m in open_bodies)


def test_every_mandate_names_a_constituency_that_is_described(world: World) -> None:
    known = world.references.constituencies
    assert {m.constituency for m in world.reference.known.mandates} <= set(known)
    assert known["2010-44-09"].identifiers[:1] == ("PO644543",) or "PO717858" in known["2010-44-09"].identifiers


def test_a_legislature_is_one_day_after_the_other(world: World) -> None:
    fourteenth, fifteenth = world.references.legislatures[14], world.references.legislatures[15]
    assert fourteenth.end is not None
    assert fourteenth.end + timedelta(days=1) == fifteenth.start


@pytest.mark.parametrize("odd", ["²", "٣", "9" * 5000, "-1", "1 2", "<>"], ids=str.__len__)
def test_a_number_that_is_none_leaves_out_its_body_and_its_mandate_and_nothing_else(tmp_path: Path, odd: str) -> None:
    body = {"libelle": "X", "viMoDe": {"dateDebut": "2017-06-21"}, "legislature": odd}
    place = {"departement": {"code": odd, "libelle": "Y"}}
    seat = {"typeOrgane": "ASSEMBLEE", "dateDebut": "2017-06-21", "legislature": "15"}
    where = {"lieu": {"numDepartement": "44", "numCirco": odd}}
    mandates = [
        {**seat, "uid": "PM1", "legislature": odd},
        {**seat, "uid": "PM2", "election": where},
        {**seat, "uid": "PM3", "election": {"lieu": {"numDepartement": odd, "numCirco": "9"}}},
        {**seat, "uid": "PM4", "election": {"lieu": {"numDepartement": "44", "numCirco": "9"}}},
    ]
    found = [
        {"organe": {**body, "uid": "PO1", "codeType": "ASSEMBLEE"}},
        {"organe": {**body, "uid": "PO2", "codeType": "GP"}},
        {"organe": {**body, "uid": "PO3", "codeType": "CIRCONSCRIPTION", "numero": "1", "lieu": place}},
        {"organe": {**body, "uid": "PO4", "codeType": "GP", "legislature": "15"}},
        {"acteur": {"uid": "PA1", "etatCivil": {"ident": {"nom": "Z"}}, "mandats": {"mandat": mandates}}},
    ]
    for number, record in enumerate(found):
        (tmp_path / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    known = world_of([tmp_path]).reference.known
    assert not known.legislatures
    assert [group.key for group in known.groups] == ["PO4"]
    assert [mandate.key for mandate in known.mandates] == ["PM4"]
    assert [constituency.key for constituency in known.constituencies] == ["2010-44-09"]
