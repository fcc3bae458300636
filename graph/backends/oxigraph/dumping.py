"""A whole generation as N-Quads and as Turtle, and the texts of its questions, read as they stand on the disk.

Knows the engine. The generation is held, so that it is not collected meanwhile; a later one changes nothing here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

from graph.backends.oxigraph.generations import hold_named
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

_NEWLINE: Final = b"\n"


class Dump:
    """One generation, opened to be read from end to end."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write_quads(self, file: IO[bytes]) -> None:
        """Write every quad as N-Quads, in the order of the engine's index, the same each time."""
        self._store.dump(file, RdfFormat.N_QUADS)

    def write_turtle(self, file: IO[bytes]) -> None:
        """Write every triple as Turtle, one named graph after the other, each after a comment with its name."""
        for graph in self._graphs():
            file.write(f"# {graph.value if isinstance(graph, NamedNode) else 'without a name'}\n".encode())
            self._store.dump(file, RdfFormat.TURTLE, from_graph=graph, prefixes=dict(PREFIXES))
            file.write(_NEWLINE)

    def values(self, subject: str, *path: str) -> list[str]:
        """Give what a path of properties leads to from a subject, in any graph, sorted; each once."""
        here = {subject}
        for name in path:
            here = {
                quad.object.value
                for one in here
                for quad in self._store.quads_for_pattern(NamedNode(one), NamedNode(name), None, None)
                if hasattr(quad.object, "value")
            }
        return sorted(here)

    def _graphs(self) -> Iterator[NamedNode | DefaultGraph]:
        named = [graph for graph in self._store.named_graphs() if isinstance(graph, NamedNode)]
        yield from sorted(named, key=lambda graph: graph.value)
        if any(True for _ in self._store.quads_for_pattern(None, None, None, DefaultGraph())):
            yield DefaultGraph()


@contextmanager
def dumping(data: Path, name: str) -> Generator[Dump]:
    """Open a generation of a DATA folder for as long as the block lasts.

    Raises
    ------
    NotFoundError
        There is none of that name.
    """
    with hold_named(data, name) as held:
        yield Dump(Store.read_only(str(held.path / "store")))
