"""Mapping on a real Dask cluster of two worker processes, one of which is killed while it works."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from loaders.workers import Submitting
from questeur.build import build
from questeur.sample import sample
from tests.questeur.test_incremental import parts

distributed = pytest.importorskip("distributed", reason="needs questeur[distributed]")

if TYPE_CHECKING:
    from pathlib import Path

    from questeur.build import Report


def kill_once(flag: Path) -> int:
    """Kill the worker that runs this the first time, and give its number the second time."""
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


@pytest.mark.filterwarnings("ignore")  # the cluster complains of the worker that dies, as it should
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(tmp_path: Path, demo: tuple[Path, Report]) -> None:
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):
        executor = client.get_executor(pure=False, retries=3)
        dying = executor.submit(kill_once, tmp_path / "killed")
        with sample() as sources:
            build(sources, tmp_path / "data", pool=Submitting(executor, 4))
        assert dying.result(timeout=60) > 0
    assert (tmp_path / "killed").exists()
    assert parts(tmp_path / "data") == parts(demo[0])
