"""A network with what can be done with it: take the graph, measure it, find communities, write a file. No store."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import networkx as nx

from graph.networks import backbone as backbones
from graph.networks import communities as divisions
from graph.networks.catalogue import measure_of
from graph.networks.export import write
from graph.networks.flat import Flat, flat_meta, flat_nodes
from graph.networks.units import ONE_BY_ONE
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.networks.communities import Algorithm, Communities
    from graph.networks.correction import Method
    from graph.networks.edges import Edges
    from graph.networks.measures.measured import Measured
    from graph.networks.nulls import Side

_LEFT_OUT = ("below_min_weight", "not_significant")
_PART = "of the edges that are shown and their sums alone: those of {} questions were left out"


@dataclass(frozen=True, kw_only=True)
class Network:
    """Nodes, edges and what was counted.

    Attributes
    ----------
    meta
        Kind, parameters, generation, number of questions, what has no place, null, definitions.
    nodes, edges
        In the order of their IRIs, with their attributes.
    """

    meta: Mapping[str, Any]
    nodes: tuple[tuple[str, Mapping[str, Any]], ...]
    edges: Edges

    def __reduce__(self) -> tuple[object, ...]:
        """Let a network go to another process, without what can be made of it anew."""
        return _arrived, (dict(self.meta), self.nodes, self.edges)

    @cached_property
    def _graph(self) -> nx.Graph[str]:
        """Build the graph once."""
        graph: nx.Graph[str] = nx.Graph(**self.meta)
        graph.add_nodes_from((node, dict(data)) for node, data in self.nodes)
        graph.add_edges_from((a, b, dict(data)) for a, b, data in self.edges)
        return graph

    @cached_property
    def _counts(self) -> nx.Graph[str]:
        """Give the graph whose weights are whole numbers, whatever is shown: shares and lifts cannot be counted."""
        if self.edges.counted:
            return self._graph
        counts = self._graph.copy()
        for *_, data in counts.edges(data=True):
            data["weight"] = data["units"]
        return counts

    @property
    def _left_out(self) -> int:
        """Count the questions of the edges that are not shown."""
        return sum(self.meta["excluded"].get(name, 0) for name in _LEFT_OUT)

    @property
    def graph(self) -> nx.Graph[str]:
        """Give a graph of the caller's own: changing it changes no other."""
        return self._graph.copy()

    @cached_property
    def flat(self) -> Flat:
        """Give what every format can carry. Edges are plain already: only nodes hold lists and texts of the graph."""
        nodes = flat_nodes(self.nodes)
        return Flat(directed=False, meta=flat_meta(self.meta), nodes=nodes, edges=self.edges)

    def measure(self, name: str, **options: Any) -> Measured:  # noqa: ANN401 those of the measure
        """Measure the network by its units; see `graph.networks.catalogue` for the names.

        Raises
        ------
        QueryError
            There is no such measure, or it does not fit this network.
        """
        found = measure_of(self._counts, name, **options)
        return replace(found, notes=(*found.notes, _PART.format(self._left_out))) if self._left_out else found

    def communities(
        self,
        *,
        algorithm: Algorithm = "louvain",
        trials: int = 100,
        seed: int = 0,
        attribute: str | None = "group",
        progress: Callable[[float], None] | None = None,
    ) -> Communities:
        """Find communities, how stable they are, and whether they are more than chance."""
        known = attribute if any(attribute in data for _, data in self.nodes) else None
        return divisions.find(
            self._counts, algorithm=algorithm, trials=trials, seed=seed, attribute=known, progress=progress
        )

    def backbone(self, *, side: Side = "over", alpha: float = 0.01, correction: Method = "bh") -> nx.Graph[str]:
        """Keep the edges whose units the margins do not explain, and their nodes.

        Raises
        ------
        QueryError
            It is a projection, or edges were left out of it: without them its margins are not those of the questions.
        """
        self._refuse_part()
        kept = backbones.backbone(self._graph, unit="units", side=side, alpha=alpha, correction=correction)
        unit = self.meta["parameters"].get("unit", "question")
        said = {"unit": unit, "notes": [ONE_BY_ONE] if unit == "question" else []} | self.meta.get("null", {})
        kept.graph["null"] |= {name: said[name] for name in ("unit", "without_text", "notes") if name in said}
        return kept

    def _refuse_part(self) -> None:
        """Refuse to test a projection, or a network by the margins of a part of it."""
        if "via" in self.meta:
            hint = "it has the significant pairs alone, unless it is made with significant=0"
            raise QueryError("the pairs of a projection are tested when it is made", code="measure", hint=hint)
        if self._left_out:
            raise QueryError(
                f"edges of {self._left_out} questions were left out, so that the margins are not those of all",
                code="measure",
                hint="leave out min_weight and significant, or make the network with significant=1, side=over",
            )

    def write(self, path: str | Path) -> None:
        """Write a file whose suffix is the format."""
        target = Path(path)
        target.write_bytes(write(self.flat, target.suffix.lstrip(".")))


def _arrived(meta: dict[str, Any], nodes: tuple[tuple[str, Mapping[str, Any]], ...], edges: Edges) -> Network:
    """Make a network that came from another process."""
    return Network(meta=MappingProxyType(meta), nodes=nodes, edges=edges)


def frozen(meta: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]], edges: Edges) -> Network:
    """Make a network of nodes in any order and of edges; degrees, strengths and shares are added here."""
    degree, strength = edges.strengths
    totals: defaultdict[object, float] = defaultdict(int)
    for node, attributes in nodes.items():
        totals[attributes.get("bipartite", 0)] += strength.get(node, 0)
    described: list[tuple[str, dict[str, Any]]] = []
    for node, attributes in sorted(nodes.items()):
        total, sum_ = totals[attributes.get("bipartite", 0)], strength.get(node, 0)
        own = {"degree": degree.get(node, 0), "strength": sum_, "share": sum_ / total if total else 0.0}
        described.append((node, {**attributes, **own}))
    return Network(meta=MappingProxyType(dict(meta)), nodes=tuple(described), edges=edges)
