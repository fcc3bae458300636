"""What graph says in English is French on a French page: definitions, notes, errors; data keep the English."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from api import locale
from api.sayings import Sayings
from graph.networks import copies, delays, groupings, transfers
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask.testing import FlaskClient

DEFINED = [text for module in (delays, groupings, transfers, copies) for text in module.DEFINITIONS.values()]
# What a visitor meets: what a search, a list, a network, an old link or a busy service answers.
WRONG = [
    "/questions?legislatur=15",
    "/questions?legislature=15&legislature=16",
    "/questions?limit=0",
    "/questions?deputy=a.b",
    "/questions?from=hier",
    "/networks/deputy-ministry?legislature=99",
    "/questions?status=lost",
    "/questions?after=x",
    "/questions.xyz",
    "/questions.ttl",
    "/deputies?sort=age",
    "/delays?by=colour",
    "/delays?on=2999-01-01",
    "/delays/lost",
    "/transfers?to=demain",
    "/transfers/questions?origin=zzzz",
    "/networks/group-ministry/edges/zz/z",
    "/networks/deputy-ministry?around=zz",
    "/networks/deputy-nobody",
    "/networks/deputy-ministry?null=odd",
    "/queries/j0",
    "/ns/authr",
    "/ns/9.9.9",
    "/question/QANR5L15QE99999",
    "/person/PA0",
    "/nothing/at/all",
    "/chose/1",
    "/q/15/99999",
    f"/search?q={'a' * 301}",
    "/search?q=" + "+".join(f"mot{n}" for n in range(17)),
    "/search?q=a&after=99999",
    "/docs/problems/lost",
    "/static/dist/none.js",
]


def shown(page: str) -> str:
    """Take the problem out of a page."""
    found = re.search(r'<div id="problem".*?</div>', page, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("address", WRONG)
def test_an_error_is_told_in_the_language_of_the_page(client: FlaskClient, address: str) -> None:
    french = shown(client.get(address, headers={"Accept": BROWSER}).text)
    assert 'lang="en"' not in french
    english = unescape(shown(client.get(f"/en{address}", headers={"Accept": BROWSER}).text))
    data = client.get(address).get_json()
    assert data["detail"] in english
    assert data["hint"] in english
    assert data["detail"] not in french


@pytest.mark.parametrize("text", DEFINED)
def test_every_definition_has_its_french_with_the_same_figures(text: str) -> None:
    said = locale.load()["fr"].say(text)
    assert said is not None
    assert said != text
    assert re.findall(r"\d+", said) == [n for n in re.findall(r"\d+", text) if n in said]
    assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", said))


@pytest.mark.parametrize("path", ["/delays?type=all", "/delays?type=all&credit=last", "/transfers?type=all"])
def test_the_definitions_of_a_page_are_in_its_language_and_those_of_data_in_english(
    client: FlaskClient, path: str
) -> None:
    meta = client.get(path.replace("?", ".json?")).get_json()
    meta = meta.get("graph", meta)
    definitions = dict(meta.get("meta", meta)["definitions"])
    notes = meta.get("meta", meta).get("notes", [])
    french, english = (
        unescape(client.get(prefix + path, headers={"Accept": BROWSER}).text).partition("<details><summary>")[2]
        for prefix in ("", "/en")
    )
    for text in [*definitions.values(), *notes]:
        assert text in english
        assert text not in french
    assert 'lang="en">' not in re.sub(r'<(?:dt|ul) lang="en">', "", french.partition("</details>")[0])


def test_a_sentence_keeps_every_slot_in_french() -> None:
    for file in files("api").joinpath("locales").iterdir():
        if file.name.startswith("said."):
            for english, said in tomllib.loads(file.read_text("utf-8")).items():
                slots = [sorted(slot for _, slot, _, _ in Formatter().parse(text) if slot) for text in (english, said)]
                assert slots[0] == slots[1], english


def test_what_no_sentence_fits_is_not_said_and_english_says_all() -> None:
    assert Sayings.of({"no {thing} here": "pas de {thing} ici"}).say("something else") is None
    assert locale.load()["fr"].say("something nobody has said") is None
    assert locale.load()["en"].say("something nobody has said") == "something nobody has said"


def test_what_stands_in_a_slot_is_never_read_as_a_slot() -> None:
    sentences = Sayings.of({"no such parameter: {name}": "paramètre inconnu : {name}"})
    assert sentences.say("no such parameter: {name.__class__}\n{0}") == "paramètre inconnu : {name.__class__}\n{0}"
