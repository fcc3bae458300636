"""The demo's own DATA folder, built once from the bundled records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from questeur.build import Report, build
from questeur.sample import sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    data = tmp_path_factory.mktemp("demo")
    with sample() as sources:
        return data, build(sources, data)
