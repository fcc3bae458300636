"""Stores over small graphs that a test writes itself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import settings

from graph.backends.oxigraph.store import OxigraphStore
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.store import Store

    StoreOf = Callable[[str], Store]

settings.register_profile("patient", deadline=None)  # the machine may be busy
settings.load_profile("patient")

QUESTIONS = ox.NamedNode("https://w3id.org/questeur/graph/questions/an-15-qe")


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[StoreOf]:
    """Make a store of a text in Turtle."""
    with ExitStack() as stack:

        def of(turtle: str) -> Store:
            triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
            quads = [ox.Quad(one.subject, one.predicate, one.object, QUESTIONS) for one in triples]
            publish(tmp_path / "DATA", "g1", quads, example=False)
            return stack.enter_context(OxigraphStore(tmp_path / "DATA"))

        yield of
