"""Options of the whole suite, and fixtures for all: a published example graph, and a store over it by each driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from benchmarks.corpus.making import BUNDLED, Options, make_corpus
from graph.backends.oxigraph.store import OxigraphStore
from graph.backends.remote import RemoteStore
from questeur.build import Report, build
from questeur.sample import sample
from tests.stores import endpoint, many, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.store import Store


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew; look at the diff")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long forms, unless they are asked for by their marker."""
    if "slow" in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Build the demo's own DATA folder, once, from the bundled records."""
    data = tmp_path_factory.mktemp("demo")
    with sample() as sources:
        return data, build(sources, data)


@pytest.fixture(scope="session")
def legislature(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the graph of 800 synthetic questions, once; give its DATA folder and the corpus's own truth."""
    folder = tmp_path_factory.mktemp("legislature")
    made = make_corpus(Options(out=folder / "corpus", questions=800, seed=5))
    build([made.corpus, BUNDLED / "amo.json.zip"], folder / "DATA")
    return folder / "DATA", made.truth


@pytest.fixture(scope="session")
def example_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the example graph and 30,000 triples more. Read it only."""
    data = tmp_path_factory.mktemp("example") / "DATA"
    publish(data, "g1", many(6000))
    return data


@pytest.fixture(scope="session")
def embedded(example_data: Path) -> Iterator[OxigraphStore]:
    """Open the example graph by the embedded driver."""
    with OxigraphStore(example_data) as store:
        yield store


@pytest.fixture(scope="session")
def remote(example_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """Open the example graph through the real Oxigraph server, whose time limit is one second."""
    generation = example_data / "gens" / "g1" / "store"
    with endpoint(generation, tmp_path_factory.mktemp("remote"), "--timeout-s", "1") as url, RemoteStore(url) as store:
        yield store


@pytest.fixture(params=["embedded", "remote"])
def store(request: pytest.FixtureRequest) -> Store:
    """Give a store over the example graph, by each driver in turn."""
    return cast("Store", request.getfixturevalue(request.param))
