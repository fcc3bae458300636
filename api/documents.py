"""What the store says of one thing: its statements, its parts, and who points to it. Knows the store, no HTTP."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from rdflib import RDF, RDFS, URIRef
from rdflib.term import Literal

from api import queries
from api.cells import best
from api.words import shorten
from ontology.errors import NotFoundError
from ontology.iris import question_uid, split, thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.asked import Answering
    from api.rdf import Quad, Term
    from graph.store import Limits

_SHOWN = 50
_LONGEST = 100  # characters of a key that may be a slip
_TITLE = URIRef("http://purl.org/dc/terms/title")
_TYPES_BY_NUMBER = ("QE", "QG", "QOSD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The things that point to a thing by one property: how many, and the first of them with a label each."""

    property: str
    total: int
    things: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A thing's statements, each with its named graph."""

    iri: str
    quads: Sequence[Quad]

    def about(self, subject: str) -> dict[str, list[tuple[Term, str]]]:
        """Group what is said of a subject by property: values, each with the graph that states it."""
        grouped: defaultdict[str, list[tuple[Term, str]]] = defaultdict(list)
        for s, p, value, graph in self.quads:
            if str(s) == subject:
                grouped[str(p)].append((value, str(graph)))
        return {name: sorted(grouped[name], key=lambda pair: str(pair[0])) for name in sorted(grouped)}

    def parts(self) -> list[str]:
        """List the hash IRIs described here."""
        return sorted({str(s) for s, *_ in self.quads if str(s).startswith(f"{self.iri}#")})

    def labels(self, language: str) -> Mapping[str, str]:
        """Give the label of every thing named here; a title where there is one beside it."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        titles: dict[str, str] = {}
        for s, p, value, _ in self.quads:
            if p == RDFS.label and isinstance(value, Literal):
                found[str(s)].append((str(value), value.language or ""))
            elif p == _TITLE:
                titles[str(s)] = str(value)
        return {iri: best(pairs, language) for iri, pairs in found.items()} | titles


def describe(store: Answering, iri: str, *, limits: Limits) -> Document:
    """Read the document of a thing; of a published network, the strongest edges are its parts.

    Raises
    ------
    NotFoundError
        The store says nothing of it; the hint names the nearest thing.
    """
    term = queries.iri(iri)
    found = store.rows(queries.text("document", thing=term, parts=queries.string(f"{iri}#")), limits=limits)
    quads = _quads(found)
    if quads and (split(iri) or ("", ""))[0] == "network":
        edges = queries.text("run_edges", thing=term, limit=queries.integer(_SHOWN))
        quads = list(dict.fromkeys([*quads, *_quads(store.rows(edges, limits=limits))]))
    if not any(str(s) == iri for s, *_ in quads):
        raise NotFoundError(f"nothing is known of {shorten(iri)}", hint=_nearest(store, iri, limits))
    return Document(iri=iri, quads=sorted(quads, key=lambda quad: tuple(map(str, quad))))


def _quads(rows: Iterable[Sequence[object]]) -> list[Quad]:
    """Read rows of graph, subject, property and value."""
    return [(cast("URIRef", s), cast("URIRef", p), cast("Term", o), cast("URIRef", g)) for g, s, p, o in rows]


def mentions(store: Answering, iri: str, *, language: str, limits: Limits) -> list[Mention]:
    """Count who points to a thing, by property, and name the first of each."""
    slots = {"thing": queries.iri(iri), "parts": queries.string(f"{iri}#")}
    counted = store.rows(queries.text("mentions", **slots), limits=limits)
    return [
        Mention(
            property=str(name),
            total=int(str(total)),
            things=_mentioning(store, slots, str(name), language=language, limits=limits),
        )
        for name, total in counted
    ]


def resolve(store: Answering, legislature: int, number: int, *, limits: Limits) -> str:
    """Find the uid of the question that bears a number; a written one wins over the others.

    Raises
    ------
    NotFoundError
        No question of the legislature bears it.
    """
    text = queries.text(
        "numbered",
        number=queries.integer(number),
        legislature=queries.iri(thing("legislature", str(legislature))),
    )
    keys = {key for (question,) in store.rows(text, limits=limits) for _, key in [split(str(question)) or ("", "")]}
    for kind in _TYPES_BY_NUMBER:
        if question_uid(legislature, kind, number) in keys:
            return question_uid(legislature, kind, number)
    raise NotFoundError(
        f"no question of legislature {legislature} bears the number {number}",
        hint="numbers start anew in each legislature",
    )


def _mentioning(
    store: Answering, slots: Mapping[str, queries.Term], name: str, *, language: str, limits: Limits
) -> list[tuple[str, str]]:
    """Name the first things that point to a thing by one property."""
    text = queries.text("mentioning", property=queries.iri(name), limit=queries.integer(_SHOWN), **slots)
    labels: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for subject, label, title in store.rows(text, limits=limits):
        chosen = title if title is not None else label
        labels[str(subject)].append((str(chosen), chosen.language or "") if isinstance(chosen, Literal) else ("", ""))
    return [(iri, best(pairs, language) or shorten(iri)) for iri, pairs in sorted(labels.items())]


def _nearest(store: Answering, iri: str, limits: Limits) -> str:
    """Name the nearest known thing of the same type, among those whose key begins alike."""
    parts = split(iri)
    if parts is None:
        return ""
    kind, key = parts
    if len(key) > _LONGEST:
        return ""
    if key[-1].isdigit():
        text = queries.text("there", things=queries.iris(_last_digit(iri)))
    else:
        text = queries.text("neighbours", start=queries.string(iri[: len(iri) - min(3, len(key) - 1)]))
    rows = store.rows(text, limits=limits)
    keys = [known[1] for (subject,) in rows if (known := split(str(subject))) is not None]
    near = get_close_matches(key, keys, n=1, cutoff=0.7)
    return f"did you mean /{kind}/{near[0]}?" if near else f"search the {kind} by its label with a query at /sparql"


def _last_digit(iri: str) -> list[str]:
    """Write the IRIs that differ in the last digit: a look at each, where a search would be one of all questions."""
    return [f"{iri[:-1]}{digit}" for digit in "0123456789"]


def types(document: Document) -> list[str]:
    """List the classes of a thing."""
    return [str(value) for value, _ in document.about(document.iri).get(str(RDF.type), [])]
