"""What counts once in the tests of a network: each question, or each run of near-identical ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.columns.codes import NONE
from graph.columns.keeping import columns_of
from graph.networks import copies
from graph.networks.backbone import judge
from graph.networks.counting import cells
from graph.networks.kinds import KINDS, kind_of, network, read
from graph.networks.linked import Plan, run_of
from graph.networks.options import Options
from graph.networks.origin import Origin
from graph.networks.parameters import Parameters
from graph.networks.parts import edge_of, matrix_csv, matrix_of
from graph.networks.reuse import find
from graph.networks.selecting import column_of
from graph.networks.slices import sliced
from graph.networks.units import ONE_BY_ONE, Units, units_of
from ontology.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.table import Columns
    from graph.networks.options import Slice
    from graph.store import Store
    from tests.graph.networks.conftest import StoreOf

TWO_SIDED = [name for name, kind in KINDS.items() if not kind.projected]
ALL = Parameters(type="all")
ASKERS, ASKED = 300, 40


def _counted(askers: NDArray[np.int64], asked: NDArray[np.int64], unit: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Count the units of each pair by the very code of networks."""
    days = np.zeros(len(askers), dtype=np.int32)
    found = cells(askers.astype(np.int32), asked.astype(np.int32), days, days, unit)
    table = np.zeros((int(askers.max()) + 1, int(asked.max()) + 1), dtype=np.int64)
    table[found.a, found.b] = found.units
    return table[table.any(axis=1)][:, table.any(axis=0)]


def _found(table: NDArray[np.int64]) -> int:
    return int((judge(table).q <= 0.01).sum())


