"""The application over the example, without a socket."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from flask.testing import FlaskClient

from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.world import publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

# rdflib 7.6 uses its own deprecated names when it reads or writes named graphs and JSON-LD.
RDFLIB = pytest.mark.filterwarnings(r"ignore:(Dataset\.\w+|ConjunctiveGraph) is deprecated:DeprecationWarning")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def store(published: Path) -> Iterator[OxigraphStore]:
    with OxigraphStore(published) as opened:
        yield opened


@pytest.fixture(scope="session")
def app(store: OxigraphStore) -> Flask:
    return create_app(store, Settings(public_url="https://questeur.example", max_request_bytes=100_000, page_rows=20))


def points(page: str) -> list[str]:
    """List the cells and sentences of a page that write a number with a decimal point, or a day as machines do."""
    texts = re.findall(r"<(?:td|p|caption)\b[^>]*>(.*?)</(?:td|p|caption)>", page.partition("</main>")[0], re.DOTALL)
    plain = (re.sub(r"<[^>]+>", "", text) for text in texts)
    return [text for text in plain if re.search(r"\b\d+\.\d|connue?s? le \d{4}-", text)]


class Client(FlaskClient):
    """A client that takes an answer whole and closes it, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 Flask's own signature
        """Send a request."""
        return super().open(*args, **{"buffered": True, **kwargs})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = Client
    return app.test_client()


@pytest.fixture(scope="session")
def synthetic(legislature: tuple[Path, Path]) -> Iterator[FlaskClient]:
    """Give a client of the application over 800 synthetic questions."""
    with OxigraphStore(legislature[0]) as opened:
        made = create_app(opened, Settings(public_url="https://questeur.example"))
        made.test_client_class = Client
        yield made.test_client()
