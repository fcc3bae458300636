"""The smallest store: pyoxigraph in this process, without deadline. For tests of the HTTP surface alone."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef

from graph.store import (
    BOOLEAN_MEDIA_TYPES,
    GRAPH_MEDIA_TYPES,
    ROW_MEDIA_TYPES,
    Answer,
    Capabilities,
    Limits,
    Rows,
)
from ontology.errors import NotAcceptableError, QueryError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.store import Dataset, Kind, Term

_ROWS = (
    ox.QueryResultsFormat.JSON,
    ox.QueryResultsFormat.XML,
    ox.QueryResultsFormat.CSV,
    ox.QueryResultsFormat.TSV,
)
_GRAPHS = (
    ox.RdfFormat.TURTLE,
    ox.RdfFormat.TRIG,
    ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.N_QUADS,
    ox.RdfFormat.RDF_XML,
    ox.RdfFormat.JSON_LD,
)
_PLACE = re.compile(r"at ([0-9]+):([0-9]+)")
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class EmbeddedStore:
    """Answers from a TriG file."""

    capabilities = Capabilities(product="pyoxigraph, in this process", graphs=True)

    def __init__(self, path: Path) -> None:
        self._store = ox.Store()
        self._store.load(path=str(path), format=ox.RdfFormat.TRIG)
        self.limits: list[Limits] = []

    def generation(self) -> str:
        """Name the only state there is."""
        return "g1"

    def query(
        self,
        text: str,
        *,
        media_types: Sequence[str] = (),
        dataset: Dataset | None = None,
        bindings: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Answer a query."""
        assert not bindings
        bounds = limits or Limits()
        self.limits.append(bounds)
        found = self._run(text, dataset)
        body = io.BytesIO()
        kind: Kind
        if isinstance(found, ox.QueryTriples):
            kind, media_type = "graph", _fitting(media_types, GRAPH_MEDIA_TYPES)
            found.serialize(body, _GRAPHS[GRAPH_MEDIA_TYPES.index(media_type)])
        else:
            boolean = isinstance(found, ox.QueryBoolean)
            kind = "boolean" if boolean else "rows"
            media_type = _fitting(media_types, BOOLEAN_MEDIA_TYPES if boolean else ROW_MEDIA_TYPES)
            found.serialize(body, _ROWS[ROW_MEDIA_TYPES.index(media_type)])
        size = body.tell()
        if size > bounds.max_bytes:
            raise TooLargeError(f"the answer is above {bounds.max_bytes} bytes", hint="add LIMIT")
        body.seek(0)
        return Answer(
            kind=kind,
            media_type=media_type,
            body=body,
            size=size,
            generation="g1",
            engine="oxigraph",
            timings={"exec": 1.0},
        )

    def rows(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Rows:
        """Answer a SELECT."""
        assert not bindings
        assert limits is None or limits.deadline > 0
        found = self._run(text, None)
        assert isinstance(found, ox.QuerySolutions)
        columns = tuple(variable.value for variable in found.variables)
        rows = [tuple(_term(row[name]) for name in columns) for row in found]
        return Rows(columns=columns, rows=rows, generation="g1")

    def ask(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> bool:
        """Answer an ASK."""
        raise NotImplementedError

    def graph(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Graph:
        """Answer a CONSTRUCT."""
        raise NotImplementedError

    def close(self) -> None:
        """Hold nothing to let go of."""

    def _run(self, text: str, dataset: Dataset | None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        try:
            if dataset is None:
                return self._store.query(text, use_default_graph_as_union=True)
            return self._store.query(
                text,
                default_graph=[ox.NamedNode(iri) for iri in dataset.default],
                named_graphs=[ox.NamedNode(iri) for iri in dataset.named],
            )
        except SyntaxError as error:
            place = _PLACE.search(str(error))
            line, column = (int(place[1]), int(place[2])) if place else (0, 0)
            raise QueryError("the query does not parse", line=line, column=column) from None


def _fitting(asked: Sequence[str], known: Sequence[str]) -> str:
    """Give the first media type asked for that can carry the answer."""
    for media_type in asked or known:
        if media_type in known:
            return media_type
    raise NotAcceptableError("none of the formats asked for can carry this answer", hint=", ".join(known))


def _term(term: object) -> Term | None:
    """Turn a term of the engine into rdflib's."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        datatype = term.datatype.value
        return Literal(term.value, datatype=None if datatype == _STRING else URIRef(datatype), normalize=False)
    return None
