"""The shapes pass the example, and each important fault is caught by the constraint meant for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from ontology import iris
from ontology.vocabulary import PREFIXES, shapes
from tests.ontology.faults import FAULTS, Fault, Finding

if TYPE_CHECKING:
    from rdflib.term import Node

SH = Namespace("http://www.w3.org/ns/shacl#")
QSH = Namespace(iris.BASE + "shapes#")
ID = iris.BASE + "id/"
HEAD = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items()) + f"BASE <{ID}>\n"


KNOWN_WARNINGS = {
    Finding("KnownByMention", "ministry/PO847643", "known only because a record mentions it"),
    Finding("KnownByMention", "person/stub-15-dominique-exemple", "known only because a record mentions it"),
    Finding("QuestionInItsTime", "question/QANR5L15QE90009", "no mandate could be found for the author"),
    Finding("QuestionInItsTime", "question/QANR5L15QE90009", "no group could be found for the day"),
}


def local(node: Node | None) -> str:
    return re.split("[#/]", str(node or ""))[-1]


def findings(graph: Graph, *only: str) -> tuple[bool, set[Finding]]:
    """Judge a graph by the named shapes, by all when none is named."""
    use = [QSH[name] for name in only] or None
    conforms, report, _ = pyshacl.validate(
        graph, shacl_graph=shapes(), allow_warnings=True, inplace=True, use_shapes=use
    )
    assert isinstance(report, Graph)
    return conforms, {_finding(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)}


def _finding(report: Graph, result: Node) -> Finding:
    component = local(report.value(result, SH.sourceConstraintComponent)).removesuffix("ConstraintComponent")
    shape = report.value(result, SH.sourceShape)
    if component == "SPARQL":
        what = _english(report, result)
    else:
        what = f"{component} {local(report.value(result, SH.resultPath))}".strip()
        shape = shapes().value(None, SH.property, shape) or shape
    return Finding(local(shape), str(report.value(result, SH.focusNode)).removeprefix(ID), what)


def _english(graph: Graph, node: Node) -> str:
    messages = graph.objects(node, SH.resultMessage if (node, SH.resultMessage, None) in graph else SH.message)
    return next(str(text) for text in messages if isinstance(text, Literal) and text.language == "en")


def selects() -> dict[str, str]:
    """Give each query of the shapes by its English message, its prefixes written before it."""
    graph = shapes()
    head = "".join(
        f"PREFIX {graph.value(each, SH.prefix)}: <{graph.value(each, SH.namespace)}>\n"
        for each in graph.objects(QSH.prefixes, SH.declare)
    )
    return {_english(graph, each): f"{head}{query}" for each, query in graph.subject_objects(SH.select)}


def test_the_example_conforms_with_known_warnings_only(union: Graph) -> None:
    conforms, found = findings(union)
    assert conforms
    assert found == KNOWN_WARNINGS


@pytest.mark.parametrize("seeded", FAULTS, ids=[each.name for each in FAULTS])
def test_a_seeded_fault_is_caught_by_its_constraint(seeded: Fault, union: Graph) -> None:
    world = union + Graph()
    world.update(HEAD + seeded.change)
    _, found = findings(world, seeded.finding.shape)
    assert seeded.finding in found
    query = selects().get(seeded.finding.what)
    if query is not None:
        alone = {str(row[0]).removeprefix(ID) for row in world.query(query)}
        assert alone == {each.focus for each in found if each.what == seeded.finding.what}


def test_every_query_of_the_shapes_has_its_fault() -> None:
    assert selects().keys() <= {each.finding.what for each in FAULTS}


def test_every_shape_has_its_fault() -> None:
    named = {local(shape) for shape in shapes().subjects(RDF.type, SH.NodeShape)}
    assert named == {each.finding.shape for each in FAULTS}
