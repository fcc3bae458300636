"""Networks with published results: Davis' Southern Women, Zachary's karate club."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Callable

    Maker = Callable[[], "nx.Graph[Any]"]

_DAVIS = cast("Maker", nx.davis_southern_women_graph)  # pyright: ignore[reportUnknownMemberType] untyped in the stubs
_KARATE = cast("Maker", nx.karate_club_graph)  # pyright: ignore[reportUnknownMemberType] untyped in the stubs


def davis() -> nx.Graph[str]:
    """Give the Southern Women: 18 women, 14 events, 89 visits (Davis, Gardner & Gardner 1941)."""
    return _DAVIS()


def karate() -> nx.Graph[str]:
    """Give the karate club with its weights (Zachary 1977), nodes named by their numbers."""
    club = _KARATE()
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from((str(node), data) for node, data in club.nodes(data=True))
    network.add_edges_from((str(a), str(b), data) for a, b, data in club.edges(data=True))
    return network
