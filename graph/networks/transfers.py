"""Which questions one portfolio passes on to another, reshuffles aside: a directed network, and its nulls.

Knows columns and networkx; knows no store, no HTTP. A change that a decree or the end of a body caused is inherited: it
is counted apart and is no transfer, and neither is one that stays within a portfolio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode

import networkx as nx
import numpy as np

from graph.columns.table import NO_DAY
from graph.networks.asking import LICENCE
from graph.networks.flows import leaving, pairs
from graph.networks.inquiry import text_of
from graph.networks.numbers import number
from graph.networks.selecting import code_of, passing
from ontology.iris import thing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.flows import Leaving, Pairs
    from graph.networks.parameters import Parameters

Directed: TypeAlias = "nx.DiGraph[str]"

KIND: Final = "ministry-transfer"
ALPHA: Final = 0.01
DEFINITIONS: Final[Mapping[str, str]] = {
    "weight": "questions that the source portfolio passed on to the target portfolio, without decree",
    "expected": "of a pair: under quasi-independence, flows that depend on origin and destination alone; of a "
    "portfolio: at the common rate of leaving among questions tabled under the same government",
    "lift": "weight over expected",
    "p": "of a pair: Poisson, at least as many; of a portfolio: exact sum of binomials, two-sided",
    "q": "p corrected by Benjamini-Hochberg, among pairs or among portfolios",
    "significant": f"q at most {ALPHA}",
    "stays": "times that a question was with the portfolio",
    "rate": "sent over stays",
    "net": "received less sent",
    "median_days": "median number of days from tabling to the transfer",
}
FLOW: Final = (
    *("origin", "origin_label", "destination", "destination_label", "weight", "expected", "lift", "p", "q"),
    *("significant", "median_days", "first", "last", "questions"),
)
BEHIND: Final = (
    *("question", "key", "asked", "day", "waited", "origin", "origin_label", "destination", "destination_label"),
)
REFERENCES: Final = ("Goodman 1968, JASA 63 (quasi-independence)", "Clopper & Pearson 1934, Biometrika 26")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfers:
    """The transfers of some questions, one row each, and what else changed hands."""

    row: NDArray[np.int64]
    origin: NDArray[np.int64]
    target: NDArray[np.int64]
    day: NDArray[np.int64]
    waited: NDArray[np.int64]
    stays: NDArray[np.int64]
    left: NDArray[np.int64]
    excluded: Mapping[str, int]


def transfers(columns: Columns, parameters: Parameters) -> nx.DiGraph[str]:
    """Count the questions that each portfolio passed on to each other one.

    Returns
    -------
    nx.DiGraph
        Portfolios, with stays, sent, received, rate, net, expected, p and q; edges with weight, expected, lift, p, q,
        median_days and the link to their questions. In its own attributes what was counted and what is no transfer.
    """
    found = moved(columns, parameters)
    size = len(columns.codes["portfolio"])
    flows = np.zeros((size, size), dtype=np.int64)
    np.add.at(flows, (found.origin, found.target), 1)
    network: nx.DiGraph[str] = nx.DiGraph()
    tested = pairs(flows)
    network.graph.update(_meta(columns, parameters, found, tested))
    left = leaving(found.stays, found.left)
    seen = np.flatnonzero((left.stays > 0) | (flows.sum(axis=0) > 0))
    for code in seen.tolist():
        network.add_node(_iri(columns, code), **_node(columns, code, left, int(flows[:, code].sum())))
    for i, j in zip(*(part.tolist() for part in np.nonzero(flows)), strict=True):
        network.add_edge(_iri(columns, i), _iri(columns, j), **_edge(columns, parameters, (i, j), found, tested))
    return network


def flows_of(network: nx.DiGraph[str]) -> Iterator[dict[str, Any]]:
    """Give the flows as lines, the largest first, with the names of both ends."""
    edges = [(network.nodes[a], network.nodes[b], data) for a, b, data in network.edges(data=True)]
    for origin, target, data in sorted(edges, key=lambda edge: (-edge[2]["weight"], edge[0]["key"], edge[1]["key"])):
        ends = {"origin": origin, "destination": target}
        names = {name: end["key"] for name, end in ends.items()}
        yield names | {f"{name}_label": end["label"] for name, end in ends.items()} | data


def moved(columns: Columns, parameters: Parameters) -> Transfers:
    """Find the transfers among the questions that pass the filters."""
    moves = columns.moves
    owner = np.repeat(np.arange(len(columns)), np.diff(moves.offsets))
    mask = passing(columns, parameters)
    relation = np.append(columns.ministry_portfolio.astype(np.int64), -1)
    origin, target = relation[moves.origin], relation[moves.target]
    inside = mask[owner]
    known = (origin >= 0) & (target >= 0)
    excluded = {
        "inherited": inside & ~moves.transferred,
        "same_portfolio": inside & moves.transferred & known & (origin == target),
        "no_portfolio": inside & moves.transferred & ~known,
    }
    kept = inside & moves.transferred & known & (origin != target)
    period, periods = _periods(columns)
    owner, origin, target, day = owner[kept], origin[kept], target[kept], moves.day[kept].astype(np.int64)
    left = np.zeros((periods, len(columns.codes["portfolio"])), dtype=np.int64)
    np.add.at(left, (period[owner], origin), 1)
    waited = np.where((day == NO_DAY) | (columns.asked[owner] == NO_DAY), -1, day - columns.asked[owner])
    stays = np.maximum(_stays(columns, mask, period, periods), left)
    return Transfers(
        row=owner,
        origin=origin,
        target=target,
        day=day,
        waited=waited,
        stays=stays,
        left=left,
        excluded={name: int(value.sum()) for name, value in excluded.items()},
    )


def behind(
    columns: Columns, parameters: Parameters, *, origin: str | None = None, destination: str | None = None
) -> Iterator[dict[str, str | int | None]]:
    """List the transfers, those of one origin or destination alone when it is given, by question.

    Raises
    ------
    QueryError
        There is no such portfolio, legislature or group.
    """
    found = moved(columns, parameters)
    codes = columns.codes["portfolio"]
    kept = np.ones(len(found.row), dtype=np.bool_)
    for name, key, end in (("origin", origin, found.origin), ("destination", destination, found.target)):
        if key is not None:
            kept &= end == code_of(columns, name, key, end="portfolio")
    for place in np.flatnonzero(kept).tolist():
        row = int(found.row[place])
        yield {
            "question": columns.iri(row),
            "key": columns.question[row].decode(),
            "asked": text_of(int(columns.asked[row])),
            "day": text_of(int(found.day[place])),
            "waited": int(found.waited[place]) if found.waited[place] >= 0 else None,
            "origin": codes.keys[found.origin[place]],
            "origin_label": codes.fr[found.origin[place]],
            "destination": codes.keys[found.target[place]],
            "destination_label": codes.fr[found.target[place]],
        }


def _periods(columns: Columns) -> tuple[NDArray[np.int64], int]:
    """Give the government under which each question was tabled, as a number, and how many there are."""
    starts = np.unique(columns.government_since[columns.government_since != NO_DAY])
    return np.searchsorted(starts, columns.asked, side="right").astype(np.int64), len(starts) + 1


def _stays(columns: Columns, mask: NDArray[np.bool_], period: NDArray[np.int64], periods: int) -> NDArray[np.int64]:
    """Count by period how often a question was with each portfolio; neighbouring charges of one are one stay."""
    charges = columns.attributions
    owner = np.repeat(np.arange(len(columns)), np.diff(charges.offsets))
    holder = np.append(columns.ministry_portfolio.astype(np.int64), -1)[charges.ministry]
    begins = np.ones(len(owner), dtype=np.bool_)
    begins[1:] = (owner[1:] != owner[:-1]) | (holder[1:] != holder[:-1])
    kept = begins & mask[owner] & (holder >= 0)
    stays = np.zeros((periods, len(columns.codes["portfolio"])), dtype=np.int64)
    np.add.at(stays, (period[owner[kept]], holder[kept]), 1)
    return stays


def _iri(columns: Columns, code: int) -> str:
    """Give the IRI of a portfolio."""
    return thing("portfolio", columns.codes["portfolio"].keys[code])


def _node(columns: Columns, code: int, left: Leaving, received: int) -> dict[str, object]:
    """Describe a portfolio."""
    codes = columns.codes["portfolio"]
    stays, sent, q = int(left.stays[code]), int(left.left[code]), number(float(left.q[code]))
    return {
        "key": codes.keys[code],
        "type": "Portfolio",
        "label": codes.fr[code],
        "label_en": codes.en[code],
        "stays": stays,
        "sent": sent,
        "received": received,
        "net": received - sent,
        "rate": number(sent / stays) if stays else None,
        "expected": number(float(left.expected[code])),
        "p": number(float(left.p[code])),
        "q": q,
        "significant": q is not None and q <= ALPHA,
    }


def _edge(
    columns: Columns, parameters: Parameters, ends: tuple[int, int], found: Transfers, tested: Pairs
) -> dict[str, object]:
    """Describe a flow."""
    here = (found.origin == ends[0]) & (found.target == ends[1])
    days = found.day[here & (found.day != NO_DAY)]
    waited = found.waited[here & (found.waited >= 0)]
    weight, expected, q = int(here.sum()), float(tested.expected[ends]), number(float(tested.q[ends]))
    keys = columns.codes["portfolio"].keys
    link = urlencode({**parameters.canonical(), "origin": keys[ends[0]], "destination": keys[ends[1]]})
    return {
        "weight": weight,
        "expected": number(expected),
        "lift": number(weight / expected) if expected else None,
        "p": number(float(tested.p[ends])),
        "q": q,
        "significant": q is not None and q <= ALPHA,
        "median_days": number(float(np.median(waited))) if len(waited) else None,
        "first": text_of(int(days.min())) if len(days) else None,
        "last": text_of(int(days.max())) if len(days) else None,
        "questions": f"/transfers/questions?{link}",
    }


def _meta(columns: Columns, parameters: Parameters, found: Transfers, tested: Pairs) -> dict[str, object]:
    """Say what was counted, and against what it is tested."""
    return {
        "kind": KIND,
        "parameters": parameters.canonical(),
        "generation": columns.generation,
        "n_transfers": len(found.row),
        "n_questions": len(np.unique(found.row)),
        "excluded": dict(found.excluded),
        "null": {
            "model": "quasi-independence",
            "conserves": ["transfers out of each portfolio", "transfers into each portfolio"],
            "tests": tested.tests,
            "alpha": ALPHA,
            "correction": "bh",
            "seed": None,
        },
        "null_of_nodes": {"model": "one rate of leaving in each government's time", "alpha": ALPHA, "correction": "bh"},
        "definitions": dict(DEFINITIONS),
        "references": list(REFERENCES),
        "licence": LICENCE,
    }
