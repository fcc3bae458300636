"""The Store protocol: what every driver can do, and the values it speaks in. Knows no engine and no HTTP.

A driver answers a SPARQL 1.1 query text either as a finished body in a wire format (:meth:`Store.query`, for the
service) or as typed rows (:meth:`Store.rows`, for our own code). Terms are rdflib's, the types of the field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Literal, Protocol, runtime_checkable

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rdflib import Graph
    from rdflib.term import BNode, URIRef
    from rdflib.term import Literal as RdfLiteral

    Term = URIRef | RdfLiteral | BNode

Kind = Literal["rows", "boolean", "graph"]
Sandbox = Literal["full", "partial", "none"]  # what the system lets us take from a query process

DATA_DATE = "Questeur-Data-Date"  # the header by which a service of ours tells the day of its data

# Media types a driver must be able to write, per kind of answer. The first is the default.
ROW_MEDIA_TYPES = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
BOOLEAN_MEDIA_TYPES = ROW_MEDIA_TYPES[:2]
GRAPH_MEDIA_TYPES = (
    "text/turtle",
    "application/trig",
    "application/n-triples",
    "application/n-quads",
    "application/rdf+xml",
    "application/ld+json",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a store can do.

    ``max_rows`` is a silent cap of a remote store, None when it has none we know of; ``sandbox`` is None where queries
    run elsewhere; ``services`` are those that a query may name in SERVICE.
    """

    product: str
    update: bool = False
    graphs: bool = False
    union_default: bool = True
    max_rows: int | None = None
    sandbox: Sandbox | None = None
    services: tuple[str, ...] = ()


class Limits(msgspec.Struct, kw_only=True, frozen=True):
    """Bounds of one query: ``deadline`` in seconds, ``max_bytes`` of the body before any coding.

    ``caller`` is the file descriptor of the socket of who asks: when it hangs up, the query is stopped.
    """

    deadline: float = 10.0
    max_bytes: int = 256 * 1024 * 1024
    caller: int | None = None


