"""What lies in a folder: nothing of it is passed over in silence."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from loaders.archive import Opened
from loaders.folders import LINK, found_in
from loaders.intake import take_in
from loaders.ledger import Ledger
from loaders.state import fingerprint
from loaders.streaming import packs
from loaders.workers import Here
from ontology.errors import SourceError
from tests.loaders.taking import take

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder of one file, one in a folder below, and links."""
    made = tmp_path / "in"
    (made / "below").mkdir(parents=True)
    (made / "a.json").write_text("{}", encoding="utf-8")
    (made / "below" / "b.json").write_text("{}", encoding="utf-8")
    (tmp_path / "other").mkdir()
    (made / "file-link").symlink_to(made / "a.json")
    (made / "folder-link").symlink_to(tmp_path / "other")
    (made / "to-nothing").symlink_to(tmp_path / "nothing")
    return made


def test_links_are_not_followed_and_each_is_refused_by_name(folder: Path) -> None:
    assert [(f.name, f.fault) for f in found_in(folder)] == [
        ("a.json", ""),
        ("below/b.json", ""),
        *((name, LINK) for name in ("file-link", "folder-link", "to-nothing")),
    ]
    took = take(folder)
    refused = [locator for locator, code in took.refused if code == "unreadable"]
    assert refused == ["file-link", "folder-link", "to-nothing"]
    assert took.balances()


def test_what_is_neither_a_file_nor_a_folder_is_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert ("pipe", "unreadable") in take(folder).refused
    assert fingerprint(folder)


def test_a_name_whose_bytes_are_no_text_is_written_out(folder: Path) -> None:
    (folder / os.fsdecode(b"\xff.json")).write_text("{}", encoding="utf-8")
    assert found_in(folder)[0].name == r"\xff.json"
    assert list(packs(folder))
    assert fingerprint(folder)


def _silent(*_: object) -> None:
    """Say nothing of how far it is."""


def test_a_source_whose_name_is_no_text_or_that_is_no_file_is_refused(folder: Path, tmp_path: Path) -> None:
    odd, pipe = tmp_path / os.fsdecode(b"\xff.json"), tmp_path / "pipe"
    odd.write_text("{}", encoding="utf-8")
    os.mkfifo(pipe)
    for path, code in ((odd, "bad-name"), (pipe, "no-such-source")):
        with Ledger(tmp_path / "ledger") as ledger, pytest.raises(SourceError) as refused:
            take_in([path], folder, ledger, Here(), dates={}, strict=False, progress=_silent)
        assert refused.value.code == code


def test_a_file_that_goes_while_its_folder_is_read_refuses_itself_alone(folder: Path) -> None:
    records = Opened(path=folder).records()
    next(records)
    (folder / "below" / "b.json").unlink()
    assert next(records).notes[0] == "unreadable"
