"""Publishing: what becomes a generation, and what is refused."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
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
    verify,
)
from graph.backends.oxigraph.publishing import publish
from graph.load import Part, load, statement_digest
from ontology.errors import BuildError
from ontology.iris import graph
from tests.graph.editions import (
    DERIVED,
    META,
    QUESTIONS,
    edition,
    leftovers,
    line,
    part,
    publish_edition,
    quads_in,
    quads_of,
    whole_edition,
)

if TYPE_CHECKING:
    from collections.abc import Callable


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
    data: Path, parts: Path, wrong: Callable[[Path], list[Part]], says: str
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
