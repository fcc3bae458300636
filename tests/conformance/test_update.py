"""W3C SPARQL 1.1 update evaluation, over HTTP against the running service: 94 of 94."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rdflib import RDFS, Graph, Namespace
from rdflib.compare import isomorphic, to_isomorphic

from tests.conformance.exchanges import MF, SUITE, entries
from tests.conformance.running import Running, conforming

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from rdflib.term import Node

UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
PUBLISHED = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11"
FOLDERS = (
    "add",
    "basic-update",
    "clear",
    "copy",
    "delete",
    "delete-data",
    "delete-insert",
    "delete-where",
    "drop",
    "move",
    "update-silent",
)
TESTS = {
    f"{folder}/{name}": test
    for folder in FOLDERS
    for name, test in entries(SUITE / folder / "manifest.ttl", MF.UpdateEvaluationTest).items()
}
State = dict[str, Graph]  # by name; "" is the default graph


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    with conforming(tmp_path_factory.mktemp("update")) as started:
        yield started


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 94


def file_of(folder: str, node: Node | None) -> Path:
    return SUITE / folder / str(node).rpartition("/")[2]


def state(folder: str, graph: Graph, node: Node | None) -> State:
    """Read a state that the suite describes."""
    found = {"": Graph()}
    for data in graph.objects(node, UT.data):
        found[""] += Graph().parse(file_of(folder, data))
    for data in graph.objects(node, UT.graphData):
        name = str(graph.value(data, RDFS.label))
        found.setdefault(name, Graph()).parse(file_of(folder, graph.value(data, UT.graph)))
    return found


def written(before: State) -> str:
    """Write the update that makes a state, whatever was there."""
    lines = ["DROP ALL"]
    for name, graph in before.items():
        triples = graph.serialize(format="nt")
        lines += [f"CREATE GRAPH <{name}>"] if name else []
        lines.append(f"INSERT DATA {{ GRAPH <{name}> {{ {triples} }} }}" if name else f"INSERT DATA {{ {triples} }}")
    return " ;\n".join(lines)


@pytest.mark.parametrize("name", TESTS)
def test_an_update_leaves_what_the_suite_expects(service: Running, name: str) -> None:
    folder = name.partition("/")[0]
    graph, test = TESTS[name]
    action, result = graph.value(test, MF.action), graph.value(test, MF.result)
    assert service.update(written(state(folder, graph, action))).status == 204
    request = file_of(folder, graph.value(action, UT.request))
    reply = service.update(f"BASE <{PUBLISHED}/{folder}/{request.name}>\n{request.read_text(encoding='utf-8')}")
    assert reply.status == 204, reply
    found = {"": service.default_graph(), **service.named_graphs()}
    expected = state(folder, graph, result)
    assert {n for n, g in found.items() if n and len(g)} == {n for n, g in expected.items() if n and len(g)}
    for graph_name, hoped in expected.items():
        given = found.get(graph_name, Graph())
        assert isomorphic(given, hoped), f"{graph_name}: {set(to_isomorphic(given))} is not {set(to_isomorphic(hoped))}"
