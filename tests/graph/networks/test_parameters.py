"""Parameters from text, and their canonical form."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.networks.parameters import QUESTION_TYPES, TARGETS, Parameters, parse
from ontology.errors import QueryError

ranges = st.lists(st.none() | st.dates(), min_size=2, max_size=2).filter(
    lambda ends: ends[0] is None or ends[1] is None or ends[0] < ends[1]
)


@st.composite
def _parameters(draw: st.DrawFn) -> Parameters:
    since, until = draw(ranges)
    return Parameters(
        since=since,
        until=until,
        legislature=draw(st.none() | st.integers(1, 999)),
        group=draw(st.none() | st.from_regex(r"PO[0-9]{1,6}", fullmatch=True)),
        target=draw(st.sampled_from(TARGETS)),
        type=draw(st.sampled_from(QUESTION_TYPES)),
    )


parameters = _parameters()


@given(parameters)
def test_the_canonical_form_reads_back_the_same(given_: Parameters) -> None:
    assert parse({name: str(value) for name, value in given_.canonical().items()}) == given_


@given(parameters)
def test_the_canonical_form_is_sorted_and_without_defaults(given_: Parameters) -> None:
    names = list(given_.canonical())
    assert names == sorted(names)
    assert not given_.canonical().items() & {"type": "QE", "target": "asked"}.items()


@given(parameters)
def test_the_link_to_the_questions_spells_out_every_filter(given_: Parameters) -> None:
    fields = parse_qs(urlsplit(given_.questions(deputy="PA1", ministry="PO2")).query)
    assert fields.pop("deputy") == ["PA1"]
    assert fields.pop("ministry") == ["PO2"]
    assert parse({name: value for name, [value] in fields.items()}) == given_
    assert {"type", "target"} <= fields.keys()


def test_an_empty_value_counts_as_absent() -> None:
    assert parse({"group": "", "legislature": "", "type": "", "from": ""}) == Parameters()


def test_from_and_to_are_since_and_until() -> None:
    read = parse({"from": "2018-07-17", "to": "2018-07-18"})
    assert (read.since, read.until) == (date(2018, 7, 17), date(2018, 7, 18))


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("legislatur", "15", "did you mean legislature?"),
        ("since", "2018-01-01", "one of constituency, departement"),
        ("type", "QEE", "did you mean QE?"),
        ("type", "qosd", "did you mean QOSD?"),
        ("target", "atributed", "did you mean attributed?"),
        ("from", "17/07/2018", "YYYY-MM-DD"),
        ("from", "2018-W29-2", "YYYY-MM-DD"),
        ("to", "2018-02-30", "YYYY-MM-DD"),
        ("legislature", "XV", "such as 15"),
        ("legislature", "١٥", "such as 15"),
        ("legislature", "0", "such as 15"),
        ("group", "PO1> .", "such as PO730964"),
    ],
)
def test_a_wrong_parameter_names_the_nearest_right_one(name: str, value: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse({name: value})
    assert caught.value.code == "parameter"
    assert caught.value.status == 400
    assert hint in caught.value.hint
    assert name in caught.value.message


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(QueryError, match="to cannot be") as caught:
        parse({"from": "2018-07-17", "to": "2018-07-17"})
    assert "exclusive" in caught.value.hint
