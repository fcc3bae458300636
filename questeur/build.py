"""Builds a generation: the one place where loaders meet graph. source → record → noun → lines → parts → generation.

Nothing comes from the clock or the machine: the same sources give the same bytes, in any order.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from graph.load import Part, Published, load, writer_lock
from loaders.courses import courses
from loaders.curating import Curation, insee_links
from loaders.gather import Shared, gather, order, with_page_kinds
from loaders.groups import SCHEMES
from loaders.reading import Book, Reading, Refused, read_sources, source_nouns
from loaders.resolve import Resolved, resolve
from loaders.texts import ANSWER_KEY_VERSION
from ontology import iris, nouns
from ontology.errors import BuildError
from ontology.lines import write_lines
from ontology.mapping import mapping_hash
from ontology.portfolios import tables_hash
from ontology.vocabulary import vocabulary
from questeur.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Graph

    from loaders.record import Problem

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
_KIND_TITLES = {"QE": "Questions écrites", "QG": "Questions au Gouvernement", "QOSD": "Questions orales sans débat"}
_KEPT_BYTES = 64 * 1024

Say = Callable[[str], None]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a build did: the generation, the books of every source, the problems by code, the statements by graph."""

    generation: str
    changed: bool
    build: str
    books: tuple[Book, ...]
    refused: tuple[Problem, ...]
    notes: dict[str, int]
    quads: dict[str, int]
    quarantine: str | None = None


def build(sources: Sequence[Path], into: Path, *, say: Say = lambda _line: None) -> Report:
    """Build the graph of the sources into the DATA folder and switch to it; the old generation stays if anything fails.

    Raises
    ------
    SourceError
        A source does not exist.
    BuildError
        Nothing could be loaded, another build is running, or the new generation is not what was written.
    """
    if not sources:
        raise BuildError("no source given", hint="name at least one file, folder or ZIP archive")
    into.mkdir(parents=True, exist_ok=True)
    with writer_lock(into) as lock:
        say(f"reading {len(sources)} source{'s' if len(sources) > 1 else ''}")
        reading = read_sources(sources)
        if not any(book.loaded for book in reading.books):
            _quarantine(into, "nothing", reading.refused)
            raise BuildError("no record of these sources could be loaded", hint=_first_reason(reading.refused))
        say(f"resolving {len(reading.questions)} questions")
        resolved = [
            resolve(c.record, reading.references, c.book.snapshot)
            for _, c in sorted(reading.questions.items(), key=lambda e: order(e[0]))
        ]
        key = _build_key(reading.books)
        shared = gather(resolved)
        curation = Curation(reading.references, (s for s in shared.stubs if isinstance(s, nouns.Ministry)))
        parts = write_parts(_blocks(reading, resolved, shared, curation, key), into / "parts")
        say(f"loading {sum(p.quads for p in parts):,} statements")
        published = load(into, parts, _manifest(key, reading, resolved), lock=lock)
        _sweep(into / "parts", parts)
        quarantine = _quarantine(into, key, reading.refused)
    problems = [*reading.problems, *curation.problems, *(p for item in resolved for p in item.problems)]
    return _report(published, key, reading, problems, parts, quarantine)


def _report(
    published: Published,
    key: str,
    reading: Reading,
    problems: list[Problem],
    parts: Sequence[Part],
    quarantine: Path | None,
) -> Report:
    return Report(
        generation=published.name,
        changed=published.changed,
        build=key,
        books=tuple(reading.books),
        refused=tuple(r.problem for r in reading.refused),
        notes=dict(sorted(Counter(p.code for p in problems).items())),
        quads={p.graph: p.quads for p in parts},
        quarantine=quarantine.name if quarantine else None,
    )


def _first_reason(refused: Sequence[Refused]) -> str:
    if not refused:
        return "none of the files is a question, a page of a question, or an AMO file"
    problem = refused[0].problem
    return f"{problem.source} {problem.locator}: {problem.message}".replace("  ", " ")


