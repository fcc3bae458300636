"""What every page has: both languages, no script needed, no outside request, words from the catalogues."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from api import locale, queries
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PAGES = [
    "/",
    "/questions",
    "/search?q=exemple",
    "/deputies",
    "/docs/api",
    "/portfolio/sante",
    "/networks/deputy-ministry?type=all",
    "/sparql",
    "/sparql?query=ASK{}",
    "/ns",
    "/ns/author",
    "/ns/Ministry",
    "/question/QANR5L15QE10719",
    "/person/PA720054",
    "/docs/problems/deadline",
    "/about/accessibility",
    "/queries",
    "/queries/j1-overdue-by-portfolio",
]


def _page(text: str) -> etree._Element:  # pyright: ignore[reportPrivateUsage]  # lxml names its elements so
    return etree.fromstring(text, etree.HTMLParser())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_its_english_twin(client: FlaskClient, path: str) -> None:
    french = client.get(path, headers={"Accept": BROWSER})
    english = client.get(f"/en{path}", headers={"Accept": BROWSER})
    assert (french.status_code, english.status_code) == (200, 200)
    for response, language in ((french, "fr"), (english, "en")):
        page = _page(response.text)
        assert page.get("lang") == language
        twins = {link.get("hreflang"): link.get("href") for link in page.iterfind(".//link[@hreflang]")}
        assert twins["en"] == f"/en{twins['fr']}"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_script_and_loads_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    page = _page(client.get(path, headers={"Accept": BROWSER}).text)
    scripts = page.findall(".//script")
    assert not [script for script in scripts if script.text or script.get("type") != "module"]
    assert all(script.get("src", "").startswith("/static/dist/") for script in scripts)
    assert not scripts or path.startswith("/sparql")
    assert not page.findall(".//*[@style]")
    loaded = [link.get("href", "") for link in page.iterfind(".//link") if link.get("rel") in ("stylesheet", "icon")]
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_heading_a_skip_link_and_named_fields(client: FlaskClient, path: str) -> None:
    page = _page(client.get(path, headers={"Accept": BROWSER}).text)
    assert len(page.findall(".//h1")) == 1
    assert [link.get("href") for link in page.iterfind(".//a[@class='skip']")] == ["#content"]
    assert page.find(".//main[@id='content']") is not None
    labelled = {label.get("for") for label in page.iterfind(".//label")}
    for tag in ("input", "select", "textarea"):
        for field in page.iterfind(f".//{tag}"):
            assert field.get("type") == "hidden" or field.get("id") in labelled


def test_the_front_page_of_a_sample_says_that_it_is_one(client: FlaskClient) -> None:
    page = client.get("/en/", headers={"Accept": BROWSER}).text
    assert "no picture of the Assembly" in page
    assert "Licence Ouverte 2.0" in page


def test_no_path_makes_a_page_link_elsewhere(client: FlaskClient) -> None:
    page = _page(client.get("/en//elsewhere.example/x", headers={"Accept": BROWSER}).text)
    links = [link.get("href", "") for tag in ("a", "link") for link in page.iterfind(f".//{tag}")]
    assert not [link for link in links if link.startswith("//")]


def test_both_catalogues_have_the_same_strings_with_the_same_slots() -> None:
    french, english = (locale.load()[language].strings for language in locale.LANGUAGES)
    assert french.keys() == english.keys()
    for name, text in french.items():
        if not name.endswith("query") and name != "sparql.first":
            slots = [{slot for _, slot, _, _ in Formatter().parse(words) if slot} for words in (text, english[name])]
            assert slots[0] == slots[1], name


def test_no_template_has_a_word_of_its_own() -> None:
    own = {
        "SPARQL",
        "English",
        "Français",
        "PREFIX qst",
        "Assemblée nationale",
        "Licence Ouverte 2.0",
        "lt",
        "gt",
        "qst",
    }
    for template in files("api").joinpath("templates").iterdir():
        text = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>|&[a-z]+;", "\n", template.read_text("utf-8"), flags=re.DOTALL)
        words = {word.strip(" :·,.&;") for word in text.splitlines() if re.search(r"[A-Za-z]{2}", word)}
        assert words <= own, template.name


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    french, english = (locale.load()[language] for language in locale.LANGUAGES)
    assert (french.number(12345), english.number(12345)) == ("12\u202f345", "12,345")


@given(st.text())
def test_no_text_leaves_its_place_in_a_query(text: str) -> None:
    try:
        term = queries.iri(text)
    except (ValueError, UnicodeEncodeError):
        return
    assert re.fullmatch(r"<[^\x00-\x20<>\"{}|^`\\]*>", term)


@pytest.mark.parametrize("health", ["/healthz"])
def test_health_names_the_generation(client: FlaskClient, health: str) -> None:
    response = client.get(health)
    assert (response.status_code, response.text) == (200, "ok g1\n")
