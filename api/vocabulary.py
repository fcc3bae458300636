"""``/ns`` and ``/ns/{term}``: the vocabulary, as pages, RDF, and JSON for editors. Knows HTTP and the glossary."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request
from rdflib import RDFS, Graph, URIRef

from api import uses
from api.cells import Cell, cell
from api.context import catalogue, language, service
from api.diagram import diagram
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import render, with_arguments
from api.rdf import SERIALIZERS
from api.words import local_path
from ontology.errors import NotFoundError
from ontology.glossary import ONTOLOGY, Entry, curie, glossary, prefixes, version
from ontology.iris import NS
from ontology.vocabulary import vocabulary as ontology_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from api.formats import Format

blueprint = Blueprint("vocabulary", __name__)

_VERSION = re.compile(r"([0-9]+\.[0-9]+\.[0-9]+)(?:\.([a-z]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One term in a list: its entry, its words in the page's language, where it leads, how often it is used."""

    term: Entry
    label: str
    comment: str
    domain: Sequence[Cell]
    range: Sequence[Cell]
    count: int | None


@blueprint.get("/ns")
@blueprint.get("/ns.<suffix>")
def index(suffix: str | None = None) -> BaseResponse:
    """Give the whole vocabulary."""
    return _whole(suffix)


@blueprint.get("/ns/<name>")
def term(name: str) -> BaseResponse:
    """Give one term, or the whole vocabulary in a version."""
    versioned = _VERSION.fullmatch(name)
    if versioned is not None:
        if versioned[1] != version():
            raise NotFoundError(f"there is no version {versioned[1][:20]} here", hint=f"there is /ns/{version()}")
        return _whole(versioned[2])
    key, _, suffix = name.partition(".")
    entry = glossary().get(key)
    if entry is None:
        raise NotFoundError(f"the vocabulary has no term {key[:60]!r}", hint=_nearest(key))
    fmt = _format(suffix or None)
    if fmt is not HTML and language() == "en":
        return _without_language()
    if fmt is HTML:
        return _page(entry)
    if fmt.name == "json":
        return _json(_said(entry), fmt)
    return Response(_written(entry.iri, fmt.name), content_type=fmt.content_type)


def _whole(suffix: str | None) -> BaseResponse:
    fmt = _format(suffix)
    if fmt is not HTML and language() == "en":
        return _without_language()
    if fmt.name == "json":
        return _json(_listing(), fmt)
    if fmt is not HTML:
        return Response(_written(None, fmt.name), content_type=fmt.content_type)
    lines = [_line(entry) for entry in glossary().values()]
    titles = dict.fromkeys(line.term.section for line in lines)
    return render(
        "vocabulary.html",
        sections=[(_slug(title), [line for line in lines if line.term.section == title]) for title in titles],
        diagram=diagram(glossary().values()),
        counted=service().store.counts() is not None,
        version=version(),
        namespace=NS,
        alternates=data("vocabulary"),
    )


def _page(entry: Entry) -> Response:
    """Show one term: what it means, what surrounds it, how often and where the data use it."""
    current, limits = service(), service().settings.limits()
    shown = uses.example(current.store, entry, language=language(), limits=limits)
    query = uses.question(entry)
    words, every = catalogue(), glossary().values()
    wider = {entry.iri, *_ancestors(entry)}
    return render(
        "term.html",
        line=_line(entry),
        section=_slug(entry.section),
        above=_cells(entry.above),
        below=_cells(entry.below),
        aligned=[(name, Cell(text=curie(iri), href=iri)) for name, iri in entry.aligned],
        count=uses.count(current.store, entry, limits=limits),
        query=with_arguments("/sparql", {"query": query}),
        example=None
        if shown is None
        else [
            cell(part, words=current.words, catalogue=words, labels=shown.labels)
            for part in (URIRef(shown.thing), shown.value)
            if part is not None
        ],
        properties=[_line(other) for other in every if wider & set(other.domain)],
        inbound=[_line(other) for other in every if entry.kind == "class" and wider & set(other.range)],
        alternates=data("vocabulary"),
    )


