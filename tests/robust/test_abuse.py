"""R23: one client that takes all it can get, and ten that ask now and then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import TYPE_CHECKING

from tests.robust.measuring import meanwhile, percentile, small_queries
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

FORM = "application/x-www-form-urlencoded"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) }"


def test_r23_an_abuser_is_held_to_its_share_and_others_hardly_notice(example_data: Path) -> None:
    numbers = count()
    refused: list[int] = []
    with served(example_data, "--timeout", "2", "--proxies", "1", "--processes", "1") as server:
        users = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(10)]
        idle = percentile([t for user in users for t in small_queries(server, 8, **user)], 0.99)

        def abuse() -> None:
            body = f"query={HEAVY}VALUES ?n {{ {next(numbers)} }}".encode()
            reply = server.send("POST", "/sparql", body, {"Content-Type": FORM, "X-Forwarded-For": "192.0.2.9"})
            assert reply.status in {200, 429, 503, 504}, reply
            if reply.status == 429:
                assert int(reply.headers["retry-after"]) >= 1
                refused.append(reply.status)

        with meanwhile(abuse, 8) as raised, ThreadPoolExecutor(2) as pool:
            rounds = list(pool.map(lambda user: small_queries(server, 12, **user), users))
    assert not raised, raised[0]
    assert refused
    beside = [t for times in rounds for t in times]
    # The abuser's one query takes one of this machine's processors, and so do two users at a time.
    assert percentile(beside, 0.5) <= max(2 * idle, 0.1)
    assert percentile(beside, 0.99) <= max(2 * idle, 0.3), (idle, sorted(beside)[-5:])


def test_errors_are_rationed_too(example_data: Path) -> None:
    with served(example_data, "--proxies", "1") as server:
        seen = [
            server.send(
                "POST", "/sparql", b"query=SELEC", {"Content-Type": FORM, "X-Forwarded-For": "2001:db8::1"}
            ).status
            for _ in range(75)
        ]
        assert set(seen) == {400, 429}
        neighbour = {"Content-Type": FORM, "X-Forwarded-For": "2001:db8::2"}
        stranger = {"Content-Type": FORM, "X-Forwarded-For": "2001:db8:1::1"}
        invented = {"Content-Type": FORM, "X-Forwarded-For": "203.0.113.5, 2001:db8::3"}
        assert server.send("POST", "/sparql", b"query=ASK{}", neighbour).status == 429
        assert server.send("POST", "/sparql", b"query=ASK{}", stranger).status == 200
        assert server.send("POST", "/sparql", b"query=ASK{}", invented).status == 429
