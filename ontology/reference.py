"""The reference page of the vocabulary, written from the Turtle: each term in both languages, section by section."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from ontology.iris import BASE, NS
from ontology.terms import QST
from ontology.vocabulary import PREFIXES, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECTION = re.compile(r"^### ---- (.+) ----$", re.MULTILINE)
_TERM = re.compile(r"^qst:(\w+)", re.MULTILINE)
_KINDS = (
    (OWL.Class, "class"),
    (OWL.ObjectProperty, "link"),
    (OWL.DatatypeProperty, "value"),
    (OWL.AnnotationProperty, "annotation"),
    (SKOS.ConceptScheme, "code list"),
    (SKOS.Concept, "code"),
)
_ALIGNED = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.closeMatch, SKOS.broadMatch, SKOS.relatedMatch)
_HEAD = """# Vocabulary

Written from `ontology/questeur.ttl` by `ontology/reference.py`; a test compares the two, and `pytest --golden` writes
this page anew. Version {version}, namespace `{namespace}`, prefix `qst:`. {count} terms.

A property is **stated** (copied from one source record), **curated** (from a reviewed table of this project: see
[portfolios](portfolios.md)), **derived** (computed by questeur, in the graphs `…/graph/derived`
and `…/graph/network/…`) or an **annotation**.
Where the source never gave the last day of a ministry or government, the curated graph gives it; a lapse that no record
states lies whole in the derived graph.
"""


def page(unseen: Iterable[str] = ()) -> str:
    """Write the page. ``unseen`` are the terms that no bundled real record shows."""
    graph = vocabulary()
    version = graph.value(URIRef(f"{BASE}ns"), OWL.versionInfo)
    terms = [term for _, names in sections() for term in names]
    lines = [_HEAD.format(version=version, namespace=NS, count=len(terms))]
    for title, names in sections():
        lines += [f"## {title}\n", *(line for name in names for line in _entry(graph, name))]
    hidden = sorted(set(unseen))
    if hidden:
        lines += [
            "## Terms that no bundled real record shows\n",
            "Real all the same: the invented part of `tests/data/example-v1.trig` holds an instance of each.\n",
            ", ".join(f"`qst:{name}`" for name in hidden) + "\n",
        ]
    return "\n".join(lines)


def sections() -> list[tuple[str, list[str]]]:
    """List the sections of the Turtle in its order: the title of each, and the names of its terms."""
    text = files(__package__ or "").joinpath("questeur.ttl").read_text(encoding="utf-8")
    _, *parts = _SECTION.split(text)
    return [(title, _TERM.findall(body)) for title, body in zip(parts[::2], parts[1::2], strict=True)]


def _entry(graph: Graph, name: str) -> Iterator[str]:
    term = URIRef(NS + name)
    kind = next(word for kind, word in _KINDS if (term, RDF.type, kind) in graph)
    layer = str(graph.value(term, QST.layer, default=Literal("")))
    marks = ", ".join(dict.fromkeys(filter(None, (kind, layer))))
    yield f"### `qst:{name}`\n"
    yield f"{_said(graph, term, RDFS.label, 'fr')} · {_said(graph, term, RDFS.label, 'en')} ({marks})\n"
    yield f"* {_said(graph, term, RDFS.comment, 'fr')}"
    yield f"* {_said(graph, term, RDFS.comment, 'en')}"
    ends = [_names(graph, term, URIRef(PREFIXES["schema"] + end)) for end in ("domainIncludes", "rangeIncludes")]
    if any(ends):
        yield f"* {ends[0] or 'anything'} → {ends[1] or 'anything'}"
    for predicate in _ALIGNED:
        found = _names(graph, term, predicate)
        if found:
            yield f"* {graph.namespace_manager.curie(predicate)} {found}"
    yield ""


def _said(graph: Graph, term: URIRef, predicate: URIRef, language: str) -> str:
    return next(str(t) for t in graph.objects(term, predicate) if isinstance(t, Literal) and t.language == language)


def _names(graph: Graph, term: URIRef, predicate: URIRef) -> str:
    """List objects as prefixed names, sorted."""
    curie = graph.namespace_manager.curie
    return ", ".join(sorted(f"`{curie(str(value), generate=False)}`" for value in graph.objects(term, predicate)))