def _runs(seed: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Deal 12,000 questions, in runs of one asker, to ministries, whoever asks."""
    rng = np.random.default_rng(seed)
    runs = 12_000 // length
    askers = rng.choice(ASKERS, runs, p=rng.dirichlet(np.full(ASKERS, 2.0)))
    asked = rng.choice(ASKED, runs, p=rng.dirichlet(np.full(ASKED, 2.0)))
    return np.repeat(askers, length), np.repeat(asked, length), np.repeat(np.arange(runs), length)


@pytest.mark.parametrize(("length", "least"), [(1, 0), (3, 20), (5, 300)])
def test_runs_make_false_edges_one_by_one_and_none_when_each_counts_once(length: int, least: int) -> None:
    runs = [_runs(seed, length) for seed in range(20)]
    one_by_one = [_found(_counted(askers, asked, None)) for askers, asked, _ in runs]
    once = [_found(_counted(askers, asked, run)) for askers, asked, run in runs]
    assert sum(found == 0 for found in once) >= 19
    assert min(one_by_one) >= least
    assert length > 1 or one_by_one == once


def test_the_runs_that_the_search_finds_in_texts_are_those_that_were_written() -> None:
    rng = np.random.default_rng(4)
    askers, asked, run = (column[:900] for column in _runs(4, 3))
    written: list[list[int]] = rng.integers(0, 4000, (300, 60)).tolist()
    texts: list[str] = []
    numbers: list[int] = run.tolist()
    for number in numbers:
        copy: list[int] = [*written[number]]
        copy[int(rng.integers(60))] = 5000 + int(rng.integers(100))  # a word of its own in each
        texts.append(" ".join(f"mot{word}" for word in copy))
    units = units_of(900, np.arange(900), find(texts).cluster_of).of
    assert (units == (np.arange(900) // 3) * 3).all()
    assert _counted(askers, asked, units).tolist() == _counted(askers, asked, run).tolist()


def _dealt(columns: Columns, clusters: int, seed: int) -> Units:
    """Put the questions into clusters at random."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(columns))
    first = {cluster: row for row, cluster in reversed(list(enumerate(rng.integers(clusters, size=len(columns)))))}
    cluster_of = np.array(
        [first[cluster] for cluster in np.random.default_rng(seed).integers(clusters, size=len(rows))]
    )
    return units_of(len(columns), rows, cluster_of)


def _once(options: Options) -> Options:
    return replace(options, unit="cluster")


@pytest.fixture
def example(embedded: OxigraphStore) -> Columns:
    return columns_of(embedded)


@pytest.mark.parametrize("clusters", [1, 7, 10_000])
@pytest.mark.parametrize("name", TWO_SIDED)
def test_the_units_of_an_edge_are_the_distinct_clusters_of_its_questions(
    real: OxigraphStore, name: str, clusters: int
) -> None:
    columns = columns_of(real)
    units = _dealt(columns, clusters, seed=clusters)
    made = network(columns, name, ALL, _once(KINDS[name].defaults), units=units)
    options = KINDS[name].defaults
    ends = [options.ministry_as if end == "ministry" else end for end in KINDS[name].ends]
    codes: list[list[int]] = [column_of(columns, end, ALL).tolist() for end in ends]
    a, b = codes
    lists = [columns.codes["person" if end == "deputy" else end].iris for end in ends]
    places = [row for row in range(len(columns)) if a[row] != NONE and b[row] != NONE]
    distinct = {(lists[0][a[row]], lists[1][b[row]], int(units.of[row])) for row in places}
    told = {(one, other): edge["units"] for one, other, edge in made.edges}
    assert told == {pair: sum((*pair, unit) in distinct for unit in set(units.of.tolist())) for pair in told}
    assert sum(told.values()) == made.meta["n_units"] == len(distinct)
    assert sum(edge["n"] for *_, edge in made.edges) == made.meta["n_questions"] == len(places)
    for node, data in made.nodes:
        assert data["units"] == sum(node in one[:2] for one in distinct)


@pytest.mark.parametrize("name", TWO_SIDED)
def test_questions_that_repeat_no_other_give_the_figures_of_questions(example: Columns, name: str) -> None:
    alone = units_of(len(example), np.arange(len(example)), np.arange(len(example)))
    options = KINDS[name].defaults
    plain, once = network(example, name, ALL, options), network(example, name, ALL, _once(options), units=alone)
    assert [(a, b, {k: v for k, v in data.items() if k != "n"}) for a, b, data in once.edges] == list(plain.edges)
    assert [(node, {k: v for k, v in data.items() if k != "units"}) for node, data in once.nodes] == list(plain.nodes)
    assert all(edge["n"] == edge["units"] for *_, edge in once.edges)
    assert once.meta["null"]["tests"] == plain.meta["null"]["tests"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(clusters=st.integers(1, 60), kept=st.integers(1, 3), name=st.sampled_from(TWO_SIDED), seed=st.integers(0, 99))
def test_units_are_at_most_the_questions_and_these_stay_the_weights(
    example: Columns, clusters: int, kept: int, name: str, seed: int
) -> None:
    units = _dealt(example, clusters, seed)
    options = replace(KINDS[name].defaults, min_weight=kept, significant=kept == 3)
    made = network(example, name, ALL, _once(options), units=units)
    for *_, edge in made.edges:
        assert 1 <= edge["units"] <= edge["weight"] == edge["n"] >= kept
        assert edge["lift"] == pytest.approx(edge["units"] / edge["expected"])
    assert made.meta["n_questions"] + sum(made.meta["excluded"].values()) == len(example)
    moved = replace(units, of=np.random.default_rng(seed).permutation(len(example))[units.of])
    assert network(example, name, ALL, _once(options), units=moved) == made


def test_the_weight_of_a_lift_is_of_units_and_that_of_a_share_of_questions(example: Columns) -> None:
    units = _dealt(example, 5, seed=1)
    lift = network(example, "group-ministry", ALL, Options(weight="lift", unit="cluster"), units=units)
    assert [edge["weight"] for *_, edge in lift.edges] == pytest.approx([edge["lift"] for *_, edge in lift.edges])
    share = network(example, "group-ministry", ALL, Options(weight="share", unit="cluster"), units=units)
    of = {node: data["n"] for node, data in share.nodes}
    assert [edge["weight"] for *_, edge in share.edges] == [edge["n"] / of[a] for a, _, edge in share.edges]
    assert lift.graph.edges == share.graph.edges


@pytest.mark.parametrize("by", ["year", "half", "government", "legislature"])
def test_slices_add_up_in_questions_and_each_counts_its_own_clusters(example: Columns, by: Slice) -> None:
    units = _dealt(example, 4, seed=2)
    options = replace(KINDS["group-ministry"].defaults, slice=by, unit="cluster")
    found = sliced(example, "group-ministry", ALL, options, units=units)
    questions, counted = ({(a, b): 0 for a, b, _ in found.whole.edges} for _ in range(2))
    for part in found.parts:
        for a, b, edge in part.network.edges:
            questions[a, b] += edge["n"]
            counted[a, b] += edge["units"]
    assert questions == {(a, b): edge["n"] for a, b, edge in found.whole.edges}
    whole = {(a, b): edge["units"] for a, b, edge in found.whole.edges}
    assert all(whole[pair] <= counted[pair] <= questions[pair] for pair in whole)  # a cluster may lie in two slices
    assert by == "legislature" or sum(counted.values()) > sum(whole.values())


def test_measures_communities_and_backbones_weigh_by_units(example: Columns) -> None:
    made = network(example, "deputy-ministry", ALL, Options(unit="cluster"), units=_dealt(example, 6, seed=3))
    units = {node: data["units"] for node, data in made.nodes}
    assert made.measure("strength").values == units != {node: data["strength"] for node, data in made.nodes}
    kept = made.backbone(alpha=0.999)
    assert kept.graph["null"]["unit"] == "cluster"
    assert all(data["weight"] == data["n"] for *_, data in kept.edges(data=True))


def test_the_table_of_a_network_tells_units_beside_counts(example: Columns) -> None:
    made = network(example, "group-ministry", ALL, Options(unit="cluster"), units=_dealt(example, 6, seed=3))
    table = matrix_of(made)
    counts, units = (np.array(table[name]) for name in ("counts", "units"))
    assert ((units <= counts) & ((units > 0) == (counts > 0))).all()
    assert units.sum() < counts.sum() == made.meta["n_questions"]
    expected = np.outer(units.sum(axis=1), units.sum(axis=0)) / units.sum()
    assert np.array(table["expected"]) == pytest.approx(expected, rel=1e-5)
    assert (
        matrix_csv(table).decode().splitlines()[0] == "row,row_label,column,column_label,count,units,expected,residual"
    )
    a, b, edge = made.edges[0]
    keys = {node: data["key"] for node, data in made.nodes}
    assert edge_of(made, keys[a], keys[b])["edge"] == edge


def test_a_network_of_questions_says_that_runs_are_counted_one_by_one(example: Columns) -> None:
    made = network(example, "deputy-ministry", ALL)
    assert (made.meta["null"]["unit"], made.meta["null"]["notes"]) == ("question", [ONE_BY_ONE])
    assert made.backbone().graph["null"]["notes"] == [ONE_BY_ONE]
    assert not {"n", "without_text"} & {*made.edges.columns, *made.meta["null"]}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.projected])
