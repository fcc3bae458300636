"""A copy of a published store, changed by the lines in which its new state differs, and counted by them.

Knows N-Quads lines and pyoxigraph; nothing of the folders and names of generations.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import RdfFormat, Store, parse

from graph.backends.oxigraph.census import Census, same_counts
from graph.faults import point
from ontology.errors import BuildError
from ontology.statements import RDF_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

OPTIMIZE_FROM = 0.1  # of the statements changed: below, a changed copy is as fast as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """How a state differs from a published generation: N-Quads lines that are gone from it, and lines that are new."""

    base: str
    removed: Sequence[str]
    added: Sequence[str]


def change(base: Path, folder: Path, patch: Patch, before: Census, expected: Mapping[str, int]) -> Census:
    """Copy a published store by hard links and change the copy: writing to it leaves the original as it is.

    The copy need not be counted anew: it holds what the original was counted to hold, less the lines removed, plus the
    lines added, when all of the former were there, none of the latter was in any graph, and the sum is right.

    Raises
    ------
    BuildError
        The patch does not fit the store, or the copy does not hold what it should.
    """
    Store.read_only(str(base)).backup(str(folder))
    point("store copied")
    _change(Store(str(folder)), patch)
    point("changed")
    after = counted(before, patch)
    same_counts({**after.graphs, "": len(Store.read_only(str(folder))) - after.quads}, expected)
    return after


def _change(store: Store, patch: Patch) -> None:
    for quad in parse("".join(patch.removed), RdfFormat.N_QUADS):
        if quad not in store:
            raise _misfit(f"{quad.subject} {quad.predicate} is not as it should be before it is removed")
        store.remove(quad)
    point("removed")
    for quad in parse("".join(patch.added), RdfFormat.N_QUADS):
        held = next(store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None)
        if held is not None:
            raise _misfit(f"{quad.subject} {quad.predicate} is to be added, and is there in {held.graph_name}")
    store.extend(parse("".join(patch.added), RdfFormat.N_QUADS))
    point("added")
    if len(patch.removed) + len(patch.added) > OPTIMIZE_FROM * max(len(store), 1):
        store.optimize()
    store.flush()


def counted(before: Census, patch: Patch) -> Census:
    """Count a store by what it held before and the lines that change it."""
    graphs, predicates, classes = Counter(before.graphs), Counter(before.predicates), Counter(before.classes)
    for lines, sign in ((patch.removed, -1), (patch.added, 1)):
        for graph, predicate, object_ in map(_taken_apart, lines):
            graphs[graph] += sign
            predicates[predicate] += sign
            if predicate == RDF_TYPE:
                classes[object_] += sign
    return Census(quads=graphs.total(), graphs=dict(+graphs), predicates=dict(+predicates), classes=dict(+classes))


def _taken_apart(line: str) -> tuple[str, str, str]:
    """Give graph, predicate and object of a line in canonical form: the first two and the last term hold no space."""
    _, predicate, rest = line.split(" ", 2)
    object_, graph, _ = rest.rsplit(" ", 2)
    return graph[1:-1], predicate[1:-1], object_[1:-1]


def _misfit(what: str) -> BuildError:
    return BuildError(
        f"the change does not fit the store: {what}",
        code="count-mismatch",
        hint="remove the ledger (DATA/ledger.sqlite) and build again: the state is loaded whole",
    )
