"""What every measure takes and gives: a network read as a table of counts, a result that says what it is.

Knows networkx and numpy; knows no store, no HTTP and no single measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import networkx as nx
import numpy as np

from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

Key: TypeAlias = "str | tuple[str, str]"
Of: TypeAlias = Literal["node", "edge", "network"]

WHOLE = ""
DIGITS = 6
DENSE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The values of one measure, in the order of their IRIs, and all that is needed to cite them.

    Attributes
    ----------
    of
        What a value belongs to: a node (key: its IRI), an edge (key: both IRIs) or the whole network.
    weight
        Name of the edge attribute that was counted, None when every edge counts once.
    engine, version
        The library that computed; results agree between engines to the digits of `printed`.
    """

    name: str
    of: Of
    values: Mapping[Key, float]
    definition: str
    weight: str | None
    normalisation: str
    engine: str
    version: str
    reference: str
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """Give the one value of a measure of the whole network."""
        return self.values[WHOLE]

    def printed(self) -> dict[Key, str]:
        """Write the values with 6 significant digits: more would differ between engines at the edge of rounding."""
        return {key: f"{value:.{DIGITS}g}" for key, value in self.values.items()}

    def ranked(self) -> list[tuple[Key, float]]:
        """Order from the largest down. Values printed alike are ties and stand in the order of their IRIs; NaN is out.

        >>> measured("x", "node", {"c": 1.0, "a": 1.0, "b": 2.0, "d": float("nan")}, definition="").ranked()
        [('b', 2.0), ('a', 1.0), ('c', 1.0)]
        """
        kept = [(key, value) for key, value in self.values.items() if value == value]  # noqa: PLR0124 false for NaN
        return sorted(kept, key=lambda pair: -float(f"{pair[1]:.{DIGITS}g}"))


def measured(  # noqa: PLR0913 the fields of a citation
    name: str,
    of: Of,
    values: Mapping[Key, float] | Mapping[str, float],
    *,
    definition: str,
    weight: str | None = None,
    normalisation: str = "none",
    engine: Literal["numpy", "networkx", "igraph"] = "numpy",
    version: str = "",
    reference: str = "",
    notes: tuple[str, ...] = (),
) -> Measured:
    """Make a result: values in the order of their keys, the version of the engine filled in."""
    pairs: list[tuple[Key, float]] = [(key, float(value)) for key, value in values.items()]
    known = {"numpy": np.__version__, "networkx": nx.__version__}
    return Measured(
        name=name,
        of=of,
        values=dict(sorted(pairs, key=lambda pair: _order(pair[0]))),
        definition=definition,
        weight=weight,
        normalisation=normalisation,
        engine=engine,
        version=version or known.get(engine, ""),
        reference=reference,
        notes=notes,
    )


def _order(key: Key) -> tuple[str, ...]:
    """Sort nodes and edges by their IRIs."""
    return (key,) if isinstance(key, str) else key


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A bipartite network as a matrix of counts: askers in rows, ministries in columns, each in the order of IRIs."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def margins(self) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        """Give the row sums, the column sums and the total."""
        return self.counts.sum(axis=1), self.counts.sum(axis=0), int(self.counts.sum())

    def edges(self, values: NDArray[np.float64]) -> dict[Key, float]:
        """Give the values of the pairs with a count above zero."""
        found = zip(*np.nonzero(self.counts), strict=True)
        return {(self.rows[i], self.columns[j]): float(values[i, j]) for i, j in found}

    def nodes(self, rows: NDArray[np.float64], columns: NDArray[np.float64]) -> dict[Key, float]:
        """Give the values of all nodes."""
        return dict(zip((*self.rows, *self.columns), (*rows.tolist(), *columns.tolist()), strict=True))


def table(network: nx.Graph[str], *, weight: str | None = "weight") -> Table:
    """Read a bipartite network as a table of counts.

    Raises
    ------
    QueryError
        An edge joins two nodes of one side, or a weight is not a whole number of at least 0.

    >>> table(bipartite([("A", "M", 2), ("B", "M", 1)])).counts.tolist()
    [[2], [1]]
    """
    side = {node: int(data.get("bipartite", 0)) for node, data in network.nodes(data=True)}
    rows = tuple(sorted(node for node in side if side[node] == 0))
    columns = tuple(sorted(node for node in side if side[node] == 1))
    place = {node: index for nodes in (rows, columns) for index, node in enumerate(nodes)}
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    both = network.to_undirected(as_view=True) if network.is_directed() else network
    for a, joined in both.adjacency():
        for b in joined:
            if side[b] == side[a]:
                raise QueryError(
                    f"the network is not bipartite: an edge joins {a} and {b}, both of side {side[a]}", code="measure"
                )
        if side[a] == 0:
            values = [1 if weight is None else data.get(weight, 1) for data in joined.values()]
            for b, value in zip(joined, values, strict=True):
                if value < 0 or value != int(value):
                    raise QueryError(
                        f"{weight} is {value} between {a} and {b}: this measure counts whole questions", code="measure"
                    )
            counts[place[a], [place[b] for b in joined]] = values
    return Table(rows=rows, columns=columns, counts=counts)


def bipartite(edges: Iterable[tuple[str, str, int]]) -> nx.Graph[str]:
    """Make a bipartite network of (asker, ministry, weight) triples."""
    network: nx.Graph[str] = nx.Graph()
    for row, column, weight in edges:
        network.add_node(row, bipartite=0)
        network.add_node(column, bipartite=1)
        network.add_edge(row, column, weight=weight)
    return network
