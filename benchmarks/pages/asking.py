"""What a request costs: time on the wall, and processor time of every process of the service."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.pages.kinds import Kind
    from tests.served import Server

_HTML = {"Accept": "text/html", "Accept-Encoding": "gzip"}
_REST = 0.004  # seconds until the threads that served have gone to sleep, so that all their time is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds of some requests: half of them took no more, and 95 % of them."""

    median: float
    p95: float

    @classmethod
    def of(cls, times: Sequence[float]) -> Times:
        """Sum up some times."""
        high = quantiles(times, n=20, method="inclusive")[18] if len(times) > 1 else times[0]
        return cls(median=round(median(times), 1), p95=round(high, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One way of asking: pages nobody asked before (``first``), or the same ones again."""

    wall: Times
    processor: Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One type of page; ``slowest`` is the page that cost most processor time when it was asked first."""

    name: str
    pages: int
    bytes: int
    bar: float | None
    first: Asked
    again: Asked
    slowest: str

    @property
    def holds(self) -> bool:
        """Say whether the median of first requests keeps to the bar, by processor time."""
        return self.bar is None or self.first.processor.median <= self.bar


def measure(site: Server, kind: Kind, rounds: int) -> Measured:
    """Ask each page of a type once, after one that warms the way to it, then all again.

    The pages are few and each is new only once: what is asked first is never measured twice.
    """
    warming, *rest = kind.paths
    rest = rest or [warming]  # a type of one page: its answers are kept after the first request
    _ask(site, warming)
    first = [_ask(site, path) for path in rest]
    again = [_ask(site, path) for path in rest for _ in range(rounds)]
    slowest = max(zip(first, rest, strict=True), key=lambda pair: pair[0][1])[1]
    return Measured(
        name=kind.name,
        pages=len(rest),
        bytes=int(median(size for *_, size in first)),
        bar=kind.bar,
        first=_asked(first),
        again=_asked(again),
        slowest=slowest,
    )


def _asked(found: Sequence[tuple[float, float, int]]) -> Asked:
    return Asked(wall=Times.of([wall for wall, *_ in found]), processor=Times.of([spent for _, spent, _ in found]))


def _ask(site: Server, path: str) -> tuple[float, float, int]:
    """Ask for a page: milliseconds on the wall, milliseconds of processors, bytes."""
    before = _spent(site.tree())
    began = time.perf_counter()
    reply = site.send("GET", path, headers=_HTML)
    wall = 1000 * (time.perf_counter() - began)
    time.sleep(_REST)
    after = _spent(site.tree())
    if reply.status != 200:
        raise SystemExit(f"{path} answers {reply}")
    return wall, 1000 * sum(spent - before.get(thread, 0.0) for thread, spent in after.items()), len(reply.body)


def _spent(processes: Iterable[int]) -> dict[str, float]:
    """Read the processor seconds of every thread."""
    found: dict[str, float] = {}
    for pid in processes:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                found[str(file)] = int(file.read_text().split()[0]) / 1e9
            except OSError:  # a thread that ended
                continue
    return found
