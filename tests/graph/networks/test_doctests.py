"""The examples in the docstrings of the analysis core say what the code does."""

from __future__ import annotations

import doctest
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest

from graph.networks import (
    backbone,
    bicm,
    communities,
    correction,
    delays,
    flows,
    inquiry,
    lives,
    nulls,
    numbers,
    projection,
    reuse,
    runs,
    survival,
    wording,
)
from graph.networks.measures import margins, measured, paths, specialisation, spectral, structure

if TYPE_CHECKING:
    from types import ModuleType

MODULES = (
    *(backbone, bicm, communities, correction, delays, flows, inquiry),
    *(lives, nulls, numbers, projection, reuse, runs, survival, wording),
    *(margins, measured, paths, specialisation, spectral, structure),
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_the_examples_of_a_module_hold(module: ModuleType) -> None:
    known = {"nx": nx, "np": np, "bipartite": measured.bipartite}
    result = doctest.testmod(module, extraglobs=known)
    assert result.attempted > 0
    assert result.failed == 0
