"""The reviewed tables against the reference data they speak of, and against one another."""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SKOS

from ontology import curated
from ontology.curated import (
    Continuity,
    Evidence,
    Government,
    PortfolioRow,
    governments,
    parse_governments,
    parse_portfolio_rows,
    parse_successions,
    portfolio_rows,
    successions,
)
from ontology.errors import SourceError
from ontology.iris import BASE, NS

DATA = Path(__file__).parents[1] / "data"
DOCS = Path(__file__).parents[2] / "docs"
QST = Namespace(NS)
PORTFOLIO = f"{BASE}id/portfolio/"
LAST = date.max
SHARED = {("PO382939", "PO384206")}  # one day, stated by the source
BETWEEN = (date(2012, 5, 11), date(2012, 5, 15))  # the source records no government on these days
PRIME_MINISTER_OF_2024 = "PO833674"  # left before his ministers: until is curated


@cache
def bodies() -> dict[str, dict[str, str]]:
    with (DATA / "ministeres.csv").open(encoding="utf-8", newline="") as lines:
        return {row["uid"]: row for row in csv.DictReader(lines)}


@cache
def main_rows() -> dict[str, PortfolioRow]:
    return {row.ministry: row for row in portfolio_rows() if row.main}


@cache
def governments_by_key() -> dict[str, Government]:
    return {government.key: government for government in governments()}


def portfolios_of(ministry: str) -> set[str]:
    return {row.portfolio for row in portfolio_rows() if row.ministry == ministry}


def days_together(one: PortfolioRow, other: PortfolioRow) -> int:
    return (min(one.until or LAST, other.until or LAST) - max(one.since, other.since)).days + 1


@cache
def declared() -> Graph:
    return Graph().parse(data=Path(curated.__file__).with_name("curated.ttl").read_text("utf-8"), format="turtle")


def test_every_ministry_has_exactly_one_main_portfolio() -> None:
    counted = Counter(row.ministry for row in portfolio_rows() if row.main)
    assert counted == dict.fromkeys(bodies(), 1)


def test_the_rows_of_a_ministry_stand_together_main_first_and_never_twice() -> None:
    rows = portfolio_rows()
    assert len({(row.ministry, row.portfolio) for row in rows}) == len(rows)
    assert rows[0].main
    assert all(after.main or after.ministry == before.ministry for before, after in pairwise(rows))


def test_every_portfolio_used_is_declared_and_every_one_declared_is_the_main_one_of_a_ministry() -> None:
    keys = {str(iri).removeprefix(PORTFOLIO) for iri in declared().subjects(RDF.type, QST.Portfolio)}
    assert {row.portfolio for row in main_rows().values()} == keys - {"unassigned"}
    assert {row.portfolio for row in portfolio_rows()} <= keys
    assert "unassigned" in keys


@pytest.mark.parametrize("prop", [RDFS.label, SKOS.prefLabel, SKOS.scopeNote], ids=lambda prop: prop.rsplit("#")[-1])
def test_every_portfolio_speaks_once_in_each_language(prop: URIRef) -> None:
    graph = declared()
    for iri in graph.subjects(RDF.type, QST.Portfolio):
        texts = [text for text in graph.objects(iri, prop) if isinstance(text, Literal)]
        assert sorted(text.language or "" for text in texts) == ["en", "fr"], iri


def test_no_two_portfolios_share_a_label_and_both_labels_of_one_are_equal() -> None:
    graph = declared()
    labels = Counter(graph.objects(None, RDFS.label))
    assert set(labels.values()) == {1}
    assert set(graph.subject_objects(RDFS.label)) == set(graph.subject_objects(SKOS.prefLabel))


def test_a_ministry_has_the_short_name_and_the_days_of_the_reference_data() -> None:
    for row in portfolio_rows():
        body = bodies()[row.ministry]
        assert row.name == " ".join(body["libelleAbrege"].split())
        government = governments_by_key().get(body["organeParent"])
        if body["dateDebut"]:
            assert row.since == date.fromisoformat(body["dateDebut"])
        else:
            assert government is not None
            assert row.since == government.start
        if body["dateFin"]:
            assert row.until == date.fromisoformat(body["dateFin"])
        elif row.ministry != PRIME_MINISTER_OF_2024:
            assert government is not None
            assert row.until == government.end


def test_no_ministry_outlives_its_government_by_more_than_a_day() -> None:
    for row in main_rows().values():
        government = governments_by_key().get(bodies()[row.ministry]["organeParent"])
        if government is not None and government.end is not None:
            assert row.until is not None
            assert row.until <= government.end + timedelta(days=1), row


def test_a_ministry_is_attached_to_ministries_of_its_government_alive_at_the_same_time() -> None:
    for row in main_rows().values():
        for principal in row.attached_to:
            assert bodies()[principal]["organeParent"] == bodies()[row.ministry]["organeParent"], row
            assert days_together(row, main_rows()[principal]) >= min(2, days_together(row, row)), row


