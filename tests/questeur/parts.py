"""Reads the parts of a DATA folder as quads, line by line, without any RDF library; and what is computed of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from graph.backends.oxigraph.store import OxigraphStore
from graph.columns.reading import from_store
from graph.networks.kinds import kind_of, network, read
from graph.networks.linked import run_of
from graph.networks.origin import origin_of
from ontology.iris import NS

if TYPE_CHECKING:
    from pathlib import Path


class Quad(NamedTuple):
    """One line: subject, predicate and graph as bare IRIs, the object as written."""

    line: str
    subject: str
    predicate: str
    object: str
    graph: str

    @property
    def key(self) -> str:
        """The last part of an IRI object."""
        return self.object.strip("<>").rpartition("/")[2]


def _quad(line: str) -> Quad:
    subject, predicate, rest = line.split(" ", 2)
    value, graph, _ = rest.rsplit(" ", 2)
    return Quad(line, subject.strip("<>"), predicate.strip("<>"), value, graph.strip("<>"))


@lru_cache(maxsize=4)
def _read(folder: Path, names: tuple[str, ...]) -> list[Quad]:
    lines = (line for name in names for line in (folder / name).read_text(encoding="utf-8").splitlines(keepends=True))
    return [_quad(line) for line in lines if not line.startswith("#")]


def quads(data: Path) -> list[Quad]:
    folder = data / "parts"
    return _read(folder, tuple(sorted(p.name for p in folder.iterdir())))


def subjects(data: Path) -> set[str]:
    return {q.subject for q in quads(data)}


def canonical_questions(data: Path) -> set[tuple[str, str, str, str]]:
    """Give what is said of questions, answers, topics and issues, without where it came from."""
    skipped = ("/meta", "/vocabulary")
    return {
        (q.subject, q.predicate, q.object, q.graph)
        for q in quads(data)
        if not q.graph.endswith(skipped) and not q.predicate.endswith("wasDerivedFrom")
    }


@lru_cache(maxsize=4)
def computed_terms(data: Path) -> set[str]:
    """Name the terms of ours that a published network of the records uses."""
    given = {"legislature": "15", "from": "2017-06-21", "to": "2022-06-22", "type": "all"}
    with OxigraphStore(data) as store:
        columns = from_store(store)
        made = network(columns, "group-ministry", *read(kind_of("group-ministry"), given))
        run = run_of(made, origin_of(store, columns))
    used = {term for s in run.statements for term in (s.predicate, s.value) if term.startswith(NS)}
    return {term.removeprefix(NS) for term in used}
