"""The network and the lists behind it: every figure equals the list that it links to."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.matrix import matrix
from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask.testing import FlaskClient

NETWORK = "/networks/deputy-ministry"
FILTERS = ["?type=all", "", "?type=all&target=attributed", "?type=QE&legislature=15&from=2019-01-01&to=2021-01-01"]


@pytest.mark.parametrize("filters", FILTERS)
def test_every_cell_leads_to_as_many_questions_as_it_says(client: FlaskClient, filters: str) -> None:
    page = client.get(NETWORK + filters, headers={"Accept": BROWSER}).text
    cells = re.findall(r'<a href="(/questions\?[^"]*)"[^>]*>([0-9]+)</a>', page)
    assert cells
    for link, figure in cells:
        path, _, query = unescape(link).partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] == int(figure)


def test_every_file_holds_the_same_edges(client: FlaskClient) -> None:
    body = client.get(f"{NETWORK}.json?type=all").get_json()
    rows = list(csv.DictReader(io.StringIO(client.get(f"{NETWORK}.csv?type=all").text)))
    graphml = nx.parse_graphml(client.get(f"{NETWORK}.graphml?type=all").text)
    gexf = nx.read_gexf(io.BytesIO(client.get(f"{NETWORK}.gexf?type=all").data))
    assert len(body["edges"]) == len(rows) == graphml.number_of_edges() == gexf.number_of_edges() > 5


def test_totals_of_the_table_add_up() -> None:
    nodes = [
        ("d1", {"key": "PA1", "label": "B", "n": 3, "bipartite": 0}),
        ("d2", {"key": "PA2", "label": "A", "n": 1, "bipartite": 0}),
        ("m", {"key": "PO1", "label": "M", "n": 4, "bipartite": 1}),
    ]
    edges = [("d1", "m", {"weight": 3, "questions": "/x"}), ("m", "d2", {"weight": 1, "questions": "/y"})]
    table = matrix(nodes, edges, page=1)
    assert [(node.label, [count.n for count in counts if count]) for node, counts in table.rows] == [
        ("B", [3]),
        ("A", [1]),
    ]
    assert table.total == sum(column.n for column in table.columns) == 4


def test_a_page_beyond_the_last_is_empty_and_says_so(client: FlaskClient) -> None:
    assert client.get(f"{NETWORK}?page=900", headers={"Accept": BROWSER}).status_code == 200


def test_no_match_says_why(client: FlaskClient) -> None:
    page = client.get("/en/questions?from=1990-01-01&to=1990-02-01", headers={"Accept": BROWSER})
    assert "No question among those loaded" in page.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(limit=st.integers(1, 16))
def test_walking_the_pages_gives_each_question_once_in_order(client: FlaskClient, limit: int) -> None:
    whole = [row["key"] for row in csv.DictReader(io.StringIO(client.get("/questions.csv").text))]
    walked: list[str] = []
    following: str | None = f"/questions?limit={limit}"
    while following:
        body = client.get(following, headers={"Accept": "application/json"}).get_json()
        assert body["total"] == len(whole)
        walked += [item["key"] for item in body["items"]]
        following = body["next"]
    assert walked == whole
    assert len(set(whole)) == len(whole) > 10
