"""Options and fixtures of the whole suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from questeur.build import Report, build
from questeur.sample import sample

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew; look at the diff")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Build the demo's own DATA folder, once, from the bundled records."""
    data = tmp_path_factory.mktemp("demo")
    with sample() as sources:
        return data, build(sources, data)
