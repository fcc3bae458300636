"""What ``questeur fetch`` promises: names, the lock, the command."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from loaders.archive import Opened
from ontology.errors import BusyError, ConfigError
from questeur.archives import published
from questeur.cli import cli
from questeur.digests import content_of
from questeur.fetch import Failed, Fetched, only_one
from questeur.fetching import tell, watcher
from questeur.lock import LOCK_NAME, lock_entry, read_lock
from tests.questeur import publisher
from tests.questeur.publisher import packed, page, publishing, status
from tests.questeur.world import BODY, FILE, NAME, OLD, OTHER, PATH, ROOT, World

if TYPE_CHECKING:
    from pathlib import Path

# ---- all is well


def test_an_archive_is_fetched_whole_and_locked(world: World) -> None:
    outcome = world.one()
    assert outcome.state == "new"
    assert world.file.read_bytes() == BODY
    assert world.left() == [FILE, LOCK_NAME]
    assert (world.into / LOCK_NAME).read_text() == (
        f'{{\n "sources": {{\n  "{FILE}": {{\n   "bytes": {len(BODY)},\n'
        f'   "content_sha256": "{content_of(world.file).sha256}",\n'
        f'   "etag": "\\"{hashlib.sha256(BODY).hexdigest()[:16]}\\"",\n'
        '   "last_modified": "Tue, 24 Nov 2026 23:00:00 GMT",\n   "retrieved": "2026-11-25T08:00:00Z",\n'
        f'   "sha256": "{hashlib.sha256(BODY).hexdigest()}",\n   "url": "http://{world.server.host}{PATH}"\n'
        '  }\n },\n "version": 1\n}\n'
    )


def test_what_did_not_change_is_not_sent_again(world: World) -> None:
    world.one()
    before = (world.into / LOCK_NAME).read_bytes()
    assert world.one().state == "unchanged"
    assert world.server.seen[-1].headers["If-None-Match"]
    assert (world.into / LOCK_NAME).read_bytes() == before


def test_a_file_that_is_not_the_one_of_the_lock_is_fetched_anew(world: World) -> None:
    world.one()
    world.file.write_bytes(OLD)
    world.one()
    assert world.file.read_bytes() == BODY


def test_what_changed_replaces_what_was_there(world: World) -> None:
    world.one()
    world.server.files[PATH] = OTHER
    assert world.one().state == "changed"
    assert world.file.read_bytes() == OTHER
    assert lock_entry(world.file) == read_lock(world.into).sources[FILE]


def test_the_same_content_packed_anew_keeps_the_time_of_its_first_fetch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.one().entry
    world.server.files[PATH] = packed(comment=b"packed anew")
    monkeypatch.setattr(publisher, "DATE", "Thu, 26 Nov 2026 08:00:00 GMT")
    outcome = world.one()
    assert outcome.state == "repacked"
    assert outcome.entry.sha256 != first.sha256
    assert (outcome.entry.content_sha256, outcome.entry.retrieved) == (first.content_sha256, first.retrieved)


def test_the_lock_is_the_same_in_whatever_order_the_names_came(world: World, tmp_path: Path) -> None:
    world.server.files["/17/AMO30.json.zip"] = OTHER
    world.fetch(NAME, "an-actors")
    back = World(server=world.server, into=tmp_path / "back")
    back.fetch("an-actors", NAME, NAME)
    assert (back.into / LOCK_NAME).read_bytes() == (world.into / LOCK_NAME).read_bytes()


def test_the_content_digest_is_that_of_the_loaders(world: World) -> None:
    world.one()
    opened = Opened(path=world.file)
    assert len(list(opened.records())) == 4
    assert content_of(world.file).sha256 == opened.sha256


# ---- the lock


def test_locked_takes_what_is_there_without_asking_anybody(world: World) -> None:
    entry = world.one().entry
    world.server.seen.clear()
    assert world.one(locked=True).entry == entry
    (outcome,) = world.fetch(locked=True)
    assert outcome == world.one(locked=True)
    assert world.server.seen == []


def test_locked_fetches_what_is_missing_and_writes_no_lock(world: World) -> None:
    world.one()
    before = (world.into / LOCK_NAME).read_bytes()
    world.file.unlink()
    world.server.files[PATH] = packed(comment=b"packed anew")
    assert world.one(locked=True).state == "repacked"
    assert (world.into / LOCK_NAME).read_bytes() == before
    assert lock_entry(world.file) == read_lock(world.into).sources[FILE]


def test_locked_refuses_other_content_and_names_both(world: World) -> None:
    entry = world.one().entry
    world.file.write_bytes(OLD)
    world.server.files[PATH] = OTHER
    failed = world.failing(locked=True)
    assert failed.error.code == "not-as-locked"
    assert entry.content_sha256 in failed.error.message
    assert world.file.read_bytes() == OLD


def test_locked_refuses_what_the_lock_does_not_name(world: World) -> None:
    with pytest.raises(ConfigError, match="an-17-qe is not in"):
        world.fetch(NAME, locked=True)
    with pytest.raises(ConfigError, match="there is no"):
        world.fetch(locked=True)
    with pytest.raises(ConfigError, match="current is not one archive"):
        world.fetch("current", locked=True)


def test_a_lock_leads_to_no_other_host(world: World) -> None:
    world.one()
    world.file.unlink()
    lock = world.into / LOCK_NAME
    lock.write_text(lock.read_text().replace(world.server.host, "elsewhere.example"))
    assert "elsewhere.example" in world.failing(locked=True).error.message


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "sources": {}}', '{"sources": {"a": {"url": "x"}}}'])
def test_a_lock_that_is_none_is_not_overwritten(world: World, text: str) -> None:
    world.into.mkdir()
    (world.into / LOCK_NAME).write_text(text)
    assert isinstance(world.failing().error, ConfigError)
    assert world.left() == [LOCK_NAME]


def test_a_lock_speaks_only_of_the_file_it_was_written_for(world: World) -> None:
    entry = world.one().entry
    assert lock_entry(world.file) == entry
    assert entry.day.isoformat() == "2026-11-25"
    same = world.file.with_name("other.zip")
    same.write_bytes(BODY)
    assert lock_entry(same) is None
    with zipfile.ZipFile(world.file, "a") as archive:
        archive.writestr("more.json", "{}")
    assert lock_entry(world.file) is None
    world.file.write_bytes(OLD)
    assert lock_entry(world.file) is None
    world.file.unlink()
    assert lock_entry(world.file) is None


def test_two_fetches_do_not_write_to_one_folder(world: World) -> None:
    world.into.mkdir()
    with only_one(world.into), pytest.raises(BusyError):
        world.fetch(NAME)


def test_a_folder_that_cannot_be_made_is_told(world: World) -> None:
    world.into.write_text("a file")
    with pytest.raises(ConfigError, match="--into sources"):
        world.fetch(NAME)


# ---- names


def test_current_is_the_newest_legislature_that_is_published(world: World) -> None:
    kinds = ("QE", "QG", "QOSD", "AMO30")
    world.server.files |= {f"/{n}/{kind}.json.zip": BODY for n in (17, 18, 19) for kind in kinds}
    names = [outcome.name for outcome in world.fetch("current") if isinstance(outcome, Fetched)]
    assert names == ["an-19-qe", "an-19-qg", "an-19-qosd", "an-actors"]
    assert [s.path for s in world.server.seen if s.method == "GET"] == [f"/19/{kind}.json.zip" for kind in kinds]


def test_current_stays_with_the_latest_known_when_no_newer_is_there(world: World) -> None:
    world.server.faults.extend([status(503), page()])
    assert [outcome.name for outcome in world.fetch("current")][:1] == [NAME]


def test_current_does_not_guess_when_the_server_does_not_say(world: World) -> None:
    world.server.faults.extend([status(503)] * 4)
    outcomes = world.fetch("current", NAME)
    assert [type(outcome) for outcome in outcomes] == [Failed, Fetched]


def test_an_unknown_name_is_told_before_anything_is_fetched(world: World) -> None:
    with pytest.raises(ConfigError, match="an-17-qx") as caught:
        world.fetch(NAME, "an-17-qx")
    assert "did you mean an-17-q" in caught.value.hint
    assert world.server.seen == []


def test_every_archive_of_the_table_has_its_own_address_on_an_allowed_host() -> None:
    table = published()
    urls = {table.url(table.named(name)) for name in table.archives}
    assert len(urls) == len(table.archives) == 14
    assert all(url.startswith(f"https://{table.hosts[0]}/static/") and url.endswith(".json.zip") for url in urls)
    assert table.named("an-18-qg").path == "18/questions/questions_gouvernement/Questions_gouvernement.json.zip"


# ---- the command


def test_the_command_lists_the_names() -> None:
    listed = CliRunner().invoke(cli, ["fetch", "--list"])
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [*published().archives, "current"]


def test_without_a_network_the_command_says_so_for_each_name(tmp_path: Path) -> None:
    with publishing() as closed:
        proxy = f"http://{closed.host}"
    done = subprocess.run(
        [sys.executable, "-m", "questeur", "fetch", "an-15-qe", "an-actors", "--into", tmp_path / "s"],
        cwd=ROOT,
        env={**os.environ, "HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": "", "no_proxy": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        line
        for name in ("an-15-qe", "an-actors")
        for line in (
            f"{name}: failed: data.assemblee-nationale.fr cannot be reached: Connection refused",
            "  nothing of it is here yet",
        )
    ]


def test_each_name_has_a_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.server.faults.append(status(404))
    tell(world.failing())
    tell(world.one())
    tell(world.one())
    assert capsys.readouterr().err.splitlines() == [
        f"{NAME}: failed: {world.server.host} answered 404 Not Found",
        "  the archive may have moved; nothing of it is here yet",
        f"{NAME}: new, {len(BODY):,} bytes, content of 2026-11-25",
        f"{NAME}: unchanged, {len(BODY):,} bytes, content of 2026-11-25",
    ]


def test_a_terminal_shows_now_and_then_how_far_a_transfer_is(capsys: pytest.CaptureFixture[str]) -> None:
    watch = watcher()
    for done in (*range(0, 2_000_000, 100_000), 2_000_000):
        watch(NAME, done, 2_000_000)
    watch("an-actors", 1_000, None)
    shown = [line for line in capsys.readouterr().err.split("\r") if line]
    assert shown[0] == f"{NAME}: 0.3 of 2.0 MB"
    assert shown[-2:] == [f"{NAME}: 2.0 of 2.0 MB", "an-actors: 0.0 MB"]
    assert len(shown) < 10


def test_the_command_needs_a_name() -> None:
    assert CliRunner().invoke(cli, ["fetch"]).exit_code == 2