def test_no_ministry_is_attached_to_one_that_is_attached_itself() -> None:
    assert not [row for row in main_rows().values() if any(main_rows()[to].attached_to for to in row.attached_to)]


def test_every_ministry_whose_name_says_so_is_attached() -> None:
    named = {uid for uid, body in bodies().items() if re.search(r"\bau?près\s(de|du)", body["libelle"])}
    attached = {row.ministry for row in main_rows().values() if row.attached_to}
    assert named - attached == {"PO268781"}  # its principal is before the data
    assert attached - named == {"PO730004", "PO766969"}  # by their short names, by hand


def test_a_ministry_without_an_area_of_its_own_has_the_portfolios_of_the_first_it_is_attached_to() -> None:
    ruled = {row.ministry for row in portfolio_rows() if row.evidence is Evidence.RULE}
    assert ruled
    for ministry in ruled:
        row = main_rows()[ministry]
        principal = row.attached_to[0]
        assert row.portfolio == main_rows()[principal].portfolio
        assert portfolios_of(ministry) == portfolios_of(principal)


def test_a_precedent_is_a_predecessor_of_the_source_with_the_same_portfolio() -> None:
    for row in portfolio_rows():
        if row.evidence is Evidence.PRECEDENT:
            assert row.portfolio in portfolios_of(bodies()[row.ministry]["organePrecedentRef"])


def test_one_name_has_one_main_portfolio() -> None:
    readings: dict[str, set[str]] = {}
    for ministry, body in bodies().items():
        readings.setdefault(body["libelle"].replace("’", "'").casefold(), set()).add(main_rows()[ministry].portfolio)
    assert {len(found) for found in readings.values()} == {1}


@pytest.mark.parametrize(
    ("ministry", "main", "others", "attached_to"),
    [
        pytest.param("PO729937", "interieur", "immigration", (), id="the minister of the interior"),
        pytest.param("PO730004", "interieur", "immigration", ("PO729937",), id="his namesake attached to him"),
        pytest.param("PO773388", "outre-mer", "", (), id="outre-mer is not the sea"),
        pytest.param("PO773398", "mer-peche", "", (), id="the sea is not outre-mer"),
        pytest.param("PO591241", "economie-sociale", "", (), id="the social economy is not the economy"),
        pytest.param("PO591247", "cooperation-francophonie", "", (), id="development is not sustainable"),
        pytest.param("PO729982", "economie-finances", "industrie commerce-artisanat-pme", (), id="of the seed"),
        pytest.param("PO410982", "territoires", "", ("PO410955",), id="Greater Paris"),
        pytest.param("PO801891", "sante", "", ("PO791605", "PO826644"), id="territorial organisation of care"),
        pytest.param("PO791599", "ecologie", "territoires", (), id="the first area named is the main one"),
        pytest.param("PO729979", "sante", "solidarites-familles", (), id="health before social affairs"),
        pytest.param("PO770474", "sante", "solidarites-familles", ("PO770470",), id="a short name with a person"),
        pytest.param("PO774084", "retraites", "travail-emploi", ("PO773386",), id="occupational health is labour"),
        pytest.param("PO759815", "numerique", "", ("PO729982", "PO730011"), id="two principals at once"),
        pytest.param("PO730014", "transports", "", ("PO729964", "PO758787"), id="two principals in turn"),
        pytest.param("PO830002", "interieur", "ville", ("PO801854", "PO791599"), id="two tasks in one name"),
        pytest.param("PO766969", "retraites", "", ("PO729979",), id="the area after the dash"),
        pytest.param("PO762315", "sante", "solidarites-familles", ("PO729979",), id="a misspelled auprès"),
        pytest.param("PO834736", "solidarites-familles", "jeunesse", ("PO833677", "PO834720", "PO833682"), id="three"),
        pytest.param("PO711555", "ecologie", "energie mer-peche", (), id="chargé de within a principal's name"),
        pytest.param("PO711593", "transports", "mer-peche", ("PO711555",), id="the last chargé de counts"),
    ],
)
def test_a_hard_case_is_decided(ministry: str, main: str, others: str, attached_to: tuple[str, ...]) -> None:
    row = main_rows()[ministry]
    assert (row.portfolio, portfolios_of(ministry) - {main}, row.attached_to) == (
        main,
        set(others.split()),
        attached_to,
    )


def test_governments_follow_one_another_without_overlap_or_hole_but_those_named() -> None:
    holes: list[tuple[date, date]] = []
    for before, after in pairwise(governments()):
        assert before.end is not None, before
        shared = (before.key, after.key) in SHARED
        gap = (after.start - before.end).days
        assert gap >= (0 if shared else 1), (before, after)
        if gap > 1:
            holes.append((before.end + timedelta(days=1), after.start - timedelta(days=1)))
    assert holes == [BETWEEN]
    assert (governments()[0].start, governments()[-1].end) == (date(2007, 5, 17), None)


