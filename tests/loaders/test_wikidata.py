"""Rows of a query on Wikidata become links, or are set aside one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from loaders.record import RefusedRecordError
from loaders.wikidata import ItemLink, read_row
from tests.loaders.taking import take

if TYPE_CHECKING:
    from pathlib import Path

ENTITY = "http://www.wikidata.org/entity/"


def row(item: str, number: str | None, kind: str = "uri") -> dict[str, object]:
    cells: dict[str, object] = {
        "item": {"type": kind, "value": item},
        "dateNaissance": {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#dateTime", "value": "x"},
    }
    if number is not None:
        cells["id_an"] = {"type": "literal", "value": number}
    return cells


def test_a_row_links_a_person_and_an_item() -> None:
    assert read_row(json.dumps(row(f"{ENTITY}Q30385935", "720422")).encode()) == ItemLink(
        person="PA720422", item="Q30385935"
    )


def test_a_row_without_number_links_nothing() -> None:
    assert read_row(json.dumps(row(f"{ENTITY}Q1", None)).encode()) is None


@pytest.mark.parametrize(
    "cells",
    [
        row(f"{ENTITY}Q1> <urn:x", "1"),
        row(f"{ENTITY}Q1\n", "1"),
        row(f"{ENTITY}Q١", "1"),
        row("https://example.org/Q1", "1"),
        row("javascript:alert(1)", "1"),
        row(f"{ENTITY}Q1", "PA1"),
        row(f"{ENTITY}Q1", "1" * 30),
        row(f"{ENTITY}Q1", "1", kind="literal"),
        {"id_an": {"type": "literal", "value": "1"}},
        {"item": "Q1"},
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused(cells: dict[str, object]) -> None:
    with pytest.raises(RefusedRecordError):
        read_row(json.dumps(cells).encode())


def test_a_bad_row_refuses_itself_only(tmp_path: Path) -> None:
    rows = [row(f"{ENTITY}Q1", "1"), row(f"{ENTITY}Q2", None), row("x", "1"), row(f"{ENTITY}Q3", "3")]
    path = tmp_path / "links.srj"
    path.write_text(json.dumps({"head": {"vars": ["item"]}, "results": {"bindings": rows}}), encoding="utf-8")
    took = take(path)
    assert took.items == [ItemLink(person="PA1", item="Q1"), ItemLink(person="PA3", item="Q3")]
    assert (took.refused, took.skipped) == ([("links.srj#3", "bad-iri")], 1)
