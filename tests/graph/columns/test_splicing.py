"""Columns of which only what changed is read are those that reading everything gives."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from pyoxigraph import NamedNode, Quad, Store

from graph.backends.oxigraph.generations import hold
from graph.backends.oxigraph.patching import Patch
from graph.backends.oxigraph.store import OxigraphStore
from graph.backends.oxigraph.unpublished import Unpublished
from graph.columns import keeping
from graph.columns.files import save
from graph.columns.keeping import Ahead, columns_of
from graph.columns.reading import changed_from, from_store
from graph.load import load, parts_in
from ontology.iris import BASE, NS, thing

if TYPE_CHECKING:
    from pathlib import Path

    from graph.columns.table import Columns


@pytest.fixture(scope="module")
def quads(real: OxigraphStore) -> list[Quad]:
    """Give the statements of the bundled records."""
    with hold(real.data) as held:
        return sorted(Store.read_only(str(held.path / "store")), key=str)


def _changed(quads: list[Quad], chance: random.Random) -> set[Quad]:
    """Change what a newer source may change: values, names, relations, whole questions that come and go."""
    state = set(quads)
    of: dict[str, list[Quad]] = {}
    for quad in quads:
        if _subject(quad).startswith(f"{BASE}id/question/"):
            of.setdefault(_subject(quad), []).append(quad)
    some = chance.sample(sorted(of), 24)
    for question in some[:6]:  # gone
        state -= set(of[question])
    for question in some[6:12]:  # new, under the keys that come first and last
        key = thing("question", chance.choice(("A", "Z")) + question.rsplit("/", 1)[1])
        state |= {_moved(quad, question, key) for quad in of[question]}
    for one, other in zip(some[12:18], some[18:], strict=True):  # changed
        for name in ("author", "addressedTo", "groupAtTabling", "topic", "tabledOn", "hasAnswer", "attribution"):
            mine, theirs = (
                {quad for quad in of[question] if quad.predicate.value == f"{NS}{name}"} for question in (one, other)
            )
            state -= mine
            state |= {Quad(NamedNode(one), quad.predicate, quad.object, quad.graph_name) for quad in theirs}
    for name in ("mainPortfolio", "inDepartement", "stance", "label"):  # of things that questions name
        for quad in chance.sample([quad for quad in quads if quad.predicate.value.endswith(name)], 5):
            state.discard(quad)
    return state


def _subject(quad: Quad) -> str:
    """Give what a statement is about; events and attributions are parts of their question."""
    assert isinstance(quad.subject, NamedNode)
    return quad.subject.value.partition("#")[0]


def _moved(quad: Quad, old: str, new: str) -> Quad:
    """Say the same of another question, and of its events and attributions."""
    ends = (
        NamedNode(end.value.replace(old, new)) if isinstance(end, NamedNode) and end.value.startswith(old) else end
        for end in (quad.subject, quad.object)
    )
    subject, object_ = ends
    return Quad(subject, quad.predicate, object_, quad.graph_name)  # type: ignore[arg-type] # what it was


def _store(folder: Path, quads: set[Quad]) -> Unpublished:
    """Put statements into a store of their own."""
    store = Store(str(folder))
    store.bulk_extend(quads)
    store.flush()
    del store
    return Unpublished(folder)


def _bytes(columns: Columns, folder: Path) -> dict[str, bytes]:
    """Write columns and read the files."""
    save(columns, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("seed", range(3))
def test_reading_what_changed_gives_the_same_columns_as_reading_all(
    quads: list[Quad], tmp_path: Path, seed: int
) -> None:
    after = _changed(quads, random.Random(seed))  # noqa: S311 # seeded on purpose
    before = from_store(_store(tmp_path / "before", set(quads)))
    changed = {_subject(quad) for quad in after ^ set(quads)}
    store = _store(tmp_path / "after", after)
    whole = from_store(store)
    assert whole.question.tolist() != before.question.tolist()
    assert _bytes(changed_from(store, before, changed), tmp_path / "a") == _bytes(whole, tmp_path / "b")


def test_a_build_that_changes_little_reads_what_changed_alone(
    quads: list[Quad], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after, parts, data = _changed(quads, random.Random(7)), tmp_path / "parts", tmp_path / "DATA"  # noqa: S311 # as above
    first = Ahead(data)
    _write(parts, set(quads))
    first.keep(load(data, parts_in(parts), {}, complete=first.read).name)
    _write(parts, after)
    patch = Patch(base="g1", removed=_lines(set(quads) - after), added=_lines(after - set(quads)))
    monkeypatch.setattr(keeping, "from_store", None)  # reading all would fail
    ahead = Ahead(data, patch)
    ahead.keep(load(data, parts_in(parts), {}, patch=patch, complete=ahead.read).name)
    early = {path.name: path.read_bytes() for path in (data / "columns" / "g2").iterdir()}
    monkeypatch.undo()
    (data / "columns" / "g2" / "columns.json").unlink()
    with OxigraphStore(data) as store:
        assert columns_of(store).generation == "g2"
    assert {path.name: path.read_bytes() for path in (data / "columns" / "g2").iterdir()} == early


def test_without_the_columns_of_the_state_before_all_is_read(quads: list[Quad], tmp_path: Path) -> None:
    data, parts = tmp_path / "DATA", tmp_path / "parts"
    first = Ahead(data)
    some = {quad for quad in quads if quad.predicate.value in {f"{NS}author", f"{NS}tabledOn"}}
    _write(parts, some)
    first.keep(load(data, parts_in(parts), {}, complete=first.read).name)
    (data / "columns" / "g1" / "columns.json").unlink()
    removed = min(some, key=str)
    _write(parts, some - {removed})
    ahead = Ahead(data, Patch(base="g1", removed=_lines({removed}), added=()))
    ahead.keep(load(data, parts_in(parts), {}, complete=ahead.read).name)
    assert (data / "columns" / "g2" / "columns.json").exists()


def _lines(quads: set[Quad]) -> list[str]:
    """Write statements as lines."""
    return [f"{quad} .\n" for quad in quads]


def _write(parts: Path, quads: set[Quad]) -> None:
    """Write a part for each graph."""
    parts.mkdir(exist_ok=True)
    of: dict[str, set[Quad]] = {}
    for quad in quads:
        of.setdefault(str(quad.graph_name), set()).add(quad)
    for number, graph in enumerate(sorted(of)):
        (parts / f"{number}.nq").write_text("".join(sorted(_lines(of[graph]))))
