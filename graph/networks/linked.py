"""A network as linked data: the statements of one run, the same for the same facts and parameters. Knows no store."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final, cast

from graph.networks.kinds import KINDS
from graph.networks.parameters import bad, choose, hinted
from graph.networks.stating import Run, Stating, about, key_of, typed
from ontology.errors import QueryError
from ontology.statements import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graph.networks.communities import Algorithm
    from graph.networks.measures.measured import Key
    from graph.networks.network import Network
    from graph.networks.origin import Origin
    from ontology.statements import Statement

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
    key = key_of(kind, parameters, origin, texts=network.edges.columns["units"] if "n" in network.edges.columns else ())
    made = _Statements(network, Stating(key, {node: data["key"] for node, data in network.nodes}, parameters))
    stated = tuple(made.all(origin, chosen, progress or (lambda _: None)))
    return Run(key=key, kind=kind, parameters=parameters, statements=stated, edges=len(network.edges))


class _Statements:
    """The statements of one run, part by part."""

    def __init__(self, network: Network, to: Stating) -> None:
        self._network = network
        self._to = to
        self._side: dict[str, int] = {node: data.get("bipartite", 0) for node, data in network.nodes}
        self._two_sided = not KINDS[str(network.meta["kind"])].projected

    def all(self, origin: Origin, plan: Plan, progress: Callable[[float], None]) -> Iterator[Statement]:
        """State the run, its activity, its edges, measurements and communities."""
        kind = KINDS[str(self._network.meta["kind"])]
        yield from self._to.head(self._network.meta, kind.fr, kind.en)
        yield from self._to.activity(origin, trials=plan.trials)
        if not self._network.edges:
            return
        yield from self._to.edges(self._network.edges)
        names = NODE_MEASURES if plan.measures is None else plan.measures
        for number, name in enumerate(names):
            progress(number / len(names) / 2)
            yield from self._measurements(name, must=plan.measures is not None)
        if plan.trials and self._two_sided:  # a projection has no counts to deal anew
            yield from self._communities(plan, lambda share: progress((1 + share) / 2))

    def _measurements(self, name: str, *, must: bool) -> Iterator[Statement]:
        """State the values of a measure with their ranks on their side; one that does not fit is left out."""
        try:
            values = self._measured(name)
        except QueryError as error:
            if must or error.code != "measure":
                raise
            return
        yield from self._to.measurements(name, {str(key): value for key, value in values.items()}, self._side)

    def _measured(self, name: str) -> Mapping[Key, float]:
        """Measure the nodes. Those of a projection are counted here: the measures of margins are for two sides."""
        if self._two_sided or name not in {"degree", "strength"}:
            return self._network.measure(name).values
        totals: dict[Key, float] = dict.fromkeys(self._side, 0.0)
        for a, b, data in self._network.edges:
            for end in (a, b):
                totals[end] += 1 if name == "degree" else data["units"]
        return totals

    def _communities(self, plan: Plan, progress: Callable[[float], None]) -> Iterator[Statement]:
        """State the partition: never its modularity without the z, nor a community without the stability."""
        seed = int(self._to.parameters.get("seed", 0))
        found = self._network.communities(
            algorithm=plan.algorithm, trials=plan.trials, seed=seed, attribute=None, progress=progress
        )
        yield self._to.said("stability", Kind.DOUBLE, found.ari)
        if isfinite(found.null.z):
            yield self._to.said("modularity", Kind.DOUBLE, found.quality)
            yield self._to.said("modularityZScore", Kind.DOUBLE, found.null.z)
        for number, members in enumerate(found.members, start=1):
            community = self._to.part("c", str(number))
            yield from typed(community, "Community")
            yield about(community, "inNetwork", Kind.IRI, self._to.iri)
            yield about(community, "size", Kind.INTEGER, len(members))
            yield from (about(community, "member", Kind.IRI, member) for member in members)
