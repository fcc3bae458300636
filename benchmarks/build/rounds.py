"""One run: the rounds, interleaved, and the bars that follow from their medians."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.build import morph as morph_kgc
from benchmarks.build.apart import Run, apart, questeur
from benchmarks.build.bars import Bar
from benchmarks.build.checking import compiled, with_pyshacl
from benchmarks.build.inputs import AMO, Inputs, prepare
from benchmarks.build.stages import bulk_stage, map_stage, pool_stage, rdflib_stage

if TYPE_CHECKING:
    from benchmarks.build.morph import Morph

MAPPING = Path(__file__).resolve().parents[1] / "rml" / "questions.ttl"
RDFLIB_FILES = 5  # of a thousand questions each: more takes rdflib too much memory, and its rate is the same


class Rounds:
    """The figures of all rounds, by name."""

    def __init__(self, inputs: Inputs, morph: Morph | None) -> None:
        self.inputs = inputs
        self.morph = morph
        self.figures: dict[str, list[float]] = defaultdict(list)
        self.lost: dict[str, tuple[int, int]] = {}
        self.same_bytes = True

    def note(self, name: str, value: float) -> None:
        """Keep a figure of this round."""
        self.figures[name].append(value)

    def medians(self) -> dict[str, float]:
        """Give the median of each figure."""
        return {name: median(values) for name, values in self.figures.items()}

    def run(self) -> None:
        """Run one round: every stage once, each beside what it is compared with."""
        self._mapping()
        self._building()
        self._workers()

    def _time(self, name: str, run: Run[object]) -> None:
        self.note(f"{name}, s", run.wall)
        self.note(f"{name}, processor s", run.cpu)
        self.note(f"{name}, peak MB", run.peak)

    def _mapping(self) -> None:
        inputs, lines = self.inputs, self.inputs.folder / "lines"
        mapped = apart(map_stage, inputs.archive, inputs.references, lines)
        self._time("map", mapped)
        self.note("map, quads", mapped.value.quads)
        self.note("map, quads/s", mapped.value.quads / mapped.cpu)
        self.note("read, processor s", mapped.value.read_cpu)
        self.note("read and map, quads/s", mapped.value.quads / (mapped.cpu + mapped.value.read_cpu))
        reference = apart(rdflib_stage, lines, inputs.folder / "rdflib.nq", RDFLIB_FILES)
        quads = reference.value.quads
        self._time("rdflib", reference)
        self.note("rdflib, quads/s", quads / reference.cpu)
        self.note("rdflib with making its terms, quads/s", quads / (reference.cpu + reference.value.terms_cpu))
        if self.morph is not None:
            self._morph(self.morph, lines)

    def _morph(self, morph: Morph, lines: Path) -> None:
        place = self.inputs.folder / "morph"
        start = morph_kgc.start(morph)
        run = morph_kgc.run(morph, place)
        self._time("morph-kgc", run)
        theirs = apart(morph_kgc.theirs, place)
        self.note("morph-kgc, statements/s", theirs.total() / (run.cpu - start.cpu))
        ours = apart(morph_kgc.ours, lines)
        mapped = morph_kgc.predicates(MAPPING)
        self.lost = {name: (ours[name], theirs[name]) for name in sorted(ours) if name in mapped}

    def _building(self) -> None:
        inputs, data = self.inputs, self.inputs.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        arguments = ("--into", data, "--jobs", "2", "--quiet")
        self._time("build", questeur("build", inputs.archive, AMO, *arguments))
        self._time("build, unchanged", questeur("build", inputs.archive, AMO, *arguments))
        self._time("bulk_load and optimize", apart(bulk_stage, data / "parts", inputs.folder / "bulk"))
        self._time("build, 1 % changed", questeur("build", inputs.changed, AMO, *arguments))
        shutil.rmtree(inputs.folder / "bulk")

    def _workers(self) -> None:
        inputs, lines = self.inputs, self.inputs.folder / "pool"
        one = apart(pool_stage, inputs.archive, inputs.references, lines, 1)
        two = apart(pool_stage, inputs.archive, inputs.references, lines, 2)
        self.note("map with 1 worker, s", one.wall)
        self.note("map with 2 workers, s", two.wall)
        self.same_bytes = self.same_bytes and one.value == two.value


def check_shapes(rounds: Rounds, folder: Path, questions: int, seed: int) -> bool:
    """Measure the compiled shapes against pySHACL on a graph of its own; say whether both name the same nodes."""
    inputs = prepare(folder, questions, seed)
    data = inputs.folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    questeur("build", inputs.archive, AMO, "--into", data, "--quiet")
    own, other = apart(compiled, data), apart(with_pyshacl, data)
    rounds.note("compiled shapes, s", own.wall)
    rounds.note("pySHACL, s", other.wall)
    return own.value == other.value


def bars(rounds: Rounds) -> list[Bar]:
    """Hold the medians against the bars."""
    m = rounds.medians()
    found = [
        _least("B1", "map stage against rdflib add + serialise", 20, m["map, quads/s"] / m["rdflib, quads/s"], "×"),
        _least("B2", "read, decode, map and write on one core", 600_000, m["read and map, quads/s"], " quads/s"),
        _most(
            "B3",
            "whole build, 2 jobs, against bare bulk_load + optimize",
            1.4,
            _of(m, "build", "bulk_load and optimize"),
        ),
        _most("B4", "peak memory of the map stage, from a ZIP", 400, m["map, peak MB"], " MB"),
        _most("B4", "peak memory of the build's largest process", 400, m["build, peak MB"], " MB"),
        _most("B5", "unchanged rebuild against the first build", 0.15, _of(m, "build, unchanged", "build")),
        _most("B6", "1 % of the records changed against the first build", 0.25, _of(m, "build, 1 % changed", "build")),
        _least("B7", "map stage with 2 workers against 1", 1.7, _of(m, "map with 1 worker", "map with 2 workers"), "×"),
    ]
    if "pySHACL, s" in m:
        found.append(_least("B8", "compiled shapes against pySHACL", 8, _of(m, "pySHACL", "compiled shapes"), "×"))
    if "morph-kgc, statements/s" in m:
        ratio = m["map, quads/s"] / m["morph-kgc, statements/s"]
        found.append(_least("B9", "map stage against morph-kgc, statements a second", 50, ratio, "×"))
    return found


def _of(medians: dict[str, float], one: str, other: str) -> float:
    return medians[f"{one}, s"] / medians[f"{other}, s"]


def _least(name: str, what: str, asked: float, measured: float, unit: str = "") -> Bar:
    return Bar(name=name, what=what, sense="at least", asked=asked, measured=measured, unit=unit)


def _most(name: str, what: str, asked: float, measured: float, unit: str = "×") -> Bar:
    return Bar(name=name, what=what, sense="at most", asked=asked, measured=measured, unit=unit)
