"""What a download survives, and what it refuses, from a publisher that does everything wrong in turn."""

from __future__ import annotations

import hashlib
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ontology.errors import RemoteError, SourceError
from questeur.client import Client, PassingError, unreachable
from questeur.downloads import Download, Part, Version
from questeur.fetch import Failed, Fetched
from questeur.lock import LOCK_NAME, lock_entry
from tests.questeur.publisher import (
    Fault,
    Handler,
    begins_nothing,
    chunks,
    claims_less,
    claims_more,
    cut,
    encoded,
    ignores_range,
    longer_range,
    no_answer,
    packed,
    page,
    publishing,
    redirect,
    replaced,
    reset,
    says_nothing,
    shorter_range,
    squeezed,
    status,
    truncated,
    wrong_range,
)
from tests.questeur.world import BODY, FILE, NAME, OLD, OTHER, PATH, ROOT, STEP, World

# ---- cuts


def test_a_connection_cut_at_every_step_still_brings_the_whole(world: World) -> None:
    world.server.files[PATH] = body = packed(members=12)
    world.server.faults.extend([cut(STEP)] * (len(body) // STEP))
    world.one()
    assert world.file.read_bytes() == body
    starts = [0, *(int((r or "").removeprefix("bytes=").removesuffix("-")) for r in world.server.ranges()[1:])]
    assert starts == [STEP * n for n in range(len(body) // STEP + 1)]


@pytest.mark.parametrize("after", range(0, len(BODY), STEP))
def test_a_run_that_was_cut_is_gone_on_from_by_the_next(world: World, after: int) -> None:
    world.server.faults.extend([cut(after), *[no_answer] * 4])
    failed = world.failing()
    assert not world.file.exists()
    assert (f"{after:,} bytes in {FILE}.part" in failed.error.hint) == bool(after)
    world.server.faults.clear()
    world.one()
    assert world.server.ranges()[-1] == (f"bytes={after}-" if after else None)
    assert world.file.read_bytes() == BODY
    assert world.left() == [FILE, LOCK_NAME]


def test_a_part_that_was_whole_when_the_run_died_is_only_asked_about(world: World) -> None:
    download = Download(
        client=world.client, url=world.table.base + PATH[1:], part=Part(path=world.into / f"{FILE}.part")
    )
    world.into.mkdir()
    download.run()
    world.one()
    assert world.server.seen[-1].headers["If-None-Match"]
    assert world.file.read_bytes() == BODY


def test_what_cannot_be_told_apart_from_another_version_is_fetched_from_the_beginning(world: World) -> None:
    world.server.validators = False
    world.server.faults.append(cut(STEP))
    world.one()
    assert world.server.ranges() == [None, None]


@pytest.mark.parametrize(
    ("etag", "last_modified", "strong"),
    [
        ('"a"', None, '"a"'),
        ('W/"a"', None, None),
        ('W/"a"', "Wed, 25 Nov 2026 07:59:00 GMT", "Wed, 25 Nov 2026 07:59:00 GMT"),
        (None, "Wed, 25 Nov 2026 07:59:59 GMT", None),
        (None, "yesterday", None),
    ],
)
def test_only_what_tells_every_byte_apart_lets_a_part_be_gone_on_from(
    etag: str | None, last_modified: str | None, strong: str | None
) -> None:
    sent = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert Version(url="u", retrieved=sent, etag=etag, last_modified=last_modified).strong() == strong


CHILD = """
import sys
from pathlib import Path
from questeur.archives import Archive, Table
from questeur.client import Client, PassingError, unreachable
from questeur.fetch import fetch_archives
host, into = sys.argv[1:]
archive = Archive(
    source="s", title="t", path="17/QE.json.zip", form="f", layout="many", minimum_bytes=0, minimum_records=0
)
fetch_archives(
    ["an-17-qe"],
    Path(into),
    table=Table(base=f"http://{host}/", hosts=(), latest=17, archives={"an-17-qe": archive}),
    client=Client(hosts=frozenset({host}), plain_loopback=True),
    watch=lambda _name, done, _total: print(done, flush=True),
)
"""


def test_a_process_that_is_killed_is_gone_on_from(world: World) -> None:
    def hang(handler: Handler) -> None:
        handler.head()
        handler.wfile.write(handler.body[: 2 * STEP])
        handler.rfile.read(1)  # until the client is gone

    world.server.faults.append(hang)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, world.server.host, world.into], cwd=ROOT, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        while int(child.stdout.readline()) < 2 * STEP:
            pass
        child.send_signal(signal.SIGKILL)
    assert world.left() == [f"{FILE}.part", f"{FILE}.part.json"]
    world.one()
    assert world.server.ranges()[-1] is not None
    assert world.file.read_bytes() == BODY
    assert world.left() == [FILE, LOCK_NAME]


# ---- faults that pass


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([no_answer], id="no-answer"),
        pytest.param([reset], id="reset"),
        pytest.param([claims_more], id="claims-more"),
        pytest.param([chunks(ending=False)], id="chunks-cut"),
        pytest.param([chunks(ending=True)], id="chunks"),
        pytest.param([says_nothing], id="no-length"),
        pytest.param([status(503), status(500), status(502)], id="server-errors"),
        pytest.param([page()], id="page"),
        pytest.param([page("application/zip")], id="page-called-zip"),
        pytest.param([page(text=b"indisponible")], id="page-without-markup"),
        pytest.param([status(304)], id="304-unasked"),
        pytest.param([wrong_range(0)], id="range-unasked"),
        pytest.param([cut(STEP), ignores_range], id="range-ignored"),
        pytest.param([cut(STEP), wrong_range(1)], id="range-too-far"),
        pytest.param([cut(STEP), wrong_range(-1)], id="range-too-early"),
        pytest.param([cut(STEP), wrong_range(0, total=9)], id="other-total"),
        pytest.param([cut(STEP), shorter_range], id="range-too-short"),
        pytest.param([cut(STEP), longer_range], id="range-too-long"),
        pytest.param([cut(STEP), status(206, Content_Range="bytes */9")], id="no-range-at-all"),
        pytest.param([cut(STEP), status(416)], id="range-not-satisfiable"),
        pytest.param([cut(STEP), page()], id="page-in-the-middle"),
        pytest.param([cut(STEP), status(304)], id="304-in-the-middle"),
    ],
)
def test_a_fault_that_passes_does_no_harm(world: World, faults: list[Fault]) -> None:
    world.server.faults.extend(faults)
    world.one()
    assert world.file.read_bytes() == BODY
    assert world.left() == [FILE, LOCK_NAME]
    assert not world.server.faults


@pytest.mark.parametrize(
    "fault", [ignores_range, shorter_range, longer_range, wrong_range(1), wrong_range(0, total=1), status(416)]
)
def test_another_range_than_the_one_asked_for_starts_afresh(world: World, fault: Fault) -> None:
    world.server.faults.extend([cut(STEP), fault])
    world.one()
    asked = world.server.ranges()
    assert asked[:2] == [None, f"bytes={STEP}-"]
    assert asked[2:] == ([] if fault is ignores_range else [None])


@pytest.mark.parametrize("fault", [begins_nothing, page(), status(503), no_answer, cut(0)])
def test_an_answer_without_the_file_costs_nothing_of_what_is_there(world: World, fault: Fault) -> None:
    world.server.faults.extend([cut(STEP), fault])
    world.one()
    assert world.server.ranges() == [None, f"bytes={STEP}-", f"bytes={STEP}-"]


@pytest.mark.parametrize("honest", [True, False])
def test_two_versions_are_never_joined(world: World, honest: bool) -> None:  # noqa: FBT001 - a parameter of the test
    world.server.faults.extend([cut(STEP), replaced(OTHER, honest=honest)])
    world.one()
    assert world.file.read_bytes() == OTHER


def test_waits_grow_and_the_server_is_left_alone_as_long_as_it_asks(world: World) -> None:
    world.server.faults.extend([status(503), status(429, Retry_After="7")])
    world.one()
    assert world.waits == [1.0, 7.0]


def test_retry_after_may_be_a_date(world: World) -> None:
    world.server.faults.append(status(503, Retry_After="Wed, 25 Nov 2026 08:00:30 GMT"))
    world.one()
    assert world.waits == [30.0]


def test_a_server_that_asks_for_hours_is_left_alone(world: World) -> None:
    world.server.faults.append(status(503, Retry_After="7200"))
    assert "7200 s" in world.failing().error.message
    assert world.waits == []


def test_four_tries_without_a_new_byte_are_enough(world: World) -> None:
    world.server.faults.extend([status(503)] * 9)
    failed = world.failing()
    assert failed.error.message == f"{world.server.host} answered 503 Service Unavailable"
    assert world.waits == [1.0, 2.0, 4.0]


def test_a_server_that_goes_away_after_it_answered_is_waited_for(world: World) -> None:
    lost = RemoteError("refused", code="unreachable")
    failures: list[RemoteError] = [lost, lost, PassingError("cut")]

    def attempt() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert world.client.patiently(attempt) == "done"
    failures.append(lost)
    with pytest.raises(RemoteError, match="refused"):
        world.client.patiently(attempt)
    assert world.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("reason", "says", "passes"),
    [
        (socket.gaierror(-2, "x"), "h cannot be reached: its name cannot be resolved", False),
        (ssl.SSLCertVerificationError(1, "x"), "h cannot be reached: its certificate is not trusted", False),
        (OSError(101, "Network is unreachable"), "h cannot be reached: Network is unreachable", False),
        ("no route", "h cannot be reached: no route", False),
        (TimeoutError(), "h: no answer in time", True),
        (ConnectionResetError(104, "Connection reset by peer"), "h: the connection was cut (Connection reset", True),
    ],
)
def test_a_host_that_cannot_be_reached_says_why(reason: object, says: str, passes: bool) -> None:  # noqa: FBT001 - a row
    error = unreachable("h", reason)
    assert error.message.startswith(says)
    assert isinstance(error, PassingError) == passes


