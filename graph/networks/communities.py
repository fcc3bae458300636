"""Communities of a bipartite network, how sure they are, and whether they are more than chance. Knows networkx.

A modularity says nothing alone: random networks have communities too. So Q is never given without its z, and a
partition that changes from seed to seed says that it is unstable.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import networkx as nx
import numpy as np

from graph.networks.fast import leiden
from graph.networks.measures.measured import Table, table
from graph.networks.nulls import Permuted, compare, draws, permute
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

Algorithm: TypeAlias = Literal["louvain", "leiden"]
Partition: TypeAlias = tuple[tuple[str, ...], ...]

SEEDS = range(10)
UNSTABLE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Communities:
    """The best partition of several seeds, and what is known about it.

    Attributes
    ----------
    members
        The communities, the largest first, then by smallest IRI.
    null
        Q of the best partition beside Q of networks whose ministries were dealt anew among the questions.
    barber
        Barber's bipartite modularity of the same partition.
    nmi, ari
        Mean agreement between the partitions of two seeds.
    by_attribute
        Agreement with an attribute of the nodes, such as the political group, beside shuffled attributes.
    """

    members: Partition
    null: Permuted
    barber: float
    nmi: float
    ari: float
    algorithm: Algorithm
    seeds: tuple[int, ...]
    by_attribute: Permuted | None = None

    @property
    def quality(self) -> float:
        """Give the modularity Q, to be shown with ``null.z``."""
        return self.null.observed

    @property
    def stable(self) -> bool:
        """Say whether the seeds agree enough for the communities to be shown as such."""
        return self.ari >= UNSTABLE


def find(
    network: nx.Graph[str],
    *,
    algorithm: Algorithm = "louvain",
    weight: str = "weight",
    seeds: Sequence[int] = SEEDS,
    trials: int = 100,
    seed: int = 0,
    attribute: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Communities:
    """Find the communities of a bipartite network, with their stability and their z.

    ``progress`` is told the share of the random networks that are done.

    Reference: Blondel et al. 2008, J. Stat. Mech.; Traag et al. 2019, Sci. Rep. 9; Barber 2007, Phys. Rev. E 76.

    Raises
    ------
    QueryError
        The network has no edge, or there is no trial to set it beside.

    >>> two = bipartite([("A", "M", 9), ("B", "N", 9), ("B", "M", 1)])
    >>> find(two, trials=9).members
    (('A', 'M'), ('B', 'N'))
    """
    if not network.number_of_edges():
        raise QueryError("the network has no edge, and so no communities", code="measure", hint="take other filters")
    if trials < 1:
        hint = "give a number from 1: a modularity says nothing alone"
        raise QueryError(f"parameter trials cannot be {trials}", code="parameter", hint=hint)
    partitions = [partition(network, algorithm=algorithm, weight=weight, seed=one) for one in seeds]
    best = max(partitions, key=lambda members: round(modularity(network, members, weight=weight), 12))
    nodes = sorted(network)
    labels = [_labels(members, nodes) for members in partitions]
    agreements = list(combinations(labels, 2)) or [(labels[0], labels[0])]
    return Communities(
        members=best,
        null=_chance(network, best, algorithm=algorithm, weight=weight, trials=trials, seed=seed, progress=progress),
        barber=barber(network, best, weight=weight),
        nmi=float(np.mean([mutual_information(a, b) for a, b in agreements])),
        ari=float(np.mean([rand_index(a, b) for a, b in agreements])),
        algorithm=algorithm,
        seeds=tuple(seeds),
        by_attribute=None if attribute is None else _agreement(network, best, attribute, trials=trials, seed=seed),
    )


def partition(
    network: nx.Graph[str], *, algorithm: Algorithm = "louvain", weight: str | None = "weight", seed: int = 0
) -> Partition:
    """Split a network into communities: Louvain, or Leiden with the extra ``fast``.

    The nodes are numbered in the order of their IRIs first: sets of texts iterate in another order in every process.
    Reference: Blondel et al. 2008, J. Stat. Mech.

    >>> partition(bipartite([("A", "M", 1), ("B", "M", 1)]))
    (('A', 'B', 'M'),)
    """
    nodes = sorted(network)
    number = {node: index for index, node in enumerate(nodes)}
    edges: list[tuple[int, int, float]] = []
    for a, b, data in network.edges(data=True):
        first, second = sorted((number[a], number[b]))
        edges.append((first, second, 1.0 if weight is None else float(data.get(weight, 1))))
    edges.sort()
    if algorithm == "leiden":
        found: Iterable[Iterable[int]] = leiden(len(nodes), edges, seed=seed)
    else:
        numbered: nx.Graph[int] = nx.Graph()
        numbered.add_nodes_from(range(len(nodes)))
        numbered.add_weighted_edges_from(edges)
        found = nx.community.louvain_communities(numbered, weight="weight", seed=seed, backend="networkx")
    named = [tuple(sorted(nodes[index] for index in members)) for members in found]
    return tuple(sorted(named, key=lambda members: (-len(members), members[0])))


def modularity(network: nx.Graph[str], members: Partition, *, weight: str | None = "weight") -> float:
    """Say how much more weight lies inside communities than the strengths explain.

    Formula: Q = sum_c (L_c / m - (s_c / 2m)^2). Reference: Newman & Girvan 2004, Phys. Rev. E 69.

    >>> modularity(bipartite([("A", "M", 1), ("B", "N", 1)]), (("A", "M"), ("B", "N")))
    0.5
    """
    value: Any = nx.community.modularity(network, members, weight=weight, backend="networkx")
    return float(value)


def barber(network: nx.Graph[str], members: Partition, *, weight: str | None = "weight") -> float:
    """Say the same with chance restricted to pairs of unlike sides, as the network is.

    Formula: Q_B = (1/m) sum_ij (B_ij - k_i d_j / m) over pairs in one community. Reference: Barber 2007.

    >>> barber(bipartite([("A", "M", 1), ("B", "N", 1)]), (("A", "M"), ("B", "N")))
    0.5
    """
    counts = table(network, weight=weight)
    rows, columns, total = counts.margins
    row_labels, column_labels = _labels(members, counts.rows), _labels(members, counts.columns)
    together = row_labels[:, None] == column_labels[None, :]
    surplus = counts.counts - np.outer(rows, columns) / total
    return float(surplus[together].sum() / total)


def mutual_information(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Say how much two labellings tell of each other: 1 the same, 0 nothing.

    Formula: 2 I(a; b) / (H(a) + H(b)); 1 when both have one label. Reference: Danon et al. 2005, J. Stat. Mech.

    >>> mutual_information(np.array([0, 0, 1]), np.array([5, 5, 7]))
    1.0
    """
    joint = _contingency(a, b) / len(a)
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    entropy = -float((rows * np.log(rows)).sum() + (columns * np.log(columns)).sum())
    if entropy == 0:
        return 1.0
    used = joint > 0
    information = float((joint[used] * np.log(joint[used] / np.outer(rows, columns)[used])).sum())
    return min(max(2 * information / entropy, 0.0), 1.0)


