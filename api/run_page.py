"""The page of a published network: its strongest edges, how many there are, and the ways on. Knows the store, no HTTP.

A run may have tens of thousands of edges: the document holds the strongest, the query that is shown lists them all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import FOAF, RDF, RDFS, URIRef
from rdflib.term import Literal

from api import queries
from api.pages import with_arguments
from api.words import local_path, shorten
from graph.networks.options import PLAN_NAMES
from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.asked import Answering
    from api.documents import Document
    from api.locale import Catalogue, Language
    from api.rdf import Quad, Term
    from graph.store import Limits

_PAGES: Final = {"ministry-transfer": "/transfers", "text-reuse": "/text-reuse"}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of an edge: its name, and its page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One edge, with the figures that are stated of it; empty where one is not."""

    anchor: str
    ends: tuple[End, End]
    weight: str
    expected: str
    q: str
    significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A published network: the strongest edges first, how many there are, and the ways on.

    ``query`` lists all edges, ``statements`` are all that is stated of it, ``network`` is the same counted now.
    ``tests`` and ``alpha`` are those of the null model, None where nothing was tested; ``unit`` is what counts once.
    """

    ties: Sequence[Tie]
    edges: int
    significant: int
    query: str
    statements: str
    network: str
    tests: int | None
    alpha: float | None
    unit: str


def run(store: Answering, found: Document, labels: Mapping[str, str], *, limits: Limits) -> Run:
    """Read what the page of a run shows beside its statements."""
    edges, significant = _counted(store, found.iri, limits)
    own = _values(found, found.iri)
    return Run(
        ties=sorted((_tie(found, edge, labels) for edge in edges_in(found)), key=_strength),
        edges=edges,
        significant=significant,
        query=_query(found.iri),
        statements=_statements(found),
        network=_network(own),
        tests=int(own["tests"]) if "tests" in own else None,
        alpha=float(own["alpha"]) if "alpha" in own else None,
        unit=own.get("unit", ""),
    )


def cut(
    store: Answering, found: Document, catalogues: Mapping[Language, Catalogue], *, address: str, limits: Limits
) -> list[Quad]:
    """State of the document of a run, at its ``address``, that it holds the strongest edges alone, and where all are.

    There is nothing to state where it holds all.
    """
    shown, (edges, _) = len(edges_in(found)), _counted(store, found.iri, limits)
    if shown == edges:
        return []
    here = URIRef(f"{address}/network/{found.iri.rpartition('/')[2]}")
    said = [Literal(words("run.cut", shown=shown, total=edges), lang=name) for name, words in catalogues.items()]
    ways = [URIRef(f"{address}{way}") for way in (_statements(found), _query(found.iri))]
    stated: list[tuple[URIRef, Term]] = [(FOAF.primaryTopic, URIRef(found.iri)), (RDF.type, FOAF.Document)]
    stated += [(RDFS.comment, text) for text in said] + [(RDFS.seeAlso, way) for way in ways]
    return [(here, name, value, here) for name, value in stated]


def _counted(store: Answering, iri: str, limits: Limits) -> tuple[int, int]:
    """Count the edges of a run, and the significant ones among them."""
    ((edges, significant),) = store.rows(queries.text("tie_count", thing=queries.iri(iri)), limits=limits)
    return int(str(edges)), int(str(significant))


def _query(iri: str) -> str:
    """Lead to the query that lists all edges."""
    return with_arguments("/sparql", {"query": queries.text("ties", thing=queries.iri(iri))})


def _statements(found: Document) -> str:
    """Lead to the named graph of the run."""
    return with_arguments("/data", {"graph": next(str(graph) for s, _, _, graph in found.quads if str(s) == found.iri)})


def edges_in(found: Document) -> list[str]:
    """List the edges that a document describes."""
    return [part for part in found.parts() if f"{NS}fromNode" in found.about(part)]


def _strength(tie: Tie) -> tuple[float, str]:
    """Order edges as the query does."""
    return -float(tie.weight), tie.anchor


def _tie(found: Document, edge: str, labels: Mapping[str, str]) -> Tie:
    said = _values(found, edge)
    a, b = said["fromNode"], said["toNode"]
    return Tie(
        anchor=edge.partition("#")[2],
        ends=(_end(a, labels), _end(b, labels)),
        weight=said["weight"],
        expected=said.get("expected", ""),
        q=said.get("qValue", ""),
        significant=said.get("significant") == "true",
    )


def _end(iri: str, labels: Mapping[str, str]) -> End:
    return End(label=labels.get(iri) or shorten(iri), href=local_path(iri) or iri)


def _values(found: Document, subject: str) -> dict[str, str]:
    """Give the value of each property of ours, by its short name."""
    return {
        name.removeprefix(NS): str(values[0][0]) for name, values in found.about(subject).items() if name.startswith(NS)
    }


def _network(said: Mapping[str, str]) -> str:
    """Lead to the network with the parameters of the run, counted from what is served now."""
    given: dict[str, object] = json.loads(said.get("parameters", "{}"))
    kept = {name: str(value) for name, value in given.items() if name not in PLAN_NAMES}
    kind = said.get("kind", "")
    return with_arguments(_PAGES.get(kind, f"/networks/{kind}"), kept) if kind else ""