# ---- faults that do not


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        pytest.param(truncated, "not a whole ZIP archive", id="truncated"),
        pytest.param(claims_less, "not a whole ZIP archive", id="claims-less"),
        pytest.param(replaced(bytes(10) + BODY), "does not begin with a member", id="bytes-before"),
        pytest.param(replaced(BODY + bytes(4)), "does not end with its directory", id="bytes-after"),
        pytest.param(replaced(packed(comment=b"a word")[:-2]), "does not end with its directory", id="comment-cut"),
        pytest.param(replaced(BODY[:900] + b"?" + BODY[901:]), "not a whole ZIP archive", id="one-byte-wrong"),
        pytest.param(replaced(packed(size=10)), "at least 1,000 are expected", id="too-small"),
        pytest.param(replaced(packed(members=1)), "1 members, at least 2", id="too-few"),
        pytest.param(replaced(squeezed()), "inflates more than 200-fold", id="bomb"),
        pytest.param(encoded, "Content-Encoding: gzip", id="encoded"),
        pytest.param(status(404), "404 Not Found", id="not-found"),
        pytest.param(status(410), "410 Gone", id="gone"),
        pytest.param(status(302), "302 Found", id="redirect-to-nowhere"),
        pytest.param(redirect("https://elsewhere.example/x.zip"), "elsewhere.example", id="other-host"),
        pytest.param(redirect("ftp://127.0.0.1/x"), "not an address", id="ftp"),
        pytest.param(redirect("//user@127.0.0.1/x"), "not an address", id="user-name"),
    ],
)
def test_what_is_not_the_archive_is_refused_and_the_old_one_stays(world: World, fault: Fault, says: str) -> None:
    world.into.mkdir()
    world.file.write_bytes(OLD)
    world.server.faults.append(fault)
    failed = world.failing()
    assert says in failed.error.message
    assert f"kept: {FILE}" in failed.error.hint
    assert world.left() == [FILE]
    assert world.file.read_bytes() == OLD
    assert len(world.server.seen) == 1


