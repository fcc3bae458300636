"""A supervisor's SIGTERM: what runs is answered, nobody new is let in, and the end is clean."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.robust.measuring import is_idle, until_true
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

# Some seconds of work, and an end: two million pairs.
LONG_QUERY = """SELECT (COUNT(*) AS ?n) {
  { SELECT ?c { ?a ?b ?c } LIMIT 1500 } { SELECT ?f { ?d ?e ?f } LIMIT 1500 } FILTER(CONCAT(?c, ?f) != "x") }"""


def test_a_stop_lets_a_query_that_runs_come_to_its_end(example_data: Path) -> None:
    with served(example_data, "--timeout", "60") as server:
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(server.ask, LONG_QUERY, "text/csv")
            until_true(lambda: not is_idle(server), 20)
            server.process.send_signal(signal.SIGTERM)
            reply = running.result()
        assert reply.status == 200
        assert int(reply.body.split()[1]) > 1_000_000
        assert server.process.wait(timeout=60) == 0
        with pytest.raises(ConnectionRefusedError):
            server.get("/healthz")
