"""Views of a network as plain documents: its whole matrix, one of its edges. Knows networks; no store, no HTTP."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.networks.exchange import cell
from graph.networks.flat import flat_meta, scalars
from graph.networks.kinds import KINDS
from graph.networks.measures.margins import departures, expected
from graph.networks.measures.measured import Table
from graph.networks.seriation import seriated
from ontology.errors import NotFoundError, QueryError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from graph.networks.edges import Edge
    from graph.networks.network import Network

MOST_CELLS: Final = 500_000
_DIGITS: Final = 6


def matrix_of(network: Network, *, alike: bool = False) -> dict[str, object]:
    """Give a two-sided network as a table: rows, columns, counts, expectations and residuals z of every pair.

    Where clusters count once, expectations and residuals are those of ``units``, which stand beside the counts. Rows
    and columns come with the most questions first, or ``alike`` ones side by side.

    Raises
    ------
    QueryError
        It is a projection: its nodes are all of one kind.
    TooLargeError
        The table has too many cells to be sent.
    """
    if KINDS[str(network.meta["kind"])].projected:
        raise QueryError("a projection has no rows and columns", code="parameter", hint="ask for the network itself")
    sides = [[(iri, data) for iri, data in network.nodes if data["bipartite"] == side] for side in (0, 1)]
    cells = len(sides[0]) * len(sides[1])
    if cells > MOST_CELLS:
        raise TooLargeError(f"the table has {cells:,} cells, {MOST_CELLS:,} are sent at most", hint="filter it")
    places = [{iri: place for place, (iri, _) in enumerate(side)} for side in sides]
    counts, units = (
        _counts(network, values, *places) for values in (network.edges.asked, network.edges.columns["units"])
    )
    down, across = seriated(counts) if alike and counts.any() else _by_size(counts, sides)
    counts, units = (table[np.ix_(down, across)] for table in (counts, units))
    table = Table(rows=(), columns=(), counts=units)
    return {
        "meta": flat_meta(network.meta),
        "order": "similarity" if alike else "size",
        "rows": [_node(*sides[0][place]) for place in down],
        "columns": [_node(*sides[1][place]) for place in across],
        "counts": counts.tolist(),
        **({"units": units.tolist()} if "n" in network.edges.columns else {}),
        "expected": _printed(expected(table)) if counts.size else [],
        "residuals": _printed(departures(table)) if counts.size else [],
    }


def matrix_csv(document: Mapping[str, Any]) -> bytes:
    """Write such a table with a line for each pair, those without a question among them."""
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    told = {"count": "counts", "units": "units", "expected": "expected", "residual": "residuals"}
    told = {name: key for name, key in told.items() if key in document}
    lines.writerow(["row", "row_label", "column", "column_label", *told])
    for at, row in enumerate(document["rows"]):
        figures = zip(*(document[key][at] for key in told.values()), strict=True)
        for column, values in zip(document["columns"], figures, strict=True):
            named = [row["id"], row["label"], column["id"], column["label"]]
            lines.writerow([*map(cell, named), *("" if value is None else value for value in values)])
    return out.getvalue().encode()


def edge_of(network: Network, a: str, b: str) -> dict[str, object]:
    """Give one edge by the keys of its ends: its figures, and the way to the questions behind it.

    Raises
    ------
    NotFoundError
        A key is not in the network, or nothing links the two.
    """
    known = dict(network.nodes)
    source, target, data = edge_at(network, a, b)
    return {
        "meta": flat_meta(network.meta),
        "source": _node(source, known[source]),
        "target": _node(target, known[target]),
        "edge": scalars(data),
    }


def edge_at(network: Network, a: str, b: str) -> Edge:
    """Find one edge by the keys of its ends; raises what `edge_of` does."""
    known = {node: data["key"] for node, data in network.nodes}
    keys = set(known.values())
    for key in (a, b):
        if key not in keys:
            hint = "give the keys of two of its nodes; filters may have left it out"
            raise NotFoundError(f"{key[:60]!r} is not in this network", hint=hint)
    ends = zip(network.edges.source, network.edges.target, strict=True)
    for place, (source, target) in enumerate(ends):
        if {known[source], known[target]} == {a, b}:
            return network.edges[place]
    raise NotFoundError(f"nothing links {a[:60]} and {b[:60]}", hint="both are in the network, with these filters")


def _counts(
    network: Network, values: Sequence[int], rows: Mapping[str, int], columns: Mapping[str, int]
) -> NDArray[np.int64]:
    """Lay a value of each edge out as a table."""
    counts = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for a, b, count in zip(network.edges.source, network.edges.target, values, strict=True):
        row, column = (a, b) if a in rows else (b, a)
        counts[rows[row], columns[column]] = count
    return counts


def _by_size(
    counts: NDArray[np.int64], sides: list[list[tuple[str, Mapping[str, Any]]]]
) -> tuple[list[int], list[int]]:
    """Order both sides by their questions, ties by IRI."""
    totals = [counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()]
    down, across = (
        sorted(range(len(side)), key=lambda place: (-total[place], side[place][0]))
        for side, total in zip(sides, totals, strict=True)
    )
    return down, across


def _node(iri: str, data: Mapping[str, Any]) -> dict[str, object]:
    """Name a node."""
    return {"id": iri, "key": data["key"], "label": data["label"], "n": data["n"]}


def _printed(values: NDArray[np.float64]) -> list[list[float | None]]:
    """Write numbers at the digits on which engines agree; None for one that is none."""
    return [[float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in row] for row in values.tolist()]
