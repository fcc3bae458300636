"""The page of a question: its life in order, who was asked, what belongs to it, how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import Literal, URIRef

from api.context import of
from api.documents import Document
from api.question_page import similar
from tests.api.conftest import BROWSER
from tests.api.test_profiles import asked, page_of, words

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient


def steps(client: FlaskClient, path: str) -> list[tuple[str, str]]:
    return [
        (time.get("datetime", ""), words(item))
        for item in page_of(client, path).iterfind(".//ol[@class='life']/li")
        for time in item.iterfind("time")
    ]


def test_the_life_of_a_question_is_told_in_order(client: FlaskClient) -> None:
    days, said = zip(*steps(client, "/question/QANR5L15QE90001"), strict=True)
    assert list(days) == ["2019-03-05", "2019-04-16", "2019-06-04", "2019-06-18", "2019-07-02"]
    assert "→" in said[1]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("QANR5L15QE10719", "28 j"),
        ("QANR5L15QE10719", "dans les deux mois"),
        ("QANR5L15QE90001", "jours de retard"),
        ("QANR5L15QE90002", "retirée"),
    ],
)
def test_the_delay_stands_beside_the_day_it_was_due(client: FlaskClient, key: str, said: str) -> None:
    assert said in words(page_of(client, f"/question/{key}"))


def test_the_ministry_asked_and_the_last_in_charge_are_told_apart(client: FlaskClient) -> None:
    page = client.get("/question/QANR5L15QE90001", headers={"Accept": BROWSER}).text
    assert "Ministère interrogé" in page
    assert "Dernier attributaire" in page
    assert "Dernier attributaire" not in client.get("/question/QANR5L15QE10719", headers={"Accept": BROWSER}).text


def test_questions_of_one_answer_name_each_other_as_their_query_does(client: FlaskClient) -> None:
    page = page_of(client, "/question/QANR5L15QE90004")
    block = page.find(".//section[@aria-labelledby='joint']")
    assert block is not None
    link, count = block.find(".//a[@class='query']"), block.find(".//data")
    assert link is not None
    assert count is not None
    rows = [row for row in asked(client, link.get("href", "")) if row["how"] == "joint"]
    assert int(count.get("value", "")) == len(rows) > 0
    assert "/question/QANR5L15QE90005" in [a.get("href") for a in block.iterfind(".//li/a")]


def test_a_question_can_be_cited_and_leads_to_its_official_page(client: FlaskClient) -> None:
    page = page_of(client, "/en/question/QANR5L15QE10719")
    cited = page.find(".//q[@class='citation']")
    assert cited is not None
    assert cited.text is not None
    for part in ("Yannick Haury", "15-10719QE", "JO 2018-07-17, p. 6253", "JO 2018-08-14, p. 7347", "/id/question/"):
        assert part in cited.text
    links = [a.get("href") for a in page.iterfind(".//a")]
    assert "https://questions.assemblee-nationale.fr/q15/15-10719QE.htm" in links


def test_a_title_as_long_as_a_text_still_finds_what_is_similar(app: Flask) -> None:
    iri = "https://w3id.org/questeur/id/question/QANR5L15QE1"
    title = Literal(f"{'Réponse inventée ' * 40}{'x' * 400} exemple", lang="fr")
    quad = (URIRef(iri), URIRef("http://purl.org/dc/terms/title"), title, URIRef("https://w3id.org/questeur/graph/x"))
    current = of(app)
    current.indexes.current(wait=60)
    found = similar(current.memo, current.indexes, Document(iri=iri, quads=[quad]), limits=current.settings.limits())
    assert found
