"""A network cut by time as small tables side by side, the same rows and columns in each: what changed is seen. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from api.matrix import Count, count, questions
from api.words import cut, cut_apart
from graph.networks.kinds import KINDS
from graph.networks.slices import sliced
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from graph.columns.table import Columns
    from graph.networks.options import Options
    from graph.networks.parameters import Parameters
    from graph.networks.slices import Part, Sliced
    from graph.networks.units import Units

CELL: Final = 18
SIDE: Final = 132  # for the names of rows
TOP: Final = 18
_MOST: Final = 12
_PAIRS: Final = 40
_LETTERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A row or a column: its name whole and as drawn, and its own page."""

    label: str
    short: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One figure of a panel, at the place of its row and column."""

    x: int
    y: int
    row: str
    column: str
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One slice: its name, its days, its questions, its figures."""

    name: str
    since: str
    until: str
    questions: int
    squares: Sequence[Square]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiples:
    """The panels, none where both ends are of one sort; and as a table, the strongest links slice by slice."""

    rows: Sequence[End]
    columns: Sequence[End]
    panels: Sequence[Panel]
    lines: Sequence[tuple[End, End, Sequence[Count | None]]]
    of: tuple[int, int]
    undated: int


def panels_of(
    columns: Columns,
    kind: str,
    parameters: Parameters,
    options: Options,
    units: Units | None = None,
    *,
    progress: Callable[[float], None] | None = None,
) -> tuple[Multiples, Mapping[str, Any]]:
    """Cut a network into slices and lay them out; with what the whole says of itself."""
    found = sliced(columns, kind, parameters, options, units, progress=progress)
    return multiples(found, projected=KINDS[kind].projected), dict(found.whole.meta)


def multiples(found: Sliced, *, projected: bool) -> Multiples:
    """Lay the slices out: the rows, columns and links with the most questions in the whole."""
    known = dict(found.whole.nodes)
    sides: list[list[str]] = [[], []] if projected else [_largest(known, side) for side in (0, 1)]
    total: Counter[tuple[str, str]] = Counter()
    for a, b, data in found.whole.edges:
        total[a, b] = questions(data)
    strongest = sorted(total, key=lambda pair: (-total[pair], pair))[:_PAIRS]
    slices = [{(a, b): data for a, b, data in part.network.edges} for part in found.parts]
    return Multiples(
        rows=_ends(sides[0], known),
        columns=_ends(sides[1], known),
        panels=[_panel(part, edges, sides, known) for part, edges in zip(found.parts, slices, strict=True)],
        lines=[(_end(a, known), _end(b, known), [count(edges.get((a, b))) for edges in slices]) for a, b in strongest],
        of=(sum(1 for data in known.values() if data.get("bipartite") == 0), len(known)),
        undated=found.undated,
    )


def _largest(known: Mapping[str, Mapping[str, Any]], side: int) -> list[str]:
    """Name the nodes of a side with the most questions."""
    own = [iri for iri, data in known.items() if data.get("bipartite") == side]
    return sorted(own, key=lambda iri: (-int(known[iri]["n"]), str(known[iri]["label"]), iri))[:_MOST]


def _panel(
    part: Part,
    edges: Mapping[tuple[str, str], Mapping[str, Any]],
    sides: Sequence[Sequence[str]],
    known: Mapping[str, Mapping[str, Any]],
) -> Panel:
    """Fill one panel."""
    squares: list[Square] = []
    for down, row in enumerate(sides[0]):
        for across, column in enumerate(sides[1]):
            figure = count(edges.get((row, column)) or edges.get((column, row)))
            if figure is not None:
                names = str(known[row]["label"]), str(known[column]["label"])
                x, y = SIDE + across * CELL, TOP + down * CELL
                squares.append(Square(x=x, y=y, row=names[0], column=names[1], count=figure))
    return Panel(
        name=part.name,
        since=part.since.isoformat() if part.since else "",
        until=part.until.isoformat() if part.until else "",
        questions=int(part.network.meta["n_questions"]),
        squares=squares,
    )


def _ends(iris: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> list[End]:
    """Describe the rows or columns of the panels, which must be told from each other where there is little room."""
    ends = [_end(iri, known) for iri in iris]
    short = cut_apart([end.label for end in ends], _LETTERS)
    return [replace(end, short=brief) for end, brief in zip(ends, short, strict=True)]


def _end(iri: str, known: Mapping[str, Mapping[str, Any]]) -> End:
    label = str(known[iri]["label"])
    short = cut(label, _LETTERS)
    return End(label=label, short=short, href="/".join(("", *(split(iri) or ()))))
