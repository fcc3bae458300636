"""Long computations in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api.jobs import Job, Jobs
from ontology.errors import BusyError, NotFoundError, QueryError

if TYPE_CHECKING:
    from api.jobs import Progress


def total(numbers: list[int], *, progress: Progress) -> int:
    """Add numbers, telling how far it is."""
    progress(0.5)
    return sum(numbers)


def die(*, progress: Progress) -> None:
    """Die without a word."""
    del progress
    os._exit(1)


def refuse(*, progress: Progress) -> None:
    """Refuse."""
    del progress
    raise QueryError("no such thing", code="measure", hint="ask for another")


def forever(here: str, *, progress: Progress) -> None:
    """Say which process this is, and never end."""
    progress(0.25)
    Path(here).write_text(str(os.getpid()))
    time.sleep(600)


def _until(holds: object, seconds: float = 60) -> None:
    """Wait until something holds."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def _pid(path: Path) -> int:
    _until(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def _gone(pid: int) -> bool:
    """Say whether a process runs no more; who nobody waits for is a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_job_gives_what_its_function_returns_and_tells_how_far_it_was() -> None:
    job = Jobs().ask("x", lambda job: job.apart(total, [1, 2]), wait=60)
    assert (job.found, job.share) == (3, 0.5)


def test_a_job_that_fails_says_so_and_begins_anew_when_asked_again() -> None:
    jobs = Jobs()

    def fail(_: Job) -> None:
        raise NotFoundError("no")

    for _ in range(2):
        with pytest.raises(NotFoundError, match="no"):
            jobs.ask("x", fail, wait=10)
    assert jobs.ask("x", lambda job: job.apart(total, [1, 2]), wait=60).found == 3


def test_what_the_process_refuses_is_refused_with_its_words() -> None:
    with pytest.raises(QueryError, match="no such thing") as caught:
        Jobs().ask("x", lambda job: job.apart(refuse), wait=60)
    assert (caught.value.code, caught.value.hint) == ("measure", "ask for another")


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(BusyError, match="stopped"):
        Jobs().ask("x", lambda job: job.apart(die), wait=60)


def test_a_cancelled_job_ends_with_its_process_and_another_may_begin(tmp_path: Path) -> None:
    jobs = Jobs()
    job = jobs.ask("long", lambda job: job.apart(forever, str(tmp_path / "pid")), wait=0)
    pid = _pid(tmp_path / "pid")
    assert job.share == 0.25
    with pytest.raises(BusyError, match="Another"):
        jobs.ask("other", lambda job: job.apart(total, [1]), wait=0)
    jobs.cancel("unknown")
    jobs.cancel("long")
    assert job.done.wait(60)
    assert _gone(pid)
    with pytest.raises(BusyError, match="stopped"):
        jobs.ask("long", lambda job: job.apart(total, [1]), wait=60)
    assert jobs.ask("long", lambda job: job.apart(total, [1]), wait=60).found == 1


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")  # the child writes eight bytes and ends
def test_a_job_is_cancelled_from_any_web_process(tmp_path: Path) -> None:
    jobs = Jobs()
    job = jobs.ask("long", lambda job: job.apart(forever, str(tmp_path / "pid")), wait=0)
    _pid(tmp_path / "pid")
    child = os.fork()
    if child == 0:
        jobs.cancel("long")
        os._exit(0)
    os.waitpid(child, 0)
    assert job.done.wait(60)


PROGRAM = """
import sys, time
from api.jobs import Jobs
from tests.api.test_jobs import forever
if __name__ == "__main__":
    Jobs().ask("x", lambda job: job.apart(forever, sys.argv[1]), wait=0)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_job_dies_with_its_web_process_even_when_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text(PROGRAM)
    root = str(Path(__file__).resolve().parents[2])
    web = subprocess.Popen(
        [sys.executable, str(tmp_path / "web.py"), str(tmp_path / "pid")], env={**os.environ, "PYTHONPATH": root}
    )
    try:
        pid = _pid(tmp_path / "pid")
    finally:
        web.send_signal(signal.SIGKILL)
        web.wait()
    _until(lambda: _gone(pid))
