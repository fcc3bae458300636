"""A run as linked data: it says what the network says, is read back by rdflib, and is the same for the same facts."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Graph, Literal, URIRef

from graph.columns.reading import from_store
from graph.networks import kinds
from graph.networks.directed import directed_run
from graph.networks.edges import edges_of
from graph.networks.linked import NODE_MEASURES, Plan, run_of
from graph.networks.origin import Origin, facts_of, origin_of
from graph.networks.parameters import Parameters, parse
from graph.networks.stating import graph_name, number
from graph.networks.transfers import transfers
from ontology import iris
from ontology.errors import QueryError
from ontology.terms import QST
from ontology.vocabulary import PREFIXES, vocabulary
from tests.graph.test_named import publish_example

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.table import Columns
    from graph.networks.network import Network
    from graph.networks.stating import Run

EXAMPLE = Path(__file__).parents[2] / "data" / "example-v1.trig"
MARK = "# NETWORKS: written by tests/graph/networks/test_linked.py (pytest --golden) from the questions above.\n"
ORIGIN = Origin(generation=None, facts="facts")
# The runs that the example holds.
RUNS: tuple[tuple[str, Mapping[str, str], Plan], ...] = (
    ("group-ministry", {}, Plan()),
    (
        "deputy-ministry",
        {"type": "all", "legislature": "15", "from": "2018-01-01", "to": "2022-06-21"},
        Plan(measures=("strength",), trials=0),
    ),
)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphStore]:
    with publish_example(tmp_path_factory.mktemp("linked")) as store:
        yield store


@pytest.fixture(scope="module")
def columns(example: OxigraphStore) -> Columns:
    return from_store(example)


def network_of(columns: Columns, kind: str, given: Mapping[str, str]) -> Network:
    return kinds.network(columns, kind, *kinds.read(kinds.kind_of(kind), given))


def read(run: Run) -> Graph:
    return Graph().parse(data=run.turtle().decode(), format="turtle")


def trig(run: Run) -> str:
    body = run.turtle().decode().partition("\n\n")[2].rstrip("\n")
    return f"\n<{run.graph}> {{\n{re.sub('^(?=.)', '  ', body, flags=re.MULTILINE)}\n}}\n"


def test_the_networks_of_the_example_are_those_of_its_questions(
    example: OxigraphStore, columns: Columns, request: pytest.FixtureRequest
) -> None:
    origin = origin_of(example, columns)
    runs = [run_of(network_of(columns, kind, given), origin, plan) for kind, given, plan in RUNS]
    runs.append(directed_run(transfers(columns, Parameters(type="all")), origin))
    text = EXAMPLE.read_text(encoding="utf-8")
    expected = text.partition(MARK)[0] + MARK + "".join(map(trig, runs))
    if request.config.getoption("--golden"):
        EXAMPLE.write_text(expected, encoding="utf-8")
    assert text == expected


def test_rdflib_reads_the_turtle_as_the_lines_that_are_published(columns: Columns) -> None:
    run = run_of(network_of(columns, "group-ministry", {}), ORIGIN)
    end = f" <{iris.graph(graph_name(run.key))}> .\n"
    assert all(line.endswith(end) for line in run.lines())
    published = Graph().parse(data="".join(line.removesuffix(end) + " .\n" for line in run.lines()), format="nt")
    assert set(read(run)) == set(published)
    assert len(published) == len(run.statements) == len(set(run.statements))


def test_the_statements_say_what_the_network_says(columns: Columns) -> None:
    network = network_of(columns, "group-ministry", {"type": "all"})
    found = read(run_of(network, ORIGIN))
    edges = {
        (
            str(found.value(edge, QST.fromNode)),
            str(found.value(edge, QST.toNode)),
            int(str(found.value(edge, QST.weight))),
            str(found.value(edge, QST.qValue)),
        )
        for edge in found.subjects(RDF.type, QST.NetworkEdge)
    }
    assert edges == {(a, b, data["weight"], str(Literal(float(number(data["q"]))))) for a, b, data in network.edges}
    members = [str(node) for node in found.objects(None, QST.member)]
    assert sorted(members) == [node for node, _ in network.nodes]
    measured = Counter(str(measure).removeprefix(iris.NS) for measure in found.objects(None, QST.measure))
    assert set(measured) == set(NODE_MEASURES)
    assert measured["strength"] == len(network.nodes)


def test_ranks_count_within_a_side_and_equal_values_share_one(columns: Columns) -> None:
    network = network_of(columns, "deputy-ministry", {"type": "all"})
    found = read(run_of(network, ORIGIN, Plan(measures=("strength",), trials=0)))
    side = {node: data["bipartite"] for node, data in network.nodes}
    strength = dict(network.measure("strength").values)
    for measurement in found.subjects(RDF.type, QST.Measurement):
        node = str(found.value(measurement, QST.node))
        larger = sum(side[other] == side[node] and strength[other] > strength[node] for other in side)
        assert int(str(found.value(measurement, QST.rank))) == larger + 1


def test_equal_facts_and_parameters_give_the_same_run_and_any_other_gives_another(columns: Columns) -> None:
    network = network_of(columns, "group-ministry", {})
    origin = Origin(generation=None, facts=facts_of(columns))
    again = Origin(generation=None, facts=facts_of(dataclasses.replace(columns, generation="g99")))
    one = run_of(network, origin)
    assert run_of(network_of(columns, "group-ministry", {"target": "asked"}), again) == one
    changed = dataclasses.replace(columns, asked=columns.asked + 1)
    others = [
        run_of(network_of(columns, "group-ministry", {"alpha": "0.05"}), origin),
        run_of(network, Origin(generation=None, facts=facts_of(changed))),
        run_of(network, Origin(generation=iris.thing("generation", "other"), facts=origin.facts)),
        run_of(network, origin, Plan(trials=0)),
        run_of(network, origin, Plan(measures=("degree",))),
    ]
    assert len({run.key for run in (one, *others)}) == 1 + len(others)


def test_what_is_default_is_so_but_for_the_legislature(columns: Columns) -> None:
    def default(kind: str, given: Mapping[str, str], plan: Plan | None = None) -> bool:
        run = run_of(network_of(columns, kind, given), ORIGIN, plan)
        return str(read(run).value(URIRef(run.iri), QST.isDefault)) == "true"

    assert default("group-ministry", {})
    assert default("group-ministry", {"legislature": "15"})
    assert not default("group-ministry", {"type": "all"})
    assert not default("group-ministry", {}, Plan(trials=0))


def test_a_network_without_edges_has_parameters_and_no_more(columns: Columns) -> None:
    run = run_of(network_of(columns, "group-ministry", {"from": "1958-10-05", "to": "1959-01-01"}), ORIGIN)
    assert run.edges == 0
    assert set(read(run).subjects(RDF.type, QST.Network)) == {URIRef(run.iri)}
    assert not set(read(run).subjects(QST.inNetwork))


def test_a_measure_that_does_not_fit_is_left_out_and_refused_when_asked_for(columns: Columns) -> None:
    projection = network_of(columns, "ministry-ministry", {"via": "deputy", "significant": "0"})
    found = read(run_of(projection, ORIGIN))
    taken = {str(measure).removeprefix(iris.NS) for measure in found.objects(None, QST.measure)}
    assert {"degree", "strength", "closeness"} <= taken
    assert not taken & {"breadth", "d", "birank"}
    with pytest.raises(QueryError, match="bipartite"):
        run_of(projection, ORIGIN, Plan(measures=("breadth",)))
    with pytest.raises(QueryError, match="parameter m"):
        Plan(measures=("nodf",))


def test_two_edges_whose_joined_keys_are_alike_are_two(columns: Columns) -> None:
    network = network_of(columns, "group-ministry", {})
    (a, _), (b, _) = network.nodes[0], network.nodes[-1]
    edges = edges_of([a, b], [b, a], {"weight": [1, 2], "units": [1, 2]})
    keys = {a: "x", b: "x--x"}
    nodes = tuple((node, {**data, "key": keys[node]}) for node, data in network.nodes if node in keys)
    made = dataclasses.replace(network, nodes=nodes, edges=edges)
    found = read(run_of(made, ORIGIN, Plan(measures=(), trials=0)))
    assert sorted(int(str(weight)) for weight in found.objects(None, QST.weight)) == [1, 2]
    assert len(set(found.subjects(RDF.type, QST.NetworkEdge))) == 2


def test_a_node_that_is_not_ours_is_named_by_a_digest(columns: Columns) -> None:
    network = network_of(columns, "group-ministry", {})
    nodes = tuple((node, {**data, "key": f"https://example.org/{data['key']}"}) for node, data in network.nodes)
    run = run_of(dataclasses.replace(network, nodes=nodes), ORIGIN, Plan(trials=0))
    edges = [s.subject for s in run.statements if s.value == str(QST.NetworkEdge)]
    assert edges
    assert all(re.search(r"#e-x-[0-9a-f]{12}--x-[0-9a-f]{12}$", edge) for edge in edges)


@pytest.mark.parametrize("measure", NODE_MEASURES)
def test_a_measure_of_nodes_is_a_term_that_cites_what_the_measure_cites(measure: str, columns: Columns) -> None:
    term = URIRef(iris.NS + measure)
    found = network_of(columns, "deputy-ministry", {}).measure(measure)
    graph = vocabulary()
    assert found.of == "node"
    assert (term, RDF.type, QST.Measure) in graph
    assert str(graph.value(term, URIRef(f"{PREFIXES['dcterms']}bibliographicCitation"))) == found.reference


def test_the_parameters_stated_ask_for_the_same_network_again(columns: Columns) -> None:
    network = network_of(columns, "deputy-ministry", dict(RUNS[1][1]))
    run = run_of(network, ORIGIN)
    given = {name: str(value) for name, value in run.parameters.items()}
    assert parse({name: given[name] for name in given if name in ("type", "legislature", "from", "to")})
    assert run_of(network_of(columns, run.kind, given), ORIGIN) == run
