"""Generations: what is published, what is refused, and what readers see meanwhile."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path

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
from graph.backends.oxigraph.publishing import publish
from graph.faults import installed
from graph.load import Part, load, statement_digest
from ontology.errors import BuildError, NotFoundError
from ontology.iris import graph
from tests.graph.editions import DERIVED, META, QUESTIONS, edition, line, part, quads_in, quads_of, whole_edition


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder where nothing has been published."""
    return tmp_path / "DATA"


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Give a folder for parts."""
    return tmp_path / "parts"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish edition 1 once; tests that change a file put it back."""
    folder = tmp_path_factory.mktemp("published")
    load(folder / "DATA", edition(folder, 1), {"edition": 1})
    return folder / "DATA"


def publish_edition(data: Path, parts: Path, number: int) -> None:
    load(data, edition(parts, number), {"edition": number})


def leftovers(data: Path) -> list[str]:
    return [path.name for path in [*(data / "gens").glob("tmp-*"), *data.glob("*.tmp")]]


def test_a_published_generation_holds_the_quads_of_its_parts(data: Path, parts: Path) -> None:
    result = load(data, edition(parts, 1), {"edition": 1})
    assert (result.name, result.changed, result.quads) == ("g1", True, len(quads_of(1)))
    assert current(data) == "g1"
    assert result.path == path_of(data, "g1")
    assert whole_edition(data) == 1
    assert leftovers(data) == []


def test_a_manifest_says_what_the_generation_holds(published: Path) -> None:
    manifest = manifest_of(published, "g1")
    store_files = [f"store/{name}" for name in files_under(published / "gens/g1/store")]
    assert sorted(manifest["files"]) == sorted(store_files)
    assert manifest["counts"]["quads"] == len(quads_of(1))
    assert manifest["counts"]["graphs"] == {QUESTIONS: 81, DERIVED: 20}
    assert sum(manifest["counts"]["predicates"].values()) == len(quads_of(1))
    assert (manifest["generation"], manifest["previous"], manifest["edition"]) == ("g1", None, 1)


def test_a_manifest_counts_the_things_of_each_class(data: Path, parts: Path) -> None:
    a = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    typed = [f"<http://a/{n}> <{a}> <http://a/C> <{QUESTIONS}> ." for n in range(3)]
    load(data, [part(parts / "0.nq", QUESTIONS, typed)], {})
    assert manifest_of(data, "g1")["counts"]["classes"] == {"http://a/C": 3}


def test_two_builds_of_the_same_parts_differ_in_their_store_files_alone(
    published: Path, data: Path, parts: Path
) -> None:
    publish_edition(data, parts, 1)
    one, two = manifest_of(published, "g1"), manifest_of(data, "g1")
    assert {**one, "files": {}} == {**two, "files": {}}


def test_the_same_parts_in_another_order_make_no_second_generation(data: Path, parts: Path) -> None:
    made = edition(parts, 1)
    load(data, made, {})
    again = load(data, made[::-1], {"note": "another build, the same statements"})
    assert (again.name, again.changed, again.quads) == ("g1", False, len(quads_of(1)))
    assert list_generations(data) == ("g1",)
    assert load(data, made, {}, force=True).name == "g2"


def test_a_change_of_the_meta_graph_alone_makes_no_second_generation(data: Path, parts: Path) -> None:
    made = edition(parts, 1)
    load(data, [*made, part(parts / "meta.nq", META, [line(1, "note", "first build", META)])], {})
    again = load(data, [*made, part(parts / "meta.nq", META, [line(1, "note", "second build", META)])], {})
    assert not again.changed


