"""The bars, and what surrounds a measurement: machine, versions, load. Judges, prints and keeps; measures nothing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

RESULTS = Path(__file__).resolve().parents[1] / "results"
_VERSIONS = ("pyoxigraph", "rdflib", "msgspec", "lxml")


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One bar: what is asked, and what was measured."""

    name: str
    what: str
    sense: Literal["at least", "at most"]
    asked: float
    measured: float
    unit: str

    @property
    def holds(self) -> bool:
        """Say whether it is reached."""
        return self.measured >= self.asked if self.sense == "at least" else self.measured <= self.asked


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What it ran on."""

    cpu: str
    cores: int
    python: str
    versions: dict[str, str]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the benchmark, as it is kept."""

    synthetic: bool
    questions: int
    seed: int
    rounds: int
    machine: Machine
    load_before: tuple[float, float, float]
    load_after: tuple[float, float, float]
    medians: dict[str, float]
    bars: list[Bar]
    lost: dict[str, tuple[int, int]]


def machine(morph: str | None) -> Machine:
    """Describe this machine and what is installed."""
    names = [line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")]
    versions = {name: version(name) for name in _VERSIONS}
    return Machine(
        cpu=names[0] if names else platform.machine(),
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        versions=versions | ({"morph-kgc": morph} if morph else {}),
    )


def _cpuinfo() -> list[str]:
    place = Path("/proc/cpuinfo")
    return place.read_text().splitlines() if place.exists() else []


def keep(result: Result, into: Path = RESULTS) -> Path:
    """Write the result beside the earlier ones; one of the same size is replaced."""
    into.mkdir(exist_ok=True)
    path = into / f"build-{result.questions}.json"
    encoded = msgspec.json.encode(
        {**msgspec.to_builtins(result), "bars": [{**msgspec.to_builtins(b), "holds": b.holds} for b in result.bars]}
    )
    path.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
    return path


def show(result: Result) -> None:
    """Print the bars, the medians, and what was lost."""
    size = f"{result.questions:,} synthetic questions, seed {result.seed}"
    print(f"\n{size}: medians of {result.rounds} interleaved rounds")
    host = result.machine
    print(f"{host.cpu}, {host.cores} cores, Python {host.python}, {_joined(host.versions)}")
    print(f"load average before {_load(result.load_before)}, after {_load(result.load_after)}\n")
    for bar in result.bars:
        asked = f"{bar.sense} {bar.asked:,g}{bar.unit}"
        mark = "pass" if bar.holds else "FAIL"
        print(f"{mark}  {bar.name:<3} {bar.what:<62} asked {asked:<18} measured {_figure(bar)}")
    print("\nmedians (synthetic):")
    for name, value in result.medians.items():
        print(f"  {name:<44} {value:>14,.2f}")
    if result.lost:
        print("\nstatements of the same facts (synthetic): ours, and those of morph-kgc")
        for name, (own, other) in result.lost.items():
            lost = f"lost {own - other:,}" if other < own else ""
            print(f"  {name:<24} {own:>9,} {other:>9,}  {lost}")


def _figure(bar: Bar) -> str:
    return f"{bar.measured:,.0f}{bar.unit}" if bar.measured >= 100 else f"{bar.measured:.2f}{bar.unit}"


def _joined(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _load(load: tuple[float, float, float]) -> str:
    return " ".join(f"{value:.2f}" for value in load)
