"""The columns of the demo's records, and of the example graph by every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from graph.columns.reading import from_store

if TYPE_CHECKING:
    from graph.backends.oxigraph.store import OxigraphStore
    from graph.backends.remote import RemoteStore
    from graph.columns.table import Columns


@pytest.fixture(scope="session")
def real_columns(real: OxigraphStore) -> Columns:
    """Read their columns."""
    return from_store(real)


@pytest.fixture(scope="session")
def example_columns(embedded: OxigraphStore) -> Columns:
    """Read the columns of the example graph."""
    return from_store(embedded)


@pytest.fixture(scope="session")
def remote_columns(remote: RemoteStore) -> Columns:
    """Read the same through an endpoint."""
    return from_store(remote)


@pytest.fixture(params=["embedded", "remote"])
def columns(request: pytest.FixtureRequest) -> Columns:
    """Give the columns of the example graph by each driver in turn."""
    name = "example_columns" if request.param == "embedded" else "remote_columns"
    return cast("Columns", request.getfixturevalue(name))


@pytest.fixture
def store(embedded: OxigraphStore) -> OxigraphStore:
    """Give the example graph to ask the same by SPARQL."""
    return embedded
