"""Who is answered, who waits, who is told to come back."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from api.admission import Admission
from api.allowance import Allowances, Rates
from api.app import create_app
from api.clients import client, gone
from api.metrics import Metrics
from api.settings import Settings
from ontology.errors import AllowanceError, BusyError, DeadlineError, HangUpError

if TYPE_CHECKING:
    from graph.backends.oxigraph.store import OxigraphStore

RATES = Rates(seconds=60, burst=2, errors=60, error_burst=3)


def later(seconds: float = 5) -> float:
    """Give a moment to come."""
    return time.monotonic() + seconds


def test_one_client_never_takes_the_last_place() -> None:
    admission = Admission(places=2, queue=8, share=3)
    with (
        admission.place("a", until=later(), caller=None),
        pytest.raises(DeadlineError),
        admission.place("a", until=later(0.05), caller=None),
    ):
        pass
    with admission.place("a", until=later(), caller=None), admission.place("b", until=later(), caller=None):
        assert admission.running == 2


def test_a_free_place_goes_to_the_first_in_the_queue_who_may_have_it() -> None:
    admission = Admission(places=2, queue=8, share=5)
    order: list[str] = []

    def ask(name: str) -> None:
        with admission.place(name, until=later(), caller=None):
            order.append(name)

    with admission.place("a", until=later(), caller=None):
        with admission.place("b", until=later(), caller=None):
            threads = [threading.Thread(target=ask, args=(name,)) for name in ("a", "c")]
            for number, thread in enumerate(threads, 1):
                thread.start()
                while admission.waiting < number:
                    time.sleep(0.001)
        threads[1].join()
        assert order == ["c"]
    threads[0].join()
    assert (order, admission.running, admission.waiting) == (["c", "a"], 0, 0)


def test_a_full_queue_sends_away_at_once() -> None:
    admission = Admission(places=1, queue=0, share=None)
    with (
        admission.place("a", until=later(), caller=None),
        pytest.raises(BusyError) as caught,
        admission.place("b", until=later(), caller=None),
    ):
        pass
    assert (caught.value.status, caught.value.retry_after >= 1) == (503, True)


def test_a_client_with_too_many_queries_is_told_so() -> None:
    admission = Admission(places=4, queue=8, share=1)
    with (
        admission.place("a", until=later(), caller=None),
        pytest.raises(AllowanceError),
        admission.place("a", until=later(), caller=None),
    ):
        pass


def test_who_hangs_up_while_waiting_leaves_the_queue() -> None:
    admission = Admission(places=1, queue=8, share=None)
    ours, theirs = socket.socketpair()
    with ours, admission.place("a", until=later(), caller=None):
        theirs.close()
        assert gone(ours.fileno())
        with pytest.raises(HangUpError), admission.place("b", until=later(), caller=ours.fileno()):
            pass
        assert admission.waiting == 0


def test_a_share_is_used_up_by_work_and_comes_back_with_time() -> None:
    shares = Allowances(RATES)
    assert shares.left("a") == 2
    began = time.monotonic()
    shares.charge("a", 2.9)
    with pytest.raises(AllowanceError) as caught:
        shares.left("a")
    assert caught.value.retry_after == 1
    assert shares.left("b") == 2
    time.sleep(1)
    assert 0 < shares.left("a") <= time.monotonic() - began - 0.9


def test_a_flood_of_tiny_queries_uses_up_a_share_too() -> None:
    shares = Allowances(Rates(seconds=0.001, burst=0.1, errors=1, error_burst=1))
    for _ in range(19):
        shares.left("a")
        shares.charge("a", 0.0)
    shares.charge("a", 0.0)
    with pytest.raises(AllowanceError):
        shares.left("a")


def test_who_does_not_listen_is_shut_out_for_an_hour() -> None:
    shares = Allowances(Rates(seconds=60, burst=1, errors=120, error_burst=1))
    shares.error("a")
    for _ in range(99):
        with pytest.raises(AllowanceError):
            shares.left("a")
    with pytest.raises(AllowanceError) as caught:
        shares.left("a")
    assert caught.value.retry_after == 3600
    time.sleep(0.6)
    with pytest.raises(AllowanceError):
        shares.left("a")


def test_processes_share_what_is_left_and_what_is_counted() -> None:
    shares, metrics = Allowances(Rates(seconds=0.6, burst=2, errors=60, error_burst=3)), Metrics()
    child = os.fork()
    if child == 0:
        shares.charge("a", 1.5)
        metrics.request("sparql", 200, 0.01, 10)
        os._exit(0)
    metrics.request("sparql", 200, 0.01, 10)
    os.waitpid(child, 0)
    assert 0.4 < shares.left("a") < 0.6
    assert metrics.totals()["requests", "sparql", "2xx"] == 2


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", None, 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 0, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "10.0.0.1, 203.0.113.9", 1, "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9, 198.51.100.2", 2, "203.0.113.9"),
        ("192.0.2.1", None, 2, "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", None, 0, "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", None, 0, "192.0.2.7"),
        ("192.0.2.1", "[2001:db8::1]", 1, "2001:db8::/64"),
        ("", "nonsense:", 1, "nonsense:"),
    ],
)
def test_a_client_is_what_the_trusted_proxies_saw(
    remote: str, forwarded: str | None, proxies: int, expected: str
) -> None:
    environ = {"REMOTE_ADDR": remote} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})
    assert client(environ, proxies=proxies) == expected


def test_pages_take_from_the_share_of_a_client_and_what_supervisors_ask_does_not(embedded: OxigraphStore) -> None:
    settings = Settings(limit_clients=True, client_burst=0.05, client_seconds=0.001)
    asks = create_app(embedded, settings).test_client()
    statuses = [asks.get(f"/ns/{number}").status_code for number in range(20)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    refused = asks.get("/ns/x")
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.content_type == "application/problem+json"
    assert asks.get("/healthz").status_code == 200
    assert asks.get("/ns/x", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
