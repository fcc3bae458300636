"""The compiled shapes against pySHACL on the same graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDFS, SH, Graph

from benchmarks.build.apart import Clock, Run, peak
from graph.checks.findings import check
from graph.opening import open_store
from ontology.vocabulary import shapes, vocabulary

if TYPE_CHECKING:
    from pathlib import Path


def compiled(data: Path) -> Run[list[str]]:
    """Check a published generation; give the focus nodes found."""
    store = open_store(str(data))
    clock = Clock()
    try:
        with clock:
            found = check(store)
    finally:
        store.close()
    return Run(wall=clock.wall, cpu=clock.cpu, peak=peak(), value=sorted({str(f.focus) for f in found}))


def with_pyshacl(data: Path) -> Run[list[str]]:
    """Check the same parts with pySHACL; the time is that of validation alone, without loading."""
    import pyshacl  # noqa: PLC0415 - only where it is measured

    graph = Graph()
    for part in sorted((data / "parts").glob("*.nq")):
        triples = (
            ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(path=part, format=ox.RdfFormat.N_QUADS)
        )
        graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    for triple in vocabulary().triples((None, RDFS.subClassOf, None)):
        graph.add(triple)
    clock = Clock()
    with clock:
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes(), allow_warnings=True, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError(report)
    focus = {str(node) for node in report.objects(None, SH.focusNode)}
    return Run(wall=clock.wall, cpu=clock.cpu, peak=peak(), value=sorted(focus))