def _line(entry: Entry) -> Line:
    words = catalogue()
    return Line(
        term=entry,
        label=entry.labels[words.language],
        comment=entry.comments[words.language],
        domain=_cells(entry.domain),
        range=_cells(entry.range),
        count=uses.counted(service().store, entry),
    )


def _cells(iris: Iterable[str]) -> list[Cell]:
    """Show terms by their prefixed names; ours lead to their pages."""
    return [
        Cell(text=curie(iri), path=path) if (path := local_path(iri)) is not None else Cell(text=curie(iri), href=iri)
        for iri in iris
    ]


def _ancestors(entry: Entry) -> set[str]:
    """Gather the wider terms of ours, however far."""
    known = glossary()
    above = [known[iri.removeprefix(NS)] for iri in entry.above if iri.startswith(NS)]
    return {other.iri for other in above}.union(*(_ancestors(other) for other in above))


def _slug(title: str) -> str:
    """Name a section as the catalogues do."""
    return "-".join(re.findall(r"[a-z]+", title.lower()))


def _nearest(name: str) -> str:
    near = get_close_matches(name, glossary(), n=1)
    return f"did you mean /ns/{near[0]}?" if near else "/ns lists the terms"


def _format(suffix: str | None) -> Format:
    return choose(
        offered("vocabulary"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept")
    )[0]


def _without_language() -> BaseResponse:
    """Lead to the same data: they hold both languages."""
    return redirect(with_arguments(request.path, request.args), code=308)


@cache
def _written(iri: str | None, name: str) -> bytes:
    """Write the vocabulary, or what it says of a term and of those that name it, in an RDF syntax."""
    whole = ontology_graph()
    if iri is None:
        return whole.serialize(format=SERIALIZERS[name], encoding="utf-8")
    graph, term = Graph(bind_namespaces="none"), URIRef(iri)
    for prefix, namespace in whole.namespaces():
        graph.bind(prefix, namespace)
    for triple in (*whole.triples((term, None, None)), *whole.triples((None, None, term))):
        graph.add(triple)
    graph.add((term, RDFS.isDefinedBy, URIRef(ONTOLOGY)))
    return graph.serialize(format=SERIALIZERS[name], encoding="utf-8")


def _json(value: object, fmt: Format) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=1) + "\n", content_type=fmt.content_type)


def _listing() -> Mapping[str, object]:
    """Say what an editor needs to complete a query. ``borrowed`` are terms of others that the data use."""
    counts = service().store.counts()
    return {
        "namespace": NS,
        "prefix": "qst",
        "version": version(),
        "version_iri": f"{ONTOLOGY}/{version()}",
        "generation": service().store.generation(),
        "prefixes": dict(sorted(prefixes().items())),
        "terms": [_said(entry) for entry in glossary().values()],
        "borrowed": []
        if counts is None
        else [
            {"name": curie(iri), "iri": iri, "kind": kind, "label": _labels(iri), "count": number}
            for kind, found in (("class", counts.classes), ("property", counts.predicates))
            for iri, number in sorted(found.items())
            if not iri.startswith(NS)
        ],
    }


def _labels(iri: str) -> Mapping[str, str]:
    current = service()
    return {name: current.words.label(iri, words) for name, words in sorted(current.catalogues.items())}


def _said(entry: Entry) -> Mapping[str, object]:
    return {
        "name": curie(entry.iri),
        "iri": entry.iri,
        "page": local_path(entry.iri),
        "kind": entry.kind,
        "layer": entry.layer or None,
        "label": dict(entry.labels),
        "comment": dict(entry.comments),
        "domain": entry.domain,
        "range": entry.range,
        "above": entry.above,
        "below": entry.below,
        "aligned": [{"match": name, "iri": iri} for name, iri in entry.aligned],
        "count": uses.counted(service().store, entry),
    }
