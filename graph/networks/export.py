"""Write a network as JSON, GraphML, GEXF or CSV, the same bytes every time. Knows networkx; knows no store, no HTTP."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import msgspec
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from graph.networks.edges import Edges
from graph.networks.exchange import cell, cytoscape, gephi, graphology, jgf, node_link, pajek, rebuilt
from graph.networks.flat import Flat, flatten, scalars
from graph.networks.formats import FORMATS
from ontology.errors import QueryError

__all__ = ["FORMATS", "document", "write"]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import networkx as nx

    from graph.networks.flat import Attributes


def write(network: nx.Graph[str] | Flat, format: str) -> bytes:  # noqa: A002 the word of the CLI and of the URL
    """Write a network in one of ``FORMATS``.

    Raises
    ------
    QueryError
        The format is not one of them; the hint names the nearest.
    """
    if format not in _WRITERS:
        near = get_close_matches(format, FORMATS, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? one of {', '.join(FORMATS)}" if near else f"one of {', '.join(FORMATS)}"
        raise QueryError(f"no such format of network: {format!r}", code="parameter", hint=hint)
    return _WRITERS[format](network if isinstance(network, Flat) else flatten(network))


def _json(flat: Flat) -> bytes:
    """Write ``meta``, ``nodes`` and ``edges``."""
    if not isinstance(flat.edges, Edges):
        return msgspec.json.encode(document(flat))
    head = msgspec.json.encode({"meta": flat.meta, "nodes": _nodes(flat)})
    return b'%b,"edges":%b}' % (head[:-1], flat.edges.json())


def document(flat: Flat) -> dict[str, object]:
    """Give a network as the values of a JSON document."""
    return {
        "meta": flat.meta,
        "nodes": _nodes(flat),
        "edges": [{"source": source, "target": target, **attributes} for source, target, attributes in flat.edges],
    }


def _nodes(flat: Flat) -> list[dict[str, object]]:
    """Give the nodes of a JSON document."""
    return [{"id": node, **attributes} for node, attributes in flat.nodes]


def _graphml(flat: Flat) -> bytes:
    """Write GraphML; the meta become attributes of the graph with dotted names. XML Schema spells booleans small."""
    graph = rebuilt(flat)
    graph.graph.update(_dotted(flat.meta))
    root = GraphMLWriter(graph, infer_numeric_types=True).xml
    booleans = {key.get("id") for key in root.iter("key") if key.get("attr.type") == "boolean"}
    for data in root.iter("data"):
        if data.get("key") in booleans:
            data.text = (data.text or "").lower()
    return _document(root)


def _gexf(flat: Flat) -> bytes:
    """Write GEXF 1.2draft. The file's date, which networkx takes from the clock, is left out; the meta are JSON."""
    root = GEXFWriter(_seen(flat), version="1.2draft").xml
    for meta in root.iter("meta"):
        meta.clear()
        ET.SubElement(meta, "creator").text = "questeur"
        ET.SubElement(meta, "description").text = json.dumps(flat.meta, ensure_ascii=False)
    for attribute in root.iter("attribute"):
        if attribute.get("title") == "networkx_key":  # networkx renames an attribute called key
            attribute.set("title", "key")
    return _document(root)


def _seen(flat: Flat) -> nx.Graph[str]:
    """Make a graph that Gephi shows as ours: places, colours and sizes of nodes, first and last days of edges."""
    graph = rebuilt(flat)
    for _, data in graph.nodes(data=True):
        if {"x", "y", "color", "size"} <= data.keys():
            red, green, blue = (int(data["color"][at : at + 2], 16) for at in (1, 3, 5))
            data["viz"] = {
                "color": {"r": red, "g": green, "b": blue, "a": 1.0},
                "position": {"x": data["x"], "y": data["y"], "z": 0.0},
                "size": data["size"],
            }
    for *_, data in graph.edges(data=True):
        if {"first", "last"} <= data.keys():
            data.update(start=data["first"], end=data["last"])
    return graph


def _document(root: ET.Element) -> bytes:
    """Write an XML tree with its declaration, one element a line."""
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _csv(flat: Flat) -> bytes:
    """Write the table of edges with both labels. A text that a spreadsheet would run gets a quote first."""
    label = {node: str(attributes.get("label", node)) for node, attributes in flat.nodes}
    columns = list(dict.fromkeys(name for _, _, attributes in flat.edges for name in attributes))
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["source", "source_label", "target", "target_label", *columns])
    for source, target, attributes in flat.edges:
        cells = [source, label[source], target, label[target], *(attributes.get(name, "") for name in columns)]
        table.writerow([cell(value) for value in cells])
    return out.getvalue().encode()


_WRITERS: Mapping[str, Callable[[Flat], bytes]] = MappingProxyType(
    {
        "json": _json,
        "graphml": _graphml,
        "gexf": _gexf,
        "csv": _csv,
        "nodelink": node_link,
        "cytoscape": cytoscape,
        "graphology": graphology,
        "jgf": jgf,
        "net": pajek,
        "zip": gephi,
    }
)


def _dotted(value: Mapping[str, object], prefix: str = "") -> Attributes:
    """Flatten nested meta: ``excluded.no_ministry``."""
    flat: Attributes = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat.update(_dotted(cast("dict[str, object]", inner), f"{prefix}{name}."))
        else:
            flat.update(scalars({f"{prefix}{name}": inner}))
    return flat
