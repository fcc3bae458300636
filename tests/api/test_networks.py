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
from rdflib import RDF, Graph, URIRef

import questeur
from api.matrix import matrix
from graph.networks.kinds import KINDS
from ontology.iris import NS
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

NETWORK = "/networks/deputy-ministry"
FILTERS = ["?type=all", "", "?type=all&target=attributed", "?type=QE&legislature=15&from=2019-01-01&to=2021-01-01"]


@pytest.mark.parametrize("filters", FILTERS)
def test_every_cell_leads_to_as_many_questions_as_it_says(client: FlaskClient, filters: str) -> None:
    page = client.get(NETWORK + filters, headers={"Accept": BROWSER}).text
    cells = re.findall(r'<a href="(/networks/deputy-ministry/edges/[^"]*)"[^>]*>([0-9]+)<', page)
    assert cells
    for link, figure in cells:
        shown = client.get(unescape(link), headers={"Accept": BROWSER}).text
        behind = re.findall(r'href="(/questions\?[^"]*)"', shown)
        path, _, query = unescape(behind[0]).partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] == int(figure)
        assert shown.count('href="/question/') == min(int(figure), 25)


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
    judged = {"expected": 8.0, "z": -2.5, "side": "under", "significant": True}
    edges = [
        ("d1", "m", {"weight": 3, "questions": "/x", **judged}),
        ("m", "d2", {"weight": 1, "questions": "/y", **judged, "expected": 0.9}),
    ]
    table = matrix(nodes, edges, page=1)
    assert [(node.label, [count.n for count in counts if count]) for node, counts in table.rows] == [
        ("B", [3]),
        ("A", [1]),
    ]
    assert [count.tint for _, counts in table.rows for count in counts if count] == ["under2", "faint"]
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


@pytest.mark.parametrize("name", sorted(KINDS))
@pytest.mark.parametrize("target", ["asked", "attributed"])
def test_every_edge_of_every_kind_leads_to_its_questions(client: FlaskClient, name: str, target: str) -> None:
    given = f"type=all&target={target}&significant=0"
    body = client.get(f"/networks/{name}.json?{given}").get_json()
    assert body["edges"]
    degree = {node["id"]: node["n"] for node in body["nodes"]}
    for edge in body["edges"]:
        figures = {"questions": edge["units"]}
        if KINDS[name].projected:
            figures = {"questions": degree[edge["source"]], "questions_target": degree[edge["target"]]}
        for link, figure in figures.items():
            path, _, query = edge[link].partition("?")
            assert client.get(f"{path}.json?{query}").get_json()["total"] == figure


@pytest.mark.parametrize("filters", ["&departement=44", "&portfolio=sante", "&status=answered", "&group_as=declared"])
def test_filters_hold_behind_the_links_too(client: FlaskClient, filters: str) -> None:
    body = client.get(f"/networks/group-topic.json?type=all{filters}").get_json()
    assert body["edges"]
    for edge in body["edges"]:
        path, _, query = edge["questions"].partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] == edge["units"]


