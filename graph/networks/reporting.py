"""Answers about networks as plain documents: the kinds there are, measures, communities. Knows no store, no HTTP."""

from __future__ import annotations

import math
from math import prod
from typing import TYPE_CHECKING, Any, cast

import msgspec

from graph.networks.catalogue import MEASURES
from graph.networks.communities import SEEDS
from graph.networks.export import document
from graph.networks.fast import installed
from graph.networks.flat import flat_meta
from graph.networks.kinds import KINDS
from graph.networks.linked import NODE_MEASURES, run_of
from graph.networks.options import OPTION_NAMES
from graph.networks.parameters import NAMES, choose
from graph.networks.selecting import list_of, passing
from graph.networks.slices import sliced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.columns.table import Columns
    from graph.networks.communities import Algorithm
    from graph.networks.kinds import Kind
    from graph.networks.linked import Plan
    from graph.networks.measures.measured import Key, Measured
    from graph.networks.network import Network
    from graph.networks.nulls import Permuted
    from graph.networks.options import Options
    from graph.networks.origin import Origin
    from graph.networks.parameters import Parameters
    from graph.networks.slices import Sliced
    from graph.networks.units import Units

_ALGORITHMS = ("louvain", "leiden")
_PATHS = ("betweenness", "closeness")
_STEPS = 500_000  # of path searches in half a second
_QUICK, _SLOW = 4, 60  # steps that an edge takes in other measures
_SLICED, _PROJECTED = 20_000, 8_000  # edges, questions behind a projection that are cut into slices in half a second
_DIVIDED = 15_000  # edges that are put into communities in half a second


def catalogue_of() -> dict[str, object]:
    """Say which kinds there are, what each shows, and what may be asked of them."""
    kinds = [
        {
            "kind": kind.name,
            "href": f"/networks/{kind.name}",
            "label": {"fr": kind.fr, "en": kind.en},
            "ends": kind.ends,
            "via": kind.via,
            "defaults": {name: getattr(kind.defaults, name) for name in OPTION_NAMES},
        }
        for kind in KINDS.values()
    ]
    return {"kinds": kinds, "filters": NAMES, "options": OPTION_NAMES, "measures": tuple(MEASURES)}


def measures_of(
    network: Network, names: Sequence[str], top: int, *, progress: Callable[[float], None] | None = None
) -> dict[str, object]:
    """Measure a network by some names; of each measure the largest values, ties in the order of IRIs.

    ``progress`` is told the share of the measures that are done.

    Raises
    ------
    QueryError
        There is no measure of a name, or it does not fit the network.
    """
    labels = {node: data["label"] for node, data in network.nodes}
    found: dict[str, object] = {}
    for number, name in enumerate(names):
        if progress is not None:
            progress(number / len(names))
        found[name] = _measure(network.measure(name), labels, top)
    return {"meta": flat_meta(network.meta), "measures": found}