def test_a_current_generation_without_its_manifest_is_replaced(
    data: Path, parts: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish_edition(data, parts, 1)
    (data / "gens/g1/manifest.json").unlink()
    with caplog.at_level(logging.WARNING, logger="questeur.graph"):
        publish_edition(data, parts, 1)
    assert current(data) == "g2"
    assert "g1" in caplog.text


def test_what_completes_a_generation_is_of_its_manifest(data: Path, parts: Path) -> None:
    def add_text_index(folder: Path) -> None:
        assert len(Store.read_only(str(folder / "store"))) == len(quads_of(1))
        (folder / "columns").mkdir()
        (folder / "columns" / "asked.npy").write_bytes(b"columns")

    load(data, edition(parts, 1), {}, complete=add_text_index)
    assert manifest_of(data, "g1")["files"]["columns/asked.npy"]["size"] == 7
    verify(data, "g1")


def test_what_completes_a_generation_can_refuse_it(data: Path, parts: Path) -> None:
    def refuse(_: Path) -> None:
        raise BuildError("a shape is violated")

    publish_edition(data, parts, 1)
    with pytest.raises(BuildError, match="a shape is violated"):
        load(data, edition(parts, 2), {"edition": 2}, complete=refuse)
    assert whole_edition(data) == 1
    assert leftovers(data) == []


# What must not be published


def truncated_at_a_line(folder: Path) -> list[Part]:
    whole = [line(n, "text", "x", QUESTIONS) for n in range(9)]
    return [part(folder / "0.nq", QUESTIONS, whole[:-1], quads=9)]


def truncated_in_a_line(folder: Path) -> list[Part]:
    return [part(folder / "0.nq", QUESTIONS, [line(1, "text", "x", QUESTIONS)[:-9]])]


def a_triple_in_two_graphs(folder: Path) -> list[Part]:
    return [
        part(folder / "0.nq", QUESTIONS, [line(n, "text", "x", QUESTIONS) for n in range(9)]),
        part(folder / "1.nq", DERIVED, [line(n, "text", "x", DERIVED) for n in range(8, 12)]),
    ]


def a_quad_in_two_parts(folder: Path) -> list[Part]:
    lines = [line(1, "text", "x", QUESTIONS)]
    return [part(folder / "0.nq", QUESTIONS, lines), part(folder / "1.nq", QUESTIONS, lines)]


def a_quad_of_another_graph(folder: Path) -> list[Part]:
    return [part(folder / "0.nq", QUESTIONS, [line(1, "text", "x", DERIVED)])]


def a_quad_of_no_graph(folder: Path) -> list[Part]:
    return [
        part(folder / "0.nq", QUESTIONS, [line(1, "text", "x", QUESTIONS), "<http://a/> <http://a/> <http://a/> ."])
    ]


def a_part_changed_since_its_report(folder: Path) -> list[Part]:
    return [replace(made, sha256="0" * 64) for made in edition(folder, 2)]


def a_part_that_is_missing(folder: Path) -> list[Part]:
    made = edition(folder, 2)
    made[0].path.unlink()
    return made


def no_part(_: Path) -> list[Part]:
    return []


REFUSED = {
    truncated_at_a_line: f"{QUESTIONS} holds 8, expected 9",
    truncated_in_a_line: "part 0.nq cannot be loaded",
    a_triple_in_two_graphs: f"in two graphs, {DERIVED} and {QUESTIONS}: .*15-8 ",
    a_quad_in_two_parts: f"{QUESTIONS} holds 1, expected 2",
    a_quad_of_another_graph: f"{DERIVED} holds 1, expected 0; {QUESTIONS} holds 0, expected 1",
    a_quad_of_no_graph: "the default graph holds 1, expected 0",
    a_part_changed_since_its_report: "part 0000.nq has the sha256",
    a_part_that_is_missing: "part 0000.nq cannot be read",
    no_part: "no part to load",
}


@pytest.mark.parametrize(("wrong", "says"), [pytest.param(*row, id=row[0].__name__) for row in REFUSED.items()])
def test_a_state_that_is_not_as_said_is_refused_and_the_old_one_stays(
    data: Path, parts: Path, wrong: type[list[Part]], says: str
) -> None:
    publish_edition(data, parts, 1)
    with pytest.raises(BuildError, match=says):
        load(data, wrong(parts / "wrong"), {"edition": 2})
    assert whole_edition(data) == 1
    assert list_generations(data) == ("g1",)
    assert leftovers(data) == []


def test_a_disk_with_too_little_room_is_said_before_anything_is_written(data: Path, parts: Path) -> None:
    publish_edition(data, parts, 1)
    files = [made.path for made in edition(parts, 2)]
    needed = int(2.5 * sum(path.stat().st_size for path in files))
    with pytest.raises(BuildError, match="MB free, this build needs"):
        publish(data, files, manifest={}, expected={}, available=needed - 1)
    assert whole_edition(data) == 1
    expected = {QUESTIONS: 82, DERIVED: 20}
    assert publish(data, files, manifest={"edition": 2}, expected=expected, available=needed).name == "g2"


@pytest.mark.parametrize("field", ["generation", "previous", "counts", "files"])
def test_the_caller_cannot_say_what_the_writer_says(data: Path, field: str) -> None:
    with pytest.raises(BuildError, match=field):
        publish(data, [], manifest={field: "mine"}, expected={})


Triples = dict[tuple[int, str], list[int]]


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(1, 6), st.sampled_from("pq")), st.lists(st.integers(0, 3), max_size=2)))
def test_a_state_is_published_if_and_only_if_each_statement_has_one_owner(
    tmp_path_factory: pytest.TempPathFactory, owners: Triples
) -> None:
    folder = tmp_path_factory.mktemp("owners")
    graphs = [graph(name) for name in ("questions/an-14-qe", "questions/an-15-qe", "derived", "topics")]
    lines = {named: list[str]() for named in graphs}
    for (subject, predicate), chosen in owners.items():
        for n in chosen:
            lines[graphs[n]].append(line(subject, predicate, "x", graphs[n]))
    made = [part(folder / f"{n}.nq", named, lines[named]) for n, named in enumerate(graphs)]
    if all(len(chosen) < 2 for chosen in owners.values()):
        load(folder / "DATA", made, {})
        with hold(folder / "DATA") as held:
            assert quads_in(held) == {text.removesuffix(" .") for texts in lines.values() for text in texts}
    else:
        with pytest.raises(BuildError):
            load(folder / "DATA", made, {})
        assert list_generations(folder / "DATA") == ()


