"""A flat network in the forms of other programs: Cytoscape, graphology, JSON Graph, networkx, Pajek, Gephi's tables.

Knows networkx and formats; knows no store, no HTTP. The same network gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

import msgspec
import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.networks.flat import Attributes, Flat, Scalar

_FORMULA = ("=", "+", "-", "@")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP archive can name: it has no clock


def rebuilt(flat: Flat) -> nx.Graph[str]:
    """Make a networkx graph of flat values, for the writers of networkx."""
    graph: nx.Graph[str] = nx.DiGraph() if flat.directed else nx.Graph()
    graph.add_nodes_from((node, dict(attributes)) for node, attributes in flat.nodes)
    graph.add_edges_from((source, target, dict(attributes)) for source, target, attributes in flat.edges)
    return graph


def node_link(flat: Flat) -> bytes:
    """Write what ``networkx.node_link_graph`` reads with ``edges="edges"``."""
    return msgspec.json.encode(
        {
            "directed": flat.directed,
            "multigraph": False,
            "graph": flat.meta,
            "nodes": [{**attributes, "id": node} for node, attributes in flat.nodes],
            "edges": [{**attributes, "source": a, "target": b} for a, b, attributes in flat.edges],
        }
    )


def cytoscape(flat: Flat) -> bytes:
    """Write the JSON of Cytoscape and Cytoscape.js; positions stand beside the data, as they read them."""
    nodes = [
        {
            "data": {**attributes, "id": node, "name": attributes.get("label", node), "value": node},
            **({"position": {"x": attributes["x"], "y": attributes["y"]}} if "x" in attributes else {}),
        }
        for node, attributes in flat.nodes
    ]
    edges = [{"data": {**attributes, "source": a, "target": b}} for a, b, attributes in flat.edges]
    return msgspec.json.encode(
        {
            "data": list(flat.meta.items()),
            "directed": flat.directed,
            "multigraph": False,
            "elements": {"nodes": nodes, "edges": edges},
        }
    )


def graphology(flat: Flat) -> bytes:
    """Write what ``Graph.from`` of graphology reads."""
    edges = [
        {"key": f"e{number}", "source": a, "target": b, "attributes": attributes, "undirected": not flat.directed}
        for number, (a, b, attributes) in enumerate(flat.edges)
    ]
    return msgspec.json.encode(
        {
            "attributes": flat.meta,
            "options": {"type": "directed" if flat.directed else "undirected", "multi": False},
            "nodes": [{"key": node, "attributes": attributes} for node, attributes in flat.nodes],
            "edges": edges,
        }
    )


def jgf(flat: Flat) -> bytes:
    """Write JSON Graph Format, version 2."""
    nodes = {node: {"label": str(data.get("label", node)), "metadata": data} for node, data in flat.nodes}
    edges = [{"source": a, "target": b, "metadata": attributes} for a, b, attributes in flat.edges]
    return msgspec.json.encode(
        {"graph": {"directed": flat.directed, "metadata": flat.meta, "nodes": nodes, "edges": edges}}
    )


def pajek(flat: Flat) -> bytes:
    """Write Pajek's vertices and edges: it holds places and weights, and drops all else."""
    graph: nx.Graph[str] = nx.DiGraph() if flat.directed else nx.Graph()
    for node, data in flat.nodes:
        graph.add_node(node, **{axis: str(data[axis]) for axis in ("x", "y") if axis in data})
    graph.add_weighted_edges_from((a, b, float(data.get("weight", 1))) for a, b, data in flat.edges)
    return "".join(f"{line}\n" for line in nx.generate_pajek(graph)).encode()


def gephi(flat: Flat) -> bytes:
    """Write a ZIP archive of Gephi's two tables, ``nodes.csv`` and ``edges.csv``."""
    nodes = [{"Id": node, "Label": data.get("label", node), **_without(data, "label")} for node, data in flat.nodes]
    kind = "Directed" if flat.directed else "Undirected"
    edges = [
        {"Source": a, "Target": b, "Type": kind, "Weight": data.get("weight", 1), **_without(data, "weight")}
        for a, b, data in flat.edges
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows, head in (
            ("nodes.csv", nodes, ("Id", "Label")),
            ("edges.csv", edges, ("Source", "Target", "Type", "Weight")),
        ):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), _table(rows, head), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cell(value: Scalar) -> Scalar:
    """Defuse a text that a spreadsheet would run."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _without(attributes: Attributes, name: str) -> Attributes:
    """Leave an attribute out."""
    return {other: value for other, value in attributes.items() if other != name}


def _table(rows: Iterable[Attributes], head: Sequence[str]) -> bytes:
    """Write a table whose columns are all that any row has."""
    kept = list(rows)
    columns = list(dict.fromkeys([*head, *(name for row in kept for name in row)]))
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([cell(row.get(name, "")) for name in columns] for row in kept)
    return out.getvalue().encode()
