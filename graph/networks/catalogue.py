"""The measures by name, for pages, commands and programs. Knows every measure; knows no store, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any

from graph.networks import fast
from graph.networks.measures import margins, paths, specialisation, spectral, structure
from graph.networks.parameters import bad, hinted
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    import networkx as nx

    from graph.networks.measures.measured import Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One measure: what makes it, and whether it has to be asked for, because it takes long or takes an option."""

    make: Callable[..., Measured]
    asked: bool = False


MEASURES: dict[str, Entry] = {
    "degree": Entry(make=margins.degree),
    "strength": Entry(make=margins.strength),
    "share": Entry(make=margins.share),
    "lift": Entry(make=margins.lift),
    "z": Entry(make=margins.z),
    "breadth": Entry(make=specialisation.breadth),
    "h2": Entry(make=specialisation.h2, asked=True),
    "d": Entry(make=specialisation.d, asked=True),
    "betweenness": Entry(make=paths.betweenness, asked=True),
    "closeness": Entry(make=paths.closeness, asked=True),
    "eigenvector": Entry(make=spectral.eigenvector),
    "pagerank": Entry(make=spectral.pagerank),
    "birank": Entry(make=spectral.birank),
    "core": Entry(make=structure.core),
    "nodf": Entry(make=structure.nodf),
    "clustering": Entry(make=structure.clustering),
    "assortativity": Entry(make=structure.assortativity, asked=True),
}
_FAST = {"betweenness": fast.betweenness, "closeness": fast.closeness}


def measure_of(network: nx.Graph[str], name: str, **options: Any) -> Measured:  # noqa: ANN401 those of the measure
    """Measure a network.

    Path measures take the fast engine where it is installed and has the options: its values are those of the exact one.

    Raises
    ------
    QueryError
        There is no measure of that name, it takes no such option, or it does not fit the network.
    """
    if name not in MEASURES:
        raise bad("measure", name[:40], hinted(name, MEASURES))
    make = MEASURES[name].make
    taken = signature(make).parameters
    for option in options:
        if option not in taken:
            known = [one for one in taken if one != "network"]
            raise QueryError(f"{name} takes no {option}", code="parameter", hint=hinted(option, known or ["none"]))
    if name in _FAST and fast.installed() and options.keys() <= signature(_FAST[name]).parameters.keys():
        make = _FAST[name]
    return make(network, **options)
