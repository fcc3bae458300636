"""The networkx backend ``questeur``, found by its entry point when an algorithm is dispatched to it."""

from graph.networks.dispatching import (
    betweenness_centrality,
    can_run,
    closeness_centrality,
    convert_from_nx,
    convert_to_nx,
    core_number,
    edge_betweenness_centrality,
    leiden_communities,
    should_run,
)

__all__ = [
    "betweenness_centrality",
    "can_run",
    "closeness_centrality",
    "convert_from_nx",
    "convert_to_nx",
    "core_number",
    "edge_betweenness_centrality",
    "leiden_communities",
    "should_run",
]
