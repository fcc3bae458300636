"""Lists: questions by filters, things by their questions, feeds; each equal to its query."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from api import queries
from api.directories import LISTS
from api.selection import selection
from graph.columns.reading import from_store
from tests.api.conftest import BROWSER
from tests.api.test_profiles import asked, page_of, words

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.table import Columns

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def columns(store: OxigraphStore) -> Columns:
    return from_store(store)


VALUES = {
    "legislature": ("", "15"),
    "type": ("all", "QE", "QG"),
    "portfolio": ("", "sante", "nothing"),
    "target": ("asked", "attributed"),
    "status": ("", "answered", "withdrawn"),
}
MORE = [
    {"deputy": "PA720054"},
    {"deputy": "PA999001", "from": "2019-03-06", "to": "2020-07-01"},
    {"ministry": "PO773396", "target": "attributed"},
    {"ministry": "PO770470"},
    {"group": "PO730964"},
    {"group": "PO730964", "group_as": "declared"},
    {"topic": "sante"},
    {"constituency": "2010-44-09"},
    {"departement": "44"},
    {"legislature": "14"},
]


@pytest.mark.parametrize(
    "given", [dict(zip(VALUES, values, strict=True)) for values in product(*VALUES.values())] + MORE
)
def test_columns_and_query_give_the_same_list_in_the_same_order(
    store: OxigraphStore, columns: Columns, given: dict[str, str]
) -> None:
    chosen = selection({name: value for name, value in given.items() if value})
    rows = [columns.iri(int(row)) for row in chosen.rows(columns)]
    assert rows == [str(iri) for iri, _ in store.rows(queries.text("questions", **chosen.slots()))]
    ((count,),) = store.rows(queries.text("count", **chosen.slots()))
    assert int(str(count)) == len(rows)


@pytest.mark.parametrize("path", ["/questions", "/questions?topic=sante", "/questions?status=withdrawn&type=QE"])
def test_the_count_of_a_list_is_what_its_query_answers(client: FlaskClient, path: str) -> None:
    page = page_of(client, path)
    total = page.find(".//p[@role='status']/data")
    assert total is not None
    (link,) = (a.get("href", "") for a in page.iterfind(".//a[@class='query']"))
    assert asked(client, link) == [{"n": total.get("value", "")}]


@pytest.mark.parametrize("name", LISTS)
def test_every_thing_of_a_list_has_the_questions_its_query_counts(client: FlaskClient, name: str) -> None:
    page = page_of(client, f"/{name}")
    lines = [[int(data.get("value", "")) for data in line.iterfind(".//data")] for line in page.iterfind(".//tbody/tr")]
    (link,) = (a.get("href", "") for a in page.iterfind(".//a[@class='query']"))
    rows = asked(client, link)
    assert lines == [[int(row["questions"]), int(row["answered"])] for row in rows] != []
    found = list(csv.DictReader(io.StringIO(client.get(f"/{name}.csv").text)))
    assert [row["id"] for row in found] == [row["value"] for row in rows]
    body = client.get(f"/{name}.json").json
    assert body is not None
    assert body["total"] == len(rows)
    for place in [line.find("th/a") for line in page.iterfind(".//tbody/tr")][:2]:
        assert place is not None
        assert client.get(place.get("href", ""), headers={"Accept": BROWSER}).status_code == 200


def test_a_list_is_ordered_and_narrowed_by_name(client: FlaskClient) -> None:
    body = client.get("/deputies.json?sort=label&q=hau").json
    assert body is not None
    assert [item["label"] for item in body["items"]] == ["Yannick Haury"]
    assert client.get("/deputies.json?sort=age").status_code == 400
    assert "Nothing of the kind" in words(page_of(client, "/en/deputies?q=zzz"))


def test_a_feed_gives_the_newest_questions_of_a_list(client: FlaskClient) -> None:
    answer = client.get("/questions.atom?deputy=PA720054&limit=3")
    assert answer.content_type == "application/atom+xml"
    root = ET.fromstring(answer.data)  # noqa: S314  our own
    entries = root.findall(f"{ATOM}entry")
    assert entries
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
    listed = client.get("/questions.json?deputy=PA720054&limit=3").json
    assert listed is not None
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [item["id"] for item in listed["items"]]
    (itself,) = (link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert itself == "https://questeur.example/questions.atom?deputy=PA720054"
