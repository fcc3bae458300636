"""The world of the tests of fetching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.questeur.publisher import publishing
from tests.questeur.world import BODY, PATH, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with publishing() as server:
        server.files[PATH] = BODY
        yield World(server=server, into=tmp_path / "sources")
