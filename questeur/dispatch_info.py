"""What networkx asks of the backend ``questeur`` at every import: so nothing is imported here."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

_FUNCTIONS: Final = {
    "betweenness_centrality": "By igraph, ties exact; no k, no endpoints, no directed graph.",
    "closeness_centrality": "By igraph, ties exact; of all nodes, no directed graph.",
    "core_number": "By igraph.",
    "edge_betweenness_centrality": "By igraph, ties exact; no k, no directed graph.",
    "leiden_communities": "By igraph; networkx has no code of its own.",
}


def info() -> dict[str, object]:
    """Describe the backend; without igraph it has no functions."""
    functions = _FUNCTIONS if find_spec("igraph") is not None else {}
    return {
        "backend_name": "questeur",
        "project": "questeur",
        "package": "questeur",
        "short_summary": "Path measures with exact ties, and Leiden, by igraph (extra fast).",
        "functions": {name: {"additional_docs": said} for name, said in functions.items()},
    }