def test_every_government_of_the_reference_data_is_in_the_table_once() -> None:
    keys = [government.key for government in governments()]
    assert len(set(keys)) == len(keys)
    assert {body["organeParent"] for body in bodies().values()} - set(keys) == {"PO268150"}  # of 2002, before the table


def test_a_question_of_november_2024_finds_no_ministry_of_the_government_before() -> None:
    day = date(2024, 11, 5)
    assert not [row for row in portfolio_rows() if row.since <= day <= (row.until or LAST)]


def test_successions_fit_the_days_of_both_ministries() -> None:
    for change in successions():
        former, successor = main_rows()[change.former], main_rows()[change.successor]
        assert former.until is not None
        days = (successor.since - former.until).days
        assert change.on == successor.since
        if change.evidence is Continuity.HANDOVER:
            assert days == 0, change
        elif change.evidence is not Continuity.PRECEDENT:
            assert 1 <= days <= 7, change
        assert days >= 0


def test_successions_are_lines_without_fork_or_cycle() -> None:
    formers = Counter(change.former for change in successions())
    successors = Counter(change.successor for change in successions())
    assert {*formers.values(), *successors.values()} == {1}
    following = {change.former: change.successor for change in successions()}
    for first in following:
        seen, here = {first}, first
        while (here := following.get(here, "")) != "":
            assert here not in seen
            seen.add(here)


def test_every_predecessor_of_the_source_present_in_the_data_is_a_succession() -> None:
    stated = {
        (body["organePrecedentRef"], uid) for uid, body in bodies().items() if body["organePrecedentRef"] in bodies()
    }
    assert len(stated) == 54
    found = {(c.former, c.successor) for c in successions() if c.evidence is Continuity.PRECEDENT}
    assert found == stated


def test_the_page_on_portfolios_gives_the_figures_of_the_tables() -> None:
    page = (DOCS / "portfolios.md").read_text("utf-8")
    rows = portfolio_rows()
    for evidence in Evidence:
        all_of = [row for row in rows if row.evidence is evidence]
        main = sum(row.main for row in all_of)
        assert f"| `{evidence}` | {main} | {len(all_of) - main} |" in page
    for continuity in Continuity:
        number = sum(change.evidence is continuity for change in successions())
        assert f"| `{continuity}` | {number} |" in page
    assert f"| all | {len(main_rows())} | {len(rows) - len(main_rows())} |" in page


PORTFOLIOS = "ministry,name,portfolio,main,since,until,attached_to,evidence,note\n"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("730004,A,sante,1,2017-06-22,,,name,", "ministry"),
        ("PO1,,sante,1,2017-06-22,,,name,", "name"),
        ("PO1,A,santé,1,2017-06-22,,,name,", "portfolio"),
        ("PO1,A,sante,yes,2017-06-22,,,name,", "main"),
        ("PO1,A,sante,1,22/06/2017,,,name,", "since"),
        ("PO1,A,sante,1,2017-02-30,,,name,", "since"),
        ("PO1,A,sante,1,2017-06-22,2017-06-21,,name,", "until"),
        ("PO1,A,sante,1,2017-06-22,,PO1,name,", "attached_to"),
        ("PO1,A,sante,1,2017-06-22,,PO2 PO2,name,", "attached_to"),
        ("PO1,A,sante,0,2017-06-22,,PO2,name,", "attached_to"),
        ("PO1,A,sante,1,2017-06-22,,,guess,", "evidence"),
        ("PO1,A,sante,1,2017-06-22,,,hand,", "note"),
        ("PO1,A,sante,1", "ministry"),
        ("", "ministry"),
        ('"PO1,A', "quotes"),
    ],
)
def test_a_malformed_line_is_refused_with_its_place(line: str, column: str) -> None:
    good = "PO1,A,sante,1,2017-06-22,,PO2 PO3,hand,why\n"
    with pytest.raises(SourceError) as refused:
        parse_portfolio_rows(f"{PORTFOLIOS}{good}{line}\n")
    assert (refused.value.source, refused.value.record, refused.value.path) == ("portfolios.csv", "3", column)
    assert "line 3" in refused.value.message


def test_a_table_with_other_columns_is_refused() -> None:
    for parse in (parse_governments, parse_portfolio_rows, parse_successions):
        for text in ("", "a,b\n", "to,from,on,evidence\n"):
            with pytest.raises(SourceError, match="header"):
                parse(text)


@given(text=st.text())
def test_whatever_the_text_it_is_read_or_refused(text: str) -> None:
    for table in (text, PORTFOLIOS + text):
        with suppress(SourceError):
            assert all(row.ministry.startswith("PO") and row.portfolio for row in parse_portfolio_rows(table))
