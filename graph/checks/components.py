"""The table of the SHACL components that we know, each as a query for what breaks it. Must not know any store.

The forms keep to what every engine streams or hashes: a scan, a test of the row itself, a group, a difference. A
lookup for each row costs more than all of these, so the target is asked last, of the few nodes that are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import SH, Literal
from rdflib.collection import Collection

from graph.backends.results import term
from graph.checks.lexical import LEXICAL
from graph.checks.terms import (
    Message,
    Target,
    curie,
    iri,
    is_a,
    message_of,
    name_of,
    path_text,
    refuse,
    subclasses,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rdflib import Graph
    from rdflib.term import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A constraint, and the query for what breaks it: ``?focus``, and ``?value`` where one value is at fault."""

    shape: Node
    component: str
    path: str
    message: Message
    query: str


class _Site(NamedTuple):
    """Where a parameter stands: its target, its shape, the path if any to the value nodes, the parameter itself."""

    shapes: Graph
    target: Target
    shape: Node
    step: Node | None
    parameter: Node

    @property
    def steps(self) -> str:
        """Give the pattern from the focus node to a value node."""
        if self.step is None:
            refuse(f"{curie(self.parameter)} without sh:path in the shape {name_of(self.shapes, self.shape)}")
        return f"?focus {path_text(self.shapes, self.step)} ?value"


def breaches(shapes: Graph, shape: Node, target: Target) -> Iterator[Breach]:
    """Compile what a shape and the property shapes in it ask, but for ``sh:sparql``.

    Raises
    ------
    ConfigError
        The shape says something that is not known here.
    """
    step = shapes.value(shape, SH.path)
    for predicate, parameter in _said(shapes, shape):
        site = _Site(shapes, target, shape, step, parameter)
        if predicate == SH.property and step is None:
            yield from breaches(shapes, parameter, target)
        elif predicate in _TESTS:
            test = _TESTS[predicate]
            yield _breach(site, test.component, test.message, _failing(site, test))
        elif predicate in _SETS:
            component = _SETS[predicate]
            yield _breach(site, component.component, component.message, component.query(site))
        else:
            refuse(f"{curie(predicate)} in the shape {name_of(shapes, shape)}")


def _said(shapes: Graph, shape: Node) -> Iterator[tuple[Node, Node]]:
    for predicate, parameter in shapes.predicate_objects(shape):
        if predicate not in _NOT_CONSTRAINTS and str(predicate).startswith(str(SH)):
            yield predicate, parameter


def _breach(site: _Site, component: str, words: Message, query: str) -> Breach:
    path = "" if site.step is None else path_text(site.shapes, site.step, curie)
    value = curie(site.parameter)
    own = message_of(site.shapes, site.shape)
    en, fr = (f"{path}: ", f"{path} : ") if path else ("", "")
    message = own or Message(en + words.en.format(value), fr + words.fr.format(value))
    return Breach(shape=site.shape, component=component, path=path, message=message, query=query)


# ---- What one value node must be


class _Test(NamedTuple):
    """A component that looks at one value node: a row of the table. ``fails`` is true of a variable at fault."""

    component: str
    fails: Callable[[Graph, Node, str], str]
    message: Message


def _failing(site: _Site, test: _Test) -> str:
    if site.step is None:
        fails = test.fails(site.shapes, site.parameter, "?focus")
        return f"SELECT DISTINCT ?focus (?focus AS ?value) WHERE {{ {site.target.pattern} FILTER({fails}) }}"
    if test.component == "Class":  # as a difference: some fifteen times faster than a lookup for each row
        classes = " UNION ".join(f"{{ ?value a {each} }}" for each in sorted(subclasses(site.parameter)))
        return _aimed(site, f"SELECT DISTINCT ?focus ?value WHERE {{ {site.steps} MINUS {{ {classes} }} }}")
    fails = test.fails(site.shapes, site.parameter, "?value")
    return _aimed(site, f"SELECT DISTINCT ?focus ?value WHERE {{ {site.steps} FILTER({fails}) }}")


def _aimed(site: _Site, select: str) -> str:
    """Keep the nodes that the shape is meant for. The inner query keeps the engine from asking that first."""
    value = " ?value" if "?value WHERE" in select else ""
    return f"SELECT ?focus{value} WHERE {{ {{ {select} }} FILTER({site.target.test}) }}"


def _datatype(_: Graph, datatype: Node, value: str) -> str:
    lexical = LEXICAL.get(str(datatype))
    if lexical is None:
        refuse(f"sh:datatype {curie(datatype)}, whose lexical forms graph/checks/lexical.py does not list")
    tests = [f"isLiteral({value})", f"DATATYPE({value}) = {iri(datatype)}"]
    if lexical:
        tests.append(f"REGEX(STR({value}), {term(Literal(f'^({lexical})$'))})")
    return f"!({' && '.join(tests)})"


def _class(_: Graph, top: Node, value: str) -> str:
    return f"NOT {is_a(value, subclasses(top))}"


def _node_kind(_: Graph, kind: Node, value: str) -> str:
    known: Mapping[Node, str] = {SH.IRI: "isIRI", SH.BlankNode: "isBlank", SH.Literal: "isLiteral"}
    return f"!{known[kind]}({value})" if kind in known else refuse(f"sh:nodeKind {curie(kind)}")


