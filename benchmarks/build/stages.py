"""The stages that are measured, each a function for a process of its own: ours, and the references beside them."""

from __future__ import annotations

import hashlib
import shutil
import time
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import pyoxigraph as ox

from benchmarks.build.apart import Clock, Run, peak
from benchmarks.build.inputs import batches
from loaders.mapped import BatchReport, map_batch
from loaders.streaming import packs
from loaders.workers import Local

if TYPE_CHECKING:
    from pathlib import Path


class Mapped(msgspec.Struct, frozen=True, kw_only=True):
    """What the map stage wrote, and how long it read before: wall and processor seconds."""

    quads: int
    size: int
    sha256: str
    read_wall: float
    read_cpu: float


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def _quads(report: BatchReport) -> int:
    return sum(r.stated.lines + r.derived.lines + (r.answer.lines.lines if r.answer else 0) for r in report.rows)


def _digest(folder: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for path in sorted(folder.glob("*.lines")):
        content = path.read_bytes()
        digest.update(content)
        size += len(content)
    return size, digest.hexdigest()


def map_stage(archive: Path, references: Path, into: Path) -> Run[Mapped]:
    """Read an archive and map it to files of N-Quads lines, one pack in memory at a time.

    The times of the run are those of decoding, mapping and writing; reading the archive is told apart.
    """
    _fresh(into)
    reading, mapping = Clock(), Clock()
    source = batches(packs(archive), references, into)
    quads = 0
    while True:
        with reading:
            batch = next(source, None)
        if batch is None:
            break
        with mapping:
            quads += _quads(map_batch(batch))
    highest = peak()
    size, sha256 = _digest(into)
    value = Mapped(quads=quads, size=size, sha256=sha256, read_wall=reading.wall, read_cpu=reading.cpu)
    return Run(wall=mapping.wall, cpu=mapping.cpu, peak=highest, value=value)


def _warm(seconds: float) -> None:
    time.sleep(seconds)


def pool_stage(archive: Path, references: Path, into: Path, jobs: int) -> Run[str]:
    """Map batches that are in memory already, in so many worker processes that have started; give the lines' sha256."""
    _fresh(into)
    ready = list(batches(packs(archive), references, into))
    with Local(jobs) as pool:
        list(pool.run(_warm, [0.5] * jobs))
        clock = Clock()
        with clock:
            for _ in pool.run(map_batch, ready):
                pass
    return Run(wall=clock.wall, cpu=clock.cpu, peak=peak(), value=_digest(into)[1])


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What rdflib did: quads, and the processor seconds of making its terms, which its run does not count."""

    quads: int
    terms_cpu: float


def rdflib_stage(lines: Path, into: Path, files: int) -> Run[Reference]:
    """Add the quads of our lines to an rdflib Dataset, and serialise it; its terms are made before the clock starts."""
    from rdflib import Dataset, Literal, URIRef  # noqa: PLC0415 - the other stages are measured without it

    def made(term: ox.NamedNode | ox.Literal) -> URIRef | Literal:
        if isinstance(term, ox.NamedNode):
            return URIRef(term.value)
        if term.language:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value))

    dataset, terms, clock = Dataset(), Clock(), Clock()
    quads = []
    for path in islice(sorted(lines.glob("*.lines")), files):
        for quad in ox.parse(path=path, format=ox.RdfFormat.N_QUADS):
            if not isinstance(quad.object, ox.NamedNode | ox.Literal) or not isinstance(quad.subject, ox.NamedNode):
                raise TypeError(quad)  # we write no blank nodes
            with terms:
                triple = URIRef(quad.subject.value), URIRef(quad.predicate.value), made(quad.object)
            quads.append((*triple, dataset.graph(URIRef(getattr(quad.graph_name, "value", "")))))
    with clock:
        for each in quads:
            dataset.add(each)
        dataset.serialize(into.as_posix(), format="nquads", encoding="utf-8")
    return Run(wall=clock.wall, cpu=clock.cpu, peak=peak(), value=Reference(quads=len(quads), terms_cpu=terms.cpu))


def bulk_stage(parts: Path, into: Path) -> Run[int]:
    """Load the parts of a build into a fresh pyoxigraph store and optimise it, with nothing else around."""
    shutil.rmtree(into, ignore_errors=True)
    clock = Clock()
    with clock:
        store = ox.Store(into)
        for path in sorted(parts.glob("*.nq")):
            store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
        store.optimize()
    return Run(wall=clock.wall, cpu=clock.cpu, peak=peak(), value=len(store))
