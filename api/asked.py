"""Figures and the queries that made them: rows kept for a generation, labels of things. Knows the store, no HTTP."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlencode

from rdflib.term import Literal

from api import queries
from api.cells import best
from api.words import shorten
from ontology.iris import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.store import Limits, Rows, Store

_KEPT: Final = 2000  # answers of one generation, each a few dozen rows
_LONGEST: Final = 5000  # rows of an answer that is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The rows of a query, and its text: whoever doubts a figure can ask it again."""

    text: str
    rows: Rows

    @property
    def path(self) -> str:
        """Lead to the page where the query can be read, changed and run."""
        return f"/sparql?{urlencode({'query': self.text})}"


class Answering(Protocol):
    """Whoever answers a query with rows: a store, or a `Memo` of one."""

    def rows(self, text: str, *, limits: Limits | None = None) -> Rows:
        """Answer a query."""
        ...


class Memo:
    """Answers to the queries of pages, until another generation is served: what is published does not change.

    Parameters
    ----------
    store
        Who is asked.
    limits
        Of each query.
    """

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Rows] = OrderedDict()

    def ask(self, name: str, **slots: queries.Term) -> Asked:
        """Ask a query of the pages, or recall what it answered."""
        text = queries.text(name, **slots)
        return Asked(text=text, rows=self.rows(text))

    def rows(self, text: str, *, limits: Limits | None = None) -> Rows:
        """Answer a query as a store does, or recall the answer."""
        place = (self._store.generation(), text)
        with self._lock:
            known = self._kept.get(place)
            if known is not None:
                self._kept.move_to_end(place)
                return known
        rows = self._store.rows(text, limits=limits or self._limits)
        if rows.generation == place[0] and len(rows) <= _LONGEST:
            with self._lock:
                self._kept[place] = rows
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return rows

    def labels(self, iris: Iterable[str], language: str) -> dict[str, str]:
        """Name things: in the language if they have such a label, else in another, else by their key."""
        wanted = sorted(set(iris))
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        if wanted:
            for thing, label in self.ask("labels", things=queries.iris(wanted)).rows:
                if isinstance(label, Literal):
                    found[str(thing)].append((str(label), label.language or ""))
        return {iri: best(found[iri], language) or shorten(iri) for iri in wanted}


def key(iri: object) -> str:
    """Give the key of a thing of ours; of anything else, its text."""
    ours = split(str(iri))
    return ours[1] if ours else str(iri)


def number(cell: object) -> int:
    """Read a count; a cell without a value counts nothing."""
    return int(str(cell)) if cell is not None else 0
