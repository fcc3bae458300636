"""Documents of things: ``/id/{type}/{key}`` leads to ``/{type}/{key}``, a page or data. Knows HTTP and documents."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request
from rdflib import RDF, RDFS
from rdflib.term import Literal

from api import queries, rdf
from api.cells import LONG, Cell, cell
from api.citations import WRITERS, cited
from api.context import catalogue, language, public_url, service
from api.documents import describe, mentions, resolve, types
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import path, render, with_arguments
from api.profiles import KINDS, figures, terms
from api.question_page import citation, life, related, similar
from api.questions import page as listed
from api.run_page import cut, edges_in, run
from api.selection import selection
from api.words import local_path, shorten
from graph.networks.inquiry import BYS
from ontology.errors import NotFoundError
from ontology.iris import BASE, NS, TYPES, is_key, thing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from api.documents import Document, Mention
    from api.formats import Format, Kind
    from api.rdf import Quad, Term

blueprint = Blueprint("things", __name__)

_NUMBER = re.compile(r"([0-9]{1,3})-([0-9]{1,9})(?:QE|QG|QOSD)?")
_HIDDEN = frozenset({str(RDF.type), str(RDFS.label), "http://purl.org/dc/terms/title"})

# The filter of lists that a page of a thing stands for, where it has another name.
_FILTERS: Mapping[str, str] = {"person": "deputy"}
_LATEST = 5
# The network in which a thing is shown with what it is linked to.
_AROUND: Mapping[str, str] = {
    "person": "deputy-ministry",
    "ministry": "deputy-ministry",
    "group": "group-ministry",
    "portfolio": "group-ministry",
    "topic": "topic-ministry",
    "constituency": "constituency-ministry",
}
# A property that leads back from a question, and the filter of the list of questions that says the same.
_LISTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    f"{NS}author": ("deputy", {}),
    f"{NS}addressedTo": ("ministry", {"target": "asked"}),
    f"{NS}attributedTo": ("ministry", {"target": "attributed"}),
    f"{NS}groupAtTabling": ("group", {}),
    f"{NS}inLegislature": ("legislature", {}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of a thing on its page. ``graphs`` are the named graphs that state it, in short."""

    label: str
    comment: str
    values: Sequence[Cell]
    graphs: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A long text, read as paragraphs."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a page says of a thing or of one of its parts."""

    anchor: str
    title: str
    kinds: Sequence[str]
    properties: Sequence[Property]
    texts: Sequence[Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Those who point to a thing by one property; ``more`` leads to all of them."""

    label: str
    total: int
    things: Sequence[Cell]
    more: str


@blueprint.get("/id/<kind>/<key>")
def identify(kind: str, key: str) -> BaseResponse:
    """Lead from the IRI of a thing to the document that describes it."""
    _check(kind, key)
    return redirect(path(f"/{kind}/{key}"), code=303)


@blueprint.get("/graph/<path:name>")
def state(name: str) -> BaseResponse:
    """Lead from the IRI of a named graph to what it states, by the Graph Store Protocol."""
    return redirect(path(with_arguments("/data", {"graph": f"{BASE}graph/{name}"})), code=303)


@blueprint.get("/q/<int:legislature>/<int:number>")
def numbered(legislature: int, number: int) -> BaseResponse:
    """Lead from the number of a question to its document."""
    return redirect(path(f"/question/{_uid(legislature, number)}"), code=301)


@blueprint.get("/<kind>/<name>")
def document(kind: str, name: str) -> BaseResponse:
    """Show a thing, or send its statements."""
    key, _, suffix = name.partition(".")
    short = _NUMBER.fullmatch(key) if kind == "question" else None
    if short is not None:
        target = f"/question/{_uid(int(short[1]), int(short[2]))}"
        return redirect(f"{target}.{suffix}" if suffix else path(target), code=301)
    iri = _check(kind, key)
    kinds: tuple[Kind, ...] = ("document", "citation") if kind == "question" else ("document",)
    fmt = choose(
        offered(*kinds),
        suffix=suffix or None,
        named=request.args.get("format"),
        accept=request.headers.get("Accept"),
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(f"/{kind}/{name}", request.args), code=308)
    current = service()
    found = describe(current.memo, iri, limits=current.settings.limits())
    if fmt is HTML:
        if kind in KINDS:
            return _profile(found, kind, key)
        return _SHOWN.get(kind, _page)(found)
    body = _cited(found, key, fmt) if fmt.name in WRITERS else rdf.write(_stated(found, kind), fmt)
    response = Response(body, content_type=fmt.content_type)
    response.headers["Content-Location"] = f"/{kind}/{key}.{fmt.name}"
    response.headers.add("Link", f'<{iri}>; rel="describes"')
    return response


def _stated(found: Document, kind: str) -> Sequence[Quad]:
    """Give the statements of a document; that of a run says so where it holds the strongest edges alone."""
    current = service()
    if kind != "network":
        return found.quads
    limits = current.settings.limits()
    return [*found.quads, *cut(current.memo, found, current.catalogues, address=public_url(), limits=limits)]


def _cited(found: Document, key: str, fmt: Format) -> bytes:
    """Write a question as reference managers read it; its texts are French, whoever asks."""
    current = service()
    labels = found.labels("fr")
    shown = life(found, labels)
    author = next((str(value) for value, _ in found.about(found.iri).get(f"{NS}author", [])), "")
    named = current.memo.ask("named", person=queries.iri(author)).rows.rows if author else ()
    names = next(((str(family), str(given)) for family, given in named), None)
    title = labels.get(found.iri, "")
    one = cited(shown, key=key, title=title if title != shown.label else "", names=names, address=found.iri)
    return WRITERS[fmt.name](one).encode()


def _uid(legislature: int, number: int) -> str:
    """Find the question that bears a number."""
    current = service()
    return resolve(current.store, legislature, number, limits=current.settings.limits())


def _check(kind: str, key: str) -> str:
    """Give the IRI of a thing whose type and key can stand in one."""
    if kind not in TYPES or not is_key(key):
        raise NotFoundError(
            f"there is no page /{kind[:60]}/{key[:60]}",
            hint="things are at /{type}/{key}, such as /question/QANR5L15QE10719",
        )
    return thing(kind, key)


def _page(found: Document) -> Response:
    """Show a document: the thing, its parts, and who points to it."""
    words = catalogue()
    labels = found.labels(words.language)
    inbound = mentions(service().memo, found.iri, language=words.language, limits=service().settings.limits())
    return render(
        "thing.html",
        iri=found.iri,
        thing=_section(found, found.iri, labels),
        answers=_answers(found),
        parts=[_section(found, part, labels) for part in found.parts()],
        inbound=[_inbound(found, mention) for mention in inbound],
        alternates=data("document"),
    )


def _question(found: Document) -> Response:
    """Show a question: texts, life, what belongs to it."""
    current, words = service(), catalogue()
    labels = found.labels(words.language)
    limits = current.settings.limits()
    shown = life(found, labels)
    section = _section(found, found.iri, labels)
    titled = section.title if section.title != shown.label else ""
    return render(
        "question.html",
        iri=found.iri,
        thing=section,
        life=shown,
        answers=_answers(found),
        parts=[_section(found, part, labels) for part in found.parts()],
        related=related(current.memo, found.iri, limits=limits),
        similar=similar(current.memo, current.indexes, found, limits=limits),
        citation=citation(shown, titled, found.iri),
        cited=data("citation"),
        local=local_path(found.iri),
        described=with_arguments("/sparql", {"query": f"DESCRIBE <{found.iri}>"}),
        words=current.words,
        alternates=data("document"),
    )


def _profile(found: Document, kind: str, key: str) -> Response:
    """Show a person, body, place or topic by the questions it has to do with."""
    current, words = service(), catalogue()
    labels = found.labels(words.language)
    columns = current.facts.of(current.store)
    shown = figures(columns, kind, key, words.language)
    limits = current.settings.limits()
    filters = {_FILTERS.get(kind, kind): key}
    return render(
        "profile.html",
        iri=found.iri,
        thing=_section(found, found.iri, labels),
        parts=[_section(found, part, labels) for part in found.parts()],
        figures=shown,
        terms=terms(current.memo, kind, key, words.language),
        latest=listed(current.memo, columns, selection(filters), limit=_LATEST, after="", limits=limits).items,
        network=with_arguments(f"/networks/{_AROUND[kind]}", {"type": "all", "around": key})
        if shown[0].load.questions and kind in _AROUND
        else "",
        delays=with_arguments("/delays/questions", {"by": kind, "of": key}) if kind in BYS else "",
        alternates=data("document"),
    )


def _run(found: Document) -> Response:
    """Show a published network: its strongest edges, what it was tested against, how it was made."""
    current, words = service(), catalogue()
    labels = found.labels(words.language)
    edges = set(edges_in(found))
    return render(
        "run.html",
        iri=found.iri,
        thing=_section(found, found.iri, labels),
        parts=[_section(found, part, labels) for part in found.parts() if part not in edges],
        run=run(current.memo, found, labels, limits=current.settings.limits()),
        alternates=data("document"),
    )


_SHOWN: Mapping[str, Callable[[Document], Response]] = {"question": _question, "network": _run}


def _section(found: Document, subject: str, labels: Mapping[str, str]) -> Section:
    """Gather what is said of one subject: facts as properties, long texts apart."""
    words, terms = catalogue(), service().words
    facts: list[Property] = []
    texts: list[Text] = []
    about = found.about(subject)
    for name, values in about.items():
        short = [(value, graph) for value, graph in values if not _is_long(value, name)]
        label = terms.label(name, words)
        texts += [
            Text(label=label, cell=cell(value, words=terms, catalogue=words))
            for value, _ in values
            if _is_long(value, name)
        ]
        if short and name not in _HIDDEN:
            facts.append(
                Property(
                    label=label,
                    comment=terms.comment(name, words.language),
                    values=[cell(value, words=terms, catalogue=words, labels=labels) for value, _ in short],
                    graphs=sorted({graph.removeprefix(f"{BASE}graph/") for _, graph in short}),
                )
            )
    kinds = [terms.label(str(value), words) for value, _ in about.get(str(RDF.type), [])]
    title = labels.get(subject) or (shorten(subject) if subject == found.iri else _most_precise(kinds, subject))
    return Section(anchor=subject.partition("#")[2], title=title, kinds=kinds, properties=facts, texts=texts)


def _most_precise(kinds: Sequence[str], subject: str) -> str:
    """Name a part by its class; the fragment when it has none."""
    return kinds[0] if kinds else subject.partition("#")[2]


def _is_long(value: Term, name: str) -> bool:
    """Say whether a value is read rather than looked up."""
    return isinstance(value, Literal) and (len(value) > LONG or name in (f"{NS}questionText", f"{NS}answerText"))


def _answers(found: Document) -> list[tuple[Cell, Text]]:
    """Give the texts of the answers that a question points to, each with a link to its own document."""
    words, terms = catalogue(), service().words
    if f"{NS}Question" not in types(found):
        return []
    return [
        (
            Cell(text=terms.label(f"{NS}Answer", words), path=local_path(str(answer)) or ""),
            Text(label=terms.label(f"{NS}answerText", words), cell=cell(value, words=terms, catalogue=words)),
        )
        for answer, _ in found.about(found.iri).get(f"{NS}hasAnswer", [])
        for value, _ in found.about(str(answer)).get(f"{NS}answerText", [])
    ]


def _inbound(found: Document, mention: Mention) -> Inbound:
    """Show who points here by one property, and where the whole list is."""
    more = ""
    key = found.iri.rpartition("/")[2]
    if mention.property in _LISTS:
        name, extra = _LISTS[mention.property]
        more = with_arguments("/questions", {name: key, **extra})
    return Inbound(
        label=service().words.label(mention.property, catalogue()),
        total=mention.total,
        things=[Cell(text=label, path=local_path(iri) or "") for iri, label in mention.things],
        more=more if mention.property != f"{NS}inLegislature" or "/legislature/" in found.iri else "",
    )