def rand_index(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Say how often two labellings agree on pairs, beyond chance: 1 the same, 0 as by chance.

    Formula: (index - expected) / (maximum - expected), the index counting pairs together in both.
    Reference: Hubert & Arabie 1985, J. Classif. 2.

    >>> rand_index(np.array([0, 0, 1]), np.array([5, 5, 7]))
    1.0
    """
    counts = _contingency(a, b)
    index, of_rows, of_columns = (
        float((n * (n - 1) / 2).sum()) for n in (counts, counts.sum(axis=1), counts.sum(axis=0))
    )
    expected = of_rows * of_columns / max(len(a) * (len(a) - 1) / 2, 1)
    most = (of_rows + of_columns) / 2
    return (index - expected) / (most - expected) if most > expected else 1.0


def _chance(
    network: nx.Graph[str],
    members: Partition,
    *,
    algorithm: Algorithm,
    weight: str,
    trials: int,
    seed: int,
    progress: Callable[[float], None] | None,
) -> Permuted:
    """Set Q beside Q of the same questions with their ministries dealt anew."""
    counts = table(network, weight=weight)
    i, j = np.nonzero(counts.counts)
    units = counts.counts[i, j]
    askers, asked = np.repeat(i, units), np.repeat(j, units)

    def draw(trial: int) -> float:
        """Give Q of one random network."""
        if progress is not None:
            progress(trial / trials)
        dealt = permute(asked.astype(np.int64), seed=seed, trial=trial)
        drawn = np.zeros_like(counts.counts)
        np.add.at(drawn, (askers, dealt), 1)
        random = _network(Table(rows=counts.rows, columns=counts.columns, counts=drawn))
        return modularity(random, partition(random, algorithm=algorithm, seed=trial))

    return compare(modularity(network, members, weight=weight), draw, trials=trials, seed=seed)


def _agreement(
    network: nx.Graph[str], members: Partition, attribute: str, *, trials: int, seed: int
) -> Permuted | None:
    """Set the agreement with an attribute beside that of shuffled attributes; None when no node has it."""
    known = {node: str(data[attribute]) for node, data in network.nodes(data=True) if attribute in data}
    if not known:
        return None
    nodes = sorted(known)
    names = sorted(set(known.values()))
    given = np.array([names.index(known[node]) for node in nodes], dtype=np.int64)
    found = _labels(members, nodes)
    return compare(
        mutual_information(found, given),
        lambda trial: mutual_information(found, draws(seed, trial).permutation(given)),
        trials=trials,
        seed=seed,
    )


def _labels(members: Partition, nodes: Sequence[str]) -> NDArray[np.int64]:
    """Give the number of each node's community."""
    label = {node: number for number, community in enumerate(members) for node in community}
    return np.array([label[node] for node in nodes], dtype=np.int64)


def _contingency(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count how often each pair of labels occurs; every row and column has a count."""
    _, rows = np.unique(a, return_inverse=True)
    _, columns = np.unique(b, return_inverse=True)
    counts = np.zeros((int(rows.max()) + 1, int(columns.max()) + 1), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts


def _network(counts: Table) -> nx.Graph[str]:
    """Make the bipartite network of a table, its nodes without edges included."""
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(counts.rows, bipartite=0)
    network.add_nodes_from(counts.columns, bipartite=1)
    for i, j in zip(*np.nonzero(counts.counts), strict=True):
        network.add_edge(counts.rows[int(i)], counts.columns[int(j)], weight=int(counts.counts[i, j]))
    return network
