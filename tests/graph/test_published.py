"""Runs laid upon a small state: whole at every moment, held against their lines, gone when they are taken away."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.generations import current, hold, manifest_of, verify
from graph.faults import installed
from graph.keeping import generations_of, verify_deeply
from graph.load import load, standing
from graph.networks.stating import Run
from graph.published import FOLDER, publish_run, published_runs, unpublish
from ontology.errors import BuildError
from ontology.iris import NS
from ontology.statements import Kind, Statement
from tests.graph.editions import edition, leftovers, publish_edition, quads_in, quads_of

if TYPE_CHECKING:
    from pathlib import Path


def run(name: str = "a") -> Run:
    key = f"group-ministry-{name}"
    said = tuple(Statement(f"urn:{name}:{n}", f"{NS}label", Kind.STRING, f"a\u2028b {n}") for n in range(20))
    return Run(key=key, kind="group-ministry", parameters={"type": "all"}, statements=said, edges=20)


def lines(*runs: Run) -> frozenset[str]:
    return frozenset(line.removesuffix(" .\n") for one in runs for line in one.lines())


def held(data: Path) -> frozenset[str]:
    with hold(data) as generation:
        return quads_in(generation)


def test_a_run_lies_upon_the_state_and_is_held_against_its_lines(data: Path) -> None:
    publish_edition(data, data / "parts", 1)
    publish_run(data, run("a"), generation="g1")
    done = publish_run(data, run("b"), generation="g2")
    assert (done.name, done.changed) == ("g3", True)
    assert held(data) == quads_of(1) | lines(run("a"), run("b"))
    assert verify_deeply(data, "g3").endswith("those of its 3 parts and 2 published networks")
    assert [kept.origin.partition(" and ")[2] for kept in generations_of(data)] == [
        "",
        "1 published network",
        "2 published networks",
    ]
    with (data / FOLDER / f"{run('a').key}.nq").open("a") as file:
        file.write(run("a").lines()[0])
    with pytest.raises(BuildError, match="does not hold the statements"):
        verify_deeply(data, "g3")


def test_a_failure_at_any_point_leaves_the_old_generation_or_the_new_one_whole(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 1)
    points: list[str] = []
    with installed(points.append):
        publish_run(data, run(), generation="g1")
    unpublish(data, run().key)
    assert {"run written", "replaced", "collected"} <= set(points)
    for at in range(len(points)):
        left = points[: at + 1]

        def fail(name: str, left: list[str] = left) -> None:
            if left and left.pop(0) == name and not left:
                raise OSError(f"cut at {name}")

        with installed(fail), suppress(OSError, BuildError):
            publish_run(data, run(), generation=current(data))
        verify(data, current(data))
        there = bool(published_runs(data))
        assert there == (at >= points.index("replaced"))
        assert held(data) == (quads_of(1) | lines(run()) if there else quads_of(1))
        if there:
            unpublish(data, run().key)
    publish_run(data, run(), generation=current(data))
    assert held(data) == quads_of(1) | lines(run())
    assert leftovers(data) == []


def test_only_the_lines_of_runs_that_a_generation_holds_are_kept(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 1)
    publish_run(data, run("a"), generation="g1")
    unpublish(data, run("a").key)
    assert (data / FOLDER / f"{run('a').key}.nq").exists()  # the generation before still holds it
    for _ in range(2):
        publish_run(data, run("b"), generation=current(data))
        unpublish(data, run("b").key)
    assert [path.stem for path in (data / FOLDER).iterdir()] == [run("b").key]


def test_the_state_stands_under_its_runs_and_is_another_once_it_changes(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 1)
    publish_run(data, run(), generation="g1")
    assert standing(data, "g1") == "g2"
    assert not standing(data, "g2")
    assert not standing(data, "")
    again = load(data, edition(parts, 1), {"edition": 1})
    assert (again.name, again.changed, again.dropped) == ("g2", False, ())
    changed = load(data, edition(parts, 2), {"edition": 2})
    assert (changed.name, changed.changed, changed.dropped) == ("g3", True, (run().key,))
    assert held(data) == quads_of(2)
    assert "networks" not in manifest_of(data, "g3")
    assert not standing(data, "g1")