def _build_key(books: Iterable[Book]) -> str:
    """Digest the inputs: the snapshots, the mapping, the version of the code."""
    lines = [
        *sorted(f"{b.source} {b.sha256}" for b in books),
        mapping_hash(),
        tables_hash(),
        VERSION,
        str(ANSWER_KEY_VERSION),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _manifest(key: str, reading: Reading, resolved: Sequence[Resolved]) -> dict[str, object]:
    return {
        "build": key,
        "questeur": VERSION,
        "mapping": mapping_hash(),
        "answer_key_version": ANSWER_KEY_VERSION,
        "data_date": max((b.date.isoformat() for b in reading.books if b.source != "an-actors"), default=None),
        "questions": len(resolved),
        "sources": [
            {"snapshot": b.snapshot, "sha256": b.sha256, **{n: getattr(b, n) for n in _COUNTS}}
            for b in sorted(reading.books, key=lambda b: b.snapshot)
        ],
    }


_COUNTS = ("read", "loaded", "duplicate", "superseded", "skipped", "refused")


# ---- nouns to blocks of lines, by graph


def _blocks(
    reading: Reading, resolved: Sequence[Resolved], shared: Shared, curation: Curation, key: str
) -> Iterator[tuple[str, list[str]]]:
    """Yield (graph name, lines) blocks, in a fixed order within each graph."""
    derived_iri = iris.graph("derived")
    derived: list[str] = []

    def lines_of(graph: str, items: Iterable[nouns.AnyNoun]) -> tuple[str, list[str]]:
        out: list[str] = []
        iri = iris.graph(graph)
        for noun in items:
            write_lines(noun, iri, out, derived, derived_graph=derived_iri)
        return graph, out

    graphs: dict[str, set[str]] = {}
    for question in with_page_kinds(resolved):
        graph = _question_graph(question)
        graphs.setdefault(graph, set()).add(question.snapshot)
        yield lines_of(graph, [question])
    by_uid = {item.question.key: item.question for item in resolved}
    for uid, answer in shared.answers:
        yield lines_of(_question_graph(by_uid[uid]), [answer])
    yield lines_of("actors/an", [*reading.bodies.as_nouns(), *reading.people.as_nouns()])
    yield lines_of("stubs", shared.stubs)
    yield lines_of("topics", shared.topics)
    yield lines_of("issues", shared.issues)
    yield lines_of("curated", [*SCHEMES, *reading.bodies.boundary_acts(), *shared.concepts, *curation.as_nouns()])
    yield lines_of("links/insee", insee_links(reading.bodies.departements.values()))
    yield lines_of("derived", courses(resolved, curation.portfolios_of))
    yield "derived", derived
    yield "vocabulary", _vocabulary_lines()
    yield lines_of("meta", _provenance(reading, graphs, shared, key))


def _question_graph(question: nouns.Question) -> str:
    return f"questions/an-{question.legislature}-{question.kind.lower()}"


def _vocabulary_lines() -> list[str]:
    """Give the ontology itself as lines; it holds no blank node (a test says so)."""
    iri = iris.graph("vocabulary")
    terms: Graph = vocabulary()
    return sorted(f"{s.n3()} {p.n3()} {o.n3()} <{iri}> .\n" for s, p, o in terms)


def _provenance(reading: Reading, graphs: dict[str, set[str]], shared: Shared, key: str) -> list[nouns.AnyNoun]:
    """Say of each graph which snapshots it was derived from, and by which build."""
    snapshots = {book.snapshot: book.noun() for book in reading.books}
    actors = tuple(sorted(b.snapshot for b in reading.books if b.source == "an-actors"))
    asked = tuple(sorted({s for found in graphs.values() for s in found}))
    dates = {name: noun.date for name, noun in snapshots.items()}
    rows: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
        (
            graph,
            f"{_KIND_TITLES[graph.rpartition('-')[2].upper()]}, {graph.split('-')[1]}e législature",
            tuple(sorted(found)),
            (),
        )
        for graph, found in graphs.items()
    ]
    rows.append(("actors/an", "Acteurs, mandats, organes", actors, ()))
    rows += [
        (name, title, asked, ())
        for name, title, present in (
            ("stubs", "Organes et personnes connus par leur seule mention", shared.stubs),
            ("topics", "Thèmes", shared.topics),
            ("issues", "Numéros du Journal officiel", shared.issues),
        )
        if present
    ]
    rows.append(("curated", "Portefeuilles et autres tables tenues à la main", (), ()))
    if reading.bodies.departements:
        rows.append(("links/insee", "Liens vers l'Insee", actors, ()))
    rows.append(("derived", "Faits calculés", (), tuple(sorted([*graphs, "actors/an", "curated"]))))
    described = [
        nouns.NamedGraph(
            key=graph,
            title=title,
            licence=LICENCE,
            generation=key,
            build=key,
            date=max((dates[s] for s in found), default=None),
            snapshots=found,
            graphs=computed,
        )
        for graph, title, found, computed in sorted(rows)
    ]
    used = {book.source for book in reading.books}
    return [
        *(noun for name, noun in source_nouns().items() if name in used),
        *(noun for _, noun in sorted(snapshots.items())),
        nouns.Build(key=key, version=VERSION, snapshots=tuple(sorted(snapshots))),
        nouns.Generation(key=key, build=key, licence=LICENCE, answer_key=ANSWER_KEY_VERSION),
        *described,
    ]


# ---- lines to files


def write_parts(blocks: Iterable[tuple[str, list[str]]], folder: Path) -> list[Part]:
    """Write one N-Quads file per graph, named by its content; a file that is there already is not written again."""
    by_graph: dict[str, list[str]] = {}
    for graph, lines in blocks:
        by_graph.setdefault(graph, []).extend(lines)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_part(folder, graph, lines) for graph, lines in sorted(by_graph.items()) if lines]


def _write_part(folder: Path, graph: str, lines: list[str]) -> Part:
    content = "".join(lines).encode()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{graph.replace('/', '--')}-{digest[:12]}.nq"
    if not path.exists():
        temporary = path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return Part(graph=iris.graph(graph), path=path, quads=len(lines), sha256=digest)


def _sweep(folder: Path, parts: Sequence[Part]) -> None:
    """Remove what earlier builds left in the parts folder."""
    keep = {part.path.name for part in parts}
    for path in folder.iterdir():
        if path.is_file() and path.name not in keep:
            path.unlink()


def _quarantine(into: Path, key: str, refused: Sequence[Refused]) -> Path | None:
    """Write the refused records with their reasons, one JSON object a line; none, no file."""
    if not refused:
        return None
    folder = into / "quarantine"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.ndjson"
    rows = [
        {
            **msgspec.to_builtins(item.problem),
            "sha256": hashlib.sha256(item.raw).hexdigest(),
            "bytes": len(item.raw),
            "raw": base64.b64encode(item.raw).decode() if len(item.raw) <= _KEPT_BYTES else None,
        }
        for item in sorted(refused, key=lambda r: (r.problem.source, r.problem.locator))
    ]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path
