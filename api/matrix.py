"""A two-sided network as a table: who asks down, whom or what across, each figure a link. Knows networks, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TINTS = 5  # classes of the style sheet: no inline style on a page
ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One end: a row or a column, with its total and its own address."""

    key: str
    href: str
    label: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One figure of the table, and the list of questions behind it."""

    n: int
    href: str
    tint: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A table of one page of rows and all columns; totals are those of the whole network."""

    columns: Sequence[Node]
    rows: Sequence[tuple[Node, Sequence[Count | None]]]
    total: int
    deputies: int
    pages: int


def matrix(
    nodes: Iterable[tuple[str, Mapping[str, Any]]],
    edges: Iterable[tuple[str, str, Mapping[str, Any]]],
    *,
    page: int,
) -> Matrix:
    """Lay a network out, those with the most questions first, ties by label then key."""
    sides: tuple[dict[str, Node], dict[str, Node]] = ({}, {})
    for iri, attributes in nodes:
        href = "/".join(("", *(split(iri) or ())))
        node = Node(key=str(attributes["key"]), href=href, label=str(attributes["label"]), n=int(attributes["n"]))
        sides[int(attributes["bipartite"])][iri] = node
    figures = {(a, b) if a in sides[0] else (b, a): attributes for a, b, attributes in edges}
    largest = max((int(attributes["weight"]) for attributes in figures.values()), default=1)
    deputies, columns = (_sorted(side) for side in sides)
    shown = deputies[(page - 1) * ROWS : page * ROWS]
    return Matrix(
        columns=[node for _, node in columns],
        rows=[(node, [_count(figures.get((iri, column)), largest) for column, _ in columns]) for iri, node in shown],
        total=sum(node.n for _, node in deputies),
        deputies=len(deputies),
        pages=max(1, -(-len(deputies) // ROWS)),
    )


def _sorted(side: Mapping[str, Node]) -> list[tuple[str, Node]]:
    """Order one side of the table."""
    return sorted(side.items(), key=lambda pair: (-pair[1].n, pair[1].label, pair[1].key))


def _count(attributes: Mapping[str, Any] | None, largest: int) -> Count | None:
    """Make one figure; nothing where there is no question."""
    if attributes is None:
        return None
    n = int(attributes["weight"])
    return Count(n=n, href=str(attributes["questions"]), tint=max(1, -(-n * _TINTS // largest)))
