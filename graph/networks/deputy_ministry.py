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

_CLASSES = {"QE": "WrittenQuestion", "QG": "GovernmentQuestion", "QOSD": "OralQuestion", "all": "Question"}
_MINISTRY = {"asked": "addressedTo", "attributed": "attributedTo"}

# A question without author or ministry falls into a group whose deputy or ministry is unbound. Labels come in rows of
# their own: joined to the counts they would be sent thousands of times, and an unbound node would match every label.
# Days are compared as text, because MIN over a missing day differs between engines.
_QUERY = """PREFIX qst: <{ns}>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?deputy ?ministry ?weight ?first ?last ?node ?label ?stub WHERE {{
  {{
    SELECT ?deputy ?ministry (COUNT(DISTINCT ?question) AS ?weight)
      (MIN(COALESCE(STR(?day), "9")) AS ?first) (MAX(COALESCE(STR(?day), "")) AS ?last)
    WHERE {{
      ?question a qst:{type} .
{filters}
      OPTIONAL {{ ?question qst:author ?deputy }}
      OPTIONAL {{ ?question qst:{ministry} ?ministry }}
    }}
    GROUP BY ?deputy ?ministry
  }}
  UNION
  {{
    {{ SELECT DISTINCT ?node WHERE {{ ?question qst:author ?node }} }}
    UNION
    {{ SELECT DISTINCT ?node WHERE {{ ?question qst:{ministry} ?node }} }}
    ?node rdfs:label ?label . FILTER(LANG(?label) IN ("", "fr"))
    OPTIONAL {{ ?node a qst:Stub . BIND(true AS ?stub) }}
  }}
}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """One group of the aggregate: how many questions, and the first and last day of tabling, empty when unknown."""

    weight: int
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What the store calls the nodes, and which of them it knows by mention only."""

    labels: dict[str, set[str]]
    stubs: set[str]


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
    """Turn the rows into the graph."""
    edges: dict[tuple[str, str], _Edge] = {}
    names = _Names(labels={}, stubs=set())
    outside = {"no_deputy": 0, "no_ministry": 0}
    for deputy, ministry, weight, first, last, node, label, stub in rows:
        if node is not None:
            names.labels.setdefault(str(node), set()).add(str(label))
            names.stubs.update(() if stub is None else (str(node),))
        elif deputy is None or ministry is None:
            outside["no_deputy" if deputy is None else "no_ministry"] += int(str(weight))
        else:
            edge = _Edge(weight=int(str(weight)), first=_day(first), last=_day(last))
            edges[str(deputy), str(ministry)] = edge
    network: nx.Graph[str] = nx.Graph()
    network.graph.update(
        kind=KIND,
        parameters=parameters.canonical(),
        generation=rows.generation,
        n_questions=sum(edge.weight for edge in edges.values()),
        excluded=outside,
        definitions=dict(DEFINITIONS),
        licence=LICENCE,
    )
    sides = {pair[side]: side for pair in edges for side in (0, 1)}
    network.add_nodes_from((node, _node(node, side=sides[node], names=names)) for node in sorted(sides))
    _join(network, edges, parameters)
    return network


def _node(node: str, *, side: int, names: _Names) -> dict[str, object]:
    """Describe a node. A body known only by mention has no dates, and says so in its label."""
    parts = split(node)
    key = node if parts is None else parts[1]
    label, stub = min(names.labels.get(node, ()), default=key), node in names.stubs
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


def _day(term: Term | None) -> str:
    """Read a day of the aggregate; empty when no question of the group has one."""
    text = "" if term is None else str(term)
    return "" if text == "9" else text