def test_a_projection_has_no_units_to_choose(name: str) -> None:
    with pytest.raises(QueryError, match="share a neighbour or do not") as refused:
        read(kind_of(name), {"unit": "cluster"})
    assert "deputy-ministry" in refused.value.hint


def test_a_unit_is_a_question_or_a_cluster(example: Columns) -> None:
    with pytest.raises(QueryError, match="unit") as refused:
        read(kind_of("deputy-ministry"), {"unit": "clusters"})
    assert "cluster" in refused.value.hint
    with pytest.raises(ValueError, match="no units are given"):
        network(example, "deputy-ministry", ALL, Options(unit="cluster"))


QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{0}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/{1}> ; qst:tabledOn "2018-07-1{0}"^^xsd:date ;
  qst:topic <https://w3id.org/questeur/id/topic/{2}> ; qst:status qst:statusOpen {3} .
"""
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"


def _written(*texts: str) -> str:
    said = [f'; qst:questionText "{text}"@fr' if text else "" for text in texts]
    return HEAD + "".join(QUESTION.format(place + 1, f"PA{place % 2}", "miel", one) for place, one in enumerate(said))


def _told(store: Store) -> tuple[dict[str, int], dict[str, object]]:
    columns = columns_of(store)
    found = copies.units(store, columns, Parameters())
    made = network(columns, "deputy-topic", Parameters(), Options(unit="cluster"), units=found)
    return {a[-3:]: edge["units"] for a, _, edge in made.edges}, dict(made.meta["null"])


def test_questions_without_a_text_are_units_of_their_own_and_counted(store_of: StoreOf) -> None:
    units, null = _told(store_of(_written(MIEL, MIEL, MIEL + " ou presque", "", MIEL, "")))
    assert units == {"PA0": 1, "PA1": 3}
    assert null["without_text"] == 2
    assert null["notes"] == ["2 questions have no text here: each is a unit of its own"]


def test_a_graph_without_texts_falls_back_to_questions_and_says_so(store_of: StoreOf) -> None:
    units, null = _told(store_of(_written("", "", "")))
    assert units == {"PA0": 2, "PA1": 1}
    assert null["without_text"] == 3
    assert "no text of these questions" in str(null["notes"])


def test_a_published_run_says_what_counts_once(example: Columns) -> None:
    made = network(example, "group-ministry", ALL, Options(unit="cluster"), units=_dealt(example, 6, seed=3))
    run = run_of(made, Origin(generation=None, facts="facts"), Plan(measures=(), trials=0))
    assert run.parameters == {"m": "", "trials": 0, "type": "all", "unit": "cluster"}
    said = run.turtle().decode()
    assert 'qst:unit "cluster"' in said
    assert min(said.count(f"qst:{name} ") for name in ("weight", "units")) == len(made.edges)
