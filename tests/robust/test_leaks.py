"""R25: after many requests of all kinds, the service is as large as it was. A reload loses no request."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.robust.measuring import meanwhile, small_queries, until_true
from tests.robust.soak import MB, Sample, grown, soak
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

LONG = pytest.mark.slow


@pytest.mark.parametrize("seconds", [24, pytest.param(900, marks=LONG)])
def test_r25_memory_and_descriptors_stay_flat_under_a_mixed_load(tmp_path: Path, seconds: float) -> None:
    assert soak(tmp_path, seconds) == []


def test_what_grows_is_named() -> None:
    before = Sample(seconds=1, requests=0, web=60 * MB, all=400 * MB, files=50, processes=12)
    after = Sample(seconds=9, requests=20_000, web=90 * MB, all=420 * MB, files=250, processes=12)
    assert grown(before, before) == []
    assert [line.split()[0] for line in grown(before, after)] == ["web", "files"]


def test_a_graceful_reload_under_load_loses_no_request(example_data: Path) -> None:
    with served(example_data) as server:
        before = server.web()
        with meanwhile(lambda: small_queries(server, 1), 4) as raised:
            os.kill(server.process.pid, signal.SIGHUP)
            until_true(lambda: not set(before) & set(server.web()), 30)
            time.sleep(0.3)
        assert not raised, raised[0]
