"""The reviewed tables beside the bodies of a build: portfolios, missing governments and ends, successions, INSEE."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from loaders.curating import Curation
from loaders.references import Known, References
from loaders.wikidata import ItemLink
from ontology import nouns
from ontology.curated import parse_portfolio_rows, portfolio_rows
from ontology.portfolios import portfolios

if TYPE_CHECKING:
    from tests.loaders.world import World


def stub(key: str, label: str, full: str | None = None) -> nouns.Ministry:
    return nouns.Ministry(key=key, label=label, full=full, stub="for the test")


def without_reference_data() -> References:
    return References(Known())


def assignments(curation: Curation) -> dict[str, nouns.Assignment]:
    return {noun.key: noun for noun in curation.as_nouns() if isinstance(noun, nouns.Assignment)}


def test_every_ministry_of_the_reference_data_has_its_portfolios_and_none_is_noted(world: World) -> None:
    curation = Curation(world.references, [])
    assert assignments(curation).keys() == world.references.ministries.keys() == {r.ministry for r in portfolio_rows()}
    assert curation.problems == []
    assert assignments(curation)["PO759811"] == nouns.Assignment(
        key="PO759811", main="sante", portfolios=("sante", "solidarites-familles"), attached=("PO729979",)
    )


@pytest.mark.parametrize(
    ("label", "full", "main", "code"),
    [
        ("Intérieur", None, "interieur", "portfolio-by-name"),
        ("intérieur", "Ministère de l’intérieur", "interieur", "portfolio-by-name"),
        ("Ministère de la magie", None, "unassigned", "unassigned-portfolio"),
    ],
    ids=["short", "folded", "unknown"],
)
def test_a_body_that_nobody_read_is_matched_by_its_name_or_left_unassigned_and_counted(
    world: World, label: str, full: str | None, main: str, code: str
) -> None:
    curation = Curation(world.references, [stub("PO999999", label, full)])
    assert assignments(curation)["PO999999"].main == main
    assert [(p.severity, p.code, p.uid) for p in curation.problems] == [("note", code, "PO999999")]


TABLE = """ministry,name,portfolio,main,since,until,attached_to,evidence,note
PO1,mer,mer-peche,1,2000-01-01,2001-01-01,,name,
PO2,mer,transports,1,2001-01-02,2002-01-01,,name,
PO3,ville,ville,1,2000-01-01,2001-01-01,,name,
PO3,ville,logement,0,2000-01-01,2001-01-01,,name,
PO4,ville,ville,1,2001-01-02,2002-01-01,,name,
PO4,ville,jeunesse,0,2001-01-02,2002-01-01,,name,
"""


@pytest.mark.parametrize(
    ("name", "portfolios_"), [("Mer", ("unassigned",)), ("Ville", ("ville",))], ids=["two-mains", "one-main"]
)
def test_of_several_bodies_of_one_name_only_what_all_have_is_taken(name: str, portfolios_: tuple[str, ...]) -> None:
    rows = parse_portfolio_rows(TABLE)
    curation = Curation(without_reference_data(), [stub("PO9", name)], rows)
    assert assignments(curation)["PO9"].portfolios == portfolios_


def test_a_stub_that_the_table_knows_by_its_id_has_its_row_without_reference_data() -> None:
    curation = Curation(without_reference_data(), [stub("PO759811", "Solidarités et santé (SE)")])
    found = assignments(curation)["PO759811"]
    assert (found.main, found.attached) == ("sante", ())  # the principal is not described here: nothing dangles
    assert curation.problems == []


def test_governments_absent_from_the_data_are_told_by_the_table(world: World) -> None:
    added = [n for n in Curation(world.references, []).as_nouns() if isinstance(n, nouns.Government)]
    assert [(g.key, g.label, g.start, g.end) for g in added] == [
        ("barnier", "Gouvernement Barnier", date(2024, 9, 21), date(2024, 12, 13)),
        ("lecornu-1", "Gouvernement Lecornu I", date(2025, 9, 10), date(2025, 10, 10)),
    ]


def test_what_the_source_never_closed_ends_with_its_government(world: World) -> None:
    references = world.references
    nouns_ = Curation(references, []).as_nouns()
    governments = {n.key: n.end for n in nouns_ if isinstance(n, nouns.GovernmentEnd)}
    ministries = {n.key: n.end for n in nouns_ if isinstance(n, nouns.MinistryEnd)}
    assert governments == {"PO833673": date(2024, 9, 20)}
    assert ministries["PO833674"] == date(2024, 9, 5)  # the Prime Minister left before his ministers
    assert all(references.ministries[key].end is None for key in ministries)
    assert {references.ministries[key].government for key in ministries} == {"PO833673"}
    running = {m.key for m in references.ministries.values() if m.end is None} - ministries.keys()
    assert {references.ministries[key].government for key in running} == {"PO873634"}


def test_successions_are_told_where_both_bodies_are_described(world: World) -> None:
    changes = [n for n in Curation(world.references, []).as_nouns() if isinstance(n, nouns.Change)]
    assert len(changes) == 247
    assert (
        nouns.Change(key="PO729979--PO770470", former="PO729979", successor="PO770470", on=date(2020, 2, 17)) in changes
    )
    assert [n for n in Curation(without_reference_data(), []).as_nouns() if isinstance(n, nouns.Change)] == []


def test_every_portfolio_is_labelled_and_explained_in_both_languages() -> None:
    found = portfolios()
    assert len(found) == 42
    assert {p.key for p in found} >= {row.portfolio for row in portfolio_rows()} | {"unassigned"}
    assert all((p.label_fr, p.label_en, p.scope_fr, p.scope_en) for p in found)


def test_only_real_departements_are_linked_to_insee(world: World) -> None:
    links = {link.key: link.target for link in Curation(world.references, []).insee_links()}
    assert links["44"] == "http://id.insee.fr/geo/departement/44"
    assert links["2A"] == "http://id.insee.fr/geo/departement/2A"
    assert links["974"] == "http://id.insee.fr/geo/departement/974"
    assert not links.keys() & {"099", "975", "977", "986", "987", "988"}
    assert world.references.departements.keys() - links.keys() == {"099", "975", "977", "986", "987", "988"}
    assert len(links) == 101


def test_a_person_and_an_item_are_linked_only_one_to_one(world: World) -> None:
    pairs = [
        ("PA720054", "Q1"),
        ("PA720054", "Q1"),
        ("PA923", "Q2"),
        ("PA923", "Q3"),
        ("PA722190", "Q4"),
        ("PA720614", "Q4"),
        ("PA0", "Q5"),
    ]
    curation = Curation(world.references, [])
    links = curation.wikidata_links(ItemLink(person=person, item=item) for person, item in pairs)
    assert links == [nouns.WikidataLink(key="PA720054", target="http://www.wikidata.org/entity/Q1")]
    assert {(p.code, p.uid) for p in curation.problems} == {
        ("ambiguous-item", "PA923"),
        ("ambiguous-item", "PA722190"),
        ("ambiguous-item", "PA720614"),
    }
