"""What every published run states: what it is, how it was made, its edges. The same bytes for the same facts.

A value hangs on a part of a run, never on the thing it is about: queries see all graphs as one, where the values of two
runs would mix. Numbers have 6 significant digits, those on which engines agree, and are written as a store gives them
back. Knows statements; no store and no kind of network.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from graph.networks.turtle import turtle
from ontology import iris
from ontology.statements import RDF_TYPE, Kind, Statement, line
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.networks.origin import Origin

METHOD: Final = 2  # raised when the same parameters come to give other statements

_CLASSES: Final = {"QE": "WrittenQuestion", "QG": "GovernmentQuestion", "QOSD": "OralQuestion", "all": "Question"}
_ENDS: Final = {"asked": "addressedTo", "attributed": "attributedTo"}
_EDGE: Final = (
    ("units", "units", Kind.INTEGER),
    ("expected", "expected", Kind.DOUBLE),
    ("lift", "lift", Kind.DOUBLE),
    ("z", "zScore", Kind.DOUBLE),
    ("p", "pValue", Kind.DOUBLE),
    ("q", "qValue", Kind.DOUBLE),
    ("side", "side", Kind.STRING),
    ("significant", "significant", Kind.BOOLEAN),
    ("first", "firstAsked", Kind.DATE),
    ("last", "lastAsked", Kind.DATE),
)
_LABEL: Final = f"{PREFIXES['rdfs']}label"
_PROV: Final = PREFIXES["prov"]
_DCTERMS: Final = PREFIXES["dcterms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its key, what was asked, its statements, in order and each once, and how many edges they tell of."""

    key: str
    kind: str
    parameters: Mapping[str, str | int | float]
    statements: tuple[Statement, ...]
    edges: int

    @property
    def iri(self) -> str:
        """Name the run."""
        return iris.thing("network", self.key)

    @property
    def graph(self) -> str:
        """Name the graph that holds its statements."""
        return iris.graph(graph_name(self.key))

    def lines(self) -> list[str]:
        """Write it as N-Quads."""
        return [line(statement, self.graph) for statement in self.statements]

    def turtle(self) -> bytes:
        """Write it as Turtle: as RDF, the very statements that publishing it puts into the graph."""
        return turtle(self.statements)


def graph_name(key: str) -> str:
    """Name the graph of a run, without the base.

    >>> graph_name("group-ministry-5adebf43a649")
    'network/group-ministry-5adebf43a649'
    """
    return f"network/{key}"


def key_of(kind: str, parameters: Mapping[str, Any], origin: Origin, *, texts: Sequence[object] = ()) -> str:
    """Name a run by its kind and everything that its statements depend on; ``texts`` is what was found in texts."""
    said = [METHOD, kind, parameters, origin.generation or "", origin.facts, *([texts] if texts else [])]
    return f"{kind}-{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]}"


