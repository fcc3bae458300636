"""Two-sided networks: who asks whom, or about what. Knows columns and nulls; knows no store and no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.networks.backbone import conditions, judge
from graph.networks.counting import cells, texts_of_days
from graph.networks.edges import edges_of
from graph.networks.layout import placed
from graph.networks.measures.margins import ratio
from graph.networks.network import frozen
from graph.networks.selecting import column_of, list_of, selected
from graph.networks.traits import described, traits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.columns.codes import Codes
    from graph.columns.table import Columns
    from graph.networks.backbone import Judgement
    from graph.networks.counting import Cells
    from graph.networks.edges import Edges
    from graph.networks.network import Network
    from graph.networks.options import Options
    from graph.networks.parameters import Parameters

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
DEFINITIONS = {
    "weight": "number of questions of the first end to the second, or its share or lift where the parameters say so",
    "units": "number of questions of the edge",
    "n": "number of questions of the node that have a place in this network",
    "strength": "sum of the weights of the node's edges that are shown",
    "degree": "number of the node's edges that are shown",
    "share": "of an edge, units over n of its first end",
}
JUDGED = {
    "expected": "n of one end times n of the other over all questions with a place",
    "lift": "units over expected; lift_low and lift_high are its exact 95 % limits for Poisson counts",
    "z": "departure of units from expected, in standard deviations of the hypergeometric law",
    "p": "chance of a count at least as far out, in the direction of side, both margins given",
    "q": "p after the correction for the number of tests",
}


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What a two-sided network is made of, step by step.

    Attributes
    ----------
    ends
        Names of the two ends: ``deputy``, ``group``, ``topic``, ``portfolio`` …
    rows
        Rows of the questions that pass; by the parameters when None.
    """

    columns: Columns
    ends: tuple[str, str]
    parameters: Parameters
    options: Options
    rows: NDArray[np.intp]

    @cached_property
    def cells(self) -> Cells:
        """Count the pairs."""
        a, b = (column_of(self.columns, end, self.parameters)[self.rows] for end in self.ends)
        return cells(a, b, self.columns.asked[self.rows], self.columns.answered[self.rows])

    @cached_property
    def codes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the codes of the nodes of each side, in order."""
        return np.unique(self.cells.a), np.unique(self.cells.b)

    @cached_property
    def places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Give the row and the column of each pair in the table."""
        return np.searchsorted(self.codes[0], self.cells.a), np.searchsorted(self.codes[1], self.cells.b)

    @cached_property
    def table(self) -> NDArray[np.int64]:
        """Give the table of counts. Its pairs above 0, row by row, are the cells in their order."""
        counts = np.zeros((len(self.codes[0]), len(self.codes[1])), dtype=np.int64)
        counts[self.places] = self.cells.count
        return counts

    @cached_property
    def margins(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the questions of each node."""
        return self.table.sum(axis=1), self.table.sum(axis=0)

    @cached_property
    def judged(self) -> Judgement | None:
        """Test the pairs, unless no null is wanted."""
        if self.options.null == "none":
            return None
        return judge(self.table, side=self.options.side, correction=self.options.correction)

    @property
    def lists(self) -> tuple[Codes, Codes]:
        """Give the code lists of the two ends."""
        first, second = self.ends
        return self.columns.codes[list_of(first)], self.columns.codes[list_of(second)]

    def weights(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """Give the weight of each pair."""
        count = self.cells.count
        own, other = (margin[place] for margin, place in zip(self.margins, self.places, strict=True))
        if self.options.weight == "share":
            return np.asarray(count / own, dtype=np.float64)
        if self.options.weight == "lift":
            return ratio(count * self.table.sum(), own * other)
        return count

    def kept(self) -> tuple[NDArray[np.bool_], dict[str, int]]:
        """Say which pairs are shown, and count what is not, by reason."""
        count = self.cells.count
        excluded = {f"no_{end}": n for end, n in zip(self.ends, self.cells.without, strict=True)}
        shown = count >= self.options.min_weight
        if self.options.min_weight > 1:
            excluded["below_min_weight"] = int(count[~shown].sum())
        if self.options.significant and self.judged is not None:
            chance = shown & ~(self.judged.q <= self.options.alpha)
            excluded["not_significant"] = int(count[chance].sum())
            shown &= ~chance
        return shown, excluded

    def edges(self, shown: NDArray[np.bool_]) -> Edges:
        """Describe the pairs that are shown, column by column: there are thousands."""
        found = self.cells
        columns: dict[str, NDArray[Any] | list[Any]] = {
            "weight": self.weights()[shown],
            "units": found.count[shown],
            "answered": found.answered[shown],
            "share": (found.count / self.margins[0][self.places[0]])[shown],
            "first": texts_of_days(found.first[shown]),
            "last": texts_of_days(found.last[shown]),
            **({} if self.judged is None else self.judged.columns(self.options.alpha, shown)),
        }
        pairs = found.a[shown], found.b[shown]
        columns["questions"] = self.parameters.links(
            [(end, codes.keys, ones) for end, codes, ones in zip(self.ends, self.lists, pairs, strict=True)]
        )
        ordered = all(codes.ordered for codes in self.lists)
        return edges_of(self.lists[0].named(pairs[0]), self.lists[1].named(pairs[1]), columns, ordered=ordered)

    def nodes(self, shown: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
        """Describe the nodes of the pairs that are shown."""
        nodes: dict[str, dict[str, Any]] = {}
        for side, end in enumerate(self.ends):
            about = traits(self.columns, end, self.parameters, self.rows)
            codes, there = self.lists[side], np.unique(self.places[side][shown])
            numbers: list[list[int]] = [values[there].tolist() for values in (self.codes[side], self.margins[side])]
            for code, n in zip(*numbers, strict=True):
                nodes[codes.iris[code]] = {**described(codes, end, code), "bipartite": side, "n": n, **about(code)}
        return nodes


def asking(
    columns: Columns,
    *,
    kind: str,
    ends: tuple[str, str],
    parameters: Parameters,
    options: Options,
    canonical: dict[str, str | int | float],
    rows: NDArray[np.intp] | None = None,
) -> Network:
    """Make a two-sided network of the questions that pass, or of some rows among them."""
    chosen = selected(columns, parameters) if rows is None else rows
    made = Asking(columns=columns, ends=ends, parameters=parameters, options=options, rows=chosen)
    shown, excluded = made.kept()
    edges = made.edges(shown)
    meta: dict[str, object] = {
        "kind": kind,
        "parameters": canonical,
        "generation": columns.generation,
        "n_questions": int(made.cells.count[shown].sum()),
        "excluded": excluded,
        "definitions": DEFINITIONS if made.judged is None else {**DEFINITIONS, **JUDGED},
        "licence": LICENCE,
    }
    if made.judged is not None:
        meta["null"] = conditions(
            tests=made.judged.tests,
            unit="question",
            side=options.side,
            alpha=options.alpha,
            correction=options.correction,
        )
    return frozen(meta, placed(made.nodes(shown), edges, made.lists), edges)
