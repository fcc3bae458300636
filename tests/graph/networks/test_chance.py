"""What chance alone gives must not be found, and names must not matter: every null, every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graph.columns.keeping import columns_of
from graph.networks.bicm import shared_neighbours
from graph.networks.correction import adjust
from graph.networks.flows import leaving, pairs
from graph.networks.kinds import KINDS, network
from graph.networks.nulls import curveball, hypergeometric, permute
from graph.networks.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.columns.codes import Codes
    from graph.columns.table import Columns


def _asked(seed: int) -> int:
    """Count the edges found among 2,000 questions whose ministries were dealt anew."""
    rng = np.random.default_rng(seed)
    askers = rng.choice(90, 2000, p=rng.dirichlet(np.full(90, 0.5)))
    asked = permute(rng.choice(30, 2000, p=rng.dirichlet(np.full(30, 0.7))).astype(np.int64), seed=seed, trial=0)
    counts = np.bincount(askers * 30 + asked, minlength=90 * 30).reshape(90, 30).astype(np.int64)
    return int((adjust(hypergeometric(counts, side="both")) <= 0.01).sum())


def _shared(seed: int) -> int:
    """Count the pairs found in a table whose links were dealt anew with all degrees kept."""
    rng = np.random.default_rng(seed)
    joined = (rng.random((40, 30)) < np.outer(rng.beta(1, 2, 40), rng.beta(2, 1, 30))).astype(np.int64)
    found = shared_neighbours(curveball(joined, seed=seed, trial=0))
    return int((adjust(found.p, tests=found.tests) <= 0.01).sum())


def _left(seed: int) -> int:
    """Count the portfolios found to pass on more or fewer questions, all passing on alike in each of three periods."""
    rng = np.random.default_rng(seed)
    stays = rng.integers(20, 300, (3, 40))
    left = rng.binomial(stays, np.array([[0.05], [0.1], [0.02]]))
    return int((leaving(stays, left).q <= 0.01).sum())


def _moved(seed: int) -> int:
    """Count the flows found where origin and destination alone decide, and none stays."""
    rng = np.random.default_rng(seed)
    mean = np.outer(rng.gamma(2, 2, 25), rng.gamma(2, 0.5, 25))
    np.fill_diagonal(mean, 0)
    return int((pairs(rng.poisson(mean).astype(np.int64)).q <= 0.01).sum())


@pytest.mark.parametrize("found", [_asked, _shared, _left, _moved])
def test_shuffled_data_gives_no_discovery_at_one_percent_in_95_of_100_seeds(found: Callable[[int], int]) -> None:
    assert sum(found(seed) == 0 for seed in range(100)) >= 95


@pytest.fixture
def example(embedded: OxigraphStore) -> Columns:
    return columns_of(embedded)


def _relabelled(columns: Columns, seed: int) -> tuple[Columns, dict[str, str]]:
    """Give every thing another key, in another order, and tell which IRI was which."""
    rng = np.random.default_rng(seed)
    codes: dict[str, Codes] = {}
    moved: dict[str, NDArray[np.int32]] = {}
    was: dict[str, str] = {}
    for kind, old in columns.codes.items():
        order: NDArray[np.int64] = rng.permutation(len(old))  # the thing of code c gets the code at[c]
        at = np.append(np.argsort(order), -1).astype(np.int32)
        keys = tuple(f"X{number:05}" for number in range(len(old)))
        listed: list[int] = order.tolist()
        fr, en = (tuple(names[code] for code in listed) for names in (old.fr, old.en))
        codes[kind] = replace(old, keys=keys, fr=fr, en=en, stub=old.stub[order])
        moved[kind] = at
        was |= {codes[kind].iris[new]: old.iris[code] for new, code in enumerate(listed)}
    of = {"person": ("deputy",), "ministry": ("ministry_asked", "ministry_attributed"), "topic": ("topic",)}
    of |= {"group": ("group_declared", "group_dated"), "portfolio": ("portfolio_asked", "portfolio_attributed")}
    of |= {kind: (kind,) for kind in ("mandate", "constituency", "departement")}
    changed: dict[str, Any] = {
        name: moved[kind][getattr(columns, name)] for kind, names in of.items() for name in names
    }
    portfolios = moved["portfolio"][columns.ministry_portfolio]
    changed["ministry_portfolio"] = portfolios[np.argsort(moved["ministry"][:-1])]
    return replace(columns, codes=codes, **changed), was


@pytest.mark.parametrize("kind", KINDS)
def test_names_change_nothing(example: Columns, kind: str) -> None:
    other, was = _relabelled(example, 3)
    ours, theirs = (network(columns, kind, Parameters(type="all")) for columns in (example, other))
    named = {frozenset((was[a], was[b])): data for a, b, data in theirs.edges}
    assert {frozenset((a, b)) for a, b, _ in ours.edges} == named.keys()
    for a, b, data in ours.edges:
        for name in ("units", "weight", "expected", "z", "p", "q", "significant"):
            if name in data:
                assert named[frozenset((a, b))][name] == pytest.approx(data[name], rel=1e-9), name
    assert {node: data["n"] for node, data in ours.nodes} == {was[node]: data["n"] for node, data in theirs.nodes}