def long_to_measure(network: Network, names: Sequence[str]) -> bool:
    """Say whether measuring may take more than half a second: paths grow with nodes times edges."""
    steps = len(network.nodes) * len(network.edges)
    each = {"betweenness": steps, "closeness": steps} if not installed() else dict.fromkeys(_PATHS, steps // 30)
    each |= {"h2": _SLOW * len(network.edges), "d": _SLOW * len(network.edges)}
    return sum(each.get(name, _QUICK * len(network.edges)) for name in names) > _STEPS


def long_to_divide(network: Network, trials: int) -> bool:
    """Say whether finding communities, as many times as there are trials, may take more than half a second."""
    return (trials + len(SEEDS)) * len(network.edges) > _DIVIDED


def _measure(found: Measured, labels: dict[str, str], top: int) -> dict[str, object]:
    """Write one measure, its values at the digits on which engines agree."""
    values = [
        {**_named(key, labels), "value": float(f"{value:.6g}"), "rank": rank}
        for rank, (key, value) in enumerate(found.ranked()[:top], start=1)
    ]
    return {
        "of": found.of,
        "definition": found.definition,
        "weight": found.weight,
        "normalisation": found.normalisation,
        "engine": {"name": found.engine, "version": found.version},
        "reference": found.reference,
        "notes": found.notes,
        "values": values,
    }


def _named(key: Key, labels: dict[str, str]) -> dict[str, str]:
    """Name what a value belongs to."""
    if isinstance(key, tuple):
        return {"source": key[0], "target": key[1]}
    return {"id": key, "label": labels[key]} if key in labels else {}


def communities_of(
    network: Network, algorithm: str, trials: int, seed: int, *, progress: Callable[[float], None] | None = None
) -> dict[str, object]:
    """Find communities and say how sure they are: Q never stands without its z, nor a partition without its stability.

    Raises
    ------
    QueryError
        There is no such algorithm.
    MissingEngineError
        It needs an engine that is not installed.
    """
    chosen = cast("Algorithm", choose("algorithm", algorithm, _ALGORITHMS))
    meta = flat_meta(network.meta)
    if not network.edges:
        return {"meta": meta, "algorithm": chosen, "communities": [], "notes": ["the network has no edge"]}
    found = network.communities(algorithm=chosen, trials=trials, seed=seed, progress=progress)
    labels = {node: data["label"] for node, data in network.nodes}
    return {
        "meta": meta,
        "algorithm": chosen,
        "seeds": found.seeds,
        "quality": _chance(found.null),
        "barber": _number(found.barber),
        "stability": {"nmi": _number(found.nmi), "ari": _number(found.ari), "stable": found.stable},
        "agreement_with_groups": None if found.by_attribute is None else _chance(found.by_attribute),
        "communities": [
            {"number": number, "size": len(members), "members": [{"id": m, "label": labels[m]} for m in members]}
            for number, members in enumerate(found.members, start=1)
        ],
        "notes": [] if found.stable else ["unstable: the partition changes from seed to seed"],
    }


def turtle_of(
    network: Network, origin: Origin, plan: Plan, *, progress: Callable[[float], None] | None = None
) -> bytes:
    """Write a network as the linked data that publishing it would put into the graph.

    Raises
    ------
    QueryError
        A measure that was asked for does not fit it.
    MissingEngineError
        The algorithm of communities needs an engine that is not installed.
    """
    return run_of(network, origin, plan, progress=progress).turtle()


def long_to_state(network: Network, plan: Plan) -> bool:
    """Say whether stating a network with what a plan asks may take more than half a second."""
    names = NODE_MEASURES if plan.measures is None else plan.measures
    return long_to_measure(network, names) or (plan.trials > 0 and long_to_divide(network, plan.trials))


def long_to_slice(columns: Columns, kind: Kind, parameters: Parameters, options: Options) -> bool:
    """Say whether cutting a network into slices may take more than half a second.

    A network has at most as many edges as questions, or as pairs of ends; a projection is tested anew in each slice.
    """
    questions = int(passing(columns, parameters).sum())
    if kind.projected:
        return questions > _PROJECTED
    ends = (options.ministry_as if end == "ministry" else end for end in kind.ends)
    return min(questions, prod(len(columns.codes[list_of(end)]) for end in ends)) > _SLICED


def slices_json_of(
    columns: Columns,
    kind: str,
    parameters: Parameters,
    options: Options,
    units: Units | None = None,
    *,
    progress: Callable[[float], None] | None = None,
) -> bytes:
    """Write a network and its slices as JSON."""
    return msgspec.json.encode(slices_of(sliced(columns, kind, parameters, options, units, progress=progress)))


def slices_of(found: Sliced) -> dict[str, object]:
    """Write a network and its slices."""
    return {
        **document(found.whole.flat),
        "undated": found.undated,
        "slices": [
            {"slice": part.name, "from": part.since, "to": part.until, **document(part.network.flat)}
            for part in found.parts
        ],
    }


def _chance(found: Permuted) -> dict[str, Any]:
    """Write a statistic beside its draws."""
    return {
        "value": _number(found.observed),
        "mean": _number(found.mean),
        "z": _number(found.z),
        "p": _number(found.p),
        "trials": found.trials,
        "seed": found.seed,
    }


def _number(value: float) -> float | None:
    """Write a number at 6 significant digits; None for one that is none."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
