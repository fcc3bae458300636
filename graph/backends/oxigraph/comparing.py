"""Two generations side by side: the statements that one has and the other has not.

Every statement of the one is looked up in the other: nothing is sorted and nothing piles up in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pyoxigraph import NamedNode, Store

from graph.backends.oxigraph.generations import hold_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Differing(NamedTuple):
    """A statement that only one of two generations has: ``D`` it is gone from the second, ``A`` it is new there.

    ``line`` is its N-Quads line, ``graph`` and ``predicate`` are IRIs; the default graph is empty.
    """

    sign: Literal["D", "A"]
    graph: str
    predicate: str
    line: str


def compare(data: Path, old: str, new: str) -> Iterator[Differing]:
    """Give the statements that differ, first those that are gone, then those that are new.

    Raises
    ------
    NotFoundError
        There is no generation of that name.
    """
    with hold_named(data, old) as first, hold_named(data, new) as second:
        stores = [Store.read_only(str(held.path / "store")) for held in (first, second)]
        yield from _only(stores[0], stores[1], "D")
        yield from _only(stores[1], stores[0], "A")


def _only(store: Store, other: Store, sign: Literal["D", "A"]) -> Iterator[Differing]:
    for quad in store:
        if quad not in other:
            graph = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
            yield Differing(sign, graph, quad.predicate.value, f"{quad} .\n")
