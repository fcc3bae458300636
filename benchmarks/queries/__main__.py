"""The command: ``python -m benchmarks.queries --questions 5000``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from benchmarks.build.bars import RESULTS, Machine, machine
from benchmarks.build.inputs import AMO, prepare
from graph import named
from graph.opening import open_store
from graph.store import Limits
from ontology.errors import QuesteurError
from questeur.build import Options, build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.named import NamedQuery

ROOT = Path(__file__).resolve().parents[2]
WARM = 3
DEADLINE = 60.0  # of a run, so that a query above its bar is measured too
BAR, LOOKUP_BAR = 10.0, 1.0  # seconds
# What looks one thing up; a slot of a whole legislature or of days makes a query an aggregate.
_THINGS = frozenset({"question", "constituency", "portfolio", "ministry", "deputy", "group"})
_QUESTION = "SELECT ?q { ?q a <https://w3id.org/questeur/ns#WrittenQuestion> } ORDER BY ?q LIMIT 1"


class Timed(msgspec.Struct, frozen=True, kw_only=True):
    """One query: seconds of the first run and of those after it, or why it has none."""

    name: str
    lookup: bool
    rows: int
    cold: float
    warm: list[float]
    error: str = ""

    @property
    def bar(self) -> float:
        """Give the seconds that every run may take."""
        return LOOKUP_BAR if self.lookup else BAR

    @property
    def holds(self) -> bool:
        """Say whether every run kept to the bar."""
        return not self.error and max(self.cold, *self.warm) <= self.bar


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the benchmark, as it is kept."""

    synthetic: bool
    questions: int
    seed: int
    statements: int
    machine: Machine
    load_before: tuple[float, float, float]
    load_after: tuple[float, float, float]
    queries: list[Timed]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.queries",
        description="Time every named query on synthetic questions: cold in new processes, then warm.",
    )
    parser.add_argument("--questions", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="WORD", default="", help="the queries whose name holds this; nothing is kept")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is not reached")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="where corpus and graph are kept"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    inputs = prepare(asked.work.resolve(), asked.questions, asked.seed)
    data = inputs.folder / "queries-data"
    built = build([AMO, inputs.archive], data, options=Options(jobs=os.cpu_count() or 1))
    before = os.getloadavg()
    question = _first_question(data)
    names = [name for name in named.names() if asked.only in name]
    timed = [_show(_time(data, named.read(name), question)) for name in names]
    result = Result(
        synthetic=True,
        questions=asked.questions,
        seed=asked.seed,
        statements=sum(built.quads.values()),
        machine=machine(None),
        load_before=before,
        load_after=os.getloadavg(),
        queries=timed,
    )
    late = [one.name for one in timed if not one.holds]
    print(f"\n{len(timed) - len(late)} of {len(timed)} within their bars, on {asked.questions:,} synthetic questions")
    if not asked.only:
        print(f"kept in benchmarks/results/{_keep(result).name}")
    return int(asked.strict and bool(late))


def _first_question(data: Path) -> str:
    with closing(open_store(data)) as store:
        return str(store.rows(_QUESTION).rows[0][0])


def _time(data: Path, query: NamedQuery, question: str) -> Timed:
    """Run a query in processes of its own; a question's slot takes one that is there, all others their defaults."""
    slots = {slot.name: slot.kind for slot in query.slots if slot.default}
    text = query.bind({name: question for name, kind in slots.items() if kind == "question"})
    seconds: list[float] = []
    rows, said = 0, ""
    with closing(open_store(data)) as store:
        store.ask("ASK {}")  # the process is there, and has read nothing
        for _ in range(1 + WARM):
            began = time.monotonic()
            try:
                rows = len(store.rows(text, limits=Limits(deadline=DEADLINE)))
            except QuesteurError as error:
                said = error.message
            seconds.append(round(time.monotonic() - began, 4))
    lookup = not _THINGS.isdisjoint(slots.values())
    return Timed(name=query.name, lookup=lookup, rows=rows, cold=seconds[0], warm=seconds[1:], error=said)


def _show(one: Timed) -> Timed:
    mark = "pass" if one.holds else "FAIL"
    said = one.error or f"{one.rows:,} rows"
    print(
        f"{mark}  {one.name:<40} cold {one.cold:7.3f} s  warm {median(one.warm):7.3f} s  ≤ {one.bar:g} s  {said}",
        flush=True,
    )
    return one


def _keep(result: Result, into: Path = RESULTS) -> Path:
    """Write the result beside the earlier ones; one of the same size is replaced."""
    into.mkdir(exist_ok=True)
    path = into / f"queries-{result.questions}.json"
    queries = [{**msgspec.to_builtins(one), "bar": one.bar, "holds": one.holds} for one in result.queries]
    encoded = msgspec.json.encode({**msgspec.to_builtins(result), "queries": queries})
    path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
