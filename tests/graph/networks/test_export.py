"""Writing a network, and reading every file back."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import URIRef

from graph.networks.export import FORMATS, write
from ontology.errors import QueryError
from tests.graph.networks.counted import deputy_ministry

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.store import Store


def _read(body: bytes, format_: str) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], dict[str, Any]]]:
    """Read a file back into nodes and edges, with the field's own reader; CSV and JSON by the standard library."""
    if format_ == "json":
        document = json.loads(body)
        nodes = {node.pop("id"): node for node in document["nodes"]}
        return nodes, {_ends(edge.pop("source"), edge.pop("target")): edge for edge in document["edges"]}
    reader = nx.read_graphml if format_ == "graphml" else nx.read_gexf
    graph = reader(io.BytesIO(body))
    own = {"id", "start", "end"}
    edges = {_ends(a, b): {k: v for k, v in data.items() if k not in own} for a, b, data in graph.edges(data=True)}
    nodes = {node: {k: v for k, v in data.items() if k != "viz"} for node, data in graph.nodes(data=True)}
    return nodes, edges


def _ends(a: str, b: str) -> tuple[str, str]:
    return min(a, b), max(a, b)


@pytest.fixture
def network(store: Store) -> nx.Graph[str]:
    return deputy_ministry(store, type="all")


@pytest.mark.parametrize("format_", ["json", "graphml", "gexf"])
def test_a_file_read_back_is_the_same_graph(network: nx.Graph[str], format_: str) -> None:
    nodes, edges = _read(write(network, format_), format_)
    assert nodes == {node: network.nodes[node] for node in network}
    assert edges == {_ends(a, b): data for a, b, data in network.edges(data=True)}


def test_the_csv_is_the_table_of_edges_with_both_labels(network: nx.Graph[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(write(network, "csv").decode())))
    assert len(rows) == network.number_of_edges()
    for row in rows:
        edge = network.edges[row["source"], row["target"]]
        assert row["source_label"] == network.nodes[row["source"]]["label"]
        assert row["target_label"] == network.nodes[row["target"]]["label"]
        assert {name: row[name] for name in edge} == {name: str(value) for name, value in edge.items()}
        assert network.nodes[row["source"]]["type"] == "Person"


def test_json_edges_go_from_deputy_to_ministry_in_order(network: nx.Graph[str]) -> None:
    document = json.loads(write(network, "json"))
    ends = [(edge["source"], edge["target"]) for edge in document["edges"]]
    assert ends == sorted(ends)
    assert all("/person/" in source and "/ministry/" in target for source, target in ends)
    assert list(document) == ["meta", "nodes", "edges"]
    assert document["meta"] == network.graph


def test_graphml_carries_the_meta_under_dotted_names(network: nx.Graph[str]) -> None:
    graph = nx.read_graphml(io.BytesIO(write(network, "graphml")))
    assert graph.graph["n_questions"] == network.graph["n_questions"]
    assert graph.graph["excluded.no_ministry"] == 0
    assert graph.graph["parameters.type"] == "all"


def test_booleans_are_spelt_as_xml_schema_has_them(network: nx.Graph[str]) -> None:
    for format_ in ("graphml", "gexf"):
        body = write(network, format_)
        assert b"true" in body
        assert b"True" not in body


def test_gexf_carries_the_meta_as_its_description(network: nx.Graph[str]) -> None:
    text = write(network, "gexf").decode()
    description = text.split("<description>")[1].split("</description>")[0]
    assert json.loads(description) == network.graph


