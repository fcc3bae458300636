"""What holds for every network: counts add up, names and order do not matter, strangers change nothing."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from graph.networks.measures import margins, paths, specialisation, spectral, structure
from graph.networks.measures.measured import DENSE, Measured, bipartite, measured, table
from graph.networks.projection import project
from ontology.errors import QueryError
from tests.graph.networks.measures.networks import networks, triples

if TYPE_CHECKING:
    from collections.abc import Callable

MEASURES: dict[str, Callable[[nx.Graph[str]], Measured]] = {
    "degree": margins.degree,
    "strength": margins.strength,
    "share": margins.share,
    "lift": margins.lift,
    "z": margins.z,
    "breadth": specialisation.breadth,
    "h2": specialisation.h2,
    "d": specialisation.d,
    "betweenness": paths.betweenness,
    "closeness": paths.closeness,
    "pagerank": spectral.pagerank,
    "birank": spectral.birank,
    "core": structure.core,
    "nodf": structure.nodf,
    "clustering": structure.clustering,
}


def density(network: nx.Graph[str]) -> float:
    """Give the share of pairs that are joined; 0 for an empty network."""
    counts = table(network).counts
    return float(np.count_nonzero(counts) / counts.size) if counts.size else 0.0


of_each_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES.keys())


@given(networks)
def test_strengths_of_each_side_add_up_to_the_questions(network: nx.Graph[str]) -> None:
    values = margins.strength(network).values
    total = sum(data["weight"] for _, _, data in network.edges(data=True))
    assert sum(value for node, value in values.items() if str(node).startswith("d")) == total
    assert sum(value for node, value in values.items() if str(node).startswith("m")) == total


@given(networks)
def test_shares_of_an_asker_add_up_to_one(network: nx.Graph[str]) -> None:
    for side in (0, 1):
        sums: dict[str, float] = {}
        for key, value in margins.share(network, side=side).values.items():
            sums[key[side]] = sums.get(key[side], 0.0) + value
        assert list(sums.values()) == pytest.approx([1.0] * len(sums))


@given(networks)
def test_lift_weighted_by_what_is_expected_is_one(network: nx.Graph[str]) -> None:
    counts = table(network)
    rows, columns, total = counts.margins
    lift = counts.counts / np.outer(rows, columns) * total
    assert (lift * columns / total).sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert margins.lift(network).values == pytest.approx(counts.edges(lift))


@given(st.integers(0, 200), st.sampled_from([0.8, 0.95, 0.99]))
def test_garwood_limits_are_the_means_that_leave_the_tail(count: int, level: float) -> None:
    low, high = (float(limit[0]) for limit in margins.garwood(np.array([count]), level=level))
    assert stats.poisson(high).cdf(count) == pytest.approx((1 - level) / 2)
    assert low == 0 if count == 0 else stats.poisson(low).sf(count - 1) == pytest.approx((1 - level) / 2)


@given(networks)
def test_z_is_the_departure_in_moments_of_the_hypergeometric_law(network: nx.Graph[str]) -> None:
    counts = table(network)
    rows, columns, total = counts.margins
    values = margins.z(network).values
    for i, j in zip(*np.nonzero(counts.counts), strict=True):
        count = np.arange(int(min(rows[i], columns[j])) + 1)
        chance = stats.hypergeom(total, rows[i], columns[j]).pmf(count)
        mean = (count * chance).sum()
        deviation = np.sqrt(((count - mean) ** 2 * chance).sum())
        value = values[counts.rows[i], counts.columns[j]]
        if deviation < 1e-6:
            assert np.isnan(value)
        else:
            assert value == pytest.approx((counts.counts[i, j] - mean) / deviation, abs=1e-9)


@of_each_measure
@settings(max_examples=25, deadline=None)
@given(triples)
def test_the_order_of_edges_changes_nothing(
    measure: Callable[[nx.Graph[str]], Measured], edges: list[tuple[str, str, int]]
) -> None:
    forth, back = bipartite(edges), bipartite(edges[::-1])
    assume(density(forth) <= DENSE)
    one, two = measure(forth), measure(back)
    assert list(one.values) == list(two.values)
    assert one.printed() == two.printed()


@of_each_measure
@settings(max_examples=25, deadline=None)
@given(triples, st.permutations(range(6)))
def test_other_names_give_the_same_values_under_those_names(
    measure: Callable[[nx.Graph[str]], Measured], edges: list[tuple[str, str, int]], order: list[int]
) -> None:
    name = {f"d{i}": f"d{order[i]}" for i in range(6)}
    renamed = bipartite([(name[a], b, weight) for a, b, weight in edges])
    assume(density(renamed) <= DENSE)
    found = measure(bipartite(edges)).values
    again = measure(renamed).values
    for key, value in found.items():
        same = name.get(key, key) if isinstance(key, str) else (name[key[0]], key[1])
        assert again[same] == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", ["strength", "share", "lift", "z", "breadth", "h2", "d", "nodf", "clustering"])
@settings(max_examples=25, deadline=None)
@given(triples)
def test_a_deputy_without_questions_changes_no_other_value(name: str, edges: list[tuple[str, str, int]]) -> None:
    with_stranger = bipartite(edges)
    with_stranger.add_node("zz", bipartite=0)
    found, again = MEASURES[name](bipartite(edges)), MEASURES[name](with_stranger)
    if name == "nodf":  # a pair more to average over, as its definition has it
        assert again.value <= found.value or np.isnan(found.value)
        return
    for key, value in found.values.items():
        assert again.values[key] == pytest.approx(value, nan_ok=True)


@settings(deadline=None)
@given(networks)
def test_specialisation_lies_between_nothing_and_all(network: nx.Graph[str]) -> None:
    for measure in (specialisation.h2, specialisation.d, specialisation.breadth):
        for value in measure(network).values.values():
            assert np.isnan(value) or -1e-9 <= value <= 1 + 1e-9


def test_breadth_of_few_questions_is_listed_and_not_ranked() -> None:
    found = specialisation.breadth(bipartite([("A", "M", 4), ("B", "M", 3), ("B", "N", 3)]))
    assert [key for key, _ in found.ranked()] == ["B", "M"]
    assert found.notes == ("fewer than 5 questions, not ranked: A, N",)


def test_breadth_by_entropy_is_the_number_of_equally_used_ministries() -> None:
    network = bipartite([("A", "M", 3), ("A", "N", 3), ("A", "O", 3)])
    assert specialisation.breadth(network, by="shannon").values["A"] == pytest.approx(3)


def test_unbiased_breadth_does_not_depend_on_how_much_is_asked() -> None:
    rng = np.random.default_rng(1)
    p = np.array([0.5, 0.3, 0.2])
    mean = [
        np.mean(
            [
                specialisation.breadth(
                    bipartite((("A", f"m{j}", int(n)) for j, n in enumerate(rng.multinomial(size, p)) if n))
                ).values["A"]
                for _ in range(800)
            ]
        )
        for size in (6, 40)
    ]
    assert mean == pytest.approx([1 - (p**2).sum()] * 2, abs=0.02)


def test_the_extremes_of_h2_do_not_depend_on_names() -> None:
    """With these margins, filling in the order of names would give two results."""
    edges = [("a", "M", 1), ("b", "M", 1), ("b", "N", 1), ("c", "N", 1), ("c", "O", 1)]
    edges += [("d", "M", 4), ("d", "N", 2), ("d", "O", 1)]
    name = {"a": "c", "b": "a", "c": "d", "d": "b", "M": "N", "N": "M", "O": "O"}
    renamed = bipartite([(name[a], name[b], weight) for a, b, weight in edges])
    assert specialisation.h2(renamed).value == pytest.approx(specialisation.h2(bipartite(edges)).value)


def test_perfect_specialists_and_pure_generalists_are_the_ends_of_h2() -> None:
    specialists = bipartite([("A", "M", 4), ("B", "N", 3), ("C", "O", 5)])
    generalists = bipartite([(a, m, w) for a, w in (("A", 1), ("B", 2)) for m in "MNO"])
    assert specialisation.h2(specialists).value == pytest.approx(1)
    assert specialisation.h2(generalists).value == pytest.approx(0, abs=1e-9)
    assert specialisation.d(generalists).values == pytest.approx(dict.fromkeys("ABMNO", 0), abs=1e-9)


def _slow_betweenness(network: nx.Graph[str]) -> dict[str, float]:
    """Count shortest paths one by one, with exact fractions."""
    found = dict.fromkeys(network, Fraction(0))
    nodes = sorted(network)
    for s, t in ((s, t) for s in nodes for t in nodes if s < t):
        lengths: dict[tuple[str, ...], Fraction] = {}
        for path in nx.all_simple_paths(network, s, t):
            steps = (Fraction(1, network.edges[edge]["weight"]) for edge in pairwise(path))
            lengths[tuple(path)] = sum(steps, Fraction(0))
        shortest = [path for path, length in lengths.items() if length == min(lengths.values())]
        for chosen in shortest:
            for node in chosen[1:-1]:
                found[node] += Fraction(1, len(shortest))
    return {node: float(value) for node, value in found.items()}


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.integers(0, 3)), st.sampled_from([1, 2, 3, 6]), min_size=1, max_size=9
    )
)
def test_betweenness_equals_counting_all_shortest_paths(cells: dict[tuple[int, int], int]) -> None:
    network = bipartite([(f"d{i}", f"m{j}", weight) for (i, j), weight in cells.items()])
    assume(len(network) <= 3 or density(network) <= DENSE)
    found = paths.betweenness(network, normalisation="none").values
    assert found == pytest.approx(_slow_betweenness(network), abs=1e-12)


def test_paths_of_equal_length_are_split_exactly() -> None:
    """1/3 + 1/6 + 1/6 + 1/3 = 1/2 + 1/2, which floats deny."""
    network = bipartite(
        [("a", "M", 3), ("c", "M", 6), ("c", "N", 6), ("b", "N", 3), ("a", "O", 2), ("b", "O", 2), ("z", "P", 1)]
    )
    found = paths.betweenness(network, normalisation="none").values
    assert found == pytest.approx(_slow_betweenness(network), abs=1e-12)
    assert found["c"] > 0


def _float_distance(_a: str, _b: str, data: dict[str, int]) -> float:
    return 1 / data["weight"]


@settings(max_examples=40, deadline=None)
@given(networks)
def test_closeness_equals_its_formula_on_floats(network: nx.Graph[str]) -> None:
    assume(len(network) <= 3 or density(network) <= DENSE)
    found = paths.closeness(network).values
    for node in network:
        far = nx.single_source_dijkstra_path_length(network, node, weight=_float_distance)
        inside = (len(far) - 1) / sum(far.values())
        assert found[node] == pytest.approx(inside * (len(far) - 1) / (len(network) - 1))


def test_path_measures_are_refused_where_almost_all_pairs_are_joined() -> None:
    dense = bipartite([(a, m, 1) for a in "ABC" for m in "MNO"])
    for measure in (paths.betweenness, paths.closeness):
        with pytest.raises(QueryError, match="100% of the pairs") as caught:
            measure(dense)
        assert "backbone" in caught.value.hint


@settings(max_examples=40, deadline=None)
@given(networks)
def test_the_eigenvector_solves_its_equation_with_length_one(network: nx.Graph[str]) -> None:
    values = spectral.eigenvector(network).values
    found = {str(node): value for node, value in values.items()}
    times = {a: sum(data["weight"] * found[b] for b, data in network.adj[a].items()) for a in network}
    scale = np.sqrt(sum(value**2 for value in times.values()))
    assert sum(value**2 for value in found.values()) == pytest.approx(1)
    assert times == pytest.approx({node: scale * value for node, value in found.items()}, abs=1e-9)


def test_parts_that_lead_alike_share_the_eigenvector_whatever_their_names() -> None:
    for a, b in permutations("AB"):
        found = spectral.eigenvector(bipartite([(a, "M", 2), (b, "N", 2)]))
        assert dict(found.values) == pytest.approx(dict.fromkeys("ABMN", 0.5))
        assert "2 parts" in found.notes[0]
    uneven = spectral.eigenvector(bipartite([("A", "M", 2), ("B", "N", 2), ("C", "O", 1)]))
    assert dict(uneven.values) == pytest.approx(dict.fromkeys("ABMN", 0.5) | dict.fromkeys("CO", 0.0))


@settings(max_examples=40, deadline=None)
@given(networks)
def test_clustering_and_nodf_are_what_their_definitions_count(network: nx.Graph[str]) -> None:
    theirs = nx.bipartite.robins_alexander_clustering(network)
    assert structure.clustering(network).value == pytest.approx(theirs)
    sums, pairs = 0.0, 0
    for prefix in "dm":
        side = [node for node in network if node.startswith(prefix)]
        for a, b in permutations(side, 2):
            pairs += a < b
            if network.degree[a] > network.degree[b]:
                sums += len(set(network[a]) & set(network[b])) / network.degree[b]
    if pairs:
        assert structure.nodf(network).value == pytest.approx(100 * sums / pairs)


def test_nodf_of_a_triangle_is_a_hundred_and_of_the_identity_zero() -> None:
    triangle = bipartite([(f"d{i}", f"m{j}", 1) for i in range(5) for j in range(5 - i)])
    identity = bipartite([(f"d{i}", f"m{i}", 1) for i in range(5)])
    assert structure.nodf(triangle).value == pytest.approx(100)
    assert structure.nodf(identity).value == 0


@settings(max_examples=40, deadline=None)
@given(networks)
def test_a_projection_counts_the_shared_neighbours(network: nx.Graph[str]) -> None:
    deputies = [node for node in network if node.startswith("d")]
    shared, cosine, newman = (project(network, weight=weight) for weight in ("shared", "cosine", "newman"))
    assert sorted(shared) == sorted(deputies)
    for a, b in permutations(deputies, 2):
        common = set(network[a]) & set(network[b])
        assert shared.has_edge(a, b) == bool(common)
        if common:
            assert shared.edges[a, b] == {"shared": len(common), "weight": len(common)}
            norm = np.sqrt(network.degree[a] * network.degree[b])
            assert cosine.edges[a, b]["weight"] == pytest.approx(len(common) / norm)
            expected = sum(1 / (network.degree[m] - 1) for m in common)
            assert newman.edges[a, b]["weight"] == pytest.approx(expected)


def test_values_printed_alike_are_ties_in_the_order_of_their_names() -> None:
    found = measured("x", "node", {"b": 0.1 + 0.2, "a": 0.3, "c": 0.4}, definition="")
    assert [key for key, _ in found.ranked()] == ["c", "a", "b"]
    assert found.printed() == {"a": "0.3", "b": "0.3", "c": "0.4"}


@pytest.mark.parametrize("weight", [0.5, -1])
def test_a_weight_that_is_no_count_is_refused_with_its_edge(weight: float) -> None:
    network = bipartite([("A", "M", 1)])
    network.edges["A", "M"]["weight"] = weight
    for measure in (margins.strength, paths.betweenness):
        with pytest.raises(QueryError, match="between A and M"):
            measure(network)


def test_a_network_with_an_edge_inside_one_side_is_refused() -> None:
    network = bipartite([("A", "M", 1), ("B", "M", 1)])
    network.add_edge("A", "B", weight=1)
    with pytest.raises(QueryError, match="not bipartite"):
        margins.degree(network)


def test_turnover_counts_edges_whatever_their_direction() -> None:
    first = bipartite([("A", "M", 1), ("B", "M", 1)])
    second: nx.Graph[str] = nx.Graph()
    second.add_edges_from([("M", "A"), ("C", "M")])
    assert structure.turnover(first, second).value == pytest.approx(2 / 3)
    assert np.isnan(structure.turnover(nx.Graph(), nx.Graph()).value)


def test_assortativity_is_of_the_nodes_that_have_the_attribute() -> None:
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from([("A", {"group": "g"}), ("B", {"group": "g"}), ("C", {"group": "h"})])
    network.add_edges_from([("A", "B"), ("B", "C"), ("C", "D"), ("D", "E")])
    assert structure.assortativity(network).value == pytest.approx(-1 / 3)  # of A-B-C alone
    assert np.isnan(structure.assortativity(network.subgraph("AB")).value)  # of one group


@pytest.mark.parametrize(
    ("network", "why"),
    [(bipartite([("A", "M", 1)]), "two sides"), (nx.Graph([("A", "B")]), "no node of this network has a group")],
    ids=["two sides", "no attribute"],
)
def test_assortativity_that_says_nothing_is_refused(network: nx.Graph[str], why: str) -> None:
    with pytest.raises(QueryError, match=why):
        structure.assortativity(network)
