"""Runs what is measured in processes of its own, so that nothing measured leaves memory or caches to the next."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Run(msgspec.Struct, Generic[T_co], frozen=True, kw_only=True):
    """One process: wall and processor seconds, the peak of its memory in MB (of its largest process), what it gave."""

    wall: float
    cpu: float
    peak: float
    value: T_co


class Clock:
    """Wall and processor time of this process, summed over the blocks it is entered for."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        """Go."""
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def peak() -> float:
    """Give the peak of this process's resident memory in MB; ``getrusage`` would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:", 1)[1].split()[0]) / 1024


def apart(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def command(arguments: Sequence[str | Path], *, allowed: Sequence[int] = (0,), cwd: Path | None = None) -> Run[None]:
    """Run a program to its end, its start included. Its peak is at least what this process held when it began.

    Raises
    ------
    RuntimeError
        It failed.
    """
    began = time.perf_counter()
    with subprocess.Popen(
        arguments, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": "0"}
    ) as process:
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}: {said.decode()[-2000:]}")
    return Run(
        wall=time.perf_counter() - began, cpu=usage.ru_utime + usage.ru_stime, peak=usage.ru_maxrss / 1024, value=None
    )


def questeur(*arguments: str | Path) -> Run[None]:
    """Run our own command; 3 says that some records were refused, as they should be."""
    return command([sys.executable, "-m", "questeur", *arguments], allowed=(0, 3))
