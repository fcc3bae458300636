"""Parts of networks over HTTP: the whole table, the backbone, one edge."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

import questeur

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
