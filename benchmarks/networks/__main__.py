"""The command: ``python -m benchmarks.networks --questions 45400``."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import networkx as nx
import numpy as np

from benchmarks.build.bars import RESULTS, Bar, Machine, machine
from benchmarks.build.inputs import AMO, prepare
from benchmarks.networks.drawn import columns_of
from benchmarks.networks.planting import planted
from graph.columns.keeping import columns_of as columns_of_store
from graph.networks.bicm import shared_neighbours
from graph.networks.catalogue import MEASURES
from graph.networks.export import write
from graph.networks.igraphs import convert
from graph.networks.kinds import kind_of, network, read
from graph.networks.measures.measured import table
from graph.opening import open_store
from questeur.build import Options, build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.columns.table import Columns
    from graph.networks.network import Network

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
COPIES = 4000
ROUNDS = 7
_FILTERED = {"legislature": "15", "ministry_as": "portfolio"}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the benchmark, as it is kept. Times are seconds of processor time."""

    synthetic: bool
    questions: int
    seed: int
    machine: Machine
    load_before: tuple[float, float, float]
    load_after: tuple[float, float, float]
    bars: list[Bar]
    figures: dict[str, float]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.networks",
        description="Time networks, measures, nulls and text reuse on synthetic questions; processor time.",
    )
    parser.add_argument("--questions", type=int, default=45_400, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--drawn", action="store_true", help="draw the columns directly instead of building a graph (above 100,000)"
    )
    parser.add_argument("--no-texts", action="store_true", help="leave the search for repeated texts out")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is not reached")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="where corpus and graph are kept"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    large = asked.questions > 100_000
    before = os.getloadavg()
    columns = columns_of(asked.questions, asked.seed) if asked.drawn or large else _built(asked)
    figures: dict[str, float] = {"questions": len(columns)}
    bars = _networks(columns, figures, large=large)
    if not large:
        bars += _measures(_network(columns, _FILTERED), figures)
    if not asked.no_texts:
        bars += _texts(asked.questions, asked.seed, figures, large=large)
    result = Result(
        synthetic=True,
        questions=asked.questions,
        seed=asked.seed,
        machine=machine(None),
        load_before=before,
        load_after=os.getloadavg(),
        bars=bars,
        figures={name: round(value, 4) for name, value in figures.items()},
    )
    _show(result)
    if not asked.no_texts:
        print(f"kept in benchmarks/results/{_keep(result).name}")
    return int(asked.strict and not all(bar.holds for bar in bars))


def _built(asked: argparse.Namespace) -> Columns:
    """Read the columns of a graph built of synthetic records, as the service does."""
    inputs = prepare(asked.work.resolve(), asked.questions, asked.seed)
    data = inputs.folder / "queries-data"
    build([AMO, inputs.archive], data, options=Options(jobs=os.cpu_count() or 1))
    with closing(open_store(data)) as store:
        return columns_of_store(store)


def _timed(work: Callable[[], T], rounds: int = 1) -> tuple[float, T]:
    """Give the median processor time of some rounds, and what came of the last."""
    seconds: list[float] = []
    while True:
        began = time.process_time()
        found = work()
        seconds.append(time.process_time() - began)
        if len(seconds) >= rounds:
            return median(seconds), found


def _network(columns: Columns, given: dict[str, str]) -> Network:
    parameters, options = read(kind_of("deputy-ministry"), given)
    return network(columns, "deputy-ministry", parameters, options)


def _networks(columns: Columns, figures: dict[str, float], *, large: bool) -> list[Bar]:
    """Time filtered networks as JSON: one group and one year of a legislature, and the whole of one."""
    days = columns.asked[columns.legislature == 15]
    year = np.datetime64(int(np.median(days)) - 182, "D")
    one_year = {**_FILTERED, "from": str(year), "to": str(year + 365)}
    group = columns.codes["group"].keys[int(np.bincount(columns.group_dated[columns.group_dated >= 0]).argmax())]
    for name, given in {
        "one year": one_year,
        "one group": {**_FILTERED, "group": group},
        "whole legislature": _FILTERED,
    }.items():
        _network(columns, given)
        seconds, body = _timed(lambda given=given: write(_network(columns, given).flat, "json"), ROUNDS)
        figures[f"{name}: edges"] = len(_network(columns, given).edges)
        figures[f"{name}: MB of JSON"] = len(body) / 1e6
        figures[f"{name}: ms"] = 1000 * seconds
    most = 300 if large else 30
    return [
        _most("N1", f"filtered network as JSON, {name}", most, figures[f"{name}: ms"], " ms")
        for name in ("one year", "one group", "whole legislature")
    ]


