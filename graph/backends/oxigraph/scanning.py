"""Reading a store to the last statement, by each of its indexes. Knows the engine; nothing of generations or parts.

Statements are compared by a sum that no order changes, so few are held in memory.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from pyoxigraph import DefaultGraph, RdfFormat, Store, parse

from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Triple

    Term = NamedNode | BlankNode | Literal | Triple

Sum = tuple[int, int]  # how many, and their digests added up

_UNNAMED = "{ ?subject ?predicate ?object }"
_ANYWHERE = f"{_UNNAMED} UNION {{ GRAPH ?g {_UNNAMED} }}"
_PLACES = {"subject": 0, "predicate": 1, "object": 2}


def scan(folder: Path) -> Sum:
    """Read every index of a store, and sum up its statements.

    Raises
    ------
    BuildError
        An index cannot be read, or does not hold as many statements as another.
    """
    store = Store.read_only(str(folder))
    try:
        found = _sum(store.quads_for_pattern(None, None, None, None))
        for name, count in _counts(store):
            if count != found[0]:
                raise _damaged(f"by {name} there are {count:,} statements, in all {found[0]:,}")
    except (OSError, RuntimeError) as error:
        raise _damaged(f"an index cannot be read: {error}") from error
    return found


def sum_of_parts(parts: Iterable[Path]) -> Sum:
    """Sum up the statements of N-Quads files, as :func:`scan` does; one that stands twice counts twice."""
    quads = (quad for path in parts for quad in parse(path=str(path), format=RdfFormat.N_QUADS))
    return _sum(quads)


def _counts(store: Store) -> Iterator[tuple[str, int]]:
    """Count the statements by graph, then by each of their terms, in all graphs together and in each.

    An index serves each of these ways.
    """
    graphs: list[NamedNode | BlankNode | DefaultGraph] = [*store.named_graphs(), DefaultGraph()]
    yield "graph", sum(1 for graph in graphs for _ in store.quads_for_pattern(None, None, None, graph))
    for name, place in _PLACES.items():
        terms = _terms(store, _ANYWHERE, name)
        yield name, sum(1 for term in terms for _ in _quads(store, place, term, None))
        inside = 0
        for graph in graphs:
            text = _UNNAMED if isinstance(graph, DefaultGraph) else f"GRAPH {graph} {_UNNAMED}"
            inside += sum(1 for term in _terms(store, text, name) for _ in _quads(store, place, term, graph))
        yield f"{name} in each graph", inside


def _terms(store: Store, pattern: str, name: str) -> Iterator[Term]:
    rows = cast("QuerySolutions", store.query(f"SELECT DISTINCT ?{name} {{ {pattern} }}"))
    return (row[0] for row in rows)


def _quads(store: Store, place: int, term: Term, graph: NamedNode | BlankNode | DefaultGraph | None) -> Iterator[Quad]:
    pattern: list[Any] = [term if at == place else None for at in range(3)]
    # Asked for the integer 255, the engine (0.5.13, on disk) gives those above it too; its queries do not.
    found = store.quads_for_pattern(pattern[0], pattern[1], pattern[2], graph)
    return (quad for quad in found if quad.triple[place] == term)


def _sum(quads: Iterable[Quad]) -> Sum:
    number = total = 0
    for quad in quads:
        number += 1
        total += int.from_bytes(hashlib.blake2b(str(quad).encode(), digest_size=16).digest())
    return number, total % 2**128


def _damaged(why: str) -> BuildError:
    return BuildError(
        f"the store is damaged: {why}", code="damaged", hint="go back to another generation, or build again"
    )
