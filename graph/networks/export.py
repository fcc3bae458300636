"""Write a network as JSON, GraphML, GEXF or CSV, the same bytes every time. Knows networkx; knows no store, no HTTP.

One step flattens the network for every writer: ISO days, plain numbers, one type per attribute, no null and no NaN,
no control character. Without it GraphML and GEXF refuse values, write a dict's repr, or write files nobody can read.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, cast

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter
from networkx.readwrite.graphml import GraphMLWriter

from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Scalar: TypeAlias = "str | int | float | bool"
Attributes: TypeAlias = "dict[str, Scalar]"

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/json",
        "graphml": "application/graphml+xml",
        "gexf": "application/gexf+xml",
        "csv": "text/csv; charset=utf-8",
    }
)

_SPACES = re.compile(r"[\t\n\r]+")
_UNWRITABLE = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flat:
    """A network as every format can carry it. Nodes and edges are in the order of their ids."""

    directed: bool
    meta: dict[str, object]
    nodes: list[tuple[str, Attributes]]
    edges: list[tuple[str, str, Attributes]]


def write(network: nx.Graph[str], format: str) -> bytes:  # noqa: A002 the word of the CLI and of the URL
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
    return _WRITERS[format](_flatten(network))


def _json(flat: _Flat) -> bytes:
    """Write ``meta``, ``nodes`` and ``edges``."""
    body = {
        "meta": flat.meta,
        "nodes": [{"id": node, **attributes} for node, attributes in flat.nodes],
        "edges": [{"source": source, "target": target, **attributes} for source, target, attributes in flat.edges],
    }
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _graphml(flat: _Flat) -> bytes:
    """Write GraphML; the meta become attributes of the graph with dotted names. XML Schema spells booleans small."""
    graph = _rebuild(flat)
    graph.graph.update(_dotted(flat.meta))
    root = GraphMLWriter(graph, infer_numeric_types=True).xml
    booleans = {key.get("id") for key in root.iter("key") if key.get("attr.type") == "boolean"}
    for data in root.iter("data"):
        if data.get("key") in booleans:
            data.text = (data.text or "").lower()
    return _document(root)


def _gexf(flat: _Flat) -> bytes:
    """Write GEXF 1.2draft. The file's date, which networkx takes from the clock, is left out; the meta are JSON."""
    root = GEXFWriter(_rebuild(flat), version="1.2draft").xml
    for meta in root.iter("meta"):
        meta.clear()
        ET.SubElement(meta, "creator").text = "questeur"
        ET.SubElement(meta, "description").text = json.dumps(flat.meta, ensure_ascii=False)
    for attribute in root.iter("attribute"):
        if attribute.get("title") == "networkx_key":  # networkx renames an attribute called key
            attribute.set("title", "key")
    return _document(root)


def _document(root: ET.Element) -> bytes:
    """Write an XML tree with its declaration, one element a line."""
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _csv(flat: _Flat) -> bytes:
    """Write the table of edges with both labels. A text that a spreadsheet would run gets a quote first."""
    label = {node: str(attributes.get("label", node)) for node, attributes in flat.nodes}
    columns = list(dict.fromkeys(name for _, _, attributes in flat.edges for name in attributes))
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(["source", "source_label", "target", "target_label", *columns])
    for source, target, attributes in flat.edges:
        cells = [source, label[source], target, label[target], *(attributes.get(name, "") for name in columns)]
        table.writerow([_cell(cell) for cell in cells])
    return out.getvalue().encode()


_WRITERS: Mapping[str, Callable[[_Flat], bytes]] = MappingProxyType(
    {"json": _json, "graphml": _graphml, "gexf": _gexf, "csv": _csv}
)


def _flatten(network: nx.Graph[str]) -> _Flat:
    """Make a network that every format can carry. An undirected edge of a bipartite network starts on side 0."""
    side: dict[str, int] = {node: attributes.get("bipartite", 0) for node, attributes in network.nodes(data=True)}
    directed = network.is_directed()
    ends: list[tuple[str, str, Attributes]] = []
    for a, b, attributes in network.edges(data=True):
        source, target = (a, b) if directed or (side[a], a) <= (side[b], b) else (b, a)
        ends.append((_clean(source), _clean(target), _scalars(attributes)))
    nodes = sorted((_clean(node), _scalars(attributes)) for node, attributes in network.nodes(data=True))
    edges = sorted(ends, key=lambda edge: edge[:2])
    _unify([attributes for _, attributes in nodes])
    _unify([attributes for _, _, attributes in edges])
    meta = {str(name): _plain(value) for name, value in network.graph.items()}
    return _Flat(directed=directed, meta=meta, nodes=nodes, edges=edges)


def _rebuild(flat: _Flat) -> nx.Graph[str]:
    """Make a networkx graph of flat values, for the writers of networkx."""
    graph: nx.Graph[str] = nx.DiGraph() if flat.directed else nx.Graph()
    graph.add_nodes_from((node, dict(attributes)) for node, attributes in flat.nodes)
    graph.add_edges_from((source, target, dict(attributes)) for source, target, attributes in flat.edges)
    return graph


def _scalars(attributes: Mapping[str, object]) -> Attributes:
    """Keep what is text, number or truth; a list or a mapping becomes JSON, null and NaN are dropped."""
    kept: Attributes = {}
    for name, value in attributes.items():
        plain = _plain(value)
        if isinstance(plain, str | int | float):
            kept[_clean(name)] = plain
        elif plain is not None:
            kept[_clean(name)] = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return kept


def _plain(value: object) -> object:
    """Give the JSON value of anything a network may carry; NaN and the infinities are null."""
    if isinstance(value, dict):
        return {_clean(str(key)): _plain(inner) for key, inner in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in cast("list[object]", value)]
    tolist: Callable[[], object] | None = getattr(value, "tolist", None)
    if tolist is not None:  # a numpy scalar or array
        return _plain(tolist())
    return _scalar(value)


def _scalar(value: object) -> Scalar | None:
    """Give a plain text, number or truth, never of a subclass; any other value as text, a day as ISO."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return _clean(value.isoformat() if isinstance(value, date) else str(value))


def _clean(text: str) -> str:
    """Take out what XML cannot carry; a break becomes a space, since readers of XML change breaks."""
    return str(text) if text.isprintable() else _UNWRITABLE.sub("", _SPACES.sub(" ", text))


def _unify(rows: list[Attributes]) -> None:
    """Give each attribute one type: XML formats declare it once, and numbers of two types would be two attributes."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            kinds.setdefault(name, set()).add(type(value))
    for name, found in kinds.items():
        if len(found) > 1:
            common = float if found == {int, float} else str
            for row in rows:
                if name in row:
                    row[name] = common(row[name])


def _dotted(value: Mapping[str, object], prefix: str = "") -> Attributes:
    """Flatten nested meta: ``excluded.no_ministry``."""
    flat: Attributes = {}
    for name, inner in value.items():
        if isinstance(inner, dict):
            flat.update(_dotted(cast("dict[str, object]", inner), f"{prefix}{name}."))
        else:
            flat.update(_scalars({f"{prefix}{name}": inner}))
    return flat


def _cell(value: Scalar) -> Scalar:
    """Defuse a text that starts like a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
