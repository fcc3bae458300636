"""A store folder that no generation names yet, asked by the process that made it. No bounds: the queries are ours."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from pyoxigraph import QueryBoolean, QueryResultsFormat, QueryTriples, Store

from graph.backends.oxigraph.sandbox import level
from graph.store import Answer, Capabilities

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.store import Limits

NAME: Final = ""  # of a generation that has none yet


class Unpublished:
    """The part of the Store protocol by which columns are read."""

    def __init__(self, folder: Path) -> None:
        self._store = Store.read_only(str(folder))
        self.capabilities = Capabilities(product="questeur (Oxigraph)", sandbox=level())

    def generation(self) -> str:
        """Give the name that it does not have yet."""
        return NAME

    def query(self, text: str, *, media_types: Sequence[str] = (), limits: Limits | None = None) -> Answer:
        """Answer a SELECT as CSV."""
        del media_types, limits
        found = self._store.query(text, use_default_graph_as_union=True)
        if isinstance(found, QueryBoolean | QueryTriples):
            raise TypeError("only a SELECT is asked of a store that is not published")
        body = found.serialize(format=QueryResultsFormat.CSV) or b""
        return Answer(
            kind="rows",
            media_type="text/csv",
            body=io.BytesIO(body),
            size=len(body),
            generation=NAME,
            engine="oxigraph",
        )
