"""The example, published as a generation that a store can open."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.load import Part, load

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[1] / "data" / "example-v1.trig"


def publish(folder: Path) -> Path:
    """Publish the example in a folder, and give its DATA."""
    load(folder / "DATA", list(_parts(folder)), {})
    return folder / "DATA"


def _parts(folder: Path) -> Iterator[Part]:
    """Write one part per named graph."""
    graphs: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in ox.parse(path=str(EXAMPLE), format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)
        graphs[quad.graph_name.value].append(quad)
    for place, (graph, quads) in enumerate(sorted(graphs.items())):
        body = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
        assert body is not None
        path = folder / f"{place}.nq"
        path.write_bytes(body)
        yield Part(graph=graph, path=path, quads=len(quads), sha256=hashlib.sha256(body).hexdigest())