@given(st.permutations(range(3)))
def test_the_statement_digest_does_not_know_the_order_of_parts(order: list[int]) -> None:
    made = [Part(graph=QUESTIONS, path=Path(str(n)), quads=n, sha256=str(n)) for n in range(3)]
    assert statement_digest(made[n] for n in order) == statement_digest(made)
    assert statement_digest(made[:2]) != statement_digest(made)


# What is on disk


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
    with pytest.raises(NotFoundError, match="there are|no generation"):
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


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        pytest.param(lambda path: path.unlink(), "store/CURRENT: it is missing", id="missing"),
        pytest.param(lambda path: path.write_bytes(b""), "store/CURRENT: it has 0 bytes", id="emptied"),
        pytest.param(
            lambda path: path.with_name("more").touch(), "store/more: the manifest does not list it", id="more"
        ),
    ],
)
def test_a_file_lost_emptied_or_added_is_found(published: Path, tmp_path: Path, damage, says: str) -> None:
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
    with pytest.raises(NotFoundError, match="there are: g1, g2, g3"):
        use(data, "g7")
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


def test_a_reader_who_comes_while_a_generation_is_collected_gets_the_next(data: Path, parts: Path) -> None:
    for number in (1, 2, 3):
        publish_edition(data, parts, number)
    use(data, "g1")
    seen: list[int] = []

    def look(name: str) -> None:
        if name == "renamed away":
            seen.append(whole_edition(data))

    with installed(look):
        publish_edition(data, parts, 4)
    assert seen == [4]


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
