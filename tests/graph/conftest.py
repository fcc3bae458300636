"""A small graph published, for all tests of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.load import load
from tests.graph.editions import edition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from questeur.build import Report


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder where nothing has been published."""
    return tmp_path / "DATA"


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Give a folder for parts."""
    return tmp_path / "parts"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish edition 1 once; tests that change a file put it back."""
    folder = tmp_path_factory.mktemp("published")
    load(folder / "DATA", edition(folder, 1), {"edition": 1})
    return folder / "DATA"


@pytest.fixture(scope="session")
def real(demo: tuple[Path, Report]) -> Iterator[OxigraphStore]:
    """Open the bundled real records."""
    with OxigraphStore(demo[0]) as store:
        yield store
