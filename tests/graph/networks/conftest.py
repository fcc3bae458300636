"""A store in memory for these tests, over the example data. It stands in for a driver until one is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Literal as OxLiteral
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat
from pyoxigraph import Store as OxStore
from rdflib import Literal, URIRef

from graph.store import Capabilities, Rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.store import Limits, Term

EXAMPLE = Path(__file__).parents[2] / "data" / "example.trig"


class ExampleStore:
    """The part of the Store protocol that counting needs, over Oxigraph."""

    capabilities = Capabilities(product="Oxigraph")

    def __init__(self, trig: str) -> None:
        self._store = OxStore()
        self._store.load(trig.encode(), format=RdfFormat.TRIG)

    def generation(self) -> str:
        """Name the state."""
        return "g1"

    def rows(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Rows:
        """Answer a SELECT."""
        assert bindings is None
        assert limits is None
        result = self._store.query(text, use_default_graph_as_union=True)
        assert isinstance(result, QuerySolutions)
        columns = tuple(variable.value for variable in result.variables)
        rows = [tuple(_term(solution[column]) for column in columns) for solution in result]
        return Rows(columns=columns, rows=rows, generation="g1")


def _term(found: object) -> Term | None:
    """Give rdflib's term."""
    if isinstance(found, NamedNode):
        return URIRef(found.value)
    return Literal(found.value, datatype=URIRef(found.datatype.value)) if isinstance(found, OxLiteral) else None


@pytest.fixture(scope="session")
def store() -> ExampleStore:
    return ExampleStore(EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture
def store_of() -> type[ExampleStore]:
    """Make a store of a text in TriG."""
    return ExampleStore
