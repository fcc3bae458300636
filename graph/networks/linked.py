"""A network as linked data: the statements of one run, the same for the same facts and parameters. Knows no store.

A value hangs on a measurement of a run, never on the thing measured: queries see all graphs as one, where the values of
two runs would mix. Numbers have 6 significant digits, those on which engines agree, and are written as a store gives
them back.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, cast

from graph.networks.kinds import KINDS
from graph.networks.parameters import bad, choose, hinted
from graph.networks.turtle import turtle
from ontology import iris
from ontology.errors import QueryError
from ontology.statements import RDF_TYPE, Kind, Statement, line
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.networks.communities import Algorithm
    from graph.networks.measures.measured import Key
    from graph.networks.network import Network
    from graph.networks.origin import Origin

METHOD: Final = 1  # raised when the same parameters come to give other statements
NODE_MEASURES: Final = (
    "degree",
    "strength",
    "breadth",
    "d",
    "betweenness",
    "closeness",
    "eigenvector",
    "pagerank",
    "birank",
    "core",
)
TRIALS: Final = 20
MOST_TRIALS: Final = 10_000

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
class Plan:
    """What is computed of a network beside its edges.

    Attributes
    ----------
    measures
        Names of measures of nodes; all that fit the network when None.
    trials
        Random networks that the communities are set beside; 0: no communities.
    algorithm
        How communities are found.
    """

    measures: tuple[str, ...] | None = None
    trials: int = TRIALS
    algorithm: Algorithm = "louvain"

    def __post_init__(self) -> None:
        """Refuse what is no measure of nodes."""
        for name in self.measures or ():
            if name not in NODE_MEASURES:
                raise bad("m", name[:40], hinted(name, NODE_MEASURES))

    def canonical(self) -> dict[str, str | int]:
        """Give what differs from the default, under the names of an address."""
        named: dict[str, str | int | None] = {
            "algorithm": None if self.algorithm == "louvain" else self.algorithm,
            "m": None if self.measures is None else ",".join(self.measures),
            "trials": None if self.trials == TRIALS else self.trials,
        }
        return {name: value for name, value in named.items() if value is not None}


def plan_of(*, m: str = "", trials: int | str = TRIALS, algorithm: str = "louvain") -> Plan:
    """Read a plan from text, as an address or a command line gives it; an empty value is the default.

    Raises
    ------
    QueryError
        There is no such measure of nodes, algorithm, or number of trials.
    """
    text = str(trials or TRIALS) if trials != 0 else "0"
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_TRIALS):
        raise bad("trials", text[:40], f"give a number up to {MOST_TRIALS}")
    return Plan(
        measures=tuple(sorted(set(m.split(",")), key=_place)) if m else None,
        trials=int(text),
        algorithm=cast("Algorithm", choose("algorithm", algorithm or "louvain", ("louvain", "leiden"))),
    )


def _place(name: str) -> tuple[int, str]:
    """Order measures as the table does."""
    return (NODE_MEASURES.index(name) if name in NODE_MEASURES else len(NODE_MEASURES), name)


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


def run_of(
    network: Network, origin: Origin, plan: Plan | None = None, *, progress: Callable[[float], None] | None = None
) -> Run:
    """Compute what a plan asks of a network, and state all of it; ``progress`` is told the share that is done.

    Raises
    ------
    QueryError
        A measure that was asked for does not fit it.
    """
    chosen = plan or Plan()
    kind, shown = str(network.meta["kind"]), dict(network.meta["parameters"])
    parameters = dict(sorted({**shown, **chosen.canonical()}.items()))
    key = f"{kind}-{_digest(kind, parameters, origin)}"
    made = _Statements(network, key, parameters)
    stated = tuple(made.all(origin, chosen, progress or (lambda _: None)))
    return Run(key=key, kind=kind, parameters=parameters, statements=stated, edges=len(network.edges))


def _digest(kind: str, parameters: Mapping[str, Any], origin: Origin) -> str:
    """Name a run by everything that its statements depend on."""
    said = [METHOD, kind, parameters, origin.generation or "", origin.facts]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


class _Statements:
    """The statements of one run, part by part."""

    def __init__(self, network: Network, key: str, parameters: Mapping[str, str | int | float]) -> None:
        self._network = network
        self._key = key
        self._iri = iris.thing("network", key)
        self._parameters = parameters
        self._names = {node: _name(data["key"]) for node, data in network.nodes}
        self._side: dict[str, int] = {node: data.get("bipartite", 0) for node, data in network.nodes}
        self._two_sided = not KINDS[str(network.meta["kind"])].projected
        self._taken = Counter[str]()

    def all(self, origin: Origin, plan: Plan, progress: Callable[[float], None]) -> Iterator[Statement]:
        """State the run, its activity, its edges, measurements and communities."""
        yield from self._run()
        yield from self._activity(origin, plan)
        if not self._network.edges:
            return
        yield from self._edges()
        names = NODE_MEASURES if plan.measures is None else plan.measures
        for number, name in enumerate(names):
            progress(number / len(names) / 2)
            yield from self._measurements(name, must=plan.measures is not None)
        if plan.trials and self._two_sided:  # a projection has no counts to deal anew
            yield from self._communities(plan, lambda share: progress((1 + share) / 2))

    def _run(self) -> Iterator[Statement]:
        """State what was counted, and what it was tested against."""
        meta, given = self._network.meta, self._parameters
        kind = KINDS[str(meta["kind"])]
        told = ", ".join(f"{name}={value}" for name, value in given.items())
        aside = f" ({told})" if told else ""
        null: Mapping[str, Any] = meta.get("null") or {}
        yield from _typed(self._iri, "Network")
        yield Statement(self._iri, RDF_TYPE, Kind.IRI, f"{_PROV}Entity")
        yield Statement(self._iri, _LABEL, Kind.FR, f"{kind.fr}{aside}")
        yield Statement(self._iri, _LABEL, Kind.EN, f"{kind.en}{aside}")
        yield Statement(self._iri, f"{_DCTERMS}license", Kind.IRI, str(meta["licence"]))
        yield Statement(self._iri, f"{_PROV}wasGeneratedBy", Kind.IRI, f"{self._iri}#run")
        graph = iris.graph(graph_name(self._key))
        yield Statement(graph, RDF_TYPE, Kind.IRI, f"{_PROV}Entity")
        yield Statement(graph, f"{_DCTERMS}title", Kind.FR, f"Réseau publié : {kind.fr}{aside}")
        yield Statement(graph, f"{_DCTERMS}license", Kind.IRI, str(meta["licence"]))
        yield Statement(graph, f"{_PROV}wasGeneratedBy", Kind.IRI, f"{self._iri}#run")
        if "legislature" in given:
            yield self._said("inLegislature", Kind.IRI, iris.thing("legislature", str(given["legislature"])))
        yield from self._values(
            kind=(Kind.STRING, meta["kind"]),
            parameters=(Kind.STRING, json.dumps(given, ensure_ascii=False, sort_keys=True)),
            questionClass=(Kind.IRI, iris.NS + _CLASSES[str(given.get("type", "QE"))]),
            countsBy=(Kind.IRI, iris.NS + _ENDS[str(given.get("target", "asked"))]),
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

    def _activity(self, origin: Origin, plan: Plan) -> Iterator[Statement]:
        """State how it was made, and from what. No clock: the same run has the same bytes."""
        activity = f"{self._iri}#run"
        yield Statement(activity, RDF_TYPE, Kind.IRI, f"{_PROV}Activity")
        if origin.generation is not None:
            yield Statement(activity, f"{_PROV}used", Kind.IRI, origin.generation)
        numbers = {"methodVersion": METHOD, "seed": self._parameters.get("seed", 0), "trials": plan.trials}
        for name, value in numbers.items():
            yield _about(activity, name, Kind.INTEGER, value)

    def _edges(self) -> Iterator[Statement]:
        """State each edge: its ends, what it weighs, and how far that is from chance."""
        whole = all(isinstance(data["weight"], int) for *_, data in self._network.edges)
        for a, b, data in self._network.edges:
            edge = self._part("e", self._names[a], self._names[b])
            yield from _typed(edge, "NetworkEdge")
            yield _about(edge, "inNetwork", Kind.IRI, self._iri)
            yield _about(edge, "fromNode", Kind.IRI, a)
            yield _about(edge, "toNode", Kind.IRI, b)
            yield _about(edge, "weight", Kind.INTEGER if whole else Kind.DOUBLE, data["weight"])
            for attribute, name, kind in _EDGE:
                value = data.get(attribute)
                if value is not None and not (isinstance(value, float) and not isfinite(value)):
                    yield _about(edge, name, kind, value)

    def _measurements(self, name: str, *, must: bool) -> Iterator[Statement]:
        """State the values of a measure with their ranks on their side; one that does not fit is left out."""
        try:
            values = self._measured(name)
        except QueryError as error:
            if must or error.code != "measure":
                raise
            return
        printed = {str(key): float(f"{value:.6g}") for key, value in values.items() if isfinite(value)}
        for node, rank in self._ranks(printed).items():
            measurement = self._part("m", name, self._names[node])
            yield from _typed(measurement, "Measurement")
            yield _about(measurement, "inNetwork", Kind.IRI, self._iri)
            yield _about(measurement, "measure", Kind.IRI, iris.NS + name)
            yield _about(measurement, "node", Kind.IRI, node)
            yield _about(measurement, "value", Kind.DOUBLE, printed[node])
            yield _about(measurement, "rank", Kind.INTEGER, rank)

    def _measured(self, name: str) -> Mapping[Key, float]:
        """Measure the nodes. Those of a projection are counted here: the measures of margins are for two sides."""
        if self._two_sided or name not in {"degree", "strength"}:
            return self._network.measure(name).values
        totals: dict[Key, float] = dict.fromkeys(self._side, 0.0)
        for a, b, data in self._network.edges:
            for end in (a, b):
                totals[end] += 1 if name == "degree" else data["units"]
        return totals

    def _ranks(self, values: Mapping[str, float]) -> dict[str, int]:
        """Rank the nodes of each side, the largest value first; equal values share a rank."""
        sides: dict[int, list[float]] = {}
        for node, value in values.items():
            sides.setdefault(self._side[node], []).append(value)
        places = {
            side: {value: place for place, value in reversed(list(enumerate(sorted(found, reverse=True), start=1)))}
            for side, found in sides.items()
        }
        return {node: places[self._side[node]][value] for node, value in sorted(values.items())}

    def _communities(self, plan: Plan, progress: Callable[[float], None]) -> Iterator[Statement]:
        """State the partition: never its modularity without the z, nor a community without the stability."""
        seed = int(self._parameters.get("seed", 0))
        found = self._network.communities(
            algorithm=plan.algorithm, trials=plan.trials, seed=seed, attribute=None, progress=progress
        )
        yield self._said("stability", Kind.DOUBLE, found.ari)
        if isfinite(found.null.z):
            yield self._said("modularity", Kind.DOUBLE, found.quality)
            yield self._said("modularityZScore", Kind.DOUBLE, found.null.z)
        for number, members in enumerate(found.members, start=1):
            community = self._part("c", str(number))
            yield from _typed(community, "Community")
            yield _about(community, "inNetwork", Kind.IRI, self._iri)
            yield _about(community, "size", Kind.INTEGER, len(members))
            yield from (_about(community, "member", Kind.IRI, member) for member in members)

    def _part(self, *names: str) -> str:
        """Name a part. Joined keys may be those of another part: the second has a number behind them."""
        fragment = "-".join((names[0], "--".join(names[1:])))
        self._taken[fragment] += 1
        again = self._taken[fragment]
        return iris.part("network", self._key, fragment if again == 1 else f"{fragment}--{again}")

    def _said(self, name: str, kind: Kind, value: object) -> Statement:
        return _about(self._iri, name, kind, value)

    def _values(self, **values: tuple[Kind, object]) -> Iterator[Statement]:
        """State what is known of the run, under the names of terms."""
        return (self._said(name, kind, value) for name, (kind, value) in values.items() if value is not None)


def _name(key: str) -> str:
    """Give a node's key where it can stand in an IRI; a digest of the IRI of a node that is not ours."""
    return key if iris.is_key(key) else f"x-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _typed(subject: str, name: str) -> Iterator[Statement]:
    yield Statement(subject, RDF_TYPE, Kind.IRI, iris.NS + name)


def _about(subject: str, name: str, kind: Kind, value: object) -> Statement:
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
