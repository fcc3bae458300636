"""The reference: the engine inside the web process. Fast, and any stranger's query can end it, fill it or hold it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Start = Callable[[str, list[tuple[str, str]]], object]

_STORES: dict[int, ox.Store] = {}


def application(environ: dict[str, str], start_response: Start) -> Iterable[bytes]:
    """Answer a query: nothing but the engine between the request and the answer."""
    store = _STORES.get(os.getpid())
    if store is None:
        store = _STORES[os.getpid()] = ox.Store.read_only(os.environ["STORE"])
    query = parse_qs(environ["QUERY_STRING"])["query"][0]
    result = store.query(query, use_default_graph_as_union=True)
    body = result.serialize(format=ox.QueryResultsFormat.JSON) if not isinstance(result, ox.QueryTriples) else b""
    head = [("Content-Type", "application/sparql-results+json"), ("Content-Length", str(len(body or b"")))]
    start_response("200 OK", head)
    return [body or b""]