def test_a_page_served_for_good_is_refused(world: World) -> None:
    world.server.faults.extend([page()] * 4)
    assert "a page was served" in world.failing().error.message
    assert world.left() == []


def test_redirects_are_followed_on_the_same_host_but_not_for_ever(world: World) -> None:
    world.server.faults.append(redirect(PATH))
    world.one()
    world.file.unlink()
    world.server.faults.extend([redirect(PATH)] * 9)
    assert "redirected more than 5 times" in world.failing().error.message


def test_plain_http_needs_to_be_asked_for_and_is_for_this_machine_only(world: World) -> None:
    strict = Client(hosts=frozenset({world.server.host}))
    with pytest.raises(RemoteError, match="not an address"):
        strict.open(f"http://{world.server.host}/", {})
    with pytest.raises(RemoteError, match="not an address"):
        Client(hosts=frozenset({"data.example"}), plain_loopback=True).open("http://data.example/", {})
    assert world.server.seen == []


def test_an_md5_that_is_not_the_published_one_names_both(world: World) -> None:
    world.md5 = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    world.one()
    world.server.files[PATH] = OTHER
    failed = world.failing()
    assert world.md5 in failed.error.message
    assert hashlib.md5(OTHER, usedforsecurity=False).hexdigest() in failed.error.message
    assert world.file.read_bytes() == BODY
    assert lock_entry(world.file) is not None


