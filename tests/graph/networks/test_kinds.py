"""Every kind of network counts what SPARQL counts, and says what has no place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.columns.keeping import columns_of
from graph.columns.table import TYPES
from graph.networks.kinds import KINDS, kind_of, network, read
from graph.networks.options import ALL_NAMES, Options
from graph.networks.parameters import STATUSES, Parameters
from graph.networks.slices import sliced
from ontology.errors import NotFoundError, QueryError
from ontology.iris import NS

if TYPE_CHECKING:
    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.table import Columns
    from graph.networks.network import Network
    from graph.networks.options import Slice

TWO_SIDED = [name for name, kind in KINDS.items() if not kind.projected]
PROJECTED = [name for name, kind in KINDS.items() if kind.projected]
PATHS = {
    "deputy": "qst:author",
    "group": "qst:groupAtTabling",
    "constituency": "qst:constituencyAtTabling",
    "departement": "qst:constituencyAtTabling/qst:inDepartement",
    "topic": "qst:topic",
}
MINISTRIES = {"asked": "qst:addressedTo", "attributed": "qst:attributedTo"}
ALL = Parameters(type="all")


@pytest.fixture(params=["embedded", "real"])
def store(request: pytest.FixtureRequest) -> OxigraphStore:
    """Give the example graph, then the bundled real records."""
    found: OxigraphStore = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def columns(store: OxigraphStore) -> Columns:
    return columns_of(store)


@pytest.fixture
def example(embedded: OxigraphStore) -> Columns:
    return columns_of(embedded)


def _edges(made: Network) -> dict[tuple[str, str], tuple[int, str, str]]:
    return {(a, b): (e["weight"], e.get("first", ""), e.get("last", "")) for a, b, e in made.edges}


def _counted(
    store: OxigraphStore, ends: tuple[str, str], more: str = ""
) -> dict[tuple[str, str], tuple[int, str, str]]:
    """Count the pairs of two property paths by SPARQL."""
    one, other = ends
    rows = store.rows(
        f"PREFIX qst: <{NS}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
        "SELECT ?a ?b (COUNT(DISTINCT ?q) AS ?n) (MIN(?on) AS ?first) (MAX(?on) AS ?last) "
        f"{{ ?q a qst:Question ; qst:tabledOn ?on ; {one} ?a ; {other} ?b . {more} }} GROUP BY ?a ?b"
    )
    return {(str(a), str(b)): (int(str(n)), str(first), str(last)) for a, b, n, first, last in rows}


@pytest.mark.parametrize("target", ["asked", "attributed"])
@pytest.mark.parametrize("ministry_as", ["portfolio", "ministry"])
@pytest.mark.parametrize("name", TWO_SIDED)
def test_every_edge_is_what_sparql_counts(
    store: OxigraphStore, columns: Columns, name: str, ministry_as: str, target: str
) -> None:
    parameters, options = read(kind_of(name), {"type": "all", "target": target, "ministry_as": ministry_as})
    ministry = MINISTRIES[target] + ("/qst:mainPortfolio" if ministry_as == "portfolio" else "")
    first, second = ({**PATHS, "ministry": ministry}[end] for end in KINDS[name].ends)
    assert _edges(network(columns, name, parameters, options)) == _counted(store, (first, second))


FILTERS = {
    "legislature": ("15", "?q qst:inLegislature <https://w3id.org/questeur/id/legislature/15>"),
    "from": ("2019-01-01", 'FILTER(?on >= "2019-01-01"^^xsd:date)'),
    "to": ("2019-06-05", 'FILTER(?on < "2019-06-05"^^xsd:date)'),
    "status": ("answered", "?q qst:status qst:statusAnswered"),
    "group": ("PO730964", "?q qst:groupAtTabling <https://w3id.org/questeur/id/group/PO730964>"),
    "deputy": ("PA720054", "?q qst:author <https://w3id.org/questeur/id/person/PA720054>"),
    "departement": (
        "44",
        "?q qst:constituencyAtTabling/qst:inDepartement <https://w3id.org/questeur/id/departement/44>",
    ),
    "constituency": (
        "2010-44-09",
        "?q qst:constituencyAtTabling <https://w3id.org/questeur/id/constituency/2010-44-09>",
    ),
    "topic": ("sante", "?q qst:topic <https://w3id.org/questeur/id/topic/sante>"),
    "portfolio": (
        "economie-finances",
        "?q qst:addressedTo/qst:mainPortfolio <https://w3id.org/questeur/id/portfolio/economie-finances>",
    ),
    "ministry": ("PO729982", "?q qst:addressedTo <https://w3id.org/questeur/id/ministry/PO729982>"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_is_its_pattern(embedded: OxigraphStore, example: Columns, name: str) -> None:
    value, pattern = FILTERS[name]
    parameters, options = read(kind_of("deputy-ministry"), {"type": "all", name: value})
    made = network(example, "deputy-ministry", parameters, options)
    assert _edges(made) == _counted(embedded, (PATHS["deputy"], MINISTRIES["asked"]), pattern) != {}


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("name", TWO_SIDED)
def test_what_is_shown_and_what_is_excluded_make_all_that_match(columns: Columns, name: str, kept: int) -> None:
    options = replace(KINDS[name].defaults, min_weight=kept, significant=kept == 3)
    made = network(columns, name, ALL, options)
    assert sum(edge["units"] for *_, edge in made.edges) == made.meta["n_questions"]
    assert made.meta["n_questions"] + sum(made.meta["excluded"].values()) == len(columns)
    assert all(edge["units"] >= kept for *_, edge in made.edges)


@pytest.mark.parametrize("name", TWO_SIDED)
def test_shares_of_an_asker_make_one_and_lifts_average_to_one(columns: Columns, name: str) -> None:
    made = network(columns, name, ALL, replace(KINDS[name].defaults, weight="share"))
    strength = {node: data for node, data in made.nodes if data["bipartite"] == 0}
    assert [data["strength"] for data in strength.values()] == pytest.approx([1.0] * len(strength))
    totals: dict[str, float] = {}
    whole = sum(data["n"] for data in strength.values())
    share = {node: data["n"] / whole for node, data in made.nodes}
    for a, b, edge in made.edges:
        totals[a] = totals.get(a, 0.0) + share[b] * edge["lift"]
    assert list(totals.values()) == pytest.approx([1.0] * len(totals))


def test_the_weight_of_a_lift_network_is_the_lift(example: Columns) -> None:
    made = network(example, "group-ministry", ALL, Options(weight="lift"))
    assert made.edges
    assert all(edge["weight"] == pytest.approx(edge["lift"]) for *_, edge in made.edges)


def test_the_tests_of_a_network_are_named(example: Columns) -> None:
    made = network(example, "deputy-ministry", ALL)
    sides = [sum(data["bipartite"] == side for _, data in made.nodes) for side in (0, 1)]
    null = made.meta["null"]
    assert null["tests"] == sides[0] * sides[1]
    assert {"model", "conserves", "unit", "side", "alpha", "correction", "seed", "trials"} <= null.keys()


def test_every_node_says_what_it_is(columns: Columns) -> None:
    for name in KINDS:
        for node, data in network(columns, name, ALL, replace(KINDS[name].defaults, significant=False)).nodes:
            assert {"key", "type", "label", "stub", "n", "degree", "strength", "share", "x", "y", "color", "size"} <= {
                *data
            }
            assert node.endswith(data["key"])
            assert abs(data["x"]) <= 1000
            assert abs(data["y"]) <= 1000


def test_question_10719_is_one_edge_of_a_deputy_of_his_group_to_a_portfolio(example: Columns) -> None:
    parameters = Parameters(since=date(2018, 7, 17), until=date(2018, 7, 18))
    made = network(example, "deputy-ministry", parameters, Options())
    [(_, _, edge)] = made.edges
    nodes = {data["key"]: data for _, data in made.nodes}
    assert (edge["weight"], edge["answered"], edge["first"]) == (1, 1, "2018-07-17")
    assert nodes["PA720054"]["group"] == "PO730964"
    assert nodes["economie-finances"]["ministries"] == ["PO729982"]
    assert nodes["economie-finances"]["label_en"] == "Economy and finance"


@pytest.mark.parametrize("via", ["topic", "ministry"])
@pytest.mark.parametrize("weight", ["count", "cosine", "newman"])
def test_a_projection_joins_those_who_share_neighbours(example: Columns, via: str, weight: str) -> None:
    given = {"type": "all", "via": via, "weight": weight, "null": "none", "significant": "0"}
    made = network(example, "deputy-deputy", *read(kind_of("deputy-deputy"), given))
    two = network(
        example, f"deputy-{via}", *read(kind_of(f"deputy-{via}"), {"type": "all", "ministry_as": "portfolio"})
    )
    near: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    for a, b, _ in two.edges:
        near.setdefault(a, set()).add(b)
        asked.setdefault(b, set()).add(a)
    expected: dict[tuple[str, str], float] = {}
    for (a, ours), (b, theirs) in combinations(sorted(near.items()), 2):
        if common := ours & theirs:
            expected[a, b] = {
                "count": len(common),
                "cosine": len(common) / np.sqrt(len(ours) * len(theirs)),
                "newman": sum(1 / (len(asked[one]) - 1) for one in common),
            }[weight]
    assert {(a, b): edge["weight"] for a, b, edge in made.edges} == pytest.approx(expected)
    assert expected


@pytest.mark.parametrize("name", PROJECTED)
def test_a_projection_shows_validated_pairs_unless_asked_for_all(columns: Columns, name: str) -> None:
    for via in KINDS[name].via:
        shown = network(columns, name, ALL, replace(KINDS[name].defaults, via=via))
        everything = network(columns, name, ALL, replace(KINDS[name].defaults, via=via, significant=False))
        assert len(everything.edges) == everything.meta["pairs"]
        assert {edge[:2] for edge in shown.edges} == {e[:2] for e in everything.edges if e[2]["q"] <= 0.01}
        n = len(everything.nodes)
        assert everything.meta["null"]["tests"] == n * (n - 1) // 2


@st.composite
def _filters(draw: st.DrawFn) -> Parameters:
    since = draw(st.none() | st.dates(date(2013, 1, 1), date(2022, 1, 1)))
    until = draw(st.none() | st.dates(date(2022, 1, 2), date(2025, 1, 1)))
    return Parameters(
        since=since,
        until=until,
        type=draw(st.sampled_from(["all", *TYPES])),
        target=draw(st.sampled_from(["asked", "attributed"])),
        group_as=draw(st.sampled_from(["dated", "declared"])),
        legislature=draw(st.none() | st.sampled_from([14, 15, 16, 17])),
        status=draw(st.none() | st.sampled_from(STATUSES)),
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=_filters(),
    name=st.sampled_from(TWO_SIDED),
    by=st.sampled_from(["year", "half", "government", "legislature"]),
)
def test_slices_add_up_to_the_whole_without_gap_or_overlap(
    example: Columns, parameters: Parameters, name: str, by: Slice
) -> None:
    found = sliced(example, name, parameters, replace(KINDS[name].defaults, slice=by, null="none"))
    total: dict[tuple[str, str], int] = {}
    for part in found.parts:
        for a, b, edge in part.network.edges:
            total[a, b] = total.get((a, b), 0) + edge["units"]
    assert found.undated == 0
    assert total == {(a, b): edge["units"] for a, b, edge in found.whole.edges}
    dated = [part for part in found.parts if part.since is not None and by != "legislature"]
    assert all(one.until == other.since for one, other in pairwise(dated))
    places = {node: (data["x"], data["y"]) for node, data in found.whole.nodes}
    assert all((d["x"], d["y"]) == places[node] for part in found.parts for node, d in part.network.nodes)


def _shuffled(columns: Columns, seed: int) -> Columns:
    """Put the rows in another order."""
    order = np.random.default_rng(seed).permutation(len(columns))
    names = ("question", "type", "end", "legislature", "deputy", "constituency", "departement", "group_declared")
    more = ("group_dated", "ministry_asked", "ministry_attributed", "portfolio_asked", "portfolio_attributed")
    rest = ("topic", "asked", "answered")
    moved: dict[str, Any] = {name: getattr(columns, name)[order] for name in (*names, *more, *rest)}
    return replace(columns, **moved)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), name=st.sampled_from(TWO_SIDED))
def test_the_order_of_the_rows_changes_nothing(example: Columns, seed: int, name: str) -> None:
    ours, theirs = network(example, name, ALL), network(_shuffled(example, seed), name, ALL)
    assert ours.edges == theirs.edges
    assert [(node, data["n"]) for node, data in ours.nodes] == [(node, data["n"]) for node, data in theirs.nodes]


def test_whoever_takes_the_graph_may_change_it(example: Columns) -> None:
    made = network(example, "deputy-ministry", ALL)
    mine, other = made.graph, made.graph
    node = next(iter(mine))
    mine.remove_node(node)
    assert node in other
    assert node in made.graph


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as caught:
        kind_of("deputy-minstry")
    assert "deputy-ministry" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "wrong", "hint"),
    [
        ("deputy-ministry", {"targt": "asked"}, "target"),
        ("deputy-ministry", {"via": "topic"}, "projections"),
        ("deputy-ministry", {"weight": "cosine"}, "count, share, lift"),
        ("deputy-deputy", {"via": "deputy"}, "topic, ministry"),
        ("deputy-deputy", {"null": "hypergeometric"}, "bicm"),
        ("deputy-deputy", {"null": "none"}, "leave out"),
        ("deputy-ministry", {"alpha": "2"}, "between 0 and 1"),
        ("deputy-ministry", {"alpha": "x"}, "between 0 and 1"),
        ("deputy-ministry", {"min_weight": "-1"}, "whole number"),
        ("deputy-ministry", {"min_weight": "0"}, "from 1"),
        ("deputy-ministry", {"seed": "1e3"}, "whole number"),
        ("deputy-ministry", {"significant": "yes"}, "0, 1"),
        ("deputy-ministry", {"slice": "month"}, "year"),
    ],
    ids=str,
)
def test_what_does_not_go_with_a_kind_is_refused_with_a_hint(kind: str, wrong: dict[str, str], hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        read(kind_of(kind), wrong)
    assert caught.value.status == 400
    assert hint in caught.value.hint


def test_a_key_that_the_graph_does_not_hold_is_refused_with_its_neighbours(example: Columns) -> None:
    with pytest.raises(QueryError, match="portfolio") as caught:
        network(example, "group-ministry", Parameters(portfolio="economie-finance"))
    assert "economie-finances" in caught.value.hint


def test_one_network_cannot_be_cut_into_slices(example: Columns) -> None:
    with pytest.raises(QueryError, match="slice") as caught:
        network(example, "group-ministry", *read(kind_of("group-ministry"), {"slice": "year"}))
    assert "/networks/group-ministry.json" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        ("group-ministry", {"min_weight": "2"}, "were left out"),
        ("group-ministry", {"significant": "1"}, "were left out"),
        ("deputy-deputy", {"significant": "0"}, "projection"),
    ],
    ids=str,
)
def test_what_is_a_part_or_a_projection_has_no_backbone_of_its_own(
    example: Columns, kind: str, given: dict[str, str], why: str
) -> None:
    made = network(example, kind, *read(kind_of(kind), {"type": "all", **given}))
    with pytest.raises(QueryError, match=why):
        made.backbone()


def test_a_measure_of_a_part_of_a_network_says_so(example: Columns) -> None:
    part, whole = (
        network(example, "group-ministry", *read(kind_of("group-ministry"), {"type": "all", "min_weight": least}))
        for least in ("2", "1")
    )
    left_out = part.meta["excluded"]["below_min_weight"]
    assert left_out > 0
    assert f"{left_out} questions" in part.measure("lift").notes[-1]
    assert whole.measure("lift").notes == ()


def test_parameters_are_told_without_their_defaults(example: Columns) -> None:
    parameters, options = read(kind_of("group-ministry"), {"type": "all", "alpha": "0.05", "ministry_as": "portfolio"})
    assert network(example, "group-ministry", parameters, options).meta["parameters"] == {"alpha": 0.05, "type": "all"}
    assert "ministry_as" in ALL_NAMES
