"""How each SHACL constraint is broken, as SPARQL: the table of the components that we know, paths, targets.

Knows SHACL and SPARQL; must not know any store, nor the shapes it is given. What it does not know it refuses by name:
a constraint that is skipped looks like one that holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import SH, Literal
from rdflib.collection import Collection

from graph.backends.results import term
from graph.checks.lexical import LEXICAL
from graph.checks.terms import (
    Message,
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
    """The solutions of ``pattern`` that pass ``test`` break a constraint; without a pattern, test each node of the target.

    ``value`` is the variable of the value node at fault, empty when the fault is one of the focus node as a whole.
    """

    shape: Node
    component: str
    path: str
    message: Message
    test: str
    pattern: str = ""
    value: str = ""

    def expression(self) -> str:
        """Give the breach as one boolean expression over the focus node."""
        return f"EXISTS {{ {self.pattern} FILTER({self.test}) }}" if self.pattern else f"({self.test})"


class _Site(NamedTuple):
    """Where a parameter stands: its shape, the path from the focus node to the value nodes if any, its own value."""

    shapes: Graph
    shape: Node
    step: Node | None
    parameter: Node
    focus: str

    @property
    def value(self) -> str:
        """Name the variable of a value node: the focus node itself where there is no path."""
        return self.focus if self.step is None else f"{self.focus}_value"

    @property
    def pattern(self) -> str:
        """Give the pattern that reaches the value nodes."""
        return "" if self.step is None else f"{self.focus} {path_text(self.shapes, self.step)} {self.value} ."

    @property
    def shown(self) -> str:
        """Give the path for reading."""
        return "" if self.step is None else path_text(self.shapes, self.step, curie)


class _Broken(NamedTuple):
    """What a component makes of its site: the fields of a breach that differ between components."""

    test: str
    pattern: str = ""
    value: str = ""


def breaches(shapes: Graph, shape: Node, focus: str = "?focus") -> Iterator[Breach]:
    """Give the ways to break a shape, and the property shapes in it, at the node ``focus``. Leaves out ``sh:sparql``.

    Raises
    ------
    ConfigError
        The shape says something that is not known here.
    """
    step = shapes.value(shape, SH.path)
    for predicate, parameter in shapes.predicate_objects(shape):
        if predicate in _NOT_CONSTRAINTS or not str(predicate).startswith(str(SH)):
            continue
        if predicate == SH.property and step is None:
            yield from breaches(shapes, parameter, focus)
        elif (row := _COMPONENTS.get(predicate)) is not None:
            yield _breach(_Site(shapes, shape, step, parameter, focus), row)
        else:
            refuse(f"{curie(predicate)} in the shape {name_of(shapes, shape)}")


def _breach(site: _Site, row: _Component) -> Breach:
    broken = row.broken(site)
    return Breach(
        shape=site.shape,
        component=row.component,
        path=site.shown,
        message=_message(site, row),
        test=broken.test,
        pattern=broken.pattern,
        value=broken.value,
    )


# ---- Components


def _each(site: _Site, test: str) -> _Broken:
    """Let every value node that passes the test be a breach."""
    return _Broken(test, site.pattern, site.value)


def _min_count(site: _Site) -> _Broken:
    return _Broken(f"NOT EXISTS {{ {_distinct(site, range(_count(site)))} }}")


def _max_count(site: _Site) -> _Broken:
    if not _count(site):
        return _Broken("true", _triple(site, 0))
    # Different terms, not a COUNT: one triple in two graphs may come twice.
    others = _distinct(site, range(_count(site) + 1), given=0)
    return _Broken(f"EXISTS {{ {others} }}", _triple(site, 0))


def _unique_language(site: _Site) -> _Broken:
    if not _literal(site).toPython():
        return _Broken("false")
    one, other = (f"LCASE(LANG({_numbered(site, i)}))" for i in (0, 1))
    twin = f'{_distinct(site, range(2), given=0)} FILTER({one} != "" && {one} = {other})'
    return _Broken(f"EXISTS {{ {twin} }}", _triple(site, 0))


def _distinct(site: _Site, numbers: range, given: int | None = None) -> str:
    """Give the pattern of so many different values; the ``given`` one is bound outside."""
    triples = " ".join(_triple(site, i) for i in numbers if i != given)
    pairs = combinations([_numbered(site, i) for i in numbers], 2)
    return triples + "".join(f" FILTER(!sameTerm({one}, {other}))" for one, other in pairs)


def _triple(site: _Site, number: int) -> str:
    if site.step is None:
        refuse(f"a count without a path in the shape {name_of(site.shapes, site.shape)}")
    return f"{site.focus} {path_text(site.shapes, site.step)} {_numbered(site, number)} ."


def _numbered(site: _Site, number: int) -> str:
    return f"{site.value}{number}"


def _datatype(site: _Site) -> _Broken:
    lexical = LEXICAL.get(str(site.parameter))
    if lexical is None:
        refuse(f"sh:datatype {curie(site.parameter)}, whose lexical forms are not listed")
    tests = [f"isLiteral({site.value})", f"DATATYPE({site.value}) = {iri(site.parameter)}"]
    if lexical:
        # DATATYPE believes "2018-02-31"^^xsd:date: the text has to be looked at, in a way that every engine knows.
        tests.append(f"REGEX(STR({site.value}), {term(Literal(f'^({lexical})$'))})")
    return _each(site, f"!({' && '.join(tests)})")


def _class(site: _Site) -> _Broken:
    return _each(site, f"NOT {is_a(site.value, subclasses(site.parameter))}")


def _node_kind(site: _Site) -> _Broken:
    kinds = {SH.IRI: "isIRI", SH.BlankNode: "isBlank", SH.Literal: "isLiteral"}
    kind = kinds.get(site.parameter) or refuse(f"sh:nodeKind {curie(site.parameter)}")
    return _each(site, f"!{kind}({site.value})")


def _pattern(site: _Site) -> _Broken:
    expression = term(Literal(str(_literal(site))))
    return _each(site, f"isBlank({site.value}) || !REGEX(STR({site.value}), {expression})")


def _in(site: _Site) -> _Broken:
    # sameTerm and not IN, which compares values: 1 and 01 are two terms, and a comparison may be an error.
    members = [written(each) for each in Collection(site.shapes, site.parameter)]
    return _each(site, f"!({' || '.join(f'sameTerm({site.value}, {each})' for each in members)})")


def _min_inclusive(site: _Site) -> _Broken:
    return _each(site, f"!COALESCE({site.value} >= {term(_literal(site))}, false)")


def _less_than_or_equals(site: _Site) -> _Broken:
    other = f"{site.value}_other"
    pattern = f"{site.pattern} {site.focus} {iri(site.parameter)} {other} ."
    return _Broken(f"!COALESCE({site.value} <= {other}, false)", pattern, site.value)


def _xone(site: _Site) -> _Broken:
    members = [_conforms(site, each) for each in Collection(site.shapes, site.parameter)]
    return _each(site, f"{' + '.join(f'IF({each}, 1, 0)' for each in members)} != 1")


def _conforms(site: _Site, shape: Node) -> str:
    if (shape, SH.sparql, None) in site.shapes:
        refuse(f"sh:sparql inside sh:xone in the shape {name_of(site.shapes, site.shape)}")
    found = [breach.expression() for breach in breaches(site.shapes, shape, site.value)]
    return f"!({' || '.join(found)})" if found else "true"


class _Component(NamedTuple):
    """A row of the table: its name in SHACL, how it is broken, and what to say then of the parameter."""

    component: str
    broken: Callable[[_Site], _Broken]
    message: Message


_COMPONENTS: Final[Mapping[Node, _Component]] = {
    SH.minCount: _Component("MinCount", _min_count, Message("fewer than {} values", "moins de {} valeurs")),
    SH.maxCount: _Component("MaxCount", _max_count, Message("more than {} values", "plus de {} valeurs")),
    SH.datatype: _Component("Datatype", _datatype, Message("no valid {}", "pas de {} valable")),
    SH["class"]: _Component("Class", _class, Message("no {}", "pas de {}")),
    SH.nodeKind: _Component("NodeKind", _node_kind, Message("not of the kind {}", "pas du genre {}")),
    SH.pattern: _Component("Pattern", _pattern, Message("does not match {}", "ne suit pas {}")),
    SH["in"]: _Component("In", _in, Message("not one of the values allowed", "hors des valeurs permises")),
    SH.minInclusive: _Component("MinInclusive", _min_inclusive, Message("less than {}", "moins que {}")),
    SH.lessThanOrEquals: _Component("LessThanOrEquals", _less_than_or_equals, Message("above {}", "au-delà de {}")),
    SH.uniqueLang: _Component(
        "UniqueLang", _unique_language, Message("two values in one language", "deux valeurs dans une langue")
    ),
    SH.xone: _Component(
        "Xone", _xone, Message("not exactly one of the shapes holds", "pas exactement une des formes respectée")
    ),
}
_NOT_CONSTRAINTS: Final = frozenset(
    {SH.path, SH.severity, SH.message, SH.sparql, SH.targetClass, SH.targetNode}
    | {SH.targetSubjectsOf, SH.targetObjectsOf}
)


def _message(site: _Site, row: _Component) -> Message:
    path = site.shown
    en, fr = (f"{path}: ", f"{path} : ") if path else ("", "")
    value = curie(site.parameter)
    return message_of(site.shapes, site.shape) or Message(
        en + row.message.en.format(value), fr + row.message.fr.format(value)
    )


def _count(site: _Site) -> int:
    return int(_literal(site))


def _literal(site: _Site) -> Literal:
    if not isinstance(site.parameter, Literal):
        refuse(f"{site.parameter}, where a literal is needed, in the shape {name_of(site.shapes, site.shape)}")
    return site.parameter
