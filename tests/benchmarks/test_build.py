"""The benchmark of the build: its inputs, its bars, how it counts; not how fast anything is."""

from __future__ import annotations

import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from benchmarks.build import morph
from benchmarks.build.apart import command
from benchmarks.build.bars import Bar
from benchmarks.build.inputs import prepare
from benchmarks.build.rounds import MAPPING
from benchmarks.build.stages import map_stage, pool_stage, rdflib_stage

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.build.inputs import Inputs


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    return prepare(tmp_path_factory.mktemp("bench"), 150, 1)


def test_one_record_in_a_hundred_is_changed_and_no_other(inputs: Inputs) -> None:
    with zipfile.ZipFile(inputs.archive) as old, zipfile.ZipFile(inputs.changed) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert 1 <= len(changed) <= 2  # one of the members is a notice
    assert inputs.archive.name == inputs.changed.name


def test_inputs_are_taken_up_again(inputs: Inputs) -> None:
    made = inputs.archive.stat().st_mtime_ns
    again = prepare(inputs.folder.parent, 150, 1)
    assert again == inputs
    assert inputs.archive.stat().st_mtime_ns == made


@pytest.mark.filterwarnings("ignore:Dataset.contexts:DeprecationWarning")  # in rdflib's own serialiser
def test_the_map_stage_and_a_pool_write_the_same_lines_and_rdflib_is_given_each(inputs: Inputs, tmp_path: Path) -> None:
    mapped = map_stage(inputs.archive, inputs.references, tmp_path / "one")
    pooled = pool_stage(inputs.archive, inputs.references, tmp_path / "two", 1)
    reference = rdflib_stage(tmp_path / "one", tmp_path / "rdflib.nq", 5)
    assert mapped.value.sha256 == pooled.value
    assert mapped.value.quads == reference.value.quads > 150 * 20
    assert min(mapped.wall, mapped.cpu, mapped.peak, reference.cpu) > 0


def test_statements_are_counted_by_the_predicates_of_the_rml_mapping(inputs: Inputs, tmp_path: Path) -> None:
    map_stage(inputs.archive, inputs.references, tmp_path)
    ours, mapped = morph.ours(tmp_path), morph.predicates(MAPPING)
    assert mapped <= ours.keys()
    assert ours["type WrittenQuestion"] == ours["author"] == ours["questionText"] == 150


def test_a_bar_is_reached_from_its_own_side() -> None:
    least = Bar(name="B", what="", sense="at least", asked=2, measured=2, unit="×")
    most = Bar(name="B", what="", sense="at most", asked=2, measured=2.1, unit="×")
    assert (least.holds, most.holds) == (True, False)


def test_a_program_that_fails_stops_the_run_and_says_why() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        command([sys.executable, "-c", "raise SystemExit('no such thing')"])
