"""The embedded driver under fire: runaways, bombs, kills, swaps, forks. Others are served meanwhile, nothing leaks."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from graph.backends.oxigraph.pool import Turns
from graph.backends.oxigraph.store import OxigraphStore
from graph.store import Limits
from ontology.errors import BusyError, DeadlineError, NotFoundError, QueryError, QuesteurError, RefusedError
from tests.stores import many, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
BOMB = "SELECT ?a ?f { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
SMALL = "SELECT ?o { <https://example.org/s7> <https://example.org/a> ?o }"


@pytest.fixture
def fresh(tmp_path: Path, example_data: Path) -> Iterator[OxigraphStore]:
    """Open a copy of the example graph with processes of its own."""
    data = tmp_path / "DATA"
    shutil.copytree(example_data, data)
    with OxigraphStore(data, memory_limit=384 * 1024**2) as store:
        yield store


def children(of: int) -> set[int]:
    """List the processes that a process started, and theirs."""
    found: set[int] = set()
    for path in Path("/proc").glob(f"{of}/task/*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread or process that ends while we look
            for child in map(int, path.read_text().split()):
                found |= {child} | children(child)
    return found


def state(pid: int) -> str:
    """Give the letter of a process's state, X once it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def zygote_of(store: OxigraphStore) -> int:
    """Give the process that the query processes of a store come from."""
    pid = store.processes()[0].pid
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def workers_of(store: OxigraphStore) -> set[int]:
    """List the query processes of a store, as the system has them."""
    return children(zygote_of(store))


def until_true(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for what another process does."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def busy_worker(store: OxigraphStore) -> int:
    """Give the query process that works, once one does."""
    until_true(lambda: any(process.busy and process.ready for process in store.processes()))
    return next(process.pid for process in store.processes() if process.busy)


def test_a_runaway_ends_at_its_deadline_while_others_are_served(embedded: OxigraphStore) -> None:
    embedded.rows(SMALL)
    done = threading.Event()

    def small() -> int:
        count = 0
        while not done.is_set():
            assert len(embedded.rows(SMALL)) == 1
            count += 1
        return count

    with ThreadPoolExecutor(3) as threads:
        others = [threads.submit(small) for _ in range(3)]
        started = time.monotonic()
        with pytest.raises(DeadlineError) as late:
            embedded.query(RUNAWAY, limits=Limits(deadline=0.5))
        took = time.monotonic() - started
        done.set()
        served = [other.result() for other in others]

    assert (late.value.status, late.value.code) == (504, "deadline")
    assert 0.5 <= took < 1.5
    assert min(served) > 5


def test_a_memory_bomb_dies_alone(fresh: OxigraphStore) -> None:
    with pytest.raises(BusyError) as dead:
        fresh.query(BOMB, limits=Limits(deadline=60))

    assert (dead.value.code, dead.value.retry_after) == ("memory-exhausted", 0)
    assert len(fresh.rows(SMALL)) == 1


def test_a_killed_worker_is_told_from_an_exhausted_one_and_replaced(fresh: OxigraphStore) -> None:
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(fresh.query, RUNAWAY, limits=Limits(deadline=30))
        os.kill(busy_worker(fresh), signal.SIGKILL)
        with pytest.raises(BusyError) as dead:
            running.result()

    assert dead.value.code == "worker-died"
    assert dead.value.retry_after > 0
    assert len(fresh.rows(SMALL)) == 1


def test_an_idle_worker_that_died_is_not_asked(fresh: OxigraphStore) -> None:
    fresh.rows(SMALL)
    zygote = zygote_of(fresh)
    for pid in children(zygote):
        os.kill(pid, signal.SIGKILL)
    until_true(lambda: not children(zygote))

    assert len(fresh.rows(SMALL)) == 1


def test_a_dead_zygote_is_replaced(fresh: OxigraphStore) -> None:
    fresh.rows(SMALL)
    before = workers_of(fresh)
    os.kill(zygote_of(fresh), signal.SIGKILL)
    until_true(lambda: all(state(pid) in {"X", "Z"} for pid in before))

    assert len(fresh.rows(SMALL)) == 1


def test_a_query_whose_zygote_dies_under_it_is_asked_again(fresh: OxigraphStore) -> None:
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(fresh.query, RUNAWAY, limits=Limits(deadline=60))
        first = busy_worker(fresh)
        os.kill(zygote_of(fresh), signal.SIGKILL)
        until_true(lambda: busy_worker(fresh) != first)
        os.kill(busy_worker(fresh), signal.SIGKILL)
        with pytest.raises(BusyError) as dead:
            running.result()

    assert dead.value.code == "worker-died"


def test_thirty_kills_leave_nothing_behind(fresh: OxigraphStore) -> None:
    fresh.rows(SMALL)
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - iterdir holds a descriptor itself
    threads = threading.active_count()
    for _ in range(30):
        with pytest.raises(DeadlineError):
            fresh.query(RUNAWAY, limits=Limits(deadline=0.05))
    assert len(fresh.rows(SMALL)) == 1

    # One may be busy dying; two are warm, one may be starting.
    until_true(lambda: len(workers_of(fresh)) <= 3)
    until_true(lambda: not [pid for pid in workers_of(fresh) if state(pid) == "Z"])
    assert len(os.listdir("/proc/self/fd")) <= files + 4  # noqa: PTH208 - same
    assert threading.active_count() == threads


def test_processes_stay_within_their_number(fresh: OxigraphStore) -> None:
    with ThreadPoolExecutor(12) as threads:
        answers = [len(rows) for rows in threads.map(fresh.rows, [SMALL] * 200)]

    assert answers == [1] * 200
    until_true(lambda: len(workers_of(fresh)) <= fresh.settings.workers + 1)


def test_the_next_query_comes_from_the_new_generation(fresh: OxigraphStore) -> None:
    assert fresh.rows(SMALL).generation == "g1"
    old = workers_of(fresh)
    publish(fresh.data, "g2", many(8, "new"), example=False)
    answer = fresh.query("ASK { <https://example.org/news7> ?p ?o }")
    with answer.body as body:
        assert b"true" in body.read()

    assert answer.generation == fresh.generation() == "g2"
    assert not fresh.rows(SMALL).rows
    until_true(lambda: not old & workers_of(fresh))


def test_a_swap_under_load_mixes_nothing(fresh: OxigraphStore) -> None:
    text = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/questeur/graph/many> { ?s ?p ?o } }"
    counts = {"g1": 30_000} | {f"g{number}": 5 * number for number in range(2, 8)}
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            rows = fresh.rows(text)
            assert rows.rows[0][0] is not None
            assert int(str(rows.rows[0][0])) == counts[rows.generation]
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as threads:
        asking = [threads.submit(ask) for _ in range(3)]
        for number in range(2, 8):
            publish(fresh.data, f"g{number}", many(number), example=False)
        done.set()

    assert all(asked.result() > 0 for asked in asking)


