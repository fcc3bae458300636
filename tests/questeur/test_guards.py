"""What stops a build before it publishes or loses anything, told with what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from loaders.ledger import Ledger
from ontology.errors import BuildError, ConfigError
from questeur.build import Options, build
from questeur.cli import cli
from questeur.quarantined import read_entries

if TYPE_CHECKING:
    from collections.abc import Callable

TWIN = (Path(__file__).parent.parent / "data" / "15-10719QE.twin.json").read_text(encoding="utf-8")


def folder(into: Path, number: str = "10719") -> Path:
    into.mkdir()
    (into / "q.json").write_text(TWIN.replace("10719", number), encoding="utf-8")
    return into


def test_a_data_folder_inside_a_source_is_refused_before_it_is_made(tmp_path: Path) -> None:
    source = folder(tmp_path / "in")
    with pytest.raises(ConfigError, match="lies in the source"):
        build([source], source / "data")
    assert [path.name for path in source.iterdir()] == ["q.json"]


def test_a_source_given_as_the_folder_one_stands_in_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder(tmp_path / "in"))
    (book,) = build([Path()], tmp_path / "data").books
    assert book.path == "in"


def test_a_report_that_cannot_be_written_stops_the_build_before_it_begins(tmp_path: Path) -> None:
    source, report = folder(tmp_path / "in"), tmp_path / "nowhere" / "report.json"
    command = ["build", str(source), "--into", str(tmp_path / "data"), "--report", str(report)]
    refused = CliRunner().invoke(cli, command).exception
    assert isinstance(refused, ConfigError)
    assert "--report" in refused.message
    assert not (tmp_path / "data").exists()


def test_a_lost_ledger_never_drops_the_sources_that_are_not_given(tmp_path: Path) -> None:
    one, two, data = folder(tmp_path / "one"), folder(tmp_path / "two", "10720"), tmp_path / "data"
    build([one, two], data)
    for left in data.glob("ledger.sqlite*"):
        left.unlink()
    with pytest.raises(BuildError, match="read again: two") as lost:
        build([one], data)
    assert lost.value.code == "ledger-lost"
    assert build([one, two], data).questions["all"] == 2
    assert build([one], data, options=Options(fresh=True)).questions["all"] == 1


def overwritten(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[:5000] + bytes(byte ^ 0x55 for byte in raw[5000:]))


def test_a_ledger_damaged_within_is_made_anew(tmp_path: Path) -> None:
    source, data = folder(tmp_path / "in"), tmp_path / "data"
    build([source], data)
    overwritten(data / "ledger.sqlite")
    assert not build([source], data).changed
    with Ledger(data / "ledger.sqlite") as ledger:
        assert ledger.sources().keys() == {"in"}


def cut_rows(data: Path) -> None:
    with closing(sqlite3.connect(data / "ledger.sqlite")) as ledger, ledger:
        ledger.execute("UPDATE source SET books = x'00'")


def cut_references(data: Path) -> None:
    (data / "work" / "reference.msgpack").write_bytes(b"\x00")


@pytest.mark.parametrize("damage", [cut_rows, cut_references])
def test_damage_that_only_reading_shows_is_told_with_what_to_remove(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    source, data = folder(tmp_path / "in"), tmp_path / "data"
    build([source], data)
    damage(data)
    (source / "q.json").write_text(TWIN.replace("Haury", "HAURY"), encoding="utf-8")
    with pytest.raises(BuildError, match="damaged") as damaged:
        build([source], data)
    assert "remove ledger.sqlite, parts and work" in damaged.value.hint


def test_a_ledger_that_cannot_be_opened_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").mkdir()
    with pytest.raises(BuildError, match="cannot be used"):
        Ledger(tmp_path / "ledger.sqlite")
    assert (tmp_path / "ledger.sqlite").is_dir()


def test_a_damaged_quarantine_says_which_file_to_remove(tmp_path: Path) -> None:
    (tmp_path / "quarantine").mkdir()
    (tmp_path / "quarantine" / "k.ndjson").write_bytes(b"{}\n")
    with pytest.raises(BuildError, match=r"quarantine/k\.ndjson is damaged"):
        read_entries(tmp_path, "k.ndjson")
