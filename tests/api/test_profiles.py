"""Pages of people, bodies, places and topics: every figure is what the query beside it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import etree

from api.app import create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from lxml.etree import _Element as Element  # pyright: ignore[reportPrivateUsage]  # lxml names its elements so

    from questeur.build import Report

THINGS = [
    "/person/PA720054",
    "/person/PA999001",
    "/ministry/PO729982",
    "/ministry/PO729979",
    "/portfolio/economie-finances",
    "/portfolio/sante",
    "/group/PO730964",
    "/constituency/2010-44-09",
    "/topic/sante",
]
REAL = ["/person/PA2150", "/ministry/PO729979", "/portfolio/ecologie", "/group/PO730958", "/topic/emploi-et-activite"]


@pytest.fixture(scope="module")
def real(demo: tuple[Path, Report]) -> Iterator[FlaskClient]:
    """Give a client of the bundled records."""
    with OxigraphStore(demo[0]) as store:
        yield create_app(store).test_client()


def page_of(client: FlaskClient, path: str) -> Element:
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200, response.text
    return cast("Element", etree.fromstring(response.text, etree.HTMLParser()))


def words(element: Element | None) -> str:
    """Give the text of an element."""
    assert element is not None
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def asked(client: FlaskClient, link: str) -> list[dict[str, str]]:
    """Run the query that a link of a page offers."""
    text = parse_qs(urlsplit(link).query)["query"][0]
    found = client.get("/sparql", query_string={"query": text}, headers={"Accept": "application/json"}).json
    assert found is not None
    return [{name: cell["value"] for name, cell in row.items()} for row in found["results"]["bindings"]]


def check(client: FlaskClient, path: str) -> int:
    """Compare every figure of a page with its query, and every list that it links to; count the figures."""
    figures = 0
    page = page_of(client, path)
    for block in page.iterfind(".//section[@class='block']"):
        (link,) = (a.get("href", "") for a in block.iterfind(".//a[@class='query']"))
        rows = asked(client, link)
        shown = [int(data.get("value", "")) for data in block.iterfind(".//data")]
        if block.find(".//table") is not None:
            lines = block.findall(".//tbody/tr")
            expected = [int(row[name]) for row in rows[: len(lines)] for name in ("questions", "answered")]
        elif block.find(".//dl") is not None:
            names = ("questions", "writtenOnes", "answered", "inTime", "open")
            expected = [int(rows[0][name]) for name in names]
        else:
            assert len(block.findall(".//li")) == len(rows) > 0
            continue
        assert shown == expected, (path, link)
        figures += len(shown)
        for data in block.iterfind(".//a/data"):
            parent = data.getparent()
            assert parent is not None
            listed = client.get(parent.get("href", "").replace("/questions?", "/questions.json?")).json
            assert listed is not None
            assert listed["total"] == int(data.get("value", ""))
    return figures


@pytest.mark.parametrize("path", THINGS)
def test_every_figure_is_what_its_query_answers(client: FlaskClient, path: str) -> None:
    assert check(client, path) > 5


@pytest.mark.parametrize("path", REAL)
def test_the_same_holds_on_the_bundled_records(real: FlaskClient, path: str) -> None:
    check(real, path)


@pytest.mark.parametrize("path", THINGS)
def test_both_languages_show_the_same_figures(client: FlaskClient, path: str) -> None:
    french, english = (
        [data.get("value") for data in page_of(client, place).iterfind(".//data")] for place in (path, f"/en{path}")
    )
    assert french == english


def test_a_deputy_shows_mandates_and_groups_in_time(client: FlaskClient) -> None:
    held = page_of(client, "/person/PA720054").find(".//section[@aria-labelledby='person']")
    assert "Loire-Atlantique" in words(held)


def test_a_portfolio_shows_its_ministries_in_order(client: FlaskClient) -> None:
    held = page_of(client, "/portfolio/economie-finances").find(".//section[@aria-labelledby='lineage']")
    assert held is not None
    assert "/ministry/PO729982" in [a.get("href") for a in held.iterfind(".//li/a")]


def test_what_no_question_is_about_says_so(real: FlaskClient) -> None:
    text = """PREFIX qst: <https://w3id.org/questeur/ns#> SELECT ?it WHERE {
      ?it a qst:Portfolio FILTER NOT EXISTS { ?question qst:addressedTo/qst:mainPortfolio ?it } } LIMIT 1"""
    (row,) = asked(real, f"/sparql?{urlencode({'query': text})}")
    page = page_of(real, row["it"].replace("https://w3id.org/questeur/id", ""))
    assert "Aucune question chargée" in words(page.find(".//main"))
