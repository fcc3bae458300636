"""Runs a function on foreign bytes in a process that may die: capped memory, capped processor time, a deadline.

A parser that is driven mad by a file takes that file down and nothing else. A pool's workers can be the limited
processes themselves: ``confine`` is their initializer.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from multiprocessing.connection import Connection

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one process may use: bytes of address space, seconds of processor time, seconds on the clock."""

    memory: int = 1 << 30
    cpu: int | None = 60
    deadline: float = 60.0

    @classmethod
    def for_bytes(cls, size: int) -> Bounds:
        """Give the bounds for a source of that size: a second more for each megabyte, twice its memory more."""
        seconds = 60 + size // 1_000_000
        return cls(memory=(1 << 30) + 2 * size, cpu=seconds, deadline=float(seconds))


def confine(bounds: Bounds) -> None:
    """Cap the memory of this process, and its processor time if ``cpu`` is given."""
    _cap(resource.RLIMIT_AS, bounds.memory)
    if bounds.cpu is not None:
        _cap(resource.RLIMIT_CPU, bounds.cpu)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def unheard() -> Generator[None]:
    """Let the processes that are started here not hear Ctrl-C: who started them does, and ends them in its own time."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _cap(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def limited(bounds: Bounds, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a picklable function in a process of its own and give its value, or raise what it raised.

    Raises
    ------
    SourceError
        The process ran out of memory or time, or died.
    """
    context = multiprocessing.get_context("forkserver")  # one clean interpreter, started once, that holds no thread
    context.set_forkserver_preload([function.__module__])
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(bounds, sender, function, args, kwargs), daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(bounds.deadline):
            raise SourceError(f"not read within {bounds.deadline:g} s", code="too-slow")
        done, value = receiver.recv()
    except EOFError as error:
        raise SourceError("the process that read it died of its limits", code="reader-died") from error
    finally:
        receiver.close()
        child.kill()
        child.join()
        child.close()
    if done:
        return cast("T", value)
    raise cast("BaseException", value)


def _child(
    bounds: Bounds,
    sender: Connection,
    function: Callable[..., object],
    args: tuple[object, ...],
    kwargs: dict[str, object],
) -> None:
    confine(bounds)
    try:
        sender.send((True, function(*args, **kwargs)))
    except MemoryError:
        sender.send((False, SourceError("the process that read it ran out of memory", code="reader-died")))
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller's process raises it
        sender.send((False, error))
