"""A graph of SHACL shapes to one SELECT for each constraint. Knows SHACL; must not know any store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from rdflib import RDF, SH

from graph.checks.components import breaches
from graph.checks.terms import Message, Target, curie, message_of, name_of, refuse, target_of
from ontology.vocabulary import shapes as our_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib import Graph
    from rdflib.term import Node

Severity = Literal["Info", "Warning", "Violation"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)

_SPARQL_KNOWN: Final = frozenset({SH.select, SH.prefixes, SH.message})


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """One constraint: ``query`` selects ``?focus`` and ``?value`` of each breach in a whole store.

    ``shape`` is an IRI, ``component`` its name in SHACL without ``ConstraintComponent``, ``path`` a SPARQL path with
    the well-known prefixes, empty for what concerns the node as a whole.
    """

    shape: str
    component: str
    path: str
    severity: Severity
    message: Message
    query: str


@cache
def our_constraints() -> tuple[Constraint, ...]:
    """Give the constraints of the project's own shapes."""
    return tuple(constraints(our_shapes()))


def constraints(shapes: Graph) -> Iterator[Constraint]:
    """Compile shapes.

    Raises
    ------
    ConfigError
        They use a part of SHACL that is not known here; the message names it.
    """
    for shape in sorted(_shapes(shapes), key=str):
        target = target_of(shapes, shape)
        for breach in breaches(shapes, shape, target):
            yield Constraint(
                shape=name_of(shapes, shape),
                component=breach.component,
                path=breach.path,
                severity=_severity(shapes, breach.shape),
                message=breach.message,
                query=breach.query,
            )
        for query in shapes.objects(shape, SH.sparql):
            yield _sparql(shapes, shape, query, target)


def _shapes(shapes: Graph) -> set[Node]:
    found = set(shapes.subjects(RDF.type, SH.NodeShape))
    for targeting in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf):
        found.update(shapes.subjects(targeting))
    return found


def _sparql(shapes: Graph, shape: Node, node: Node, target: Target) -> Constraint:
    """Run a query of the shapes with ``$this`` left free, and keep what the shape is meant for."""
    for predicate in shapes.predicates(node):
        if str(predicate).startswith(str(SH)) and predicate not in _SPARQL_KNOWN:
            refuse(f"{curie(predicate)} in a query of the shape {name_of(shapes, shape)}")
    head = "".join(
        f"PREFIX {shapes.value(each, SH.prefix)}: <{shapes.value(each, SH.namespace)}>\n"
        for owner in shapes.objects(node, SH.prefixes)
        for each in shapes.objects(owner, SH.declare)
    )
    test = target.test.replace("?focus", "?this")
    select = f"{{ {shapes.value(node, SH.select)} }}"
    return Constraint(
        shape=name_of(shapes, shape),
        component="SPARQL",
        path="",
        severity=_severity(shapes, shape),
        message=message_of(shapes, node) or message_of(shapes, shape) or Message("a query of the shape", "une requête"),
        query=f"{head}SELECT DISTINCT (?this AS ?focus) (?this AS ?value) WHERE {{ {select} FILTER({test}) }}",
    )


def _severity(shapes: Graph, shape: Node) -> Severity:
    given = shapes.value(shape, SH.severity)
    name = "Violation" if given is None else str(given).removeprefix(str(SH))
    if name not in SEVERITIES:
        refuse(f"sh:severity {given}")
    return name