def _measures(found: Network, figures: dict[str, float]) -> list[Bar]:
    """Time path measures beside plain networkx, the whole set of measures, and validation by BiCM."""
    floats: nx.Graph[str] = nx.Graph(found.graph)
    for *_, data in floats.edges(data=True):
        data["distance"] = 1 / data["weight"]
    figures["nodes"], figures["edges"] = len(floats), floats.number_of_edges()
    figures["conversion: s"], there = _timed(lambda: convert(floats, {"distance": 1}), 3)
    distances = there.distances("distance")
    figures["igraph, betweenness: s"], _ = _timed(lambda: there.betweenness(distances), 3)
    figures["igraph, closeness: s"], _ = _timed(lambda: there.closeness(distances), 3)
    plain: Any = nx
    figures["networkx, betweenness: s"], _ = _timed(
        lambda: plain.betweenness_centrality(floats, weight="distance", backend="networkx")
    )
    figures["networkx, closeness: s"], _ = _timed(
        lambda: plain.closeness_centrality(floats, distance="distance", backend="networkx")
    )
    ours = figures["igraph, betweenness: s"] + figures["igraph, closeness: s"]
    theirs = figures["networkx, betweenness: s"] + figures["networkx, closeness: s"]
    figures["networkx over igraph with its conversion"] = theirs / (ours + figures["conversion: s"])
    names = [name for name in MEASURES if name != "assortativity"]  # it takes an attribute
    figures["all measures: s"], _ = _timed(lambda: [found.measure(name) for name in names], 3)
    joined = (table(found.graph, weight="units").counts > 0).astype(np.int64)
    figures["BiCM, pairs of deputies: s"], validated = _timed(lambda: shared_neighbours(joined), 3)
    figures["BiCM, tests"] = validated.tests
    return [
        Bar(
            name="N2",
            what="betweenness and closeness, igraph once converted, against networkx with floats",
            sense="at least",
            asked=30,
            measured=theirs / ours,
            unit="x",
        ),
        _most("N3", f"all {len(names)} measures with igraph", 1, figures["all measures: s"], " s"),
        _most("N4", "BiCM validation of all pairs of deputies", 2, figures["BiCM, pairs of deputies: s"], " s"),
    ]


def _texts(questions: int, seed: int, figures: dict[str, float], *, large: bool) -> list[Bar]:
    """Search planted copies in a process of its own, whose memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(planted, (questions, seed, min(COPIES, questions // 4)))
    figures |= {f"text reuse: {name}": value for name, value in found.items()}
    speed = [] if large else [_most("N5", "text reuse", 15, found["s"], " s")]
    return [
        *speed,
        _most("N6", "text reuse, peak memory", 6000, found["MB"], " MB"),
        Bar(name="N7", what="recall", sense="at least", asked=0.99, measured=found["recall"], unit=""),
        Bar(name="N7", what="precision", sense="at least", asked=1.0, measured=found["precision"], unit=""),
    ]


def _most(name: str, what: str, asked: float, measured: float, unit: str) -> Bar:
    return Bar(name=name, what=what, sense="at most", asked=asked, measured=measured, unit=unit)


def _show(result: Result) -> None:
    print(f"\n{result.questions:,} synthetic questions, seed {result.seed}; seconds of processor time")
    print(f"{result.machine.cpu}, {result.machine.cores} cores, Python {result.machine.python}")
    print(f"load average before {result.load_before}, after {result.load_after}\n")
    for bar in result.bars:
        mark = "pass" if bar.holds else "FAIL"
        print(f"{mark}  {bar.name:<3} {bar.what:<76} {bar.sense} {bar.asked:,g}{bar.unit}: {bar.measured:,.3f}")
    for name, value in result.figures.items():
        print(f"  {name:<44} {value:>14,.3f}")


def _keep(result: Result, into: Path = RESULTS) -> Path:
    """Write the result beside the earlier ones; one of the same size is replaced."""
    into.mkdir(exist_ok=True)
    path = into / f"networks-{result.questions}.json"
    bars = [{**msgspec.to_builtins(bar), "holds": bar.holds} for bar in result.bars]
    versions = {name: version(name) for name in ("igraph", "networkx", "numpy", "scipy")}
    whole = msgspec.to_builtins(result)
    whole["machine"]["versions"] = {**whole["machine"]["versions"], **versions}
    path.write_bytes(msgspec.json.format(msgspec.json.encode({**whole, "bars": bars}), indent=1) + b"\n")
    return path


if __name__ == "__main__":
    sys.exit(main())
