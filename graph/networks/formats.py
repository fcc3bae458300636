"""The formats that a network can be written in: suffixes and media types. Knows nothing else, to start quickly."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/json",
        "graphml": "application/graphml+xml",
        "gexf": "application/gexf+xml",
        "csv": "text/csv; charset=utf-8",
        "nodelink": "application/vnd.networkx+json",
        "cytoscape": "application/vnd.cytoscape+json",
        "graphology": "application/vnd.graphology+json",
        "jgf": "application/vnd.jgf+json",
        "net": "application/vnd.pajek",
        "zip": "application/zip",
    }
)
