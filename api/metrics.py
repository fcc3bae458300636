"""Counters of the whole service, in the text format of Prometheus. Knows names and numbers, no request.

Each web process adds to a row of its own in shared memory, and any of them writes the sum of all rows: what a process
that was replaced has counted stays.
"""

from __future__ import annotations

import struct
import threading
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from api.shared import Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROUTES: Final = ("sparql", "data", "pages")
STATUSES: Final = ("2xx", "3xx", "4xx", "413", "429", "499", "5xx", "503", "504")
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CACHE: Final = ("hit", "miss", "not-modified", "remembered")
_LABELS: Final = (*map(str, BOUNDS), "+Inf")
_ROWS: Final = 64
_NUMBER: Final = struct.Struct("d")


def _names() -> tuple[tuple[str, ...], ...]:
    """List every number there is."""
    requests = [("requests", route, status) for route in ROUTES for status in STATUSES]
    seconds = [("seconds", route, str(bound)) for route in ROUTES for bound in (*BOUNDS, "+Inf", "sum")]
    cache = [("cache", outcome) for outcome in CACHE]
    return (*requests, *seconds, *cache, ("bytes",), ("worker_seconds",))


class Metrics:
    """The numbers. Make it before the web processes are forked."""

    def __init__(self) -> None:
        self._names = _names()
        self._places = {name: place for place, name in enumerate(self._names)}
        self._width = len(self._names) * _NUMBER.size
        self._shared = Shared(self._width * _ROWS + _NUMBER.size)
        self._numbers = memoryview(self._shared.memory).cast("d")
        self._lock = threading.Lock()
        self._row = -1

    def request(self, route: str, status: int, seconds: float, size: int) -> None:
        """Count one request."""
        found = str(status) if str(status) in STATUSES else f"{status // 100}xx"
        bound = _LABELS[bisect_left(BOUNDS, seconds)]
        self._add(
            {
                ("requests", route, found): 1,
                ("seconds", route, bound): 1,
                ("seconds", route, "sum"): seconds,
                ("bytes",): size,
            }
        )

    def cached(self, outcome: str) -> None:
        """Count how the cache served."""
        self._add({("cache", outcome): 1})

    def worked(self, seconds: float) -> None:
        """Count the time of query processes."""
        self._add({("worker_seconds",): seconds})

    def totals(self) -> dict[tuple[str, ...], float]:
        """Sum the rows of all processes."""
        memory, width = self._shared.memory, len(self._names)
        numbers = struct.unpack_from(f"{width * _ROWS}d", memory)
        return {name: sum(numbers[place::width]) for name, place in self._places.items()}

    def text(self, gauges: Mapping[str, float]) -> str:
        """Write everything, with the gauges of this process."""
        totals = self.totals()
        lines = list(_requests(totals))
        for name, value in gauges.items():
            lines += [f"# TYPE questeur_{name} gauge", f"questeur_{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _add(self, numbers: Mapping[tuple[str, ...], float]) -> None:
        with self._lock:
            if self._row < 0:
                self._row = self._take_row()
            first = self._row * len(self._names)
            for name, number in numbers.items():
                self._numbers[first + self._places[name]] += number

    def _take_row(self) -> int:
        """Take the next row. After many restarts two that do not live together share one."""
        with self._shared.locked() as memory:
            at = self._width * _ROWS
            (taken,) = _NUMBER.unpack_from(memory, at)
            _NUMBER.pack_into(memory, at, taken + 1)
            return int(taken) % _ROWS


def _requests(totals: Mapping[tuple[str, ...], float]) -> Iterable[str]:
    yield "# TYPE questeur_requests_total counter"
    for route in ROUTES:
        for status in STATUSES:
            yield f'questeur_requests_total{{route="{route}",status="{status}"}} {totals["requests", route, status]:g}'
    yield "# TYPE questeur_request_seconds histogram"
    for route in ROUTES:
        count = 0.0
        for bound in (*map(str, BOUNDS), "+Inf"):
            count += totals["seconds", route, bound]
            yield f'questeur_request_seconds_bucket{{route="{route}",le="{bound}"}} {count:g}'
        yield f'questeur_request_seconds_sum{{route="{route}"}} {totals["seconds", route, "sum"]:.6f}'
        yield f'questeur_request_seconds_count{{route="{route}"}} {count:g}'
    yield "# TYPE questeur_cache_total counter"
    for outcome in CACHE:
        yield f'questeur_cache_total{{outcome="{outcome}"}} {totals["cache", outcome]:g}'
    yield "# TYPE questeur_sent_bytes_total counter"
    yield f"questeur_sent_bytes_total {totals['bytes',]:.0f}"
    yield "# TYPE questeur_query_seconds_total counter"
    yield f"questeur_query_seconds_total {totals['worker_seconds',]:.6f}"
