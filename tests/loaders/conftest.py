"""The reference data of the bundled sample, read once."""

from __future__ import annotations

import pytest

from questeur.sample import sample
from tests.loaders.world import World, world_of


@pytest.fixture(scope="session")
def world() -> World:
    with sample() as sources:
        return world_of(sources[:1])
