"""R25: after many requests of all kinds, the service is as large as it was. A reload loses no request."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.robust.measuring import descriptors, meanwhile, rss, small_queries, tiny, until_true
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

    from tests.served import Server

LONG = pytest.mark.slow
ENDLESS = "SELECT (COUNT(*) AS ?c) { ?s ?p ?o . ?t ?q ?r . ?u ?v ?w }"


def mixed(server: Server) -> None:
    """Send one request of each kind."""
    assert server.ask(tiny()).status == 200
    assert server.ask("SELEC").status == 400
    endless = f"{ENDLESS}VALUES ?number {{ {time.monotonic_ns()} }}"  # never asked before, so never remembered
    assert server.ask(endless, timeout="0.05").status == 504


@pytest.mark.parametrize("seconds", [6, pytest.param(900, marks=LONG)])
def test_r25_memory_and_descriptors_stay_flat(server: Server, seconds: float) -> None:
    for _ in range(10):
        mixed(server)
    before = [(rss(pid), descriptors(pid)) for pid in server.web()]
    until, rounds = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        mixed(server)
        rounds += 1
    for (was, files), pid in zip(before, server.web(), strict=True):
        assert descriptors(pid) <= files + 8
        # Answers that are kept are meant to be kept; beside them, less than a megabyte for 10,000 queries.
        assert rss(pid) - was <= 16 * 1024**2 + rounds * 8 * 1024**2 / 10_000


def test_a_graceful_reload_under_load_loses_no_request(example_data: Path) -> None:
    with served(example_data) as server:
        before = server.web()
        with meanwhile(lambda: small_queries(server, 1), 4) as raised:
            os.kill(server.process.pid, signal.SIGHUP)
            until_true(lambda: not set(before) & set(server.web()), 30)
            time.sleep(0.3)
        assert not raised, raised[0]
