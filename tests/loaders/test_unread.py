"""An archive read again: what is as it was is neither inflated nor read, and nothing else changes."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import msgspec
import pytest

from loaders.record import Record
from loaders.streaming import End, Head, Pack, packs
from loaders.unread import Memory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MEMBERS = {f"{n}.json": b'{"question": {"uid": "QANR5L15QE%d"}}' % n for n in range(5)} | {"bad.json": b"{"}


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(zipfile.ZipInfo(name, (2019, 1, 1, 0, 0, 0)), content)
    return path


def read(path: Path, memory: Memory | None = None) -> tuple[list[Head], list[Record], End]:
    heads: list[Head] = []
    records: list[Record] = []
    *found, end = packs(path, memory=memory)
    for pack in found:
        assert isinstance(pack, Pack)
        heads += pack.heads
        records += msgspec.msgpack.decode(pack.packed, type=list[Record])
    assert isinstance(end, End)
    return heads, records, end


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "source.members"


def test_a_known_record_is_told_of_without_being_read(tmp_path: Path, place: Path) -> None:
    path = archive(tmp_path / "a.zip", MEMBERS)
    heads, _, end = read(path, Memory(place=place, known=frozenset()))
    again, records, same_end = read(path, Memory(place=place, known=frozenset(head.sha for head in heads)))
    assert (again, same_end) == (heads, end) == (read(path)[0], read(path)[2])
    assert {record.locator for record in records if record.raw} <= {"bad.json"}


def test_what_changed_or_is_not_known_is_read(tmp_path: Path, place: Path) -> None:
    heads, _, _ = read(archive(tmp_path / "a.zip", MEMBERS), Memory(place=place, known=frozenset()))
    known = frozenset(head.sha for head in heads if head.locator not in {"2.json", "bad.json"})
    changed = archive(tmp_path / "b.zip", MEMBERS | {"1.json": b'{"question": {"uid": "QANR5L15QE9"}}'})
    again, records, end = read(changed, Memory(place=place, known=known))
    assert (again, end) == (read(changed)[0], read(changed)[2])
    assert {record.locator for record in records if record.raw} >= {"1.json", "2.json"}
    assert {record.locator for record in records if not record.raw} >= {"0.json", "3.json", "4.json"}


def test_a_memory_that_is_damaged_is_no_memory(tmp_path: Path, place: Path) -> None:
    path = archive(tmp_path / "a.zip", MEMBERS)
    place.write_bytes(b"\xff not a memory")
    heads, records, _ = read(path, Memory(place=place, known=frozenset({"x"})))
    assert heads == read(path)[0]
    assert all(record.raw for record in records if record.form != "damaged")
    assert read(path, Memory(place=place, known=frozenset(head.sha for head in heads)))[0] == heads
