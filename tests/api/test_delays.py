"""Delays over HTTP: every figure equals the list that it links to, and what the graph itself says."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from graph.networks.inquiry import BYS
from tests.api.conftest import BROWSER, points

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graph.backends.oxigraph.store import OxigraphStore

FILTERS = [
    "?type=all",
    "?by=ministry",
    "?by=group&type=all",
    "?by=year",
    "?by=government&type=all",
    "?by=majority&type=all",
    "?credit=last",
    "?on=2019-01-01&type=all",
]
COUNTS = ("n", "answered", "withdrawn", "lapsed", "waiting")
SIDES = {"Majoritaire": "majority", "Minoritaire": "minority", "Opposition": "opposition"}
WAITING = """PREFIX qst: <https://w3id.org/questeur/ns#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?question WHERE {
  ?question a qst:WrittenQuestion ; qst:dueOn ?due ; qst:tabledOn ?asked .
  OPTIONAL { ?question qst:closedOn ?closed }
  FILTER(?due < "%s"^^xsd:date && (!BOUND(?closed) || ?closed > "%s"^^xsd:date))
}"""


@pytest.mark.parametrize("filters", FILTERS)
def test_every_figure_leads_to_as_many_questions_as_it_says(client: FlaskClient, filters: str) -> None:
    body = client.get(f"/delays.json{filters}").get_json()
    assert body["all"]["n"] == body["meta"]["n_questions"] > 0
    for one in [body["all"], *body["groups"]]:
        path, _, query = one["questions"].partition("?")
        items = list(csv.DictReader(io.StringIO(client.get(f"{path}.csv?{query}").text)))
        assert len({item["key"] for item in items}) == one["n"]
        if one["key"]:
            assert sum(item["end"] == "answered" for item in items) == one["answered"]


@pytest.mark.parametrize("world", ["client", "synthetic"])
@pytest.mark.parametrize("filters", ["", "&type=all&legislature=15", "&on=2019-01-01", "&from=2018-06-01&status=open"])
@pytest.mark.parametrize("by", BYS)
def test_the_query_beside_a_comparison_counts_what_it_counts(
    request: pytest.FixtureRequest, world: str, filters: str, by: str
) -> None:
    client: FlaskClient = request.getfixturevalue(world)
    asked = f"by={by}&credit=last{filters}"
    page = client.get(f"/delays?{asked}", headers={"Accept": BROWSER}).text
    body = client.get(f"/delays.json?{asked}").get_json()
    link = re.search(r'href="(/sparql\?[^"]*)"', page)
    assert (link is not None) == (body["all"]["n"] > 0)
    if link is not None:
        lines = client.get(unescape(link[1]), headers={"Accept": "text/csv"}).text.splitlines()[1:]
        found = {key.rpartition("/")[2]: tuple(map(int, counts)) for key, *counts in csv.reader(lines)}
        assert {SIDES.get(key, key): counts for key, counts in found.items()} == {
            one["key"]: tuple(one[name] for name in COUNTS) for one in body["groups"]
        }


def test_no_query_counts_what_ministries_hand_over(client: FlaskClient) -> None:
    assert 'href="/sparql?' not in client.get("/delays?by=portfolio", headers={"Accept": BROWSER}).text


def test_the_questions_behind_a_delay_name_their_group_in_the_language_of_the_page(client: FlaskClient) -> None:
    for prefix, name in (("", "groupes minoritaires"), ("/en", "minority groups")):
        path = f"{prefix}/delays/questions?by=majority&of=minority&type=all"
        page = client.get(path, headers={"Accept": BROWSER}).text
        assert len(re.findall(rf"<td>(?:<span lang=\"fr\">)?{name}<", page)) == page.count('<th scope="row">') > 0


def test_governments_and_sides_are_named_and_defined_in_both_languages(client: FlaskClient) -> None:
    for by, names in (("majority", ("majorité", "minority groups")), ("government", ("fonction", "in office"))):
        for prefix, name in zip(("", "/en"), names, strict=True):
            page = client.get(f"{prefix}/delays?by={by}&type=all", headers={"Accept": BROWSER}).text
            assert name in unescape(page)
            assert f'<option value="{by}" selected>' in page
            assert f"<code>{by}</code>" in page


@pytest.mark.parametrize("day", ["2018-12-01", "2020-01-01"])
def test_the_overdue_are_those_that_the_graph_knows(client: FlaskClient, store: OxigraphStore, day: str) -> None:
    found = client.get(f"/delays/overdue.json?on={day}").get_json()
    assert {item["question"] for item in found["items"]} == {str(row[0]) for row in store.rows(WAITING % (day, day))}
    assert [item["days_overdue"] for item in found["items"]] == sorted(
        (item["days_overdue"] for item in found["items"]), reverse=True
    )


def test_the_page_reads_without_a_script_in_both_languages(client: FlaskClient) -> None:
    for prefix, word in (("", "Médiane"), ("/en", "Median")):
        page = client.get(f"{prefix}/delays?type=all", headers={"Accept": BROWSER}).text
        assert word in page
        assert "<svg" in page
        assert "<script" not in page
        link = re.search(r'href="([^"]*/delays/questions[^"]*)"', page)
        assert link is not None
        assert client.get(unescape(link[1]), headers={"Accept": BROWSER}).status_code == 200
        assert client.get(f"{prefix}/delays/overdue?on=2019-01-01", headers={"Accept": BROWSER}).status_code == 200


def test_every_format_gives_the_same_groups(client: FlaskClient) -> None:
    body = client.get("/delays.json?by=group&type=all").get_json()
    rows = list(csv.DictReader(io.StringIO(client.get("/delays.csv?by=group&type=all").text)))
    assert [row["key"] for row in rows] == ["", *(one["key"] for one in body["groups"])]
    assert [int(row["n"]) for row in rows[1:]] == [one["n"] for one in body["groups"]]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/delays.json?by=party", 400, "portfolio"),
        ("/delays.json?on=2999-01-01", 400, "the data end"),
        ("/delays.json?on=soon", 400, "YYYY-MM-DD"),
        ("/delays/questions.json?of=nobody", 400, "no portfolio has that key"),
        ("/delays/late", 404, "overdue"),
        ("/delays.json?target=asked", 400, "no such parameter"),
    ],
)
def test_what_cannot_be_asked_is_told(client: FlaskClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert says in answer.text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_curve_stands_beside_its_name_and_the_numbers_still_followed_of_its_list(
    synthetic: FlaskClient, language: str
) -> None:
    prefix, name, whole = ("/en", "label_en", "All questions") if language == "en" else ("", "label", "Toutes")
    text = synthetic.get(f"{prefix}/delays?credit=last", headers={"Accept": BROWSER}).text
    rows = [row for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL) if "</svg>" in row]
    days = [int(day) for day in re.findall(r'class="number">(\d+)</th>', text)]
    report = synthetic.get("/delays.json?credit=last").get_json()
    large = [one for one in report["groups"] if not one["small"]][:5]
    assert len(rows) == len(large) + 1 > 2
    for row, one in zip(rows, [report["all"], *large], strict=True):
        items = list(csv.DictReader(io.StringIO(synthetic.get(one["questions"].replace("?", ".csv?")).text)))
        said = [int(count) for count in re.findall(r'class="number">(\d+)</td>', row)]
        assert said == [sum(int(item["to_day"]) >= day for item in items) for day in days]
        assert f"</svg> {unescape(one[name]) or whole}" in unescape(row)
    assert [row.count("stroke-dasharray") for row in rows] == [0] + [1] * len(large)


def test_a_french_page_writes_numbers_and_days_in_french(synthetic: FlaskClient) -> None:
    page = synthetic.get("/delays", headers={"Accept": BROWSER}).text
    assert "χ² =" in page
    assert points(page) == []
    assert points(synthetic.get("/delays/overdue?on=2019-01-01", headers={"Accept": BROWSER}).text) == []
