"""Where the classes of the vocabulary and the links between them stand in a drawing. Pure; knows no page, no store.

The places are set by hand, on a grid whose unit is a column and a row: nineteen boxes are few enough for that, and no
layout found by a machine says as well that the question is the middle of it all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ontology.glossary import Entry

PLACES: Mapping[str, tuple[float, float]] = {
    "Departement": (0, 0),
    "Legislature": (1, 0),
    "Group": (2, 0),
    "Government": (3, 0),
    "Portfolio": (4, 0),
    "Constituency": (0, 1),
    "Attribution": (3, 1),
    "Mandate": (0, 2),
    "Question": (2, 2),
    "Ministry": (4, 2),
    "Deputy": (0, 3),
    "Topic": (1, 3.2),
    "Answer": (3, 3),
    "JournalIssue": (1, 4.2),
    "QuestionEvent": (2, 4.2),
    "Corrected": (3, 4.2),
    "Reattributed": (4, 5),
    "Snapshot": (0, 5),
    "Source": (1, 5),
}
NETWORKS = "Networks"  # the section of their classes
_COLUMN, _ROW = 262, 110
_WIDTH, _HEIGHT = 156, 54
_LINE = 15
_MARGIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A class: the middle of its box, and the properties that lead from it to itself."""

    term: Entry
    x: float
    y: float
    loops: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The name of a property beside its line."""

    term: Entry
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """All properties from one class to another; without labels, the first is narrower than the second."""

    x1: float
    y1: float
    x2: float
    y2: float
    labels: Sequence[Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A drawing of classes and links; sizes are in pixels."""

    width: int
    height: int
    box: tuple[int, int]
    boxes: Sequence[Box]
    lines: Sequence[Line]


def core(terms: Iterable[Entry]) -> set[str]:
    """Name the classes of ours that a property links to a class of ours."""
    return {name for pair in _links(terms) for name in pair}


def diagram(terms: Iterable[Entry]) -> Diagram:
    """Draw the classes that have a place, and every link between them."""
    listed = {term.name: term for term in terms}
    shown = [listed[name] for name in PLACES if name in listed]
    links = {pair: found for pair, found in _links(listed.values()).items() if set(pair) <= PLACES.keys()}
    drawn = [_line(pair, found) for pair, found in links.items() if pair[0] != pair[1]]
    narrower = [
        _line((term.name, other.name), [])
        for term in shown
        for other in shown
        if term.kind == "class" and other.iri in term.above
    ]
    return Diagram(
        width=round(_COLUMN * max(x for x, _ in PLACES.values()) + _WIDTH + 2 * _MARGIN),
        height=round(_ROW * max(y for _, y in PLACES.values()) + _HEIGHT + 2 * _MARGIN),
        box=(_WIDTH, _HEIGHT),
        boxes=[_box(term, links.get((term.name, term.name), [])) for term in shown],
        lines=[*drawn, *narrower],
    )


def _links(terms: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Gather the properties by the classes of ours that they lead from and to.

    Networks are left out: their edges lead from and to every sort of thing, and would lie over all other lines.
    """
    known = list(terms)
    apart = {term.iri for term in known if term.section == NETWORKS}
    found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for term in known:
        for start in term.domain:
            for end in term.range:
                ours = start.startswith(NS) and end.startswith(NS)
                if term.kind == "link" and ours and not {start, end} & apart:
                    found[start.removeprefix(NS), end.removeprefix(NS)].append(term)
    return found


def _middle(name: str) -> tuple[float, float]:
    x, y = PLACES[name]
    return _COLUMN * x + _WIDTH / 2 + _MARGIN, _ROW * y + _HEIGHT / 2 + _MARGIN


def _box(term: Entry, loops: Sequence[Entry]) -> Box:
    x, y = _middle(term.name)
    return Box(term=term, x=x, y=y, loops=loops)


def _line(pair: tuple[str, str], terms: Sequence[Entry]) -> Line:
    """Draw from the edge of one box to the edge of the other; names stand one under the other in the middle."""
    start, end = _middle(pair[0]), _middle(pair[1])
    (x1, y1), (x2, y2) = _edge(start, end), _edge(end, start)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    top = y - _LINE * (len(terms) - 1) / 2
    labels = [Label(term=term, x=x, y=top + _LINE * place) for place, term in enumerate(terms)]
    return Line(x1=x1, y1=y1, x2=x2, y2=y2, labels=labels)


def _edge(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """Find where the way from the middle of a box to another leaves the box."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    share = min(
        _WIDTH / 2 / abs(dx) if dx else float("inf"),
        _HEIGHT / 2 / abs(dy) if dy else float("inf"),
    )
    return start[0] + dx * share, start[1] + dy * share
