"""Generations on disk: finding, holding, checking, going back, collecting."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from graph.backends.oxigraph.durable import files_under
from graph.backends.oxigraph.generations import (
    current,
    hold,
    list_generations,
    manifest_of,
    path_of,
    use,
    verify,
    writer_lock,
)
from graph.faults import installed
from graph.load import load
from ontology.errors import BuildError, NotFoundError
from tests.graph.editions import (
    edition,
    leftovers,
    publish_edition,
    quads_in,
    quads_of,
    whole_edition,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_folder_where_nothing_is_published_says_so(data: Path) -> None:
    for ask in (current, hold):
        with pytest.raises(NotFoundError, match="no generation has been published in DATA"):
            ask(data)
    assert list_generations(data) == ()
    with pytest.raises(NotFoundError, match="there is no folder DATA"):
        use(data, "g1")


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=60), st.from_regex(r"g[0-9]{1,3}\n?", fullmatch=True).map(str.encode)))
def test_a_pointer_of_any_bytes_names_a_generation_or_is_an_error(published: Path, content: bytes) -> None:
    pointer = published / "CURRENT"
    before = pointer.read_bytes()
    try:
        pointer.write_bytes(content)
        if content in {b"g1", b"g1\n"}:
            assert current(published) == "g1"
            return
        for ask in (current, hold):
            with pytest.raises(BuildError, match="DATA/CURRENT"):
                ask(published)
    finally:
        pointer.write_bytes(before)


@pytest.mark.parametrize("name", ["g2", "g0", "g01", "../DATA", "", "g1/store", "tmp-1"])
def test_a_name_of_no_generation_is_not_found(published: Path, name: str) -> None:
    with pytest.raises(NotFoundError, match=r"no generation .* in DATA/gens"):
        path_of(published, name)


@settings(max_examples=60, deadline=None)
@given(chosen=st.data())
def test_a_flipped_bit_is_found_and_its_file_named(published: Path, chosen: st.DataObject) -> None:
    files = {name: path for name, path in files_under(published / "gens/g1/store").items() if path.stat().st_size}
    name = chosen.draw(st.sampled_from(sorted(files)))
    before = files[name].read_bytes()
    position = chosen.draw(st.integers(0, len(before) - 1))
    damaged = bytearray(before)
    damaged[position] ^= 1 << chosen.draw(st.integers(0, 7))
    try:
        files[name].write_bytes(damaged)
        with pytest.raises(BuildError, match=f"g1 is damaged: store/{name}: its sha256 is"):
            verify(published, "g1")
    finally:
        files[name].write_bytes(before)
    verify(published, "g1")


def lose(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def add_beside(path: Path) -> None:
    path.with_name("more").touch()


DAMAGE = {
    lose: "store/CURRENT: it is missing",
    empty: "store/CURRENT: it has 0 bytes",
    add_beside: "store/more: the manifest does not list it",
}


@pytest.mark.parametrize(("damage", "says"), [pytest.param(*row, id=row[0].__name__) for row in DAMAGE.items()])
def test_a_file_lost_emptied_or_added_is_found(
    published: Path, tmp_path: Path, damage: Callable[[Path], None], says: str
) -> None:
    shutil.copytree(published, tmp_path / "DATA")
    damage(tmp_path / "DATA/gens/g1/store/CURRENT")
    with pytest.raises(BuildError, match=says):
        verify(tmp_path / "DATA", "g1")


@settings(max_examples=60, deadline=None)
@given(content=st.one_of(st.binary(max_size=40), st.sampled_from([b"{}", b"[]", b'{"files":3}', b'{"files":{}}'])))
def test_a_manifest_of_any_bytes_is_refused(published: Path, content: bytes) -> None:
    path = published / "gens/g1/manifest.json"
    before = path.read_bytes()
    try:
        path.write_bytes(content)
        with pytest.raises(BuildError, match="g1 is damaged"):
            verify(published, "g1")
    finally:
        path.write_bytes(before)


def test_opening_a_generation_changes_none_of_its_files(published: Path) -> None:
    store = Store.read_only(str(path_of(published, "g1") / "store"))
    assert len(store) == len(quads_of(1))
    verify(published, "g1")


def test_going_back_and_building_again(data: Path, parts: Path) -> None:
    for number in (1, 2):
        publish_edition(data, parts, number)
    use(data, "g1")
    assert whole_edition(data) == 1
    publish_edition(data, parts, 3)
    assert (current(data), whole_edition(data)) == ("g3", 3)
    assert manifest_of(data, "g3")["previous"] == "g1"
    with pytest.raises(NotFoundError, match="no generation 'g7'") as refused:
        use(data, "g7")
    assert refused.value.hint == "there are: g1, g2, g3"
    assert whole_edition(data) == 3


def test_old_generations_are_collected_but_not_under_a_reader(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 1)
    with hold(data) as held:
        for number in range(2, 6):
            publish_edition(data, parts, number)
        assert list_generations(data) == ("g1", "g3", "g4", "g5")
        assert quads_in(held) == quads_of(1)
        verify(data, held.name)
    publish_edition(data, parts, 6)
    assert list_generations(data) == ("g4", "g5", "g6")
    assert leftovers(data) == []


@pytest.mark.parametrize("moment", ["pointer read", "folder opened"])
def test_a_reader_whose_generation_is_collected_before_it_is_held_gets_the_newest(
    data: Path, parts: Path, moment: str
) -> None:
    publish_edition(data, parts, 1)
    to_come = [2, 3, 4, 5]

    def publish_the_others(name: str) -> None:
        while name == moment and to_come:
            publish_edition(data, parts, to_come.pop(0))

    with installed(publish_the_others):
        assert whole_edition(data) == 5
    assert list_generations(data) == ("g3", "g4", "g5")


def test_the_lock_can_be_held_over_a_whole_build(data: Path, parts: Path) -> None:
    data.mkdir()
    with writer_lock(data) as lock:
        assert load(data, edition(parts, 1), {"edition": 1}, lock=lock).changed
        with pytest.raises(BuildError, match="is being written by process"):
            publish_edition(data, parts, 2)
        with pytest.raises(BuildError, match="is being written by process"):
            use(data, "g1")
    publish_edition(data, parts, 2)
    assert json.loads((data / "gens/g2/manifest.json").read_text())["edition"] == 2