class Dataset(msgspec.Struct, kw_only=True, frozen=True):
    """The protocol's ``default-graph-uri`` and ``named-graph-uri`` (SPARQL 1.1 Protocol, 2.1.4). Empty: the store's."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many quads a generation holds: in all, per named graph, per class of their subjects, per property."""

    quads: int
    graphs: Mapping[str, int]
    classes: Mapping[str, int]
    predicates: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """One source of a generation: its key, its kind, the file given, its digest, the day it is of (None: unknown)."""

    snapshot: str
    source: str
    file: str
    sha256: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How fresh a generation is: ``date``, the newest day of a source of questions, and every source with its own."""

    date: dt.date | None = None
    sources: tuple[SourceDay, ...] = ()


class Answer(msgspec.Struct, kw_only=True):
    """One whole answer: a seekable ``body`` at position 0, of ``size`` bytes, in ``media_type``.

    ``coding`` is ``gzip`` when the body is so coded, else empty. ``timings`` are milliseconds by step (``queue``,
    ``exec``, ``spool``). ``data_date`` is the day of the data of its generation, where that is known. Close the body
    after use.
    """

    kind: Kind
    media_type: str
    body: IO[bytes]
    size: int
    generation: str
    engine: str
    coding: str = ""
    timings: Mapping[str, float] = {}
    data_date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Typed rows of a SELECT: ``columns`` in the order of the query, each row a tuple with None for an unbound cell."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]
    generation: str
    data_date: dt.date | None = None

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        """Iterate over the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An update that is published and on the disk: the generations before and after it.

    ``existed`` tells whether the graph that was written to was there before; None where no graph was named.
    """

    before: str
    generation: str
    existed: bool | None = None


class Condition(msgspec.Struct, kw_only=True, frozen=True):
    """What must be so for a graph to be written: nothing, unless it is said.

    ``generation`` is the one that must still be current; ``exists`` says whether there must be a graph of that name.
    """

    generation: str = ""
    exists: bool | None = None


ANYHOW: Final = Condition()


class Updates(Protocol):
    """The way to write into a store. Every call returns once readers see its effect, and a power cut cannot undo it.

    ``author`` names who asked, for the audit. All may raise what :meth:`update` does.
    """

    def update(self, text: str, *, author: str, dataset: Dataset | None = None, base_iri: str | None = None) -> Receipt:
        """Run a SPARQL 1.1 Update; ``dataset`` is the protocol's ``using-graph-uri`` and ``using-named-graph-uri``.

        Raises
        ------
        QueryError
            The text is not an update, or cannot be done (``update-failed``). Nothing of it was.
        RefusedError
            LOAD or SERVICE.
        DeadlineError, TooLargeError, BusyError
            It took too long, is too large, or the writer cannot work. Nothing of it was done, unless the error's code
            is ``outcome-unknown``.
        """
        ...

    def put_graph(self, graph: str | None, triples: bytes, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Give a graph (None: the default one) these N-Triples and no others.

        Raises
        ------
        PreconditionError
            The condition does not hold. It is looked at when the graph is written, not before.
        """
        ...

    def post_graph(self, graph: str | None, triples: bytes, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Add N-Triples to a graph."""
        ...

    def delete_graph(self, graph: str | None, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Remove a graph.

        Raises
        ------
        NotFoundError
            There is none of that name.
        """
        ...

    def triples(self, body: bytes, *, media_type: str, base_iri: str) -> bytes:
        """Read a document that a stranger sent, apart from everything, as N-Triples.

        Raises
        ------
        QueryError
            It cannot be read: ``malformed``.
        """
        ...

    def close(self) -> None:
        """Let go of the writer."""
        ...


@runtime_checkable
class Store(Protocol):
    """A place that answers SPARQL 1.1 queries. Every driver passes the same contract tests."""

    capabilities: Capabilities

    def generation(self) -> str:
        """Name the state that the next answer will come from: ``g12``, or ``unknown`` on a remote store."""
        ...

    def query(
        self,
        text: str,
        *,
        media_types: Sequence[str] = (),
        dataset: Dataset | None = None,
        bindings: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
        gzip: bool = False,
    ) -> Answer:
        """Answer a query in the first of ``media_types`` that fits its form; its form's default when empty.

        With ``gzip``, a driver may code the body so; it says in the answer whether it did.

        Raises
        ------
        QueryError
            The text is not a SPARQL 1.1 query (400), or too complex.
        NotAcceptableError
            None of the media types can carry the query's form of answer.
        RefusedError
            SERVICE, or an update.
        DeadlineError, TooLargeError, BusyError
            A bound of ``limits`` or of the process was hit. Never a short answer.
        """
        ...

    def rows(
        self,
        text: str,
        *,
        bindings: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
    ) -> Rows:
        """Answer a SELECT as typed rows. ``bindings`` fix variables to terms, never by formatting text."""
        ...

    def ask(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> bool:
        """Answer an ASK."""
        ...

    def graph(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Graph:
        """Answer a CONSTRUCT or DESCRIBE as an rdflib graph."""
        ...

    def get_graph(
        self, graph: str | None, *, media_types: Sequence[str] = (), limits: Limits | None = None, gzip: bool = False
    ) -> Answer:
        """Give all triples of a named graph, of the default graph when None.

        Raises
        ------
        NotFoundError
            There is no graph of that name.
        """
        ...

    def check(self, text: str, *, update: bool = False, limits: Limits | None = None) -> None:
        """Let the engine read a text, without running it.

        Raises
        ------
        QueryError
            It is not SPARQL 1.1; the error says where.
        """
        ...

    def counts(self) -> Counts | None:
        """Count what the current generation holds; None where nobody counted."""
        ...

    def freshness(self) -> Freshness:
        """Tell of which day the data of the current generation are; nothing where nobody knows."""
        ...

    def close(self) -> None:
        """Let go of processes and files."""
        ...