def test_a_held_generation_is_locked_by_its_workers(fresh: OxigraphStore) -> None:
    fresh.rows(SMALL)
    folder = fresh.data / "gens" / "g1"
    free = [
        sys.executable,
        "-c",
        "import fcntl,os,sys; fcntl.flock(os.open(sys.argv[1], 0), fcntl.LOCK_EX | fcntl.LOCK_NB)",
    ]

    assert subprocess.run([*free, folder], stderr=subprocess.DEVNULL, check=False).returncode != 0
    fresh.close()
    until_true(lambda: subprocess.run([*free, folder], stderr=subprocess.DEVNULL, check=False).returncode == 0)


def test_a_generation_that_is_not_there_is_an_error(fresh: OxigraphStore) -> None:
    (fresh.data / "CURRENT").unlink()
    (fresh.data / "CURRENT").write_text("g99\n")
    with pytest.raises(QuesteurError, match="g99"):
        fresh.rows(SMALL)


def test_a_folder_without_a_graph_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="published"):
        OxigraphStore(tmp_path)


def test_a_full_queue_refuses_at_once(example_data: Path) -> None:
    with OxigraphStore(example_data, workers=1, queue=1) as store, ThreadPoolExecutor(2) as threads:
        running = [threads.submit(store.query, RUNAWAY, limits=Limits(deadline=2)) for _ in range(2)]
        until_true(lambda: store.waiting() == 1)
        started = time.monotonic()
        with pytest.raises(BusyError) as full:
            store.query(SMALL)

        assert time.monotonic() - started < 0.5
        assert (full.value.code, full.value.retry_after) == ("full", 1)
        for query in running:
            with pytest.raises(DeadlineError):
                query.result()


def _has_waiting(turns: Turns, number: int) -> bool:
    return turns.waiting == number


