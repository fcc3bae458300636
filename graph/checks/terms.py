"""SHACL's nodes as SPARQL text: IRIs, literals, paths, targets; what is not known is refused by name. No component."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from rdflib import RDF, RDFS, SH, BNode, Literal, URIRef
from rdflib.collection import Collection

from graph.backends.results import term
from ontology.errors import ConfigError
from ontology.vocabulary import PREFIXES, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rdflib import Graph
    from rdflib.term import Node


class Message(NamedTuple):
    """The same words in the two languages of the product."""

    en: str
    fr: str


class Target(NamedTuple):
    """The focus nodes of a shape: a pattern that gives them all, and a test whether ``?focus`` is one."""

    pattern: str
    test: str


def refuse(what: str) -> NoReturn:
    """Raise the error for what is not known: a constraint that is skipped would look like one that holds."""
    raise ConfigError(
        f"The shapes say something that is not checked here: {what}.",
        code="shapes",
        hint="Use the components that graph/checks/components.py lists, or a query of its own (sh:sparql).",
    )


def iri(node: Node) -> str:
    """Write an IRI as SPARQL."""
    return term(node) if isinstance(node, URIRef) else refuse(f"{node}, where an IRI is needed")


def written(node: Node) -> str:
    """Write an IRI or a literal as SPARQL."""
    return term(node) if isinstance(node, Literal) else iri(node)


def curie(node: Node) -> str:
    """Write a node for reading: an IRI with its well-known prefix, anything else as its text."""
    text = str(node)
    for prefix, namespace in (*PREFIXES.items(), ("sh", str(SH))):
        local = text.removeprefix(namespace)
        if local != text and "/" not in local:
            return f"{prefix}:{local}"
    return text


def path_text(shapes: Graph, node: Node, write: Callable[[Node], str] = iri) -> str:
    """Write a SHACL path as a SPARQL property path."""
    if isinstance(node, URIRef):
        return write(node)
    inverse, either = shapes.value(node, SH.inversePath), shapes.value(node, SH.alternativePath)
    if inverse is not None:
        return f"^{path_text(shapes, inverse, write)}"
    if either is not None:
        return f"({'|'.join(path_text(shapes, each, write) for each in Collection(shapes, either))})"
    if (node, RDF.first, None) in shapes:
        return f"({'/'.join(path_text(shapes, each, write) for each in Collection(shapes, node))})"
    return refuse(f"a path with {', '.join(sorted(map(curie, shapes.predicates(node))))}")


def target_of(shapes: Graph, shape: Node) -> Target:
    """Give the target of a shape."""
    classes = {each for top in shapes.objects(shape, SH.targetClass) for each in subclasses(top)}
    edges = [f"?focus {iri(each)} ?any" for each in shapes.objects(shape, SH.targetSubjectsOf)]
    edges += [f"?any {iri(each)} ?focus" for each in shapes.objects(shape, SH.targetObjectsOf)]
    nodes = sorted(iri(each) for each in shapes.objects(shape, SH.targetNode))
    patterns = [*(f"?focus a {each}" for each in sorted(classes)), *edges]
    tests = [f"EXISTS {{ {each} }}" for each in edges]
    if classes:
        tests.append(is_a("?focus", classes))
    if nodes:
        patterns.append(f"VALUES ?focus {{ {' '.join(nodes)} }}")
        tests.append(f"?focus IN ({', '.join(nodes)})")
    if not patterns:
        refuse(f"no target in the shape {name_of(shapes, shape)}")
    return Target(" UNION ".join(f"{{ {each} }}" for each in patterns), " || ".join(tests))


def subclasses(top: Node) -> frozenset[str]:
    """Give a class and its subclasses in the vocabulary: the data need not repeat the hierarchy."""
    return frozenset(iri(each) for each in _hierarchy().transitive_subjects(RDFS.subClassOf, top) if each)


@cache
def _hierarchy() -> Graph:
    return vocabulary()


def is_a(variable: str, classes: Iterable[str]) -> str:
    """Write the test whether a node is of one of the classes."""
    # Not VALUES: the node is known here, and no engine shall be tempted to join two lists.
    return f"EXISTS {{ {variable} a ?class FILTER(?class IN ({', '.join(sorted(classes))})) }}"


def message_of(shapes: Graph, node: Node) -> Message | None:
    """Give the words that the shapes themselves have for a shape or a query."""
    texts = {each.language: str(each) for each in shapes.objects(node, SH.message) if isinstance(each, Literal)}
    if not texts:
        return None
    one = texts[min(texts, key=str)]
    return Message(texts.get("en", one), texts.get("fr", one))


def name_of(shapes: Graph, shape: Node) -> str:
    """Give the IRI of a shape, or of the shape that a nameless one is part of."""
    while isinstance(shape, BNode):
        owner = next(iter(shapes.subjects(None, shape)), None)
        if owner is None:
            break
        shape = owner
    return str(shape)
