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
from graph.networks.units import DEFINITIONS as OF_CLUSTERS
from graph.networks.units import JUDGED as JUDGED_CLUSTERS
from graph.networks.units import ONE_BY_ONE

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
    from graph.networks.units import Units

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
        Rows of the questions that pass.
    units
        What counts once in the test; every question when None.
    """

    columns: Columns
    ends: tuple[str, str]
    parameters: Parameters
    options: Options
    rows: NDArray[np.intp]
    units: Units | None = None

    @cached_property
    def cells(self) -> Cells:
        """Count the pairs."""
        a, b = (column_of(self.columns, end, self.parameters)[self.rows] for end in self.ends)
        unit = None if self.units is None else self.units.of[self.rows]
        return cells(a, b, self.columns.asked[self.rows], self.columns.answered[self.rows], unit)

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
        """Give the table of questions. Its pairs above 0, row by row, are the cells in their order."""
        return self._laid(self.cells.count)

    @cached_property
    def independent(self) -> NDArray[np.int64]:
        """Give the table of units: that of questions, unless clusters count once."""
        return self.table if self.units is None else self._laid(self.cells.units)

    def _laid(self, counted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Lay what was counted of each pair out as a table."""
        counts = np.zeros((len(self.codes[0]), len(self.codes[1])), dtype=np.int64)
        counts[self.places] = counted
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
        return judge(self.independent, side=self.options.side, correction=self.options.correction)

    @property
    def lists(self) -> tuple[Codes, Codes]:
        """Give the code lists of the two ends."""
        first, second = self.ends
        return self.columns.codes[list_of(first)], self.columns.codes[list_of(second)]

    def weights(self) -> NDArray[np.int64] | NDArray[np.float64]:
        """Give the weight of each pair."""
        if self.options.weight == "share":
            return self._shares()
        if self.options.weight == "lift":
            margins = self.independent.sum(axis=1), self.independent.sum(axis=0)
            own, other = (margin[place] for margin, place in zip(margins, self.places, strict=True))
            return ratio(self.cells.units * self.independent.sum(), own * other)
        return self.cells.count

    def _shares(self) -> NDArray[np.float64]:
        """Give the share that each pair has of the questions of its first end."""
        return np.asarray(self.cells.count / self.margins[0][self.places[0]], dtype=np.float64)

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
            "units": found.units[shown],
            **({} if self.units is None else {"n": found.count[shown]}),
            "answered": found.answered[shown],
            "share": self._shares()[shown],
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
            counted = {"n": self.margins[side]}
            counted |= {} if self.units is None else {"units": self.independent.sum(axis=1 - side)}
            numbers: list[list[int]] = [values[there].tolist() for values in (self.codes[side], *counted.values())]
            for code, *own in zip(*numbers, strict=True):
                known = {"bipartite": side, **dict(zip(counted, own, strict=True))}
                nodes[codes.iris[code]] = {**described(codes, end, code), **known, **about(code)}
        return nodes

    def definitions(self) -> dict[str, str]:
        """Say what each attribute is."""
        said = DEFINITIONS if self.judged is None else {**DEFINITIONS, **JUDGED}
        if self.units is None:
            return said
        return {**said, **OF_CLUSTERS, **({} if self.judged is None else JUDGED_CLUSTERS)}

    def null(self, tests: int) -> dict[str, object]:
        """Say what edges were tested against, and how far what was counted is independent."""
        options = self.options
        said = conditions(
            tests=tests, unit=options.unit, side=options.side, alpha=options.alpha, correction=options.correction
        )
        return said | ({"notes": [ONE_BY_ONE]} if self.units is None else self.units.told(self.rows))


def asking(
    columns: Columns,
    *,
    kind: str,
    ends: tuple[str, str],
    parameters: Parameters,
    options: Options,
    canonical: dict[str, str | int | float],
    units: Units | None = None,
) -> Network:
    """Make a two-sided network of the questions that pass; ``units`` say what counts once in the test."""
    rows = selected(columns, parameters)
    made = Asking(columns=columns, ends=ends, parameters=parameters, options=options, rows=rows, units=units)
    shown, excluded = made.kept()
    edges = made.edges(shown)
    meta: dict[str, object] = {
        "kind": kind,
        "parameters": canonical,
        "generation": columns.generation,
        "n_questions": int(made.cells.count[shown].sum()),
        "excluded": excluded,
        "definitions": made.definitions(),
        "licence": LICENCE,
    }
    if made.judged is not None:
        meta["null"] = made.null(made.judged.tests)
    if units is not None:
        meta["n_units"] = int(made.cells.units[shown].sum())
    return frozen(meta, placed(made.nodes(shown), edges, made.lists), edges)
