"""What the robustness tests measure: the time of small queries, the work and the memory of processes."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from tests.served import Server

_TICK = os.sysconf("SC_CLK_TCK")
_NUMBERS = count()


def tiny() -> str:
    """Write a small query that nobody has asked before, so that no answer of it is kept."""
    return f'SELECT ?o ("{next(_NUMBERS)}" AS ?n) {{ <https://example.org/s7> <https://example.org/a> ?o }}'


def percentile(times: Sequence[float], share: float) -> float:
    """Give the time that so many do not exceed."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def bearable(idle: float, times: float, *, strict: bool) -> float:
    """Give how long small queries may take beside something else, by how long they take alone.

    The bar is for a machine that does nothing else; the short form only tells a service that stands from one that
    does not, whatever else the machine does.
    """
    return max(times * idle, 0.05) if strict else max(10 * times * idle, 2.0)


def small_queries(server: Server, number: int, **headers: str) -> list[float]:
    """Ask small queries one after the other; all must be answered."""
    times: list[float] = []
    for _ in range(number):
        form = f"query={tiny()}".encode()
        reply = server.send("POST", "/sparql", form, {"Content-Type": "application/x-www-form-urlencoded", **headers})
        assert reply.status == 200, reply
        times.append(reply.seconds)
    return times


@contextmanager
def meanwhile(action: Callable[[], object], threads: int = 1) -> Generator[list[BaseException]]:
    """Repeat an action in threads until the block ends; what it raises is in the list."""
    over = threading.Event()
    raised: list[BaseException] = []

    def repeat() -> None:
        while not over.is_set():
            try:
                action()
            except BaseException as error:  # noqa: BLE001  the test looks at it
                raised.append(error)
                return

    running = [threading.Thread(target=repeat) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield raised
    finally:
        over.set()
        for thread in running:
            thread.join()


def cpu_seconds(server: Server) -> float:
    """Sum the work of all processes of a service that live."""
    return sum(_stat(pid) for pid in server.tree())


def _stat(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICK


def rss(pid: int) -> int:
    """Give the resident memory of a process, in bytes."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid: int) -> int:
    """Count the open files of a process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def until_true(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for what other processes do, and give how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"it did not happen in {seconds} s"
        time.sleep(0.01)
    return time.monotonic() - began


def is_idle(server: Server) -> bool:
    """Say whether the processes of a service work less than a twentieth of the time."""
    before = cpu_seconds(server)
    time.sleep(0.2)
    return cpu_seconds(server) - before < 0.05 * 0.2 + 1.5 / _TICK
