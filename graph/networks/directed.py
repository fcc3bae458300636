"""Transfers and repeated texts as linked data: runs of the networks that lead from one end to the other. No store."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from graph.networks.stating import Run, Stating, key_of
from graph.networks.transfers import KIND as TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

    from graph.networks.origin import Origin

REUSE: Final = "text-reuse"
DIRECTED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        TRANSFERS: (
            "Quel portefeuille renvoie des questions à quel autre, hors remaniements",
            "Which portfolio passes questions on to which, reshuffles aside",
        ),
        REUSE: ("Qui est repris par qui, presque mot pour mot", "Who is repeated by whom, nearly word for word"),
    }
)
_TESTED: Final = ("expected", "lift", "p", "q", "significant")


def directed_run(network: nx.DiGraph[str], origin: Origin) -> Run:
    """State a network of transfers or of repeated texts: each edge from the portfolio left, or the earlier words.

    Its days are those of transfers, not of questions: they are not stated. The texts that were compared are no facts of
    the columns: they are told apart by what was found in them. What nodes measure has no direction: of two texts of one
    day neither is the earlier.
    """
    kind, parameters = str(network.graph["kind"]), dict(network.graph["parameters"])
    found = sorted((a, b, _stated(data)) for a, b, data in network.edges(data=True))
    texts = [[a, b, data["weight"]] for a, b, data in found if kind == REUSE]
    key = key_of(kind, parameters, origin, texts=texts)
    to = Stating(key, {node: str(data["key"]) for node, data in network.nodes(data=True)}, parameters)
    one_side = dict.fromkeys(network, 0)
    stated = [
        *to.head(network.graph, *DIRECTED[kind], by="attributed" if kind == TRANSFERS else "asked"),
        *to.activity(origin, trials=0),
        *to.edges(found),
        *(one for name, values in _measured(network, found).items() for one in to.measurements(name, values, one_side)),
    ]
    return Run(key=key, kind=kind, parameters=parameters, statements=tuple(stated), edges=len(found))


def _measured(
    network: nx.DiGraph[str], edges: Sequence[tuple[str, str, Mapping[str, Any]]]
) -> dict[str, dict[str, float]]:
    """Count the edges of each node that has any, and the questions or pairs of these, whatever their direction.

    Who repeats their own words has an edge to themselves: it is one edge, and counts once.
    """
    degree = {node: 0.0 for node, count in network.degree() if count}
    strength = dict(degree)
    for a, b, data in edges:
        for end in {a, b}:
            degree[end] += 1
            strength[end] += data["units"]
    return {"degree": degree, "strength": strength}


def _stated(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is stated of an edge. Its units are the questions or pairs that it counts; a similarity is of one."""
    weight = data["weight"]
    return {
        "weight": weight,
        "units": weight if isinstance(weight, int) else 1,
        **{name: data[name] for name in _TESTED if name in data},
    }
