"""Columns read from a graph say what SPARQL says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graph.columns.codes import NONE
from graph.columns.table import ENDS, NO_DAY, STANCES, TYPES, day_number, day_text
from ontology.iris import NS, thing

if TYPE_CHECKING:
    from graph.columns.table import Columns
    from graph.store import Store

PREFIXES = f"PREFIX qst: <{NS}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "


def _answer(store: Store, text: str) -> list[tuple[str, ...]]:
    """Give the rows of a query as texts, sorted."""
    return sorted(tuple("" if cell is None else str(cell) for cell in row) for row in store.rows(PREFIXES + text))


def _iri(columns: Columns, kind: str, code: int) -> str:
    """Give the IRI of a code, empty for none."""
    return "" if code == NONE else columns.codes[kind].iris[code]


def _who_asks_whom(columns: Columns) -> list[tuple[str, ...]]:
    """Count questions by deputy and ministry asked."""
    pairs = Counter(zip(columns.deputy.tolist(), columns.ministry_asked.tolist(), strict=True))
    return sorted(
        (_iri(columns, "person", a), _iri(columns, "ministry", b), str(n)) for (a, b), n in pairs.items() if n
    )


def _how_long_for_whom(columns: Columns, year: int) -> list[tuple[str, ...]]:
    """Count, and sum the delay, by group on the day and ministry in charge, of the questions of one year."""
    first, after = day_number(f"{year}-01-01"), day_number(f"{year + 1}-01-01")
    inside = (columns.asked >= first) & (columns.asked < after) & (columns.answered != NO_DAY)
    inside &= (columns.group_dated != NONE) & (columns.ministry_attributed != NONE)
    found: dict[tuple[str, str], list[int]] = {}
    for row in np.flatnonzero(inside).tolist():
        ends = (
            _iri(columns, "group", int(columns.group_dated[row])),
            _iri(columns, "ministry", int(columns.ministry_attributed[row])),
        )
        found.setdefault(ends, []).append(int(columns.answered[row] - columns.asked[row]))
    return sorted((*ends, str(len(days)), str(sum(days))) for ends, days in found.items())


def _passed_on(columns: Columns) -> list[tuple[str, ...]]:
    """Give the questions whose ministry in charge is not the one asked."""
    differ = columns.ministry_asked != columns.ministry_attributed
    return sorted((columns.iri(row),) for row in np.flatnonzero(differ).tolist())


Q1 = "SELECT ?d ?m (COUNT(?q) AS ?n) { ?q a qst:Question ; qst:author ?d ; qst:addressedTo ?m } GROUP BY ?d ?m"
Q2 = """SELECT ?g ?m (COUNT(?q) AS ?n) (SUM(?days) AS ?delay) {{
  ?q a qst:Question ; qst:{group} ?g ; qst:attributedTo ?m ; qst:tabledOn ?on ; qst:delayDays ?days .
  FILTER(?on >= "{year}-01-01"^^xsd:date && ?on < "{after}-01-01"^^xsd:date) }} GROUP BY ?g ?m"""
Q3 = "SELECT ?q { ?q a qst:Question ; qst:addressedTo ?a ; qst:attributedTo ?b . FILTER(?a != ?b) }"


@pytest.mark.parametrize("graph", ["example", "real"])
def test_the_columns_count_as_sparql_counts(graph: str, request: pytest.FixtureRequest) -> None:
    store = request.getfixturevalue("embedded" if graph == "example" else "real")
    columns = request.getfixturevalue("example_columns" if graph == "example" else "real_columns")
    assert _who_asks_whom(columns) == _answer(store, Q1) != []
    for year in range(2013, 2026):
        text = Q2.format(year=year, after=year + 1, group="groupAtTabling")
        assert _how_long_for_whom(columns, year) == _answer(store, text)
    assert _passed_on(columns) == _answer(store, Q3) != []


SINGLE = [
    ("author", "deputy", "person"),
    ("underMandate", "mandate", "mandate"),
    ("constituencyAtTabling", "constituency", "constituency"),
    ("constituencyAtTabling/qst:inDepartement", "departement", "departement"),
    ("groupAsPublished", "group_declared", "group"),
    ("groupAtTabling", "group_dated", "group"),
    ("addressedTo", "ministry_asked", "ministry"),
    ("attributedTo", "ministry_attributed", "ministry"),
    ("addressedTo/qst:mainPortfolio", "portfolio_asked", "portfolio"),
    ("attributedTo/qst:mainPortfolio", "portfolio_attributed", "portfolio"),
    ("topic", "topic", "topic"),
]


@pytest.mark.parametrize(("path", "column", "kind"), SINGLE, ids=[name for _, name, _ in SINGLE])
def test_each_column_of_codes_is_its_property_row_for_row(
    store: Store, columns: Columns, path: str, column: str, kind: str
) -> None:
    values = getattr(columns, column)
    found = sorted((columns.iri(row), _iri(columns, kind, code)) for row, code in enumerate(values.tolist()))
    assert found == _answer(store, f"SELECT DISTINCT ?q ?v {{ ?q a qst:Question OPTIONAL {{ ?q qst:{path} ?v }} }}")
    assert (values != NONE).any()


@pytest.mark.parametrize(
    ("path", "column"),
    [("tabledOn", "asked"), ("answeredOn", "answered"), ("closedOn", "closed"), ("dueOn", "due")],
)
def test_each_column_of_days_is_its_property_row_for_row(
    store: Store, columns: Columns, path: str, column: str
) -> None:
    values = getattr(columns, column)
    found = sorted((columns.iri(row), day_text(day)) for row, day in enumerate(values.tolist()))
    assert found == _answer(store, f"SELECT ?q ?v {{ ?q a qst:Question OPTIONAL {{ ?q qst:{path} ?v }} }}")
    assert (values != NO_DAY).any()


def test_the_stance_of_a_group_is_what_it_states(store: Store, columns: Columns) -> None:
    said = dict(zip(STANCES, ("Majoritaire", "Minoritaire", "Opposition"), strict=True))
    stances = zip(columns.codes["group"].iris, columns.group_stance.tolist(), strict=True)
    found = sorted((iri, said[STANCES[stance]]) for iri, stance in stances if stance != NONE)
    here = "?q qst:groupAsPublished|qst:groupAtTabling ?group . ?group qst:stance ?stance"
    assert found == _answer(store, f"SELECT DISTINCT ?group ?stance {{ {here} }}") != []


def test_the_end_of_a_question_is_its_status(store: Store, columns: Columns) -> None:
    found = sorted(
        (columns.iri(row), f"{NS}status{ENDS[int(end)].capitalize()}") for row, end in enumerate(columns.end)
    )
    assert found == _answer(store, "SELECT ?q ?s { ?q a qst:Question ; qst:status ?s }")
    assert {ENDS[end] for end in columns.end.tolist()} >= {"open", "answered", "withdrawn", "lapsed"}


def test_types_and_legislatures_are_those_of_the_keys(columns: Columns) -> None:
    for key, kind, legislature in zip(columns.question.tolist(), columns.type, columns.legislature, strict=True):
        assert key.decode().startswith(f"QANR5L{legislature}{TYPES[kind]}")


def test_question_10719_is_one_row(columns: Columns) -> None:
    row = columns.question.tolist().index(b"QANR5L15QE10719")
    assert _iri(columns, "person", int(columns.deputy[row])) == thing("person", "PA720054")
    assert columns.codes["person"].fr[int(columns.deputy[row])] == "Yannick Haury"
    assert columns.codes["portfolio"].keys[int(columns.portfolio_asked[row])] == "economie-finances"
    days = [day_text(int(column[row])) for column in (columns.asked, columns.answered, columns.due)]
    assert days == ["2018-07-17", "2018-08-14", "2018-09-17"]
    assert columns.moves.offsets[row] == columns.moves.offsets[row + 1]


def test_the_histories_are_those_of_the_graph(store: Store, columns: Columns) -> None:
    held = columns.attributions
    owner = np.repeat(np.arange(len(columns)), np.diff(held.offsets))
    attributed = sorted(
        (columns.iri(row), _iri(columns, "ministry", code), day_text(since), day_text(until))
        for row, code, since, until in zip(
            owner, *(a.tolist() for a in (held.ministry, held.since, held.until)), strict=True
        )
    )
    assert attributed == _answer(
        store,
        "SELECT ?q ?m ?a ?b { ?q qst:attribution ?x . ?x qst:ministry ?m "
        "OPTIONAL { ?x qst:validFrom ?a } OPTIONAL { ?x qst:validUntil ?b } }",
    )
    moves = columns.moves
    owner = np.repeat(np.arange(len(columns)), np.diff(moves.offsets))
    real = np.flatnonzero(moves.transferred & moves.crosses).tolist()
    transfers = sorted(
        (columns.iri(owner[i]), *(_iri(columns, "ministry", int(end[i])) for end in (moves.origin, moves.target)))
        for i in real
    )
    assert transfers != []
    assert transfers == _answer(
        store,
        "SELECT ?q ?a ?b { ?q qst:event ?e . ?e a qst:Transferred ; qst:crossesPortfolio true ; "
        "qst:fromMinistry ?a ; qst:toMinistry ?b }",
    )


def test_flags_renewals_and_joint_answers_are_those_of_the_graph(store: Store, columns: Columns) -> None:
    for counts, of_class in ((columns.signalled, "Flagged"), (columns.renewals, "Renewed")):
        found = sorted((columns.iri(row), str(n)) for row, n in enumerate(counts.tolist()) if n)
        text = f"SELECT ?q (COUNT(?e) AS ?n) {{ ?e a qst:{of_class} . ?q qst:event ?e }} GROUP BY ?q"
        assert found == _answer(store, text) != []
    alone = columns.answer_group == np.arange(len(columns))
    joint = [(columns.iri(row),) for row in np.flatnonzero(~alone).tolist()]
    text = "SELECT DISTINCT ?q { ?q qst:hasAnswer ?x . ?p qst:hasAnswer ?x . FILTER(STR(?p) < STR(?q)) }"
    assert sorted(joint) == _answer(store, text) != []


def test_a_thing_known_by_mention_only_is_a_stub(columns: Columns) -> None:
    ministries = columns.codes["ministry"]
    assert [key for key, stub in zip(ministries.keys, ministries.stub, strict=True) if stub] == ["PO847643"]


def test_rows_and_codes_are_in_the_order_of_their_keys(columns: Columns) -> None:
    assert columns.question.tolist() == sorted(columns.question.tolist())
    for codes in columns.codes.values():
        assert list(codes.keys) == sorted(codes.keys)
