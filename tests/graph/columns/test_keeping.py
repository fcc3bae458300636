"""Columns kept beside the generations."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.columns.keeping import Ahead, columns_of
from graph.load import load
from tests.graph.editions import edition

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    load(tmp_path / "DATA", edition(tmp_path, 1), {"edition": 1})
    return tmp_path / "DATA"


def test_columns_are_written_once_and_read_by_whoever_comes_later(data: Path) -> None:
    with OxigraphStore(data) as store:
        first = columns_of(store)
        assert columns_of(store) is first
    index = data / "columns" / "g1" / "columns.json"
    written = index.stat().st_mtime_ns
    with OxigraphStore(data) as store:
        assert columns_of(store).question.tolist() == first.question.tolist()
    assert index.stat().st_mtime_ns == written


def test_columns_read_ahead_of_the_publication_are_those_that_a_request_would_read(data: Path, tmp_path: Path) -> None:
    ahead = Ahead(data)
    published = load(data, edition(tmp_path, 2), {"edition": 2}, complete=ahead.read)
    ahead.keep(published.name)
    folder = data / "columns" / published.name
    early = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    with OxigraphStore(data) as store:
        assert columns_of(store).generation == published.name
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == early


def test_nothing_is_kept_where_nothing_was_published(data: Path, tmp_path: Path) -> None:
    ahead = Ahead(data)
    ahead.keep(load(data, edition(tmp_path, 1), {"edition": 1}, complete=ahead.read).name)
    assert not (data / "columns").exists()


@pytest.mark.parametrize("how", ["damaged", "of another state"])
def test_columns_that_cannot_be_trusted_are_made_anew(data: Path, how: str) -> None:
    with OxigraphStore(data) as store:
        columns_of(store)
    folder = data / "columns" / "g1"
    whole = (folder / "asked.npy").read_bytes()
    if how == "damaged":
        (folder / "asked.npy").write_bytes(b"")
    else:
        (folder / "of.sha256").write_text("0" * 64)
        (folder / "asked.npy").write_bytes(whole + b"x")
    with OxigraphStore(data) as store:
        columns_of(store)
    assert (folder / "asked.npy").read_bytes() == whole


def test_the_columns_of_a_generation_that_is_gone_go_too(data: Path, tmp_path: Path) -> None:
    (data / "columns" / "g999").mkdir(parents=True)
    with OxigraphStore(data) as store:
        columns_of(store)
        load(data, edition(tmp_path, 2), {"edition": 2})
        assert columns_of(store).generation == "g2"
    assert sorted(path.name for path in (data / "columns").iterdir()) == ["g1", "g2"]
    assert json.loads((data / "columns" / "g2" / "columns.json").read_bytes())["generation"] == "g2"


def test_a_folder_that_cannot_be_written_is_done_without(data: Path) -> None:
    (data / "columns").write_text("in the way")
    with OxigraphStore(data) as store:
        assert columns_of(store).generation == "g1"
