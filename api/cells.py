"""How one term looks on a page: text, link, language, kind. Knows terms and words; escapes nothing, templates do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rdflib import URIRef
from rdflib.term import BNode

from api.words import local_path, shorten
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.locale import Catalogue
    from api.rdf import Term
    from api.words import Words

_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))
LONG = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One term as a page shows it. ``path`` is a page of ours, ``href`` one elsewhere; neither: plain text."""

    text: str
    path: str = ""
    href: str = ""
    language: str = ""
    number: bool = False

    @property
    def paragraphs(self) -> list[str]:
        """Split a long text at its blank lines."""
        return [part.strip() for part in self.text.split("\n") if part.strip()]


def cell(term: Term | None, *, words: Words, catalogue: Catalogue, labels: Mapping[str, str] | None = None) -> Cell:
    """Show a term; an IRI by its label in the data, else in the vocabulary, else in short."""
    if term is None:
        return Cell(text="")
    if isinstance(term, URIRef):
        iri = str(term)
        text = (labels or {}).get(iri) or words.label(iri, catalogue)
        path = local_path(iri)
        if path is not None:
            return Cell(text=text, path=path)
        return Cell(text=text, href=iri if iri.startswith(("https://", "http://")) else "")
    if isinstance(term, BNode):
        return Cell(text=f"_:{term}")
    datatype = str(term.datatype or "")
    if datatype == _XSD + "date" and isinstance(term.value, date):
        return Cell(text=catalogue.day(term.value))
    return Cell(text=str(term), language=term.language or "", number=datatype in _NUMBERS)


def plain(term: Term | None) -> Cell:
    """Show a term of a query result as it is: nothing renamed, IRIs in short and linked."""
    if isinstance(term, URIRef):
        iri = str(term)
        path = local_path(iri)
        return Cell(
            text=shorten(iri),
            path=path or "",
            href=iri if path is None and iri.startswith(("https://", "http://")) else "",
        )
    if term is None or isinstance(term, BNode):
        return Cell(text="" if term is None else f"_:{term}")
    return Cell(text=str(term), language=term.language or "", number=str(term.datatype or "") in _NUMBERS)


def best(literals: Iterable[tuple[str, str]], language: str) -> str:
    """Choose among (text, language) pairs: the page's language, then none, then French, then the first by text."""
    order = {language: 0, "": 1, "fr": 2}
    return min(literals, key=lambda pair: (order.get(pair[1], 3), pair[0]), default=("", ""))[0]
