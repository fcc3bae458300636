"""The reference data of the bundled sample, read once."""

from __future__ import annotations

import pytest

from loaders.reading import Reading, read_sources
from questeur.sample import sample


@pytest.fixture(scope="session")
def reading() -> Reading:
    with sample() as sources:
        return read_sources(sources)
