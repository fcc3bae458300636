"""The backend ``questeur`` of networkx: path measures, cores and Leiden by igraph. Knows networkx and igraph.

``nx.betweenness_centrality(graph, backend="questeur")`` gives what networkx gives, 30 to 100 times faster, with ties
that are exact. networkx keeps the converted graph beside the one it was made of. What igraph cannot do exactly as
networkx defines it is refused, with the reason.
"""

from __future__ import annotations

import math
import random
from inspect import signature
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from graph.networks.igraphs import Converted, convert, engine, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

_REFUSED: Final = ("k", "endpoints", "u", "max_level")
_SPREAD: Final = 1e8  # of float distances: beyond, unlike paths may be taken for equal
_LONGEST: Final = 1e9  # of whole distances together
_FEW: Final = 50  # nodes, below which converting takes longer than it saves


def convert_from_nx(graph: nx.Graph[Any], edge_attrs: Mapping[str, Any] | None = None, **_: object) -> Converted[Any]:
    """Convert a graph; of its attributes those of edges that the algorithm reads."""
    return convert(graph, edge_attrs or {})


def convert_to_nx(graph: Converted[Any], **_: object) -> nx.Graph[Any]:
    """Give the nodes and edges back, with the attributes that were kept."""
    back: nx.Graph[Any] = nx.Graph()
    back.add_nodes_from(graph.nodes)
    for at, (a, b) in enumerate(graph.edges):
        kept = {name: values[at] for name, values in graph.weights.items()}
        back.add_edge(graph.nodes[a], graph.nodes[b], **kept)
    return back


def can_run(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool | str:
    """Say whether the answer would be exact; else why not."""
    if not installed():
        return "igraph is not installed: install questeur[fast]"
    given = signature(_FUNCTIONS[name]).bind(*args, **kwargs).arguments
    graph: Any = given["G"]
    if graph.is_directed() or graph.is_multigraph():
        return "only simple undirected graphs"
    for option in _REFUSED:
        if not _usual(given.get(option)):
            return f"no {option}"
    if any(a == b for a, b in graph.edges):
        return "no loops"
    weight = given.get("distance" if name == "closeness_centrality" else "weight")
    return True if weight is None else _exact(graph, weight)


def should_run(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool | str:
    """Say whether the answer would come sooner."""
    graph = args[0] if args else kwargs["G"]
    if name == "core_number":
        return "networkx is fast enough"
    return True if len(graph) >= _FEW else "a small graph"


def betweenness_centrality(
    G: Converted[Any],  # noqa: N803 same
    k: int | None = None,
    normalized: bool = True,  # noqa: FBT001, FBT002 same
    weight: str | None = None,
    endpoints: bool = False,  # noqa: FBT001, FBT002 same
    seed: object = None,
) -> dict[Hashable, float]:
    """Give `networkx.betweenness_centrality`."""
    _refuse(k=k, endpoints=endpoints)
    _ = seed
    raw = G.betweenness(G.distances(weight))
    pairs = (len(G) - 1) * (len(G) - 2) / 2
    return {node: value / pairs for node, value in raw.items()} if normalized and pairs > 0 else raw


def edge_betweenness_centrality(
    G: Converted[Any],  # noqa: N803 the arguments of networkx
    k: int | None = None,
    normalized: bool = True,  # noqa: FBT001, FBT002 same
    weight: str | None = None,
    seed: object = None,
) -> dict[tuple[Hashable, Hashable], float]:
    """Give `networkx.edge_betweenness_centrality`."""
    _refuse(k=k)
    _ = seed
    raw = G.edge_betweenness(G.distances(weight))
    pairs = len(G) * (len(G) - 1) / 2
    return {edge: value / pairs for edge, value in raw.items()} if normalized and pairs > 0 else raw


def closeness_centrality(
    G: Converted[Any],  # noqa: N803 the arguments of networkx
    u: Hashable | None = None,
    distance: str | None = None,
    wf_improved: bool = True,  # noqa: FBT001, FBT002 same
) -> dict[Hashable, float]:
    """Give `networkx.closeness_centrality` of all nodes."""
    _refuse(u=u)
    return G.closeness(G.distances(distance), improved=wf_improved)


def core_number(G: Converted[Any]) -> dict[Hashable, int]:  # noqa: N803 the argument of networkx
    """Give `networkx.core_number`."""
    return dict(zip(G.nodes, G.graph.coreness(), strict=True))


def leiden_communities(
    G: Converted[Any],  # noqa: N803 the arguments of networkx
    weight: str | None = "weight",
    resolution: float = 1,
    max_level: int | None = None,
    seed: random.Random | int | None = None,
) -> list[set[Hashable]]:
    """Give communities by Leiden, which networkx names and leaves to backends. Reference: Traag et al. 2019."""
    _refuse(max_level=max_level)
    drawn = seed if isinstance(seed, random.Random) else random.Random(seed)  # noqa: S311 a seeded draw, no secret
    engine().set_random_number_generator(drawn)
    found = G.graph.community_leiden(
        objective_function="modularity", weights=G.distances(weight), resolution=resolution, n_iterations=-1
    )
    return [{G.nodes[member] for member in members} for members in found]


def _usual(value: object) -> bool:
    """Say whether an option is as it is when nobody gives it: 0 is not, it may be a node."""
    return value is None or value is False


def _refuse(**options: object) -> None:
    """Refuse what `can_run` refuses, where it was not asked."""
    for name, value in options.items():
        if not _usual(value):
            raise NotImplementedError(f"the backend questeur takes no {name}")


_FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            betweenness_centrality,
            closeness_centrality,
            core_number,
            edge_betweenness_centrality,
            leiden_communities,
        )
    }
)


def _exact(graph: nx.Graph[Any] | Converted[Any], weight: str) -> bool | str:
    """Say whether path lengths over these distances are told apart exactly."""
    if isinstance(graph, Converted):
        values = graph.weights.get(weight, ())
    else:
        values = [data.get(weight, 1) for *_, data in graph.edges(data=True)]
    if not all(isinstance(value, int | float) and 0 < value < math.inf for value in values):
        return f"{weight} is not a number above 0 on every edge"
    most, least = max(values, default=1), min(values, default=1)
    if all(isinstance(value, int) for value in values):
        return True if most * len(graph) <= _LONGEST else f"{weight} is too large a whole number to add up exactly"
    return True if most / least <= _SPREAD else f"{weight} spreads too widely to add up exactly"
