"""Columns written to disk and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graph.columns.files import load, save
from graph.columns.reading import from_store
from ontology.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.columns.table import Columns
    from graph.store import Store


def test_what_is_written_is_read_back(real_columns: Columns, tmp_path: Path) -> None:
    save(real_columns, tmp_path)
    found = load(tmp_path)
    assert found.generation == real_columns.generation
    for (name, ours), (other, theirs) in zip(real_columns.arrays(), found.arrays(), strict=True):
        assert name == other
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    for kind, codes in real_columns.codes.items():
        other_codes = found.codes[kind]
        assert (codes.keys, codes.fr, codes.en) == (other_codes.keys, other_codes.fr, other_codes.en)
        np.testing.assert_array_equal(codes.stub, other_codes.stub)


def test_the_same_graph_gives_the_same_bytes(embedded: Store, remote: Store, tmp_path: Path) -> None:
    """Whoever answers: but for the generation, which another service does not tell."""
    for name, store in (("here", embedded), ("again", embedded), ("there", remote)):
        save(from_store(store), tmp_path / name)
    written = {
        name: {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("here", "again", "there")
    }
    assert written["here"] == written["again"]
    assert written["there"].pop("columns.json").replace(b'"unknown"', b'"g1"') == written["here"].pop("columns.json")
    assert written["here"] == written["there"]


@pytest.mark.parametrize("file", ["deputy.npy", "moves.day.npy", "columns.json"])
def test_a_changed_or_missing_file_is_refused(real_columns: Columns, tmp_path: Path, file: str) -> None:
    save(real_columns, tmp_path)
    whole = (tmp_path / file).read_bytes()
    (tmp_path / file).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BuildError, match="columns:"):
        load(tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(BuildError, match="columns:"):
        load(tmp_path)
