"""The packaged queries over HTTP: the list, each answer as page and data, and values that are not of their kind."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from graph import named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.testing import FlaskClient

    from graph.backends.oxigraph.store import OxigraphStore


def page_of(client: FlaskClient, address: str) -> etree._Element:  # pyright: ignore[reportPrivateUsage]  # lxml's name
    return etree.fromstring(client.get(address, headers={"Accept": "text/html"}).text, etree.HTMLParser())


def texts(elements: Iterable[etree._Element]) -> list[str]:  # pyright: ignore[reportPrivateUsage]  # lxml's name
    return ["".join(str(text) for text in element.itertext()) for element in elements]


def test_the_list_names_every_query_in_both_languages(client: FlaskClient) -> None:
    listed = client.get("/queries.json").get_json()["queries"]
    assert [query["name"] for query in listed] == list(named.names())
    for address, language in (("/queries", "fr"), ("/en/queries", "en")):
        page = page_of(client, address)
        assert f"{len(listed)} " in str(page.findtext(".//p[@class='lead']"))
        found = list(page.iterfind(".//main//li/a"))
        prefix = "" if language == "fr" else "/en"
        links = dict(zip((a.get("href") for a in found), texts(found), strict=True))
        assert links == {f"{prefix}{query['href']}": query["title"][language] for query in listed}


@pytest.mark.parametrize("name", named.names())
def test_each_query_is_a_page_with_its_slots_and_its_rows_are_the_files(client: FlaskClient, name: str) -> None:
    page = page_of(client, f"/queries/{name}")
    query = named.read(name)
    fields = {e.get("name"): e.get("value") for e in page.iterfind(".//main//form//input")}
    assert fields == {slot.name: slot.default for slot in query.slots}
    assert texts(page.iterfind(".//h1")) == [query.title_fr]
    rows = list(csv.reader(io.StringIO(client.get(f"/queries/{name}.csv").get_data(as_text=True))))
    shown = list(page.iterfind(".//table/tbody/tr"))
    assert len(shown) == min(len(rows) - 1, 20)
    assert rows[0] == texts(page.iterfind(".//table/thead//th"))


def test_a_value_in_the_address_fills_its_slot(client: FlaskClient) -> None:
    def rows(address: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(client.get(address).get_data(as_text=True))))[1:]

    assert rows("/queries/l6-life-of-a-question.csv?question=QANR5L14QE47351")[1][:2] == ["2", "Inherited"]
    assert rows("/queries/p2-printed-vs-real-group.csv?legislature=14")[0][2:] == ["LES-REP", "UMP"]
    assert rows("/queries/p2-printed-vs-real-group.csv?legislature=15") == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/queries/p2", 404),
        ("/queries/p2-printed-vs-real-group?legislature=15%20%7D", 400),
        ("/queries/j1-overdue-by-portfolio?day=tomorrow", 400),
        ("/queries/j1-overdue-by-portfolio?jour=2024-04-30", 400),
        ("/queries/j1-overdue-by-portfolio.pdf", 404),
        ("/queries.csv", 406),
    ],
)
def test_what_cannot_be_answered_says_why(client: FlaskClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/sparql-results+json"),
        ("text/csv", "text/csv"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/html", "text/html"),
    ],
)
def test_the_answer_comes_in_the_form_asked_for(client: FlaskClient, accept: str, kind: str) -> None:
    answer = client.get("/queries/p7-reshuffle-share", headers={"Accept": accept})
    assert answer.content_type.partition(";")[0] == kind
    assert answer.headers["X-Questeur-Generation"] == "g1"


def test_the_text_shown_is_the_query_that_was_asked_and_can_be_changed(client: FlaskClient) -> None:
    address = "/en/queries/l9-in-charge-on-a-day?day=2020-05-01"
    page = page_of(client, address)
    text = named.read("l9-in-charge-on-a-day").bind({"day": "2020-05-01"})
    assert texts(page.iterfind(".//pre")) == [text]
    assert any(a.get("href", "").startswith("/en/sparql?query=") for a in page.iterfind(".//main//a"))


def test_an_answer_is_kept_and_who_has_it_is_told_so(client: FlaskClient, store: OxigraphStore) -> None:
    address = "/queries/l6-life-of-a-question.csv?question=QANR5L14QE47351"
    first = client.get(address)
    assert first.headers["ETag"].startswith('"g1-')
    before = sum(process.answered for process in store.processes())
    again = client.get(address)
    assert "cache;desc=hit" in again.headers["Server-Timing"]
    assert again.data == first.data
    unchanged = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    asked = {"query": named.read("l6-life-of-a-question").bind({"question": "QANR5L14QE47351"}), "format": "csv"}
    assert "cache;desc=hit" in client.get("/sparql", query_string=asked).headers["Server-Timing"]
    assert sum(process.answered for process in store.processes()) == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_editor_offers_every_query_with_what_it_lets_choose(client: FlaskClient, language: str) -> None:
    prefix = "" if language == "fr" else "/en"
    page = page_of(client, f"{prefix}/sparql")
    links = [link.get("href") for link in page.iterfind(".//main//details//li/a")]
    offered = dict(zip(links, texts(page.iterfind(".//main//details//li")), strict=True))
    assert len(offered) == len(named.names())
    for name in named.names():
        query = named.read(name)
        said = offered[f"{prefix}/queries/{name}"]
        assert (query.title_fr if language == "fr" else query.title_en) in said
        assert all((slot.label_fr if language == "fr" else slot.label_en) in said for slot in query.slots)
