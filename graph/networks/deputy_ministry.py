"""Who asks which ministry: the bipartite network of deputies and dated ministry bodies, by one aggregate query.

Knows the Store protocol and the terms of the ontology; knows no engine and no HTTP. Every value in the query text is
a term made from a checked number, day or key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from graph.networks.parameters import Parameters
from ontology.iris import NS, split, thing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from graph.networks.parameters import QuestionType, Target
    from graph.store import Rows, Store, Term

KIND = "deputy-ministry"
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
DEFINITIONS = {
    "weight": "number of questions of the deputy to the ministry",
    "n": "number of questions of the deputy, or to the ministry, in this network",
    "strength": "sum of the weights of the node's edges",
    "degree": "number of the node's edges: ministries asked by a deputy, deputies who asked a ministry",
}
STUB_NOTE = "connu par mention seulement"

_NOBODY = f"{NS}nobody"
_CLASSES = {"QE": "WrittenQuestion", "QG": "GovernmentQuestion", "QOSD": "OralQuestion", "all": "Question"}
_MINISTRY = {"asked": "addressedTo", "attributed": "attributedTo"}

# A question without author or ministry is grouped under a marker, since a label joined to an unbound variable would
# match every label of the store. Days are compared as text: MIN over a missing day differs between engines.
_QUERY = """PREFIX qst: <{ns}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?deputy ?ministry ?weight ?first ?last ?deputyLabel ?ministryLabel ?deputyStub ?ministryStub WHERE {{
  {{
    SELECT ?deputy ?ministry (COUNT(DISTINCT ?question) AS ?weight)
      (MIN(COALESCE(STR(?day), "9")) AS ?first) (MAX(COALESCE(STR(?day), "")) AS ?last)
    WHERE {{
      ?question a qst:{type} .
{filters}
      OPTIONAL {{ ?question qst:author ?author }}
      OPTIONAL {{ ?question qst:{ministry} ?body }}
      BIND(COALESCE(?author, <{nobody}>) AS ?deputy)
      BIND(COALESCE(?body, <{nobody}>) AS ?ministry)
    }}
    GROUP BY ?deputy ?ministry
  }}
  OPTIONAL {{ ?deputy rdfs:label ?deputyLabel . FILTER(LANG(?deputyLabel) IN ("", "fr")) }}
  OPTIONAL {{ ?ministry rdfs:label ?ministryLabel . FILTER(LANG(?ministryLabel) IN ("", "fr")) }}
  OPTIONAL {{ ?deputy a qst:Stub . BIND(true AS ?deputyStub) }}
  OPTIONAL {{ ?ministry a qst:Stub . BIND(true AS ?ministryStub) }}
}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """What one row of the aggregate says."""

    weight: int
    first: str
    last: str


def deputy_ministry(
    store: Store,
    *,
    legislature: int | None = None,
    since: date | None = None,
    until: date | None = None,
    group: str | None = None,
    target: Target = "asked",
    type: QuestionType = "QE",  # noqa: A002 the parameter's name in URLs and on the command line
) -> nx.Graph[str]:
    """Count the questions of each deputy to each ministry.

    Parameters
    ----------
    store
        Any driver; the counting is done there, in one query.
    legislature, since, until, group, target, type
        See `Parameters`.

    Returns
    -------
    nx.Graph
        Bipartite: deputies 0, dated ministry bodies 1. Nodes and edges in the order of their IRIs; the graph's own
        attributes say what was counted and what has no place (``excluded``): n_questions + excluded = all matches.
    """
    parameters = Parameters(legislature=legislature, since=since, until=until, group=group, target=target, type=type)
    return deputy_ministry_of(store, parameters)


def deputy_ministry_of(store: Store, parameters: Parameters) -> nx.Graph[str]:
    """Do the same as `deputy_ministry` with parameters already read."""
    return _network(store.rows(query(parameters)), parameters)


def query(parameters: Parameters) -> str:
    """Write the aggregate query, which anyone may run to check the network."""
    return _QUERY.format(
        ns=NS,
        type=_CLASSES[parameters.type],
        ministry=_MINISTRY[parameters.target],
        nobody=_NOBODY,
        filters="\n".join(f"      {line}" for line in _filters(parameters)),
    )


def _filters(parameters: Parameters) -> Iterable[str]:
    """Write one pattern per active filter, required patterns before optional ones."""
    if parameters.legislature is not None:
        yield f"?question qst:inLegislature <{thing('legislature', str(parameters.legislature))}> ."
    if parameters.group is not None:
        yield f"?question qst:groupAtTabling <{thing('group', parameters.group)}> ."
    if parameters.since is None and parameters.until is None:
        yield "OPTIONAL { ?question qst:tabledOn ?day }"
        return
    yield "?question qst:tabledOn ?day ."
    if parameters.since is not None:
        yield f'FILTER(?day >= "{parameters.since.isoformat()}"^^xsd:date)'
    if parameters.until is not None:
        yield f'FILTER(?day < "{parameters.until.isoformat()}"^^xsd:date)'


def _network(rows: Rows, parameters: Parameters) -> nx.Graph[str]:
    """Turn the rows into the graph. Several labels of a node repeat its rows, hence the dictionaries."""
    edges: dict[tuple[str, str], _Edge] = {}
    labels: dict[str, set[str]] = {}
    stubs: set[str] = set()
    for deputy, ministry, weight, first, last, *labelled in rows:
        pair = (str(deputy), str(ministry))
        edges[pair] = _Edge(weight=int(str(weight)), first=_day(first), last=_day(last))
        for node, label, stub in zip(pair, labelled[:2], labelled[2:], strict=True):
            labels.setdefault(node, set()).update(() if label is None else (str(label),))
            if stub is not None:
                stubs.add(node)
    placed = {pair: edge for pair, edge in edges.items() if _NOBODY not in pair}
    network: nx.Graph[str] = nx.Graph()
    network.graph.update(_meta(edges, parameters, rows.generation))
    sides = {pair[side]: side for pair in placed for side in (0, 1)}
    for node in sorted(sides):
        network.add_node(node, **_node(node, side=sides[node], labels=labels[node], stub=node in stubs))
    _join(network, placed, parameters)
    return network


def _node(node: str, *, side: int, labels: set[str], stub: bool) -> dict[str, object]:
    """Describe a node. A body known only by mention has no dates, and says so in its label."""
    parts = split(node)
    key = node if parts is None else parts[1]
    label = min(labels, default=key)
    return {
        "key": key,
        "type": ("Person", "Ministry")[side],
        "label": f"{label} ({STUB_NOTE})" if stub else label,
        "stub": stub,
        "bipartite": side,
    }


def _join(network: nx.Graph[str], edges: dict[tuple[str, str], _Edge], parameters: Parameters) -> None:
    """Add the edges and what follows from them: n, degree, strength."""
    key: dict[str, str] = {node: attributes["key"] for node, attributes in network.nodes(data=True)}
    for (deputy, ministry), edge in sorted(edges.items()):
        days = {name: day for name, day in (("first", edge.first), ("last", edge.last)) if day}
        link = parameters.questions(deputy=key[deputy], ministry=key[ministry])
        network.add_edge(deputy, ministry, weight=edge.weight, **days, questions=link)
    for node, attributes in network.nodes(data=True):
        weights = [edge["weight"] for edge in network.adj[node].values()]
        attributes.update(n=sum(weights), degree=len(weights), strength=sum(weights))


def _meta(edges: dict[tuple[str, str], _Edge], parameters: Parameters, generation: str) -> dict[str, object]:
    """Say what was counted, from where, and what has no place in the network."""
    counted, no_deputy, no_ministry = 0, 0, 0
    for (deputy, ministry), edge in edges.items():
        if deputy == _NOBODY:
            no_deputy += edge.weight
        elif ministry == _NOBODY:
            no_ministry += edge.weight
        else:
            counted += edge.weight
    return {
        "kind": KIND,
        "parameters": parameters.canonical(),
        "generation": generation,
        "n_questions": counted,
        "excluded": {"no_deputy": no_deputy, "no_ministry": no_ministry},
        "definitions": dict(DEFINITIONS),
        "licence": LICENCE,
    }


def _day(term: Term | None) -> str:
    """Read a day of the aggregate; empty when no question of the group has one."""
    text = "" if term is None else str(term)
    return "" if text == "9" else text
