"""Parts into a fresh store, here or in a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyoxigraph import Store

from graph.backends.oxigraph.loading import load_parts
from ontology.errors import BuildError
from tests.graph.editions import DERIVED, QUESTIONS, edition, quads_of

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = {QUESTIONS: 81, DERIVED: 20}


@pytest.mark.parametrize("small", [pytest.param(1 << 30, id="here"), pytest.param(0, id="apart")])
def test_a_store_holds_what_its_parts_say_wherever_it_was_loaded(tmp_path: Path, small: int) -> None:
    parts = edition(tmp_path / "parts", 1)
    counted = load_parts(tmp_path / "store", [part.path for part in parts], EXPECTED, small=small)
    assert counted.graphs == EXPECTED
    store = Store.read_only(str(tmp_path / "store"))
    assert {str(quad) for quad in store.quads_for_pattern(None, None, None, None)} == quads_of(1)


def test_a_damaged_part_is_named_by_the_process_that_loads(tmp_path: Path) -> None:
    part = tmp_path / "cut.nq"
    part.write_text("<urn:a> <urn:b")
    with pytest.raises(BuildError, match=r"part cut\.nq cannot be loaded"):
        load_parts(tmp_path / "store", [part], {}, small=0)


def test_a_count_that_is_not_as_expected_is_told_by_the_process_that_loads(tmp_path: Path) -> None:
    parts = [part.path for part in edition(tmp_path / "parts", 1)]
    with pytest.raises(BuildError, match="expected 19") as caught:
        load_parts(tmp_path / "store", parts, EXPECTED | {DERIVED: 19}, small=0)
    assert caught.value.code == "count-mismatch"