class Stating:
    """The statements of one run, part by part; ``keys`` name its nodes, ``parameters`` are those that made it."""

    def __init__(self, key: str, keys: Mapping[str, str], parameters: Mapping[str, str | int | float]) -> None:
        self.key = key
        self.iri = iris.thing("network", key)
        self.parameters = parameters
        self.names = {node: _name(own) for node, own in keys.items()}
        self._taken = Counter[str]()

    def head(self, meta: Mapping[str, Any], fr: str, en: str, *, by: str = "asked") -> Iterator[Statement]:
        """State what was counted and what it was tested against; ``by`` is the target if the parameters name none."""
        given = self.parameters
        told = ", ".join(f"{name}={value}" for name, value in given.items())
        aside = f" ({told})" if told else ""
        null: Mapping[str, Any] = meta.get("null") or {}
        yield from typed(self.iri, "Network")
        yield Statement(self.iri, RDF_TYPE, Kind.IRI, f"{_PROV}Entity")
        yield Statement(self.iri, _LABEL, Kind.FR, f"{fr}{aside}")
        yield Statement(self.iri, _LABEL, Kind.EN, f"{en}{aside}")
        yield Statement(self.iri, f"{_DCTERMS}license", Kind.IRI, str(meta["licence"]))
        yield Statement(self.iri, f"{_PROV}wasGeneratedBy", Kind.IRI, f"{self.iri}#run")
        graph = iris.graph(graph_name(self.key))
        yield Statement(graph, RDF_TYPE, Kind.IRI, f"{_PROV}Entity")
        yield Statement(graph, f"{_DCTERMS}title", Kind.FR, f"Réseau publié : {fr}{aside}")
        yield Statement(graph, f"{_DCTERMS}license", Kind.IRI, str(meta["licence"]))
        yield Statement(graph, f"{_PROV}wasGeneratedBy", Kind.IRI, f"{self.iri}#run")
        if "legislature" in given:
            yield self.said("inLegislature", Kind.IRI, iris.thing("legislature", str(given["legislature"])))
        yield from self._values(
            kind=(Kind.STRING, meta["kind"]),
            parameters=(Kind.STRING, json.dumps(given, ensure_ascii=False, sort_keys=True)),
            questionClass=(Kind.IRI, iris.NS + _CLASSES[str(given.get("type", "QE"))]),
            countsBy=(Kind.IRI, iris.NS + _ENDS[str(given.get("target", by))]),
            tabledFrom=(Kind.DATE, given.get("from")),
            tabledBefore=(Kind.DATE, given.get("to")),
            isDefault=(Kind.BOOLEAN, not given.keys() - {"legislature"}),
            questionCount=(Kind.INTEGER, meta["n_questions"]),
            nullModel=(Kind.STRING, null.get("model")),
            unit=(Kind.STRING, null.get("unit")),
            tests=(Kind.INTEGER, null.get("tests")),
            alpha=(Kind.DECIMAL, null.get("alpha")),
            correction=(Kind.STRING, null.get("correction")),
        )

    def activity(self, origin: Origin, *, trials: int) -> Iterator[Statement]:
        """State how it was made, and from what. No clock: the same run has the same bytes."""
        activity = f"{self.iri}#run"
        yield Statement(activity, RDF_TYPE, Kind.IRI, f"{_PROV}Activity")
        if origin.generation is not None:
            yield Statement(activity, f"{_PROV}used", Kind.IRI, origin.generation)
        numbers = {"methodVersion": METHOD, "seed": self.parameters.get("seed", 0), "trials": trials}
        for name, value in numbers.items():
            yield about(activity, name, Kind.INTEGER, value)

    def edges(self, edges: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Iterator[Statement]:
        """State each edge: its ends, what it weighs, and how far that is from chance."""
        known = list(edges)
        whole = all(isinstance(data["weight"], int) for *_, data in known)
        for a, b, data in known:
            edge = self.part("e", self.names[a], self.names[b])
            yield from typed(edge, "NetworkEdge")
            yield about(edge, "inNetwork", Kind.IRI, self.iri)
            yield about(edge, "fromNode", Kind.IRI, a)
            yield about(edge, "toNode", Kind.IRI, b)
            yield about(edge, "weight", Kind.INTEGER if whole else Kind.DOUBLE, data["weight"])
            for attribute, name, kind in _EDGE:
                value = data.get(attribute)
                if value is not None and not (isinstance(value, float) and not isfinite(value)):
                    yield about(edge, name, kind, value)

    def measurements(self, name: str, values: Mapping[str, float], side: Mapping[str, int]) -> Iterator[Statement]:
        """State what nodes measure, with their ranks on their side: the largest is first, equals share a rank."""
        printed = {node: float(f"{value:.6g}") for node, value in sorted(values.items()) if isfinite(value)}
        ranks = _ranks(printed, side)
        for node, value in printed.items():
            measurement = self.part("m", name, self.names[node])
            yield from typed(measurement, "Measurement")
            yield about(measurement, "inNetwork", Kind.IRI, self.iri)
            yield about(measurement, "measure", Kind.IRI, iris.NS + name)
            yield about(measurement, "node", Kind.IRI, node)
            yield about(measurement, "value", Kind.DOUBLE, value)
            yield about(measurement, "rank", Kind.INTEGER, ranks[node])

    def part(self, *names: str) -> str:
        """Name a part. Joined keys may be those of another part: the second has a number behind them."""
        fragment = "-".join((names[0], "--".join(names[1:])))
        self._taken[fragment] += 1
        again = self._taken[fragment]
        return iris.part("network", self.key, fragment if again == 1 else f"{fragment}--{again}")

    def said(self, name: str, kind: Kind, value: object) -> Statement:
        """State a value of the run."""
        return about(self.iri, name, kind, value)

    def _values(self, **values: tuple[Kind, object]) -> Iterator[Statement]:
        """State what is known of the run, under the names of terms."""
        return (self.said(name, kind, value) for name, (kind, value) in values.items() if value is not None)


def _ranks(values: Mapping[str, float], side: Mapping[str, int]) -> dict[str, int]:
    """Rank the nodes of each side, the largest value first; equal values share a rank."""
    sides: dict[int, list[float]] = {}
    for node, value in values.items():
        sides.setdefault(side[node], []).append(value)
    places = {
        each: {value: place for place, value in reversed(list(enumerate(sorted(found, reverse=True), start=1)))}
        for each, found in sides.items()
    }
    return {node: places[side[node]][value] for node, value in values.items()}


def _name(key: str) -> str:
    """Give a node's key where it can stand in an IRI; a digest of the IRI of a node that is not ours."""
    return key if iris.is_key(key) else f"x-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def typed(subject: str, name: str) -> Iterator[Statement]:
    """State the type of a part."""
    yield Statement(subject, RDF_TYPE, Kind.IRI, iris.NS + name)


def about(subject: str, name: str, kind: Kind, value: object) -> Statement:
    """State a value under a term of ours."""
    if kind in {Kind.DOUBLE, Kind.DECIMAL} and isinstance(value, int | float):
        return Statement(subject, iris.NS + name, kind, number(value))
    text = str(value).lower() if kind == Kind.BOOLEAN else str(value)
    return Statement(subject, iris.NS + name, kind, text)


def number(value: float) -> str:
    """Write a number at 6 significant digits without an exponent, as stores give it back.

    >>> number(1 / 3), number(11.0), number(8e-9)
    ('0.333333', '11', '0.000000008')
    """
    text = f"{Decimal(f'{value:.6g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
