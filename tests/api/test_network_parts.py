"""Parts of networks over HTTP: the whole table, the backbone, one edge."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

import questeur
from api.locale import load
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient


@pytest.mark.parametrize("order", ["size", "similarity"])
def test_the_table_has_every_pair_with_the_figures_of_the_edges(synthetic: FlaskClient, order: str) -> None:
    table = synthetic.get(f"/networks/group-ministry/matrix.json?type=all&order={order}").get_json()
    edges = synthetic.get("/networks/group-ministry.json?type=all").get_json()["edges"]
    places = [{node["id"]: at for at, node in enumerate(table[side])} for side in ("rows", "columns")]
    assert sum(map(sum, table["counts"])) == sum(edge["units"] for edge in edges) == table["meta"]["n_questions"] > 0
    for edge in edges:
        ends = (edge["source"], edge["target"])
        row, column = ends if ends[0] in places[0] else ends[::-1]
        at, to = places[0][row], places[1][column]
        assert table["counts"][at][to] == edge["units"]
        assert table["expected"][at][to] == pytest.approx(edge["expected"], rel=1e-5)
        assert table["residuals"][at][to] == pytest.approx(edge["z"], rel=1e-5)
    assert [sum(row) for row in table["counts"]] == [node["n"] for node in table["rows"]]
    if order == "size":
        assert [node["n"] for node in table["rows"]] == sorted((node["n"] for node in table["rows"]), reverse=True)


def test_the_table_as_csv_has_a_line_for_each_pair(client: FlaskClient) -> None:
    table = client.get("/networks/deputy-ministry/matrix.json?type=all").get_json()
    lines = list(csv.DictReader(io.StringIO(client.get("/networks/deputy-ministry/matrix.csv?type=all").text)))
    assert [int(line["count"]) for line in lines] == [count for row in table["counts"] for count in row]
    assert {line["row"] for line in lines} == {node["id"] for node in table["rows"]}


def test_a_table_of_nothing_is_empty(client: FlaskClient) -> None:
    nothing = "from=1958-10-05&to=1959-01-01"
    for order in ("size", "similarity"):
        table = client.get(f"/networks/group-ministry/matrix.json?{nothing}&order={order}").get_json()
        assert (table["rows"], table["columns"], table["counts"], table["residuals"]) == ([], [], [], [])


def test_the_backbone_is_that_of_the_library_and_says_what_it_was_tested_against(
    synthetic: FlaskClient, legislature: tuple[Path, Path]
) -> None:
    body = synthetic.get("/networks/group-ministry/backbone?type=all&alpha=0.5").get_json()
    with questeur.open(legislature[0]) as graph:
        ours = graph.network("group-ministry", type="all").backbone(alpha=0.5)
    ends = {frozenset((edge["source"], edge["target"])) for edge in body["edges"]}
    assert ends == {frozenset(edge) for edge in ours.edges}
    assert all(edge["significant"] for edge in body["edges"])
    null = body["meta"]["null"]
    assert (null["model"], null["side"], null["alpha"], null["correction"]) == ("hypergeometric", "over", 0.5, "bh")
    assert null["tests"] > len(body["edges"])
    assert synthetic.get("/networks/group-ministry/backbone.graphml?type=all&alpha=0.5").status_code == 200


@pytest.mark.parametrize("name", ["group-ministry", "deputy-deputy"])
def test_an_edge_has_its_figures_and_leads_to_its_questions(client: FlaskClient, name: str) -> None:
    body = client.get(f"/networks/{name}.json?type=all&significant=0").get_json()
    key = {node["id"]: node["key"] for node in body["nodes"]}
    for edge in body["edges"][:5]:
        a, b = key[edge["source"]], key[edge["target"]]
        for path in (f"{a}/{b}", f"{b}/{a}"):
            one = client.get(f"/networks/{name}/edges/{path}?type=all").get_json()
            assert (one["source"]["key"], one["target"]["key"]) == (a, b)
            assert {**one["edge"], "source": edge["source"], "target": edge["target"]} == edge
        path, _, query = edge["questions"].partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] > 0


def test_a_pair_without_questions_is_no_edge(client: FlaskClient) -> None:
    table = client.get("/networks/group-ministry/matrix.json?type=all").get_json()
    a, b = next(
        (row["key"], column["key"])
        for row, counts in zip(table["rows"], table["counts"], strict=True)
        for column, count in zip(table["columns"], counts, strict=True)
        if not count
    )
    answer = client.get(f"/networks/group-ministry/edges/{a}/{b}?type=all")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert f"nothing links {a} and {b}" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("group-ministry/edges/PO1/economie-finances", 404, "filters"),
        ("ministry-ministry/matrix", 400, "network itself"),
        ("group-ministry/backbone?null=none", 400, "null"),
        ("group-ministry/backbone?significant=0", 400, "one of"),
        ("group-ministry/matrix?order=name", 400, "similarity"),
        ("group-ministry/matrix.gexf", 406, "csv"),
    ],
)
def test_what_cannot_be_had_says_why(client: FlaskClient, path: str, status: int, said: str) -> None:
    answer = client.get(f"/networks/{path}")
    assert answer.status_code == status
    assert said in answer.get_json()["hint"]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("name", ["group-ministry", "ministry-ministry"])
def test_the_page_of_an_edge_says_what_its_json_says(synthetic: FlaskClient, name: str, language: str) -> None:
    body = synthetic.get(f"/networks/{name}.json?type=all&significant=0").get_json()
    labels = {node["id"]: (node["key"], node["label"], node.get("label_en", node["label"])) for node in body["nodes"]}
    edge = max(body["edges"], key=lambda one: one["units"])
    (a, *one), (b, *other) = labels[edge["source"]], labels[edge["target"]]
    answer = synthetic.get(f"{language}/networks/{name}/edges/{a}/{b}?type=all", headers={"Accept": BROWSER})
    text = unescape(answer.text)
    english = bool(language)
    assert one[english] in text
    assert other[english] in text
    assert load()["en" if english else "fr"].figure(edge["q"]) in text
    assert f'href="/networks/{name}/edges/{a}/{b}.json?type=all"' in text
    assert unescape(f"{language}{edge['questions']}") in text
    assert "/sparql?query=" in text


@pytest.mark.parametrize(("options", "says"), [("", "not explain|suffit"), ("&null=none", "mis à l’épreuve")])
def test_the_page_of_an_edge_says_how_it_stands_to_chance(client: FlaskClient, options: str, says: str) -> None:
    answer = client.get(
        f"/networks/deputy-ministry/edges/PA720054/economie-finances?ministry_as=portfolio{options}",
        headers={"Accept": BROWSER},
    )
    assert answer.status_code == 200
    assert re.search(says, answer.text)


def test_an_edge_that_is_not_there_is_a_page_that_says_so(client: FlaskClient) -> None:
    answer = client.get("/networks/deputy-ministry/edges/PA720054/PO0?type=all", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_of_the_backbone_has_its_edges_and_each_leads_to_its_own_page(
    synthetic: FlaskClient, language: str
) -> None:
    name = "group-topic"
    asked = f"{name}/backbone?type=all&alpha=0.99"
    edges = synthetic.get(f"/networks/{asked}").get_json()["edges"]
    text = synthetic.get(f"{language}/networks/{asked}", headers={"Accept": BROWSER}).text
    ways = re.findall(rf'href="{language}(/networks/{name}/edges/[^"]*)"', text)
    assert len(ways) == min(len(edges), 300) > 0
    for way in ways[:3]:
        found = synthetic.get(unescape(way)).get_json()["edge"]
        assert found["significant"]
        assert found["questions"] in {edge["questions"] for edge in edges}
    for suffix in ("gexf", "csv", "json"):
        assert f'href="/networks/{name}/backbone.{suffix}?' in text


@pytest.mark.parametrize("name", ["group-ministry", "deputy-deputy"])
def test_a_backbone_without_edges_says_so(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/networks/{name}/backbone?from=1958-10-05&to=1959-01-01", headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert "Aucun lien" in answer.text
