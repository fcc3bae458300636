"""A two-sided network as a table: who asks down, whom or what across, each figure a link. Knows networks, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.networks.seriation import seriated
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_STEPS = (1, 2, 3, 5, 8, 12)  # of |z|: classes of the style sheet, as a page has no inline style
_EXPECTED = 5  # where fewer are expected, a departure says little
_ROWS = 60
_CELLS = 3600  # of a page: beyond, a browser takes seconds to lay it out
ORDERS = ("size", "similarity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One end: a row or a column, with its total and its own address."""

    key: str
    href: str
    label: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One figure of the table, the list of questions behind it, and how far it departs from what margins foretell.

    ``side`` is over or under; ``step`` counts the bounds of |z| that are passed, 0 where too few are expected. What is
    expected are ``units``, where these are not the questions.
    """

    n: int
    units: int | None
    href: str
    expected: float
    side: str
    step: int
    significant: bool

    @property
    def tint(self) -> str:
        """Name the class of its colour."""
        return f"{'tint' if self.side == 'over' else 'under'}{self.step}" if self.step else "faint"


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
    alike: bool = False,
) -> Matrix:
    """Lay a network out, those with the most questions first, ties by label then key; or ``alike`` side by side."""
    sides: tuple[dict[str, Node], dict[str, Node]] = ({}, {})
    for iri, attributes in nodes:
        href = "/".join(("", *(split(iri) or ())))
        node = Node(key=str(attributes["key"]), href=href, label=str(attributes["label"]), n=int(attributes["n"]))
        sides[int(attributes["bipartite"])][iri] = node
    figures = {(a, b) if a in sides[0] else (b, a): attributes for a, b, attributes in edges}
    deputies, columns = (_sorted(side) for side in sides)
    if alike:
        deputies, columns = _alike(deputies, columns, figures)
    rows = min(_ROWS, max(1, _CELLS // max(1, len(columns))))
    shown = deputies[(page - 1) * rows : page * rows]
    return Matrix(
        columns=[node for _, node in columns],
        rows=[(node, [count(figures.get((iri, column))) for column, _ in columns]) for iri, node in shown],
        total=sum(node.n for _, node in deputies),
        deputies=len(deputies),
        pages=max(1, -(-len(deputies) // rows)),
    )


def _sorted(side: Mapping[str, Node]) -> list[tuple[str, Node]]:
    """Order one side of the table."""
    return sorted(side.items(), key=lambda pair: (-pair[1].n, pair[1].label, pair[1].key))


def _alike(
    rows: list[tuple[str, Node]], columns: list[tuple[str, Node]], figures: Mapping[tuple[str, str], Mapping[str, Any]]
) -> tuple[list[tuple[str, Node]], list[tuple[str, Node]]]:
    """Put those side by side that ask or are asked alike."""
    table = np.zeros((len(rows), len(columns)), dtype=np.int64)
    places = [{iri: place for place, (iri, _) in enumerate(side)} for side in (rows, columns)]
    for (a, b), attributes in figures.items():
        table[places[0][a], places[1][b]] = questions(attributes)
    down, across = seriated(table)
    return [rows[place] for place in down], [columns[place] for place in across]


def questions(attributes: Mapping[str, Any]) -> int:
    """Count the questions of a link, or what it shares, whatever its weight is and whatever counts once."""
    return int(attributes.get("n", attributes.get("units", attributes["weight"])))


def count(attributes: Mapping[str, Any] | None) -> Count | None:
    """Make one figure; nothing where there is no question."""
    if attributes is None:
        return None
    expected = float(attributes.get("expected", 0))  # nothing is foretold without a null model
    return Count(
        n=questions(attributes),
        units=int(attributes["units"]) if "n" in attributes else None,
        href=str(attributes["questions"]),
        expected=expected,
        side=str(attributes.get("side", "over")),
        step=sum(abs(float(attributes["z"])) >= step for step in _STEPS) if expected >= _EXPECTED else 0,
        significant=bool(attributes.get("significant")),
    )
