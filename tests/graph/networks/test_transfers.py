"""Transfers of a synthetic legislature, against its generator's own truth and against SPARQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from graph import named
from graph.backends.oxigraph.store import OxigraphStore
from graph.columns.reading import from_store
from graph.networks.export import write
from graph.networks.parameters import Parameters
from graph.networks.transfers import BEHIND, FLOW, behind, flows_of, moved, transfers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.columns.table import Columns


@pytest.fixture(scope="module")
def store(legislature: tuple[Path, Path]) -> Iterator[OxigraphStore]:
    with OxigraphStore(legislature[0]) as opened:
        yield opened


@pytest.fixture(scope="module")
def columns(store: OxigraphStore) -> Columns:
    return from_store(store)


def test_every_flow_is_that_of_the_named_query(store: OxigraphStore, columns: Columns) -> None:
    rows = store.rows(named.read("p6-real-transfers").text)
    asked = {(str(origin), str(target)): int(str(count)) for origin, target, count in rows}
    network = transfers(columns, Parameters(type="all"))
    counted = {(line["origin_label"], line["destination_label"]): line["weight"] for line in flows_of(network)}
    assert counted == asked
    assert sum(counted.values()) == network.graph["n_transfers"] > 10


def test_what_a_decree_moved_is_no_transfer(legislature: tuple[Path, Path], columns: Columns) -> None:
    truth = [json.loads(line) for line in legislature[1].read_text(encoding="utf-8").splitlines()]
    causes = [step["cause"] for question in truth for step in question["attributions"]]
    found = moved(columns, Parameters())
    assert found.excluded["inherited"] == causes.count("inherited") > 50
    others = sum(found.excluded[name] for name in ("same_portfolio", "no_portfolio"))
    assert len(found.row) + others == causes.count("transferred")


def test_rows_add_up(columns: Columns) -> None:
    network = transfers(columns, Parameters())
    nodes = [data for _, data in network.nodes(data=True)]
    total = network.graph["n_transfers"]
    assert sum(node["sent"] for node in nodes) == sum(node["received"] for node in nodes) == total
    assert sum(node["net"] for node in nodes) == 0
    assert sum(node["expected"] for node in nodes) == pytest.approx(total, rel=1e-4)
    assert sum(node["stays"] for node in nodes) >= len(columns)
    assert all(node["sent"] <= node["stays"] for node in nodes)


def test_every_flow_leads_to_its_transfers(columns: Columns) -> None:
    network = transfers(columns, Parameters())
    for line in flows_of(network):
        assert set(line) <= set(FLOW)
        listed = list(behind(columns, Parameters(), origin=line["origin"], destination=line["destination"]))
        assert len(listed) == line["weight"]
        assert all(tuple(item) == BEHIND for item in listed)


def test_a_file_read_again_is_the_same_directed_network(columns: Columns, tmp_path: Path) -> None:
    network = transfers(columns, Parameters())
    (tmp_path / "t.graphml").write_bytes(write(network, "graphml"))
    again = nx.read_graphml(tmp_path / "t.graphml")
    assert again.is_directed()
    assert {(a, b): data["weight"] for a, b, data in again.edges(data=True)} == {
        (a, b): data["weight"] for a, b, data in network.edges(data=True)
    }


def test_filters_share_out_the_transfers(columns: Columns) -> None:
    parts = [Parameters(type=kind) for kind in ("QE", "QG", "QOSD")]
    counts = [len(moved(columns, one).row) for one in parts]
    assert sum(counts) == len(moved(columns, Parameters(type="all")).row)
