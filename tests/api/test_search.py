"""The search page: a number leads to its question, words to texts, every count to a list as long."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PAGE = {"Accept": BROWSER}


@pytest.mark.parametrize(
    "typed",
    [
        "15-10719",
        "15-10719QE",
        "15/10719",
        "10719",
        "10719 QE",
        "question n° 10719",
        "QANR5L15QE10719",
        "qanr5l15qe10719",
        "https://questions.assemblee-nationale.fr/q15/15-10719QE.htm",
        "https://www.assemblee-nationale.fr/dyn/15/questions/QANR5L15QE10719",
        "https://questeur.example/question/15-10719",
    ],
)
def test_a_number_or_a_pasted_address_leads_straight_to_the_question(client: FlaskClient, typed: str) -> None:
    answer = client.get("/search", query_string={"q": typed}, headers=PAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/question/QANR5L15QE10719")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("PA720054", "/en/person/PA720054"),
        ("https://www.assemblee-nationale.fr/dyn/deputes/PA720054", "/en/person/PA720054"),
        ("https://www.assemblee-nationale.fr/dyn/acteurs/OMC_PA720054", "/en/person/PA720054"),
        ("PO729982", "/en/ministry/PO729982"),
    ],
)
def test_the_assemblys_identifiers_lead_to_pages_in_the_same_language(
    client: FlaskClient, typed: str, place: str
) -> None:
    assert client.get("/en/search", query_string={"q": typed}, headers=PAGE).headers["Location"] == place


def test_a_number_that_is_not_there_is_said_to_be_unknown(client: FlaskClient) -> None:
    answer = client.get("/search?q=15-1", headers=PAGE)
    assert answer.status_code == 200
    assert "Aucune question, personne ni ministère de ce numéro" in answer.text


def test_words_are_marked_where_they_stand(client: FlaskClient) -> None:
    answer = client.get("/search?q=telephon", headers=PAGE)
    assert "opérateurs <mark>téléphoniques</mark>" in answer.text
    assert "/question/QANR5L15QE10719" in answer.text


def test_names_are_found_beside_texts(client: FlaskClient) -> None:
    found = client.get("/search.json?q=haury").json
    assert found is not None
    assert [thing["path"] for thing in found["things"]] == ["/person/PA720054"]
    suggested = client.get("/search.json?q=haur&mode=suggest").json
    assert suggested is not None
    assert [entry["label"] for entry in suggested["suggestions"]] == ["Yannick Haury"]


def test_every_count_is_that_of_the_list_it_leads_to(client: FlaskClient) -> None:
    page = etree.fromstring(client.get("/search?q=exemple", headers=PAGE).text, etree.HTMLParser())
    total = page.find(".//p[@role='status']/data")
    assert total is not None
    rows = list(csv.DictReader(io.StringIO(client.get("/search.csv?q=exemple").text)))
    assert len(rows) == int(total.get("value", ""))
    facets = page.findall(".//ul[@class='facet']/li")
    assert len(facets) > 5
    for facet in facets:
        link, count = facet.find("a"), facet.find("data")
        assert link is not None
        assert count is not None
        narrowed = client.get(link.get("href", "").replace("/search?", "/search.json?")).json
        assert narrowed is not None
        assert narrowed["total"] == int(count.get("value", ""))


def test_walking_the_pages_gives_what_the_file_holds(client: FlaskClient) -> None:
    keys: list[str] = []
    place = "/search.json?q=exemple&limit=3"
    while place:
        found = client.get(place).json
        assert found is not None
        keys += [item["key"] for item in found["items"]]
        place = found["next"].replace("/search?", "/search.json?") if found["next"] else ""
    rows = list(csv.DictReader(io.StringIO(client.get("/search.csv?q=exemple").text)))
    assert keys == [row["key"] for row in rows]
    assert len(set(keys)) == len(keys) > 3


@given(typed=st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_nothing_that_is_typed_breaks_the_page(client: FlaskClient, typed: str) -> None:
    answer = client.get(f"/search?q={quote(typed)}", headers=PAGE)
    assert answer.status_code in (200, 303, 400)


def test_what_is_typed_is_shown_and_never_run(client: FlaskClient) -> None:
    page = client.get("/search", query_string={"q": '"><script>alert(1)</script>'}, headers=PAGE).text
    assert "<script" not in page


@pytest.mark.parametrize(
    "query",
    ["q=x&mode=other", "q=x&after=-1", "q=x&after=999999", "q=x&target=asked", "q=x&status=lost", "q=" + "a" * 301],
)
def test_a_wrong_parameter_is_told(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/search.json?{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["hint"]


def test_english_data_have_one_address(client: FlaskClient) -> None:
    answer = client.get("/en/search.json?q=haury")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/search.json?q=haury")


@pytest.mark.parametrize("query", ["portfolio=sante", "topic=sante", "status=withdrawn", "departement=44"])
def test_lists_take_the_filters_of_the_search(client: FlaskClient, query: str) -> None:
    found, everything = client.get(f"/questions.json?{query}").json, client.get("/questions.json").json
    assert found is not None
    assert everything is not None
    assert 0 < found["total"] < everything["total"]
    assert len(client.get(f"/questions.csv?{query}").text.splitlines()) == found["total"] + 1
