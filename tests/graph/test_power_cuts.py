"""What is there after a power cut at any point of a publish: the old state or the new one, whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graph.backends.oxigraph.generations import current, list_generations, verify
from tests.graph import powercuts
from tests.graph.backends.writers import pairs
from tests.graph.editions import leftovers, publish_edition, whole_edition

SEEDS = [2, pytest.param(100, marks=pytest.mark.slow)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Publish three editions, so that a fourth has something to collect."""
    for number in (1, 2, 3):
        publish_edition(tmp_path / "DATA", tmp_path, number)
    return tmp_path / "DATA"


def run(command: str, data: Path, seeds: int) -> tuple[list[str], str, Path]:
    out = data.parent / "cuts"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", powercuts.__name__, command, data, data.parent, out, str(seeds)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said["points"], said["answer"], out


@pytest.mark.parametrize("seeds", SEEDS)
def test_r10_a_build_cut_off_at_any_point_leaves_old_or_new_whole(data: Path, tmp_path: Path, seeds: int) -> None:
    points, _, out = run("publish", data, seeds)
    for at, name in enumerate(points):
        for seed in range(seeds):
            left = out / f"{at}-{seed}"
            number = whole_edition(left)
            assert number in {3, 4}, name
            assert number == (4 if at >= points.index("published") else number), name
            assert number == (3 if at < points.index("replaced") else number), name
            verify(left, current(left))
    publish_edition(out / "3-1", tmp_path, 5)
    assert leftovers(out / "3-1") == []


@pytest.mark.parametrize("seeds", SEEDS)
def test_r10_an_update_that_was_acknowledged_is_there_after_a_power_cut(data: Path, seeds: int) -> None:
    points, answer, out = run("commit", data, seeds)
    assert answer == "done"
    for at, name in enumerate(points):
        for seed in range(seeds):
            left = out / f"{at}-{seed}"
            assert pairs(left) in ([{1}] if at >= points.index("published") else [set[int](), {1}]), name
            verify(left, current(left))


def test_the_model_loses_what_is_not_synced(data: Path, tmp_path: Path) -> None:
    disk = powercuts.Disk(data)
    (data / "CURRENT").write_text("g2\n")
    (data / "gens" / "g3").rename(data / "gens" / "g9")
    disk.after_a_cut(tmp_path / "left", 0)
    assert current(tmp_path / "left") == "g3"
    assert list_generations(tmp_path / "left") == ("g1", "g2", "g3")
