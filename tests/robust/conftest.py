"""A service over the example graph, with a long deadline, shared by the tests that leave it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.served import Server, served

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@pytest.fixture(scope="package")
def server(example_data: Path) -> Generator[Server]:
    with served(example_data, "--timeout", "30") as found:
        yield found


@pytest.fixture(scope="package")
def crowded(example_data: Path) -> Generator[Server]:
    """Serve many clients, told apart by the address that one proxy in front adds."""
    with served(example_data, "--timeout", "3", "--proxies", "1", "--processes", "1") as found:
        yield found


@pytest.fixture(autouse=True)
def _web_processes_stay(server: Server) -> Generator[None]:
    """Whatever is sent, no web process ends."""
    before = server.web()
    yield
    assert server.web() == before
    assert server.get("/healthz").status == 200
