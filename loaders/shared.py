"""The parts that no range of questions owns: people and bodies, topics, issues, stubs, code lists, provenance.

They are small and written anew each time; equal content has an equal name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loaders.courses import courses
from loaders.forms import FORMS
from loaders.groups import SCHEMES
from loaders.mapped import DERIVED
from loaders.parts import PartInfo, write_part
from loaders.reading import source_nouns
from ontology import iris, nouns
from ontology.lines import write_lines
from ontology.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from loaders.books import Book
    from loaders.curating import Curation
    from loaders.gather import Shared
    from loaders.mapped import Row
    from loaders.outside import Said
    from loaders.taken import Intake

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
ANSWER_KEY = 1
_KIND_TITLES = {"qe": "Questions écrites", "qg": "Questions au Gouvernement", "qosd": "Questions orales sans débat"}


class Provenance:
    """Who made this state, of what: the key of the build, its version, the books of every source."""

    def __init__(
        self, key: str, version: str, books: Iterable[Book], rows: Iterable[Row], *, inferred: bool = False
    ) -> None:
        self.key = key
        self.version = version
        self.books = sorted(books, key=lambda b: b.snapshot)
        self.inferred = inferred
        self.graphs: dict[str, set[str]] = {}
        for row in rows:
            self.graphs.setdefault(row.graph, set()).add(row.form)


def shared_parts(
    intake: Intake, shared: Shared, curation: Curation, rows: Iterable[Row], provenance: Provenance, into: Path
) -> list[PartInfo]:
    """Write the shared parts."""
    reference = intake.reference
    derived: list[bytes] = []
    written = [
        _part(into, "actors/an", reference.actors),
        _part(into, "stubs", shared.stubs),
        _part(into, "topics", shared.topics),
        _part(into, "issues", shared.issues),
        _part(into, "curated", [*SCHEMES, *reference.acts, *shared.concepts, *curation.as_nouns()]),
        _part(into, "links/insee", curation.insee_links()),
        _part(into, "links/wikidata", curation.wikidata_links(reference.links)),
        write_part(into, "vocabulary", _vocabulary_lines()),
        _part(into, "meta", _provenance(intake, shared, provenance)),
    ]
    by_loader = _by_loader(intake, provenance)
    written += [write_part(into, said.graph, [line.encode() for line in said.lines]) for said in by_loader]
    lives = {row.uid: row.life for row in rows}
    computed = [*shared.joint, *shared.pages, *courses(lives, curation.portfolios_of)]
    for noun in computed:
        write_lines(noun, DERIVED, [], derived, derived_graph=DERIVED)
    written.append(write_part(into, "derived", derived, head="derived--shared"))
    return [part for part in written if part.quads]


def _part(into: Path, graph: str, items: Iterable[nouns.AnyNoun]) -> PartInfo:
    lines: list[bytes] = []
    iri = iris.graph(graph)
    for noun in items:
        write_lines(noun, iri, lines, [], derived_graph=DERIVED)
    return write_part(into, graph, lines)


def _by_loader(intake: Intake, provenance: Provenance) -> list[Said]:
    """Join what each outside loader made of the sources of the state: its graph is one."""
    there = {book.path for book in provenance.books}
    joined: dict[str, Said] = {}
    for source, found in intake.outside.items():
        for said in found if source in there else ():
            lines = {*said.lines, *(joined[said.name].lines if said.name in joined else ())}
            joined[said.name] = msgspec.structs.replace(said, lines=sorted(lines))
    return [joined[name] for name in sorted(joined)]


def _vocabulary_lines() -> list[bytes]:
    """Give the ontology itself as lines; it holds no blank node (a test says so)."""
    iri = iris.graph("vocabulary")
    return sorted(f"{s.n3()} {p.n3()} {o.n3()} <{iri}> .\n".encode() for s, p, o in vocabulary())


def _provenance(intake: Intake, shared: Shared, provenance: Provenance) -> list[nouns.AnyNoun]:
    """Say of each graph which snapshots it was derived from, and by which build."""
    by_source: dict[str, list[str]] = {}
    for book in provenance.books:
        by_source.setdefault(book.source, []).append(book.snapshot)
    rows: list[tuple[str, str, Sequence[str], Sequence[str]]] = []
    asked: set[str] = set()
    for graph, found in provenance.graphs.items():
        sources = sorted({s for form in found for s in by_source.get(FORMS[form].source, ())})
        asked.update(sources)
        _, legislature, kind = graph.split("-")
        rows.append((graph, f"{_KIND_TITLES[kind]}, {legislature}e législature", sources, ()))
    if intake.reference.actors:
        rows.append(("actors/an", "Acteurs, mandats, organes", by_source.get("an-actors", []), ()))
    rows += [
        (name, title, sorted(asked), ())
        for name, title, present in (
            ("stubs", "Organes et personnes connus par leur seule mention", shared.stubs),
            ("topics", "Thèmes", shared.topics),
            ("issues", "Numéros du Journal officiel", shared.issues),
        )
        if present
    ]
    rows.append(("curated", "Portefeuilles et autres tables tenues à la main", (), ()))
    if intake.reference.known.departements:
        rows.append(("links/insee", "Liens vers l'Insee", by_source.get("an-actors", []), ()))
    if intake.reference.links:
        rows.append(("links/wikidata", "Liens vers Wikidata", by_source.get("wikidata", []), ()))
    by_loader = _by_loader(intake, provenance)
    rows += [(said.graph, said.info.label, by_source.get(said.source.key, []), ()) for said in by_loader]
    rows.append(("derived", "Faits calculés", (), sorted([*provenance.graphs, "actors/an", "curated"])))
    if provenance.inferred:
        rows.append(("inferred", "Conséquences des alignements (RDFS)", (), sorted(row[0] for row in rows)))
    snapshots = {book.snapshot: book.noun() for book in provenance.books}
    licences = {said.graph: said.info.licence for said in by_loader}
    described = _graphs(sorted(rows), snapshots, provenance.key, licences)
    used = {book.source for book in provenance.books}
    return [
        *(noun for name, noun in source_nouns().items() if name in used),
        *(said.source for said in by_loader),
        *(noun for _, noun in sorted(snapshots.items())),
        nouns.Build(key=provenance.key, version=provenance.version, snapshots=tuple(sorted(snapshots))),
        nouns.Generation(key=provenance.key, build=provenance.key, licence=LICENCE, answer_key=ANSWER_KEY),
        *described,
    ]


def _graphs(
    rows: Iterable[tuple[str, str, Sequence[str], Sequence[str]]],
    snapshots: Mapping[str, nouns.Snapshot],
    key: str,
    licences: Mapping[str, str],
) -> list[nouns.NamedGraph]:
    return [
        nouns.NamedGraph(
            key=graph,
            title=title,
            licence=licences.get(graph, LICENCE),
            generation=key,
            build=key,
            date=max((day for s in found if (day := snapshots[s].date) is not None), default=None),
            snapshots=tuple(found),
            graphs=tuple(computed),
        )
        for graph, title, found, computed in rows
    ]
