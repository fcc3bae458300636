"""A store in memory for one small graph: made in milliseconds, so that a test can have hundreds."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from graph.backends import results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

    from graph.store import Limits, Rows, Store, Term


class _Memory:
    """The part of the protocol that typed rows need."""

    def __init__(self, graph: Graph) -> None:
        self._store = ox.Store()
        data = graph.serialize(format="nt", encoding="utf-8")
        for triple in ox.parse(data, format=ox.RdfFormat.N_TRIPLES):
            for name in ("urn:one", "urn:two"):
                self._store.add(ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name)))

    def generation(self) -> str:
        return "memory"

    def rows(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Rows:
        assert limits is not None
        assert bindings is None
        found = self._store.query(text, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        body = found.serialize(format=ox.QueryResultsFormat.JSON)
        assert body is not None
        return results.rows(body, (), "memory")


def memory(graph: Graph) -> Store:
    """Hold every triple of a graph twice, in two named graphs: the union must not count them double."""
    return cast("Store", _Memory(graph))
