"""Labels of properties and classes in both languages: our vocabulary's, and the catalogue's for borrowed terms.

Knows the ontology and the catalogues; must not know the store: a label that the data hold wins elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib import RDFS, SKOS, URIRef
from rdflib.term import Literal

from ontology.iris import NS, split
from ontology.vocabulary import PREFIXES, vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.locale import Catalogue, Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Labels and comments of the vocabulary's terms, by IRI and language."""

    labels: Mapping[str, Mapping[str, str]]
    comments: Mapping[str, Mapping[str, str]]

    def label(self, iri: str, catalogue: Catalogue) -> str:
        """Name a term in the catalogue's language; its short form when nobody gave it a name."""
        known = self.labels.get(iri, {}).get(catalogue.language)
        if known is not None:
            return known
        short = shorten(iri)
        return catalogue.find(f"terms.{short.replace(':', '_')}") or short

    def comment(self, iri: str, language: Language) -> str:
        """Explain a term of the vocabulary; empty for any other."""
        return self.comments.get(iri, {}).get(language, "")


def load() -> Words:
    """Read the labels and comments of the vocabulary."""
    graph = vocabulary()
    labels: defaultdict[str, dict[str, str]] = defaultdict(dict)
    comments: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for table, predicate in ((labels, SKOS.prefLabel), (labels, RDFS.label), (comments, RDFS.comment)):
        for subject, _, value in graph.triples((None, predicate, None)):
            if isinstance(subject, URIRef) and isinstance(value, Literal) and value.language is not None:
                table[str(subject)][value.language] = str(value)
    return Words(labels=labels, comments=comments)


def cut(label: str, most: int) -> str:
    """Cut a name to a number of letters, for where a drawing has no room for more."""
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def cut_apart(labels: Sequence[str], most: int) -> list[str]:
    """Cut names that stand together: those whose beginnings are alike keep their ends too."""
    short = [cut(label, most) for label in labels]
    head = (most - 1) * 2 // 5
    return [
        f"{label[:head]}…{label[head + 1 - most :]}" if short.count(brief) > 1 and brief != label else brief
        for label, brief in zip(labels, short, strict=True)
    ]


def shorten(iri: str) -> str:
    """Write an IRI as a prefixed name or, for a thing of ours, as its key; else unchanged."""
    whole, _, fragment = iri.partition("#")
    ours = split(whole)
    if ours is not None:
        return f"{ours[1]} · {fragment}" if fragment else ours[1]
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def local_path(iri: str) -> str | None:
    """Give the path on this host of an IRI of ours: a document, a part in it, or a term of the vocabulary."""
    whole, _, fragment = iri.partition("#")
    if whole == NS.removesuffix("#"):
        return f"/ns/{fragment}" if fragment else "/ns"
    ours = split(whole)
    if ours is None:
        return None
    path = f"/{ours[0]}/{ours[1]}"
    return f"{path}#{fragment}" if fragment else path
