"""Groups of updates into generations: whole or not at all, whatever happens to the process in between."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from graph.backends.oxigraph.generations import current, list_generations, manifest_of, use, verify, writer_lock
from tests.graph.backends import writers
from tests.graph.backends.writers import pairs
from tests.graph.editions import leftovers, publish_edition

if TYPE_CHECKING:
    from pathlib import Path

POINTS = 14  # at least; a commit tells how many it has come by


@pytest.fixture
def data(tmp_path: Path) -> Path:
    publish_edition(tmp_path / "DATA", tmp_path / "parts", 1)
    return tmp_path / "DATA"


def run(data: Path, *numbers: int, die_at: int = -1, fail_at: int = -1, command: str = "commit") -> dict[str, Any]:
    """Commit in a process of its own; nothing is given of one that died."""
    listed = ",".join(str(number) for number in numbers)
    done = subprocess.run(
        [sys.executable, "-m", writers.__name__, command, data, listed, str(die_at), str(fail_at)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == (-signal.SIGKILL if die_at >= 0 and not done.stdout else 0), done.stderr
    found: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return found


def sound(data: Path) -> None:
    for name in list_generations(data):
        verify(data, name)


def audited(data: Path) -> list[str]:
    return [json.loads(line)["sha256"] for line in (data / "audit.ndjson").read_text().splitlines()]


def test_a_group_is_one_generation_and_every_update_of_it_is_acknowledged(data: Path) -> None:
    found = run(data, 1, 2, 3)
    assert [(o["code"], o["before"], o["after"]) for o in found["outcomes"]] == [("done", "g1", "g2")] * 3
    assert found["points"] >= POINTS
    assert pairs(data) == {1, 2, 3}
    assert audited(data) == ["1", "2", "3"]
    sound(data)


def test_a_generation_of_updates_says_what_is_stale_and_where_it_comes_from(data: Path) -> None:
    run(data, 1)
    run(data, 2)
    manifest = manifest_of(data, "g3")
    assert (manifest["built"], manifest["previous"], manifest["edition"]) == ("g1", "g2", 1)
    assert manifest["stale"] == ["columns", "text"]
    assert "statement_digest" not in manifest
    assert manifest["counts"]["quads"] == manifest_of(data, "g1")["counts"]["quads"] + 4


def test_the_generation_that_was_built_stays_however_many_updates_follow(data: Path) -> None:
    for number in range(1, 6):
        run(data, number)
    assert list_generations(data) == ("g1", "g4", "g5", "g6")


def test_going_back_is_what_the_next_update_starts_from(data: Path) -> None:
    run(data, 1)
    use(data, "g1")
    run(data, 2)
    assert pairs(data) == {2}


def test_a_build_that_overtakes_is_what_the_next_update_starts_from(data: Path, tmp_path: Path) -> None:
    run(data, 1)
    publish_edition(data, tmp_path / "parts", 2)
    run(data, 2)
    assert pairs(data) == {2}
    assert manifest_of(data, current(data))["built"] == "g3"


def test_updates_wait_while_another_process_publishes(data: Path) -> None:
    with writer_lock(data):
        assert [o["code"] for o in run(data, 1)["outcomes"]] == ["locked"]
    assert current(data) == "g1"


def test_a_kill_at_any_point_leaves_old_or_new_whole(data: Path) -> None:
    points = run(data, 1000)["points"]
    acknowledged = {1000}
    for at in range(points):
        before = pairs(data)
        found = run(data, at, die_at=at)
        acknowledged |= {at} if found else set()
        assert acknowledged <= pairs(data)
        assert pairs(data) - before <= {at}
        sound(data)
    run(data, 2000)
    assert leftovers(data) == []
    assert set(audited(data)) == {str(number) for number in pairs(data)}


def test_a_full_disk_at_any_point_undoes_what_is_not_acknowledged(data: Path) -> None:
    points = run(data, 1000)["points"]
    for at in range(points):
        before = pairs(data)
        (outcome,) = run(data, at, fail_at=at)["outcomes"]
        after = pairs(data)
        if outcome["code"] == "done":
            assert after == before | {at}
        elif outcome["code"] != "unknown":
            assert after == before
        sound(data)
    run(data, 2000)
    assert leftovers(data) == []


def test_files_that_cannot_grow_refuse_the_update_and_harm_nothing(data: Path) -> None:
    (outcome,) = run(data, 1, command="cramped")["outcomes"]
    assert outcome["code"] in {"died", "unpublished"}
    assert current(data) == "g1"
    sound(data)
    assert run(data, 2)["outcomes"][0]["code"] == "done"
    assert pairs(data) == {2}
