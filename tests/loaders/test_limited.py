"""A reader that runs away takes its own process down, and says so."""

from __future__ import annotations

import os
import signal

import pytest

from loaders.limited import Bounds, limited
from loaders.record import RefusedRecordError
from loaders.workers import Local
from ontology.errors import SourceError


def double(value: int) -> int:
    return 2 * value


def refuse() -> None:
    raise RefusedRecordError("bad-uid", "no uid", path="$.uid")


def swell() -> int:
    return len(bytearray(4 << 30))


def spin() -> None:
    while True:
        pass


def die() -> None:
    os._exit(9)


def test_the_value_and_the_error_of_a_function_come_back() -> None:
    assert limited(Bounds(), double, 21) == 42
    with pytest.raises(RefusedRecordError, match="no uid") as caught:
        limited(Bounds(), refuse)
    assert (caught.value.code, caught.value.path) == ("bad-uid", "$.uid")


def test_a_process_above_its_memory_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="memory") as caught:
        limited(Bounds(memory=512 << 20), swell)
    assert caught.value.code == "reader-died"


@pytest.mark.parametrize("bounds", [Bounds(deadline=0.2), Bounds(cpu=1)], ids=["clock", "processor"])
def test_a_process_above_its_time_is_a_source_error(bounds: Bounds) -> None:
    with pytest.raises(SourceError):
        limited(bounds, spin)


def test_a_process_that_dies_is_a_source_error() -> None:
    with pytest.raises(SourceError, match="died"):
        limited(Bounds(), die)


def test_a_larger_source_may_take_longer() -> None:
    assert Bounds.for_bytes(100_000_000).deadline == 160


def deaf(_task: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_ctrl_c_reaches_who_runs_the_workers_and_no_worker_with_a_traceback_of_its_own() -> None:
    with Local(2) as pool:
        assert list(pool.run(deaf, (0,))) == [True]
    assert not deaf(0)