def test_a_body_without_end_is_given_up(world: World) -> None:
    world.server.faults.extend([says_nothing, ignores_range])
    world.into.mkdir()
    download = Download(
        client=world.client, url=world.table.base + PATH[1:], part=Part(path=world.into / "p"), limit=STEP
    )
    with pytest.raises(SourceError, match="more bytes came"):
        download.run()
    download.part.remove()
    with pytest.raises(SourceError, match="is said to have"):
        download.run()


def test_a_name_that_fails_does_not_stop_the_others(world: World) -> None:
    gone, done = world.fetch("an-actors", NAME)
    assert isinstance(gone, Failed)
    assert isinstance(done, Fetched)


def test_a_host_that_is_not_there_is_not_asked_twice(world: World, tmp_path: Path) -> None:
    world.one()
    with publishing() as closed:
        lonely = World(server=closed, into=tmp_path / "sources")
    failed = lonely.failing()
    assert failed.error.message == f"{closed.host} cannot be reached: Connection refused"
    assert failed.error.hint == f"kept: {FILE}"
    assert lonely.waits == []


def test_a_disk_that_takes_nothing_is_not_blamed_on_the_server(world: World) -> None:
    (world.into / f"{FILE}.part.json").mkdir(parents=True)
    assert world.failing().error.code == "disk"


# ---- whatever the faults

FAULTS: dict[str, Fault] = {
    "cut-0": cut(0),
    "cut-early": cut(1_000),
    "cut-middle": cut(STEP),
    "cut-late": cut(len(BODY) - 1),
    "reset": reset,
    "no-answer": no_answer,
    "claims-more": claims_more,
    "claims-less": claims_less,
    "no-length": says_nothing,
    "chunks": chunks(ending=True),
    "chunks-cut": chunks(ending=False),
    "503": status(503),
    "429": status(429, Retry_After="1"),
    "404": status(404),
    "304": status(304),
    "416": status(416),
    "ignores-range": ignores_range,
    "range-too-far": wrong_range(1),
    "range-too-early": wrong_range(-1),
    "range-too-short": shorter_range,
    "range-too-long": longer_range,
    "range-other-total": wrong_range(0, total=4),
    "replaced": replaced(OTHER),
    "replaced-dishonestly": replaced(OTHER, honest=False),
    "page": page(),
    "truncated": truncated,
    "encoded": encoded,
    "redirect": redirect("https://elsewhere.example/"),
    "redirect-home": redirect(PATH),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=7), validators=st.booleans(), runs=st.integers(1, 3))
def test_whatever_goes_wrong_the_file_is_the_old_one_or_a_whole_new_one(
    faults: list[str],
    validators: bool,  # noqa: FBT001 - drawn
    runs: int,
) -> None:
    with publishing() as server, TemporaryDirectory() as folder:
        world = World(server=server, into=Path(folder))
        server.files[PATH] = BODY
        server.validators = validators
        server.faults.extend(FAULTS[name] for name in faults)
        world.file.write_bytes(OLD)
        held = OLD
        for _ in range(runs):
            (outcome,) = world.fetch(NAME)
            if isinstance(outcome, Fetched):
                held = world.file.read_bytes()
                assert held in {BODY, OTHER}
                assert world.left() == [FILE, LOCK_NAME]
                assert outcome.entry.sha256 == hashlib.sha256(held).hexdigest()
                assert lock_entry(world.file) == outcome.entry
            assert world.file.read_bytes() == held
