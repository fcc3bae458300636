"""The full-text index of a generation: whole or absent, the same bytes each time, made once for all processes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from graph import text
from graph.faults import installed
from graph.indexing import Indexes, is_whole, make
from graph.text import parse

if TYPE_CHECKING:
    from pathlib import Path

    from graph.backends.oxigraph.store import OxigraphStore
    from graph.backends.remote import RemoteStore


def test_the_same_generation_gives_the_same_bytes(embedded: OxigraphStore, tmp_path: Path) -> None:
    written: list[bytes] = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        make(embedded, tmp_path / name / "g1.sqlite", generation="g1")
        written.append((tmp_path / name / "g1.sqlite").read_bytes())
    assert written[0] == written[1]


def test_what_is_interrupted_leaves_nothing_and_the_next_begins_anew(embedded: OxigraphStore, tmp_path: Path) -> None:
    path = tmp_path / "g1.sqlite"

    def fail(_: str) -> None:
        raise OSError("the disk is full")

    with installed(fail), pytest.raises(OSError, match="full"):
        make(embedded, path, generation="g1")
    assert not path.exists()
    (tmp_path / "g1.tmp").write_bytes(b"left by a process that was killed")
    make(embedded, path, generation="g1")
    assert is_whole(path)
    assert not (tmp_path / "g1.tmp").exists()


@pytest.mark.parametrize("held", [b"", b"no database at all", b"SQLite format 3\x00" + bytes(200)])
def test_a_file_that_is_no_index_is_made_again(embedded: OxigraphStore, tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "g1.sqlite"
    path.write_bytes(held)
    assert not is_whole(path)
    make(embedded, path, generation="g1")
    assert is_whole(path)


def test_several_who_need_it_at_once_make_it_once(embedded: OxigraphStore, tmp_path: Path) -> None:
    path = tmp_path / "g1.sqlite"
    made: list[str] = []
    with installed(made.append):
        threads = [threading.Thread(target=make, args=(embedded, path), kwargs={"generation": "g1"}) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert made.count("index written") == 1


def test_indexes_of_generations_that_are_gone_are_removed(embedded: OxigraphStore, tmp_path: Path) -> None:
    (tmp_path / "gens" / "g3").mkdir(parents=True)
    folder = tmp_path / "text"
    folder.mkdir()
    for name in ("g2", "g3"):
        (folder / f"{name}.sqlite").write_bytes(b"")
    make(embedded, folder / "g1.sqlite", generation="g1")
    assert sorted(path.name for path in folder.glob("*.sqlite")) == ["g1.sqlite", "g3.sqlite"]


def test_a_remote_store_is_searched_too(remote: RemoteStore) -> None:
    indexes = Indexes(remote)
    index = indexes.current(wait=60)
    assert index.find(parse("téléphon"), {}, limit=5) == ["QANR5L15QE10719"]
    assert index.numbered(10719) == ["QANR5L15QE10719"]
    assert [found.key for found in index.things(parse("haury"), limit=5)] == ["PA720054"]


def test_counts_by_facet_add_up_and_filters_narrow_to_them(embedded: OxigraphStore) -> None:
    index = Indexes(embedded).current(wait=60)
    wanted = parse("question")
    found = index.count(wanted, {})
    assert found.total > 1
    for name, pairs in found.facets.items():
        assert sum(number for _, number in pairs) <= found.total
        for value, number in pairs:
            narrowed = index.count(wanted, {name: value})
            assert narrowed.total == number == len(index.find(wanted, {name: value}, limit=1000))


def test_of_more_hits_than_are_weighed_headings_come_first_and_none_is_lost(
    embedded: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Indexes(embedded).current(wait=60)
    wanted = parse("question")
    weighed = index.find(wanted, {})
    monkeypatch.setattr(text, "_RANKED", 1)
    bounded = index.find(wanted, {})
    assert len(weighed) > 1
    assert sorted(bounded) == sorted(weighed)
    found, first = index.search(wanted, {}, limit=1)
    assert (found.total, first) == (len(weighed), bounded[:1])
    assert index.find(wanted, {}, limit=1, skip=1) == bounded[1:2]