def _pattern(_: Graph, pattern: Node, value: str) -> str:
    return f"isBlank({value}) || !REGEX(STR({value}), {written(pattern)})"


def _in(shapes: Graph, members: Node, value: str) -> str:
    # sameTerm and not IN, which compares values: 1 and 01 are two terms, and a comparison may be an error.
    same = " || ".join(f"sameTerm({value}, {written(each)})" for each in Collection(shapes, members))
    return f"!({same or 'false'})"


def _min_inclusive(_: Graph, least: Node, value: str) -> str:
    return f"!COALESCE({value} >= {written(least)}, false)"


def _max_inclusive(_: Graph, most: Node, value: str) -> str:
    return f"!COALESCE({value} <= {written(most)}, false)"


def _xone(shapes: Graph, members: Node, value: str) -> str:
    holding = (f"IF({_fails(shapes, each, value)}, 0, 1)" for each in Collection(shapes, members))
    return f"{' + '.join(holding)} != 1"


def _fails(shapes: Graph, shape: Node, value: str) -> str:
    """Give the test that a node does not conform to a shape without paths."""
    if (shape, SH.sparql, None) in shapes:
        refuse(f"sh:sparql inside sh:xone in the shape {name_of(shapes, shape)}")
    fails: list[str] = []
    for predicate, parameter in _said(shapes, shape):
        if predicate not in _TESTS or (shape, SH.path, None) in shapes:
            refuse(f"{curie(predicate)} inside sh:xone in the shape {name_of(shapes, shape)}")
        fails.append(f"({_TESTS[predicate].fails(shapes, parameter, value)})")
    return " || ".join(fails) or "false"


_TESTS: Final[Mapping[Node, _Test]] = {
    SH.datatype: _Test("Datatype", _datatype, Message("no valid {}", "pas de {} valable")),
    SH["class"]: _Test("Class", _class, Message("not a {}", "n'est pas de la classe {}")),
    SH.nodeKind: _Test("NodeKind", _node_kind, Message("not of the kind {}", "n'est pas du genre {}")),
    SH.pattern: _Test("Pattern", _pattern, Message("does not match {}", "ne suit pas {}")),
    SH["in"]: _Test("In", _in, Message("not one of the values allowed", "hors des valeurs permises")),
    SH.minInclusive: _Test("MinInclusive", _min_inclusive, Message("not at least {}", "n'est pas au moins {}")),
    SH.maxInclusive: _Test("MaxInclusive", _max_inclusive, Message("not at most {}", "n'est pas au plus {}")),
    SH.xone: _Test("Xone", _xone, Message("not exactly one alternative holds", "pas exactement une option respectée")),
}


# ---- What the values of a node must be together


class _Set(NamedTuple):
    """A component that looks at all values of a node: a row of the table. ``query`` finds the nodes at fault."""

    component: str
    query: Callable[[_Site], str]
    message: Message


def _min_count(site: _Site) -> str:
    least = _count(site)
    enough = {0: site.target.pattern, 1: site.steps}.get(least) or _grouped(site, f">= {least}")
    return f"SELECT DISTINCT ?focus WHERE {{ {site.target.pattern} MINUS {{ {enough} }} }}"


def _max_count(site: _Site) -> str:
    return _aimed(site, _grouped(site, f"> {_count(site)}"))


def _grouped(site: _Site, wanted: str) -> str:
    # DISTINCT: one triple in two graphs may come twice.
    return f"SELECT ?focus WHERE {{ {site.steps} }} GROUP BY ?focus HAVING(COUNT(DISTINCT ?value) {wanted})"


def _unique_language(site: _Site) -> str:
    pattern = (
        f'{site.steps} BIND(LCASE(LANG(?value)) AS ?language) FILTER(?language != "" && {written(site.parameter)})'
    )
    return _aimed(
        site,
        f"SELECT DISTINCT ?focus WHERE {{ {pattern} }} GROUP BY ?focus ?language HAVING(COUNT(DISTINCT ?value) > 1)",
    )


def _less_than_or_equals(site: _Site) -> str:
    fails = f"?focus {iri(site.parameter)} ?bound FILTER(!COALESCE(?value <= ?bound, false))"
    return _aimed(site, f"SELECT DISTINCT ?focus ?value WHERE {{ {site.steps} . {fails} }}")


def _count(site: _Site) -> int:
    return int(site.parameter) if isinstance(site.parameter, Literal) else refuse(f"the count {site.parameter}")


_SETS: Final[Mapping[Node, _Set]] = {
    SH.minCount: _Set("MinCount", _min_count, Message("fewer values than {}", "moins de valeurs que {}")),
    SH.maxCount: _Set("MaxCount", _max_count, Message("more values than {}", "plus de valeurs que {}")),
    SH.uniqueLang: _Set(
        "UniqueLang", _unique_language, Message("two values in one language", "deux valeurs dans une langue")
    ),
    SH.lessThanOrEquals: _Set("LessThanOrEquals", _less_than_or_equals, Message("above {}", "au-delà de {}")),
}

_NOT_CONSTRAINTS: Final[frozenset[Node]] = frozenset(
    {SH.path, SH.severity, SH.message, SH.sparql}
    | {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf}
)
