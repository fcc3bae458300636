"""The shapes pass the example, and each important fault is caught by the constraint meant for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, Namespace
from rdflib.query import ResultRow

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


def findings(graph: Graph, at: Finding | None = None) -> tuple[bool, set[Finding]]:
    """Judge a graph, or only the shape and the node of one finding, which is some hundred times faster."""
    conforms, report, _ = pyshacl.validate(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- pySHACL's types are partial
        graph,
        shacl_graph=shapes(),
        allow_warnings=True,
        inplace=True,
        use_shapes=None if at is None else [str(QSH[at.shape])],
        focus_nodes=None if at is None else [ID + at.focus],
    )
    assert isinstance(report, Graph)
    return conforms is True, {_finding(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)}


def _finding(report: Graph, result: Node) -> Finding:
    component = local(report.value(result, SH.sourceConstraintComponent)).removesuffix("ConstraintComponent")
    shape = report.value(result, SH.sourceShape)
    if component == "SPARQL":
        what = _english(report, report.value(result, SH.sourceConstraint))
    else:
        what = f"{component} {local(report.value(result, SH.resultPath))}".strip()
        shape = shapes().value(None, SH.property, shape) or shape
    return Finding(local(shape), str(report.value(result, SH.focusNode)).removeprefix(ID), what)


def _english(graph: Graph, node: Node | None) -> str:
    messages = graph.objects(node, SH.message)
    return next(str(text) for text in messages if isinstance(text, Literal) and text.language == "en")


def selects() -> dict[str, str]:
    """Give each query of the shapes by its English message, its prefixes written before it."""
    graph = shapes()
    head = "".join(
        f"PREFIX {graph.value(each, SH.prefix)}: <{graph.value(each, SH.namespace)}>\n"
        for each in graph.objects(QSH.prefixes, SH.declare)
    )
    return {_english(graph, each): f"{head}{query}" for each, query in graph.subject_objects(SH.select)}


def nodes(graph: Graph, query: str) -> set[str]:
    """Give the nodes that a query of the shapes names when it runs alone."""
    rows = [row for row in graph.query(query) if isinstance(row, ResultRow)]
    return {str(row.this).removeprefix(ID) for row in rows}


def test_the_example_conforms_with_known_warnings_only(union: Graph) -> None:
    conforms, found = findings(union)
    assert conforms
    assert found == KNOWN_WARNINGS


@pytest.mark.parametrize("seeded", FAULTS, ids=[each.name for each in FAULTS])
def test_a_seeded_fault_is_caught_by_its_constraint(seeded: Fault, union: Graph) -> None:
    world = union + Graph()
    world.update(HEAD + seeded.change)
    assert seeded.finding in findings(world, seeded.finding)[1]
    query = selects().get(seeded.finding.what)
    if query is not None:
        assert seeded.finding.focus in nodes(world, query)


@pytest.mark.parametrize("message", sorted(selects()))
def test_a_query_of_the_shapes_runs_alone_and_finds_nothing_wrong_in_the_example(message: str, union: Graph) -> None:
    known = {warning.focus for warning in KNOWN_WARNINGS if warning.what == message}
    assert nodes(union, selects()[message]) == known


def test_every_query_of_the_shapes_has_its_fault() -> None:
    assert selects().keys() <= {each.finding.what for each in FAULTS}


def test_every_shape_has_its_fault() -> None:
    named = {local(shape) for shape in shapes().subjects(RDF.type, SH.NodeShape)}
    assert named == {each.finding.shape for each in FAULTS}