def test_turns_are_given_in_order_of_arrival() -> None:
    turns = Turns(1, 8)
    order: list[int] = []
    turns.enter(time.monotonic() + 5)

    def wait(number: int) -> None:
        turns.enter(time.monotonic() + 5)
        order.append(number)
        turns.leave()

    threads: list[threading.Thread] = []
    for number in range(5):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        until_true(partial(_has_waiting, turns, number + 1))
    turns.leave()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_the_time_in_the_queue_counts(example_data: Path) -> None:
    with OxigraphStore(example_data, workers=1) as store, ThreadPoolExecutor(1) as threads:
        running = threads.submit(store.query, RUNAWAY, limits=Limits(deadline=2))
        busy_worker(store)
        with pytest.raises(DeadlineError, match="waited"):
            store.query(SMALL, limits=Limits(deadline=0.1))
        with pytest.raises(DeadlineError):
            running.result()


def test_workers_retire_after_their_number_of_queries(example_data: Path) -> None:
    with OxigraphStore(example_data, workers=1, max_queries=3) as store:
        store.rows(SMALL)
        before = workers_of(store)
        for _ in range(20):
            store.rows(SMALL)

        until_true(lambda: not before & workers_of(store))


@pytest.mark.parametrize("text", ["SELECT * { SERVICE <http://a/> { ?s ?p } }", "LOAD <http://a/> INTO <urn:x>"])
def test_a_refused_text_with_wrong_syntax_is_called_wrong(embedded: OxigraphStore, text: str) -> None:
    with pytest.raises(QueryError) as wrong:
        embedded.query(text)

    assert (wrong.value.status, wrong.value.code) == (400, "sparql-syntax")


def test_load_is_refused(embedded: OxigraphStore) -> None:
    with pytest.raises(RefusedError) as refused:
        embedded.query("LOAD <http://127.0.0.1:1/>")

    assert refused.value.code == "load-refused"


def test_a_text_can_be_checked_without_being_run(embedded: OxigraphStore) -> None:
    embedded.check(RUNAWAY)
    embedded.check("INSERT DATA { <urn:a> <urn:b> 1 }", update=True)
    with pytest.raises(QueryError):
        embedded.check("SELECT")


def test_a_fork_of_the_service_has_processes_of_its_own(fresh: OxigraphStore) -> None:
    fresh.rows(SMALL)
    before = workers_of(fresh)
    child = multiprocessing.get_context("fork").Process(target=_ask_after_the_fork, args=(fresh, before))
    child.start()
    child.join(30)

    assert child.exitcode == 0
    assert before & workers_of(fresh)
    assert len(fresh.rows(SMALL)) == 1


def _ask_after_the_fork(store: OxigraphStore, before: set[int]) -> None:
    assert len(store.rows(SMALL)) == 1
    assert not workers_of(store) & before
    store.close()


def test_nothing_survives_a_service_that_is_killed(example_data: Path) -> None:
    program = (
        "import sys, time; from graph.backends.oxigraph.store import OxigraphStore;"
        "s = OxigraphStore(sys.argv[1]); s.rows('SELECT * {} LIMIT 1'); print('ready', flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, example_data], stdout=subprocess.PIPE, cwd=root, text=True
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
        started = children(service.pid)
        service.kill()
    assert len(started) >= 2

    until_true(lambda: not any(Path(f"/proc/{pid}").exists() and state(pid) != "Z" for pid in started))


def test_nothing_is_started_before_the_first_query(example_data: Path) -> None:
    before = children(os.getpid())
    with OxigraphStore(example_data) as store:
        assert store.generation() == "g1"
        assert children(os.getpid()) <= before


def test_a_damaged_store_is_an_error_without_a_path(fresh: OxigraphStore) -> None:
    (fresh.data / "gens" / "g2").mkdir()
    (fresh.data / "CURRENT").unlink()
    (fresh.data / "CURRENT").write_text("g2\n")
    with pytest.raises(QuesteurError) as broken:
        fresh.rows(SMALL)

    assert broken.value.status == 500
    assert str(fresh.data) not in broken.value.message + broken.value.hint


def test_the_engine_still_sorts_the_columns_of_a_star() -> None:
    """The day it does not, the work in the worker can go."""
    found = ox.Store().query("SELECT * { ?z ?a ?m }")

    assert isinstance(found, ox.QuerySolutions)
    assert [variable.value for variable in found.variables] == ["a", "m", "z"]
