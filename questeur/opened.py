"""A graph opened for analysis from Python: the same questions as the service and the command line answer.

Knows the store and the analyses; reads the columns once for all of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from graph.columns.keeping import columns_of
from graph.networks import copies, kinds, transfers
from graph.networks.delay_report import report
from graph.networks.inquiry import read
from graph.networks.parameters import parse
from graph.networks.waits import delays, late
from graph.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from graph.columns.table import Columns
    from graph.networks.copies import As
    from graph.networks.network import Network
    from graph.networks.transfers import Directed
    from graph.networks.waits import Wait
    from graph.store import Rows, Store

    Value = str | int | date | None

_RENAMED = {"since": "from", "until": "to"}


class Opened:
    """A DATA folder or an endpoint, and what can be asked of it. Close it, or use it in a ``with`` block.

    The filters are those of an address, ``since`` and ``until`` for ``from`` and ``to``.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def __enter__(self) -> Self:
        """Give this graph."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """Close it."""
        self.close()
        return False

    def close(self) -> None:
        """Let go of processes and files."""
        self.store.close()

    @cached_property
    def columns(self) -> Columns:
        """Give one row a question, as numpy arrays."""
        return columns_of(self.store)

    def rows(self, query: str) -> Rows:
        """Answer a SELECT."""
        return self.store.rows(query)

    def network(self, kind: str, **filters: Value) -> Network:
        """Make a network of a kind, such as ``deputy-ministry``: take its graph, measure it, write it.

        The filters and options are those of ``/networks``.

        Raises
        ------
        QueryError
            There is no such kind, or a value is not allowed; the hint names the nearest.
        """
        return kinds.network(self.columns, kind, *kinds.read(kinds.kind_of(kind), _texts(filters)))

    def delays(self, **filters: Value) -> dict[str, Any]:
        """Compare how long answers take; ``by``, ``credit`` and ``on`` beside the filters. The JSON of ``/delays``."""
        return report(delays(self.columns, read(_texts(filters))))

    def overdue(self, **filters: Value) -> list[Wait]:
        """List the questions that are overdue ``on`` a day, the longest overdue first."""
        return list(late(self.columns, read(_texts(filters))))

    def transfers(self, **filters: Value) -> Directed:
        """Count which portfolio passes questions on to which, reshuffles aside."""
        return transfers.transfers(self.columns, parse(_texts(filters)))

    def text_reuse(self, **filters: Value) -> dict[str, Any]:
        """Find the questions that repeat others. The JSON of ``/text-reuse``, all clusters in it."""
        parameters = parse(_texts(filters))
        return copies.report(self.columns, parameters, copies.copies(self.store, self.columns, parameters))

    def reuse_network(self, found: Mapping[str, Any], *, kind: As = "question") -> Directed:
        """Make a network of what ``text_reuse`` found: of questions, deputies or groups."""
        return copies.network(self.columns, found, kind=kind)


def open_graph(target: str | Path) -> Opened:
    """Open a DATA folder, or the SPARQL endpoint of a URL.

    Raises
    ------
    ConfigError
        It is neither.
    NotFoundError
        Nothing has been published in the folder.
    """
    return Opened(open_store(target))


def _texts(filters: Mapping[str, Value]) -> dict[str, str]:
    """Give the filters as an address writes them."""
    return {_RENAMED.get(name, name): str(value) for name, value in filters.items() if value is not None}
