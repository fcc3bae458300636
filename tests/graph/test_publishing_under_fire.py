"""Publishing with real processes that are killed, starved, or read meanwhile."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.backends.oxigraph.generations import current, hold, list_generations, verify
from graph.faults import installed
from ontology.errors import BuildError, NotFoundError
from tests.graph import processes
from tests.graph.editions import leftovers, publish_edition, whole_edition

# All points met by a publish that also collects, in order.
POINTS = (
    "locked",
    "swept",
    "folder made",
    "store made",
    "part loaded",
    "part loaded",
    "part loaded",
    "optimized",
    "flushed",
    "store closed",
    "counted",
    "completed",
    "manifest written",
    "synced",
    "named",
    "name synced",
    "replacement written",
    "replaced",
    "published",
    "renamed away",
    "collected",
)
AT_EACH_POINT = pytest.mark.parametrize(
    "index", [pytest.param(index, id=f"{index}-{name}") for index, name in enumerate(POINTS)]
)


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(Path(processes.__file__)), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
    )


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish three editions once, so that a fourth has something to collect."""
    folder = tmp_path_factory.mktemp("three")
    for number in (1, 2, 3):
        publish_edition(folder / "DATA", folder, number)
    return folder / "DATA"


@pytest.fixture
def data(three: Path, tmp_path: Path) -> Path:
    """Give a copy in which edition 3 is current."""
    return Path(shutil.copytree(three, tmp_path / "DATA"))


def test_every_step_has_its_point(data: Path, tmp_path: Path) -> None:
    met: list[str] = []
    with installed(met.append):
        publish_edition(data, tmp_path, 4)
    assert tuple(met) == POINTS


def assert_the_next_build_mends(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 5)
    assert whole_edition(data) == 5
    verify(data, current(data))
    assert leftovers(data) == []


@AT_EACH_POINT
def test_a_build_killed_at_any_point_leaves_old_or_new_whole(data: Path, tmp_path: Path, index: int) -> None:
    with start("publish", data, tmp_path, 4, index) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert whole_edition(data) == (4 if index >= POINTS.index("replaced") else 3)
    for name in list_generations(data):
        verify(data, name)
    assert_the_next_build_mends(data, tmp_path)


@pytest.mark.parametrize("index", [0, 2, 5, 12, 14, 16, 17])
def test_a_first_build_killed_leaves_nothing_or_all(tmp_path: Path, index: int) -> None:
    data = tmp_path / "DATA"
    with start("publish", data, tmp_path, 4, index) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    if index >= POINTS.index("replaced"):
        assert whole_edition(data) == 4
    else:
        with pytest.raises(NotFoundError, match="no generation has been published"):
            hold(data)
    assert_the_next_build_mends(data, tmp_path)


@pytest.mark.parametrize("builds", [20, pytest.param(500, marks=pytest.mark.slow)])
def test_builds_killed_at_random_moments_leave_old_or_new_whole(data: Path, tmp_path: Path, builds: int) -> None:
    moments = random.Random(15)  # noqa: S311 - moments, no secret
    with start("publish", data, tmp_path, 4, -1) as process:
        assert heard(process) == "ready"
        began = time.monotonic()
        process.wait()
        took = time.monotonic() - began
    old, killed = 4, 0
    for number in range(6, 6 + builds):
        with start("publish", data, tmp_path, number, -1) as process:
            assert heard(process) == "ready"
            try:
                process.wait(timeout=moments.uniform(0, took))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
        seen = whole_edition(data)
        assert seen in {old, number}
        verify(data, current(data))
        old = seen
    assert killed > builds / 4
    assert_the_next_build_mends(data, tmp_path)


def test_a_second_builder_says_which_process_holds_the_lock(data: Path, tmp_path: Path) -> None:
    with start("wait", data, tmp_path, 4) as first:
        assert heard(first) == "locked"
        with pytest.raises(BuildError, match=f"DATA is being written by process {first.pid}$"):
            publish_edition(data, tmp_path, 5)
        assert whole_edition(data) == 3
        first.communicate()
    assert first.returncode == 0
    assert whole_edition(data) == 4
    assert_the_next_build_mends(data, tmp_path)


def test_a_disk_that_fails_half_way_leaves_the_old_generation(data: Path, tmp_path: Path) -> None:
    with start("cramped", data, tmp_path, 4) as process:
        said, _ = process.communicate()
    assert said.startswith("BuildError: nothing was published: ")
    assert str(data) not in said
    assert whole_edition(data) == 3
    assert leftovers(data) == []
    assert_the_next_build_mends(data, tmp_path)


def test_readers_see_whole_generations_during_ten_publishes(data: Path, tmp_path: Path) -> None:
    readers = [start("read", data) for _ in range(2)]
    for reader in readers:
        assert heard(reader) == "ready"
    for number in range(4, 14):
        publish_edition(data, tmp_path, number)
    for reader in readers:
        said = json.loads(reader.communicate()[0])
        assert said["errors"] == []
        assert said["cycles"] > 10
        assert said["seen"] == sorted(said["seen"])
        assert len(said["seen"]) > 3
    publish_edition(data, tmp_path, 14)
    assert list_generations(data) == ("g12", "g13", "g14")
