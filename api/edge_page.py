"""What the pages of edges show: one edge with its figures and its questions; many as a table. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from api.matrix import questions
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from api.locale import Catalogue
    from graph.networks.edges import Edge
    from graph.networks.network import Network

_FIGURES: Final = ("counted", "weight", "expected", "lift", "z", "p", "q", "share", "cosine", "newman", "answered")
_SMALLEST: Final = 1e-12  # of p that is told as a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end: its key, its name in the language ``lang``, its page, and how many questions it has."""

    key: str
    label: str
    lang: str
    href: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One edge: its questions, or what it shares, its figures as they are written, by name, and where to find these.

    ``verdict`` says how it stands to what chance explains: ``over``, ``under``, ``chance``, or ``untested``.
    """

    ends: tuple[End, End]
    n: int
    figures: Mapping[str, str]
    verdict: str
    first: str
    last: str
    lists: Sequence[str]


def line(found: Network, edge: Edge, words: Catalogue) -> Line:
    """Write one edge of a network."""
    return _writer(found, words)(edge)


def lines(found: Network, words: Catalogue, *, most: int) -> list[Line]:
    """Write the edges of a network that stand out most: the lower limit of a lift says so better than the lift itself.

    Those below what is expected come last, by their upper limits; pairs of a projection go by what they share.
    """
    return [*map(_writer(found, words), sorted(found.edges, key=_standing)[:most])]


def asked(address: str) -> dict[str, str]:
    """Read the filters of a list of questions off its address."""
    return dict(parse_qsl(address.partition("?")[2]))


def _writer(found: Network, words: Catalogue) -> Callable[[Edge], Line]:
    known = dict(found.nodes)

    def write(edge: Edge) -> Line:
        a, b, data = edge
        return Line(
            ends=(_end(a, known[a], words), _end(b, known[b], words)),
            n=questions(data),
            figures={name: text for name in _FIGURES if (text := _figure(name, data, words))},
            verdict=_verdict(data),
            first=words.when(data.get("first", "")),
            last=words.when(data.get("last", "")),
            lists=[data[name] for name in ("questions", "questions_target") if name in data],
        )

    return write


def _standing(edge: Edge) -> tuple[bool, float, tuple[str, str]]:
    """Order edges, ties by their ends."""
    a, b, data = edge
    under = data.get("side") == "under"
    return under, data["lift_high"] if under else -data["lift_low" if "lift_low" in data else "units"], (a, b)


def _end(iri: str, data: Mapping[str, Any], words: Catalogue) -> End:
    english = words.language == "en" and "label_en" in data
    return End(
        key=data["key"],
        label=data["label_en"] if english else data["label"],
        lang="en" if english else "fr",
        href="/".join(("", *(split(iri) or ()))),
        n=data["n"],
    )


def _figure(name: str, data: Mapping[str, Any], words: Catalogue) -> str:
    """Write a figure, a lift with its limits; empty where there is none, or where it is the number of questions."""
    value = data.get(name)
    if name == "counted" and "n" in data:
        return words.number(data["units"])
    if value is None or (name == "weight" and value == questions(data)):
        return ""
    if name == "share":
        return words.percent(value)
    if name in ("p", "q") and value < _SMALLEST:
        return f"< {words.figure(_SMALLEST)}"
    if name == "lift" and {"lift_low", "lift_high"} <= data.keys():
        return f"{words.figure(value)} [{words.figure(data['lift_low'])} ; {words.figure(data['lift_high'])}]"
    return words.figure(value)


def _verdict(data: Mapping[str, Any]) -> str:
    if "significant" not in data:
        return "untested"
    return str(data.get("side", "over")) if data["significant"] else "chance"
