"""The application over the example, without a socket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.app import Settings, create_app
from tests.api.embedded import EmbeddedStore

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

EXAMPLE = Path(__file__).parents[1] / "data" / "example-v1.trig"
# rdflib 7.6 uses its own deprecated names when it reads or writes named graphs and JSON-LD.
RDFLIB = pytest.mark.filterwarnings(r"ignore:(Dataset\.\w+|ConjunctiveGraph) is deprecated:DeprecationWarning")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="session")
def store() -> EmbeddedStore:
    return EmbeddedStore(EXAMPLE)


@pytest.fixture(scope="session")
def app(store: EmbeddedStore) -> Flask:
    return create_app(store, Settings(public_url="https://questeur.example", max_request_bytes=100_000, page_rows=20))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
