"""Projections: which nodes of one sort share more than their degrees explain. Knows columns; no store, no HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.networks.asking import LICENCE, Asking
from graph.networks.bicm import conditions, shared_neighbours
from graph.networks.correction import adjust
from graph.networks.edges import edges_of
from graph.networks.layout import placed
from graph.networks.network import frozen
from graph.networks.projection import pairs, weights
from graph.networks.selecting import selected
from graph.networks.traits import described, traits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.edges import Edges
    from graph.networks.network import Network
    from graph.networks.options import Options
    from graph.networks.parameters import Parameters

DEFINITIONS = {
    "weight": "number of neighbours that the two nodes share, or cosine or newman where the parameters say so",
    "units": "number of neighbours that the two nodes share",
    "cosine": "units over the root of the product of how many neighbours each has",
    "newman": "sum over the shared neighbours of 1 / (k - 1), k the number of nodes that have the neighbour",
    "n": "number of questions of the node that have a place in the two-sided network",
    "neighbours": "number of neighbours of the node in the two-sided network",
    "strength": "sum of the weights of the node's edges that are shown",
    "degree": "number of the node's edges that are shown",
}
JUDGED = {
    "p": "chance of as many shared neighbours in the bipartite configuration model",
    "q": "p after the correction for the number of tests, which are all pairs of nodes",
}


def sharing(
    columns: Columns,
    *,
    kind: str,
    end: str,
    via: str,
    parameters: Parameters,
    options: Options,
    canonical: dict[str, str | int | float],
    rows: NDArray[np.intp] | None = None,
) -> Network:
    """Join the nodes of an end that share neighbours, or more of them than chance would have it."""
    chosen = selected(columns, parameters) if rows is None else rows
    made = Asking(columns=columns, ends=(end, via), parameters=parameters, options=options, rows=chosen)
    joined = (made.table > 0).astype(np.int64)
    i, j, shared = pairs(joined)
    shown = shared >= options.min_weight
    meta: dict[str, object] = {
        "kind": kind,
        "parameters": canonical,
        "generation": columns.generation,
        "n_questions": int(made.cells.count.sum()),
        "excluded": {f"no_{name}": n for name, n in zip(made.ends, made.cells.without, strict=True)},
        "via": via,
        "pairs": len(i),
        "definitions": DEFINITIONS,
        "licence": LICENCE,
    }
    extra: dict[str, NDArray[np.float64]] = {}
    if options.null == "bicm":
        p = shared_neighbours(joined).p
        tests = len(joined) * (len(joined) - 1) // 2
        extra = {"p": p, "q": adjust(p, method=options.correction, tests=tests)}
        meta["definitions"] = {**DEFINITIONS, **JUDGED}
        meta["null"] = conditions(tests=tests, alpha=options.alpha, correction=options.correction)
        if options.significant:
            shown = shown & (extra["q"] <= options.alpha)
    edges = _edges(made, (i, j, shared), shown, extra)
    return frozen(meta, placed(_nodes(made, joined), edges, (made.lists[0], made.lists[0])), edges)


def _edges(
    made: Asking,
    found: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]],
    shown: NDArray[np.bool_],
    extra: dict[str, NDArray[np.float64]],
) -> Edges:
    """Describe the pairs that are shown; each leads to the questions of both nodes."""
    codes, joined = made.lists[0], (made.table > 0).astype(np.int64)
    i, j, shared = (column[shown] for column in found)
    of = {name: weights(joined, i, j, shared, weight=name) for name in ("cosine", "newman")}
    chosen = shared if made.options.weight == "count" else of[made.options.weight]
    columns: dict[str, NDArray[Any] | list[Any]] = {
        "weight": chosen,
        "units": shared,
        **of,
        **{name: column[shown] for name, column in extra.items()},
    }
    if "q" in extra:
        columns["significant"] = extra["q"][shown] <= made.options.alpha
    a, b = made.codes[0][i], made.codes[0][j]
    columns["questions"] = made.parameters.links([(made.ends[0], codes.keys, a)])
    columns["questions_target"] = made.parameters.links([(made.ends[0], codes.keys, b)])
    return edges_of(codes.named(a), codes.named(b), columns)


def _nodes(made: Asking, joined: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    """Describe the nodes: all that have a neighbour, joined to others or not."""
    end, codes = made.ends[0], made.lists[0]
    about = traits(made.columns, end, made.parameters, made.rows)
    columns = (made.codes[0], made.margins[0], joined.sum(axis=1))
    nodes: dict[str, dict[str, Any]] = {}
    for code, n, neighbours in zip(*(column.tolist() for column in columns), strict=True):
        nodes[codes.iris[code]] = {**described(codes, end, code), "n": n, "neighbours": neighbours, **about(code)}
    return nodes