@pytest.mark.parametrize("format_", FORMATS)
def test_the_bytes_do_not_depend_on_the_clock_or_the_order(
    network: nx.Graph[str], format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(network, format_)
    turned: nx.Graph[str] = nx.Graph(**network.graph)
    turned.add_nodes_from(reversed(list(network.nodes(data=True))))
    turned.add_edges_from((b, a, data) for a, b, data in reversed(list(network.edges(data=True))))

    def long_ago(_format: str) -> str:
        return "2001-01-01"

    monkeypatch.setattr(time, "strftime", long_ago)
    assert write(turned, format_) == first


@pytest.mark.parametrize("format_", FORMATS)
def test_writing_leaves_the_network_alone(network: nx.Graph[str], format_: str) -> None:
    before = nx.node_link_data(network, edges="edges")
    write(network, format_)
    assert nx.node_link_data(network, edges="edges") == before


@pytest.mark.parametrize("format_", ["json", "graphml", "gexf"])
def test_what_a_format_cannot_carry_is_flattened_or_dropped(format_: str) -> None:
    graph: nx.Graph[str] = nx.Graph(day=date(2018, 7, 17), share=float("nan"), parameters={})
    graph.add_node("a", label="A\x00\x0b\ud800\nB", nothing=None, nan=float("nan"), day=date(2018, 7, 17))
    graph.add_node("b", label=URIRef("B"), number=np.int64(3), mixed=1, pair=(1, 2), table={"x": None})
    graph.add_edge("a", "b", weight=np.float64(0.5), infinite=float("inf"), mixed=0.5)
    graph.add_edge("a", "a", weight=2, mixed="x")
    nodes, edges = _read(write(graph, format_), format_)
    assert nodes == {
        "a": {"label": "A B", "day": "2018-07-17"},
        "b": {"label": "B", "number": 3, "mixed": 1, "pair": "[1, 2]", "table": '{"x": null}'},
    }
    assert edges[("a", "b")] == {"weight": 0.5, "mixed": "0.5"}
    assert edges[("a", "a")] == {"weight": 2.0, "mixed": "x"}


def test_nan_in_the_meta_is_null_in_json() -> None:
    graph: nx.Graph[str] = nx.Graph(z=float("nan"), nested={"p": [float("inf"), 1.0]})
    assert json.loads(write(graph, "json"))["meta"] == {"z": None, "nested": {"p": [None, 1.0]}}


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_label_like_a_formula_is_defused_in_csv(label: str) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", label=label, bipartite=0)
    graph.add_node("b", label=URIRef("B"), bipartite=1)
    graph.add_edge("a", "b", z=-1.5)
    [row] = csv.DictReader(io.StringIO(write(graph, "csv").decode()))
    assert row == {"source": "a", "source_label": f"'{label}", "target": "b", "target_label": "B", "z": "-1.5"}


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_network_can_be_written(format_: str) -> None:
    assert write(nx.Graph(), format_)


@pytest.mark.parametrize("format_", ["json", "graphml", "gexf"])
def test_a_directed_network_keeps_its_direction(format_: str) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("b", "a", weight=1)
    body = write(graph, format_)
    if format_ == "json":
        [edge] = json.loads(body)["edges"]
        assert (edge["source"], edge["target"]) == ("b", "a")
    else:
        reader = nx.read_graphml if format_ == "graphml" else nx.read_gexf
        assert list(reader(io.BytesIO(body)).edges) == [("b", "a")]


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(QueryError, match="gefx") as caught:
        write(nx.Graph(), "gefx")
    assert caught.value.hint.startswith("did you mean gexf?")


def _size(graph: nx.Graph[str]) -> tuple[set[str], int]:
    return set(graph), nx.Graph(graph).number_of_edges()


def _node_link(body: bytes) -> nx.Graph[str]:
    found: nx.Graph[str] = nx.node_link_graph(json.loads(body), edges="edges")  # pyright: ignore[reportUnknownMemberType]  # partly untyped
    return found


def _graphology(body: bytes) -> tuple[set[str], int]:
    document = json.loads(body)
    return {node["key"] for node in document["nodes"]}, len(document["edges"])


def _jgf(body: bytes) -> tuple[set[str], int]:
    graph = json.loads(body)["graph"]
    return set(graph["nodes"]), len(graph["edges"])


def _gephi(body: bytes) -> tuple[set[str], int]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        nodes, edges = (list(csv.DictReader(io.StringIO(archive.read(n).decode()))) for n in ("nodes.csv", "edges.csv"))
    return {row["Id"] for row in nodes}, len(edges)


ELSEWHERE: dict[str, Callable[[bytes], tuple[set[str], int]]] = {
    "nodelink": lambda body: _size(_node_link(body)),
    "cytoscape": lambda body: _size(nx.cytoscape_graph(json.loads(body))),
    "net": lambda body: _size(nx.read_pajek(io.BytesIO(body))),
    "graphology": _graphology,
    "jgf": _jgf,
    "zip": _gephi,
}
texts = st.text(max_size=8)
values = st.one_of(texts, st.integers(-(2**31), 2**31), st.floats(), st.booleans(), st.none(), st.dates())


@settings(max_examples=60, deadline=None)
@given(labels=st.dictionaries(st.sampled_from("abcd"), values, min_size=1), value=values)
@pytest.mark.parametrize("format_", FORMATS)
def test_any_value_gives_a_file_that_can_be_read(format_: str, labels: dict[str, Any], value: object) -> None:
    graph: nx.Graph[str] = nx.Graph(value=value)
    for node, label in labels.items():
        graph.add_node(node, label=label, value=value)
        graph.add_edge("a", node, value=label)
    body = write(graph, format_)
    if format_ == "csv":
        assert len(list(csv.reader(io.StringIO(body.decode())))) == graph.number_of_edges() + 1
    elif format_ in ELSEWHERE:
        assert ELSEWHERE[format_](body) == (set(graph), graph.number_of_edges())
    else:
        nodes, edges = _read(body, format_)
        assert nodes.keys() == set(graph)
        assert len(edges) == graph.number_of_edges()


def _weights(graph: nx.Graph[str]) -> dict[tuple[str, str], float]:
    return {_ends(a, b): data["weight"] for a, b, data in graph.edges(data=True)}


def test_gexf_tells_gephi_where_nodes_stand_and_when_edges_were(network: nx.Graph[str]) -> None:
    read = nx.read_gexf(io.BytesIO(write(network, "gexf")))
    for node, data in network.nodes(data=True):
        viz = read.nodes[node]["viz"]
        assert (viz["position"]["x"], viz["position"]["y"], viz["size"]) == (data["x"], data["y"], data["size"])
        assert "#{r:02x}{g:02x}{b:02x}".format(**viz["color"]) == data["color"]
    for a, b, data in network.edges(data=True):
        assert (read.edges[a, b]["start"], read.edges[a, b]["end"]) == (data["first"], data["last"])


def test_node_link_is_read_by_networkx(network: nx.Graph[str]) -> None:
    read = _node_link(write(network, "nodelink"))
    assert {node: read.nodes[node] for node in read} == {node: network.nodes[node] for node in network}
    assert {_ends(a, b): d for a, b, d in read.edges(data=True)} == {
        _ends(a, b): d for a, b, d in network.edges(data=True)
    }


def test_cytoscape_is_read_by_networkx(network: nx.Graph[str]) -> None:
    document = json.loads(write(network, "cytoscape"))
    read = nx.cytoscape_graph(document)
    assert set(read) == set(network)
    assert _weights(read) == _weights(network)
    for node in document["elements"]["nodes"]:
        assert node["position"] == {axis: network.nodes[node["data"]["id"]][axis] for axis in ("x", "y")}


def test_pajek_is_read_by_networkx(network: nx.Graph[str]) -> None:
    read = nx.read_pajek(io.BytesIO(write(network, "net")))
    assert set(read) == set(network)
    assert _weights(nx.Graph(read)) == _weights(network)


def test_graphology_and_jgf_hold_every_node_and_edge(network: nx.Graph[str]) -> None:
    ology, jgf = json.loads(write(network, "graphology")), json.loads(write(network, "jgf"))["graph"]
    nodes = {node: network.nodes[node] for node in network}
    assert {node["key"]: node["attributes"] for node in ology["nodes"]} == nodes
    assert {key: node["metadata"] for key, node in jgf["nodes"].items()} == nodes
    edges = {_ends(a, b): data for a, b, data in network.edges(data=True)}
    assert {_ends(edge["source"], edge["target"]): edge["attributes"] for edge in ology["edges"]} == edges
    assert {_ends(edge["source"], edge["target"]): edge["metadata"] for edge in jgf["edges"]} == edges
    assert len({edge["key"] for edge in ology["edges"]}) == len(edges)
    assert ology["options"]["type"] == "undirected"


def test_the_tables_of_gephi_say_the_same(network: nx.Graph[str]) -> None:
    body = write(network, "zip")
    assert body == write(network, "zip")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        nodes, edges = (list(csv.DictReader(io.StringIO(archive.read(n).decode()))) for n in ("nodes.csv", "edges.csv"))
    assert {row["Id"]: row["Label"] for row in nodes} == {n: d["label"] for n, d in network.nodes(data=True)}
    assert {_ends(row["Source"], row["Target"]): float(row["Weight"]) for row in edges} == _weights(network)
    assert {row["Type"] for row in edges} == {"Undirected"}