@pytest.mark.parametrize("name", sorted(KINDS))
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_kind_is_a_page_and_a_file(client: FlaskClient, name: str, language: str) -> None:
    page = client.get(f"{language}/networks/{name}?type=all", headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert (KINDS[name].en if language else KINDS[name].fr) in unescape(page.text)
    for suffix in ("json", "csv", "graphml", "gexf"):
        assert client.get(f"/networks/{name}.{suffix}?type=all").status_code == 200


def test_the_catalogue_names_every_kind_with_its_parameters(client: FlaskClient) -> None:
    body = client.get("/networks.json").get_json()
    assert [kind["kind"] for kind in body["kinds"]] == list(KINDS)
    assert all(client.get(f"{kind['href']}.json").status_code == 200 for kind in body["kinds"])
    assert {"legislature", "topic", "status"} <= set(body["filters"])
    assert {"ministry_as", "slice", "alpha"} <= set(body["options"])
    page = client.get("/networks", headers={"Accept": BROWSER}).text
    assert all(f"/networks/{name}" in page for name in KINDS)


def test_measures_say_what_they_are(client: FlaskClient) -> None:
    body = client.get("/networks/deputy-ministry/measures?type=all&m=strength,betweenness&top=2").get_json()
    strength = body["measures"]["strength"]
    assert [value["rank"] for value in strength["values"]] == [1, 2]
    assert strength["definition"]
    nodes = client.get("/networks/deputy-ministry.json?type=all").get_json()["nodes"]
    assert strength["values"][0]["value"] == max(node["strength"] for node in nodes)
    assert body["measures"]["betweenness"]["engine"]["name"] in {"networkx", "igraph"}
    assert client.get("/networks/deputy-ministry/measures?type=all").status_code == 200


def test_communities_never_come_without_their_chance(client: FlaskClient) -> None:
    body = client.get("/networks/deputy-ministry/communities?type=all&trials=5").get_json()
    assert {"value", "z", "p", "trials", "seed"} == body["quality"].keys() - {"mean"}
    assert {"nmi", "ari", "stable"} == body["stability"].keys()
    members = [member["id"] for community in body["communities"] for member in community["members"]]
    nodes = client.get("/networks/deputy-ministry.json?type=all").get_json()["nodes"]
    assert sorted(members) == [node["id"] for node in nodes]


def test_slices_come_with_the_whole(client: FlaskClient) -> None:
    body = client.get("/networks/group-ministry.json?type=all&slice=year").get_json()
    years = [part["slice"] for part in body["slices"]]
    assert years == sorted(years)
    inside = sum(part["meta"]["n_questions"] for part in body["slices"])
    assert inside + body["undated"] == body["meta"]["n_questions"] > 0


@pytest.mark.parametrize(
    ("address", "hint"),
    [
        ("/networks/deputy-ministry.csv?slice=year", "json"),
        ("/networks/deputy-ministry.json?m=degree", "deputy-ministry.ttl"),
        ("/networks/deputy-ministry.gexf?trials=20&algorithm=louvain", "communities.json"),
        ("/networks/deputy-ministry.json?slice=week", "year"),
        ("/networks/deputy-ministry/measures?m=betweeness", "betweenness"),
        ("/networks/deputy-ministry/communities?algorithm=leyden", "leiden"),
        ("/networks/deputy-ministry/communities?slice=year", "leave out slice"),
        ("/networks/deputy-ministry/measures?m=assortativity", "projection"),
        ("/networks/deputy-topic.json?topic=santee", "sante"),
        ("/networks/deputy-topic.json?tpic=sante", "topic"),
        ("/questions.json?status=opn", "open"),
    ],
)
def test_a_wrong_value_names_the_right_ones(client: FlaskClient, address: str, hint: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert hint in answer.get_json()["hint"]


SAME = [
    "type=all",
    "type=all&target=attributed&ministry_as=ministry",
    "type=all&ministry_as=portfolio&from=2018-01-01&to=2022-06-01",
    "type=QE&legislature=15&status=answered",
    "type=all&group_as=declared&portfolio=economie-finances",
    "type=all&deputy=PA720054",
]


@pytest.mark.parametrize("filters", SAME)
@pytest.mark.parametrize("name", KINDS)
def test_a_network_and_the_query_it_offers_count_the_same(client: FlaskClient, name: str, filters: str) -> None:
    body = client.get(f"/networks/{name}.json?{filters}&null=none&significant=0").get_json()
    page = client.get(f"/networks/{name}?{filters}", headers={"Accept": BROWSER}).text
    (address,) = set(re.findall(r'href="(/sparql\?query=[^"]+)"', page))
    counted = csv.reader(io.StringIO(client.get(f"{unescape(address)}&format=csv").text))
    iris = [node["id"] for node in body["nodes"]]
    edges = {frozenset((edge["source"], edge["target"])): edge["units"] for edge in body["edges"]}
    assert len(edges) == len(body["edges"])
    assert iris
    assert {frozenset(row[:2]): int(row[2]) for row in list(counted)[1:]} == edges


@RDFLIB
@pytest.mark.parametrize("asked", ["type=all&significant=0", "type=all&significant=0&m=degree,core&trials=0"])
@pytest.mark.parametrize("name", ["group-ministry", "ministry-ministry"])
def test_a_network_is_the_very_turtle_that_publishing_it_would_write(
    client: FlaskClient, published: Path, name: str, asked: str
) -> None:
    answer = client.get(f"/networks/{name}.ttl?{asked}")
    assert (answer.status_code, answer.content_type) == (200, "text/turtle; charset=utf-8")
    with questeur.open(published) as graph:
        assert answer.data == graph.run(name, **dict(pair.split("=") for pair in asked.split("&"))).turtle()
    read = Graph().parse(data=answer.data)
    plain = asked.partition("&m=")[0]  # what only the linked data hold is refused elsewhere
    edges = client.get(f"/networks/{name}.json?{plain}").get_json()["edges"]
    assert len(set(read.subjects(RDF.type, URIRef(f"{NS}NetworkEdge")))) == len(edges) > 0
    assert client.get(f"/networks/{name}?{asked}", headers={"Accept": "text/turtle"}).data == answer.data
    assert client.get(f"/networks/{name}?{plain}", headers={"Accept": "*/*"}).mimetype == "application/json"
    assert f"/networks/{name}.ttl?" in client.get(f"/networks/{name}?type=all", headers={"Accept": BROWSER}).text


@pytest.mark.parametrize(
    ("asked", "hint"), [("around=PA720054", "around"), ("trials=201", "up to 200"), ("m=degre", "degree")]
)
def test_a_run_that_cannot_be_stated_says_why(client: FlaskClient, asked: str, hint: str) -> None:
    answer = client.get(f"/networks/deputy-ministry.ttl?type=all&{asked}")
    assert answer.status_code == 400
    assert hint in answer.get_json()["hint"]
