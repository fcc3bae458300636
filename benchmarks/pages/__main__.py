"""The command: ``python -m benchmarks.pages --questions 50000``."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from benchmarks.build.bars import RESULTS, machine
from benchmarks.build.inputs import AMO, prepare
from benchmarks.pages.asking import Measured, measure
from benchmarks.pages.kinds import kinds
from benchmarks.pages.paint import Painted, paint
from questeur.build import Options, build
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.served import Server

ROOT = Path(__file__).resolve().parents[2]
_ONE = ("--processes", "1")  # so that what is kept is kept in one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One run of the benchmark, as it is kept."""

    questions: int
    load_before: tuple[float, float, float]
    load_after: tuple[float, float, float]
    chromium: str
    pages: Sequence[Measured]
    painted: Sequence[Painted]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pages",
        description="Time every type of page on synthetic questions: on the server, and until it is painted.",
    )
    parser.add_argument("--questions", type=int, default=50_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, metavar="DATA", help="a graph of such questions built before")
    parser.add_argument("--many", type=int, default=21, metavar="N", help="pages of each type")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of each page asked again, and painted")
    parser.add_argument("--only", default="", metavar="WORD", help="types whose name holds this; nothing is kept")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is not reached")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="where corpus and graph are kept"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    data = asked.data or _data(asked.work.resolve(), asked.questions, asked.seed)
    before = os.getloadavg()
    with served(data, *_ONE, "--timeout", "60") as site:
        _await_index(site)
        found = [kind for kind in kinds(site, asked.many) if asked.only in kind.name]
        pages = [_show(measure(site, kind, asked.rounds)) for kind in found]
        chromium, painted = paint(site, [kind.paths[0] for kind in found if _seen(kind.name)], asked.rounds)
        questions = int(site.get("/questions.json?limit=1").json["total"])
    for one in painted:
        _show_paint(one)
    result = Result(
        questions=questions,
        load_before=before,
        load_after=os.getloadavg(),
        chromium=chromium,
        pages=pages,
        painted=painted,
    )
    late = [one for one in (*pages, *painted) if not one.holds]
    print(f"\n{len(late)} of {len(pages) + len(painted)} above their bars, on {questions:,} synthetic questions")
    if not asked.only:
        print(f"kept in benchmarks/results/{_keep(result).name}")
    return int(asked.strict and bool(late))


def _data(work: Path, questions: int, seed: int) -> Path:
    """Build the graph of a synthetic legislature, or take up that of an earlier run."""
    inputs = prepare(work, questions, seed)
    data = inputs.folder / "pages-data"
    build([AMO, inputs.archive], data, options=Options(jobs=os.cpu_count() or 1))
    return data


def _seen(name: str) -> bool:
    """Say whether a type has pages to paint: suggestions are data."""
    return name != "suggestions"


def _await_index(site: Server) -> None:
    """Wait until the full-text index of the generation is made."""
    for _ in range(100):
        if site.get("/search.json?q=question").status != 503:
            return


def _show(one: Measured) -> Measured:
    mark = "    " if one.bar is None else "pass" if one.holds else "FAIL"
    first, again = one.first, one.again
    print(
        f"{mark}  {one.name:<20} first {_both(first.processor)} cpu {_both(first.wall)} wall"
        f"  again {_both(again.processor)} cpu {_both(again.wall)} wall  {one.bytes // 1024:>4} KB  {one.slowest[:60]}",
        flush=True,
    )
    return one


def _both(times: Any) -> str:  # noqa: ANN401  either of two
    return f"{times.median:7.1f}/{times.p95:7.1f}"


def _show_paint(one: Painted) -> None:
    mark = "pass" if one.holds else "FAIL"
    print(f"{mark}  first paint {one.first:5.0f} ms, largest {one.largest:5.0f} ms  {one.path[:80]}", flush=True)


def _keep(result: Result, into: Path = RESULTS) -> Path:
    """Write the result beside the earlier ones; one of the same size is replaced."""
    into.mkdir(exist_ok=True)
    path = into / f"pages-{result.questions}.json"
    body = {
        "synthetic": True,
        "machine": msgspec.to_builtins(machine(None)),
        **asdict(result),
        "pages": [{**asdict(one), "holds": one.holds} for one in result.pages],
        "painted": [{**asdict(one), "holds": one.holds} for one in result.painted],
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(body), indent=1) + b"\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
