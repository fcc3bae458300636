"""SELECTs whose whole answer is wanted, all from one generation. Knows the Store protocol; no column.

Where queries run elsewhere a store may cut an answer silently: there it is read in ordered pages, until one is empty,
and held against a count. The order is that of a subquery, since Virtuoso sorts no more than 10,000 rows under a LIMIT.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from graph.store import Limits
from ontology.errors import BusyError, RemoteError
from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graph.store import Answer, Capabilities

T = TypeVar("T")

_PREFIXES: Final = (
    f"PREFIX qst: <{NS}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
)
_PAGE: Final = 10_000
_LIMITS: Final = Limits(deadline=600.0, max_bytes=2 * 1024**3)
_TRIES: Final = 3


class Ask(Protocol):
    """Ask for all rows of a pattern."""

    def __call__(self, pattern: str, *variables: str) -> Iterator[Sequence[str]]:
        """Give the distinct rows; ``question`` and ``value`` unless other variables are named. Unbound is empty."""
        ...


class Readable(Protocol):
    """The part of a store that is needed here."""

    @property
    def capabilities(self) -> Capabilities:
        """Say what it can do."""
        ...

    def generation(self) -> str:
        """Name the current generation."""
        ...

    def query(self, text: str, *, media_types: Sequence[str] = (), limits: Limits | None = None) -> Answer:
        """Answer a query."""
        ...


class _ChangedError(Exception):
    """The generation changed between two answers."""


def asked(store: Readable, read: Callable[[Ask, str], T]) -> T:
    """Let a function read what it needs; once more when the store changed under it.

    Raises
    ------
    BusyError
        It changed every time.
    """
    for _ in range(_TRIES):
        generation = store.generation()
        try:
            return read(_Asker(store, generation), generation)
        except _ChangedError:
            continue
    raise BusyError("The graph changes too fast to be read as columns.", hint="Try again.")


class _Asker:
    """`Ask` of one generation of a store."""

    def __init__(self, store: Readable, generation: str) -> None:
        self._store = store
        self._generation = generation
        self._elsewhere = store.capabilities.sandbox is None

    def __call__(self, pattern: str, *variables: str) -> Iterator[Sequence[str]]:
        """Give the rows."""
        names = " ".join(f"?{name}" for name in variables or ("question", "value"))
        text = f"{_PREFIXES}SELECT DISTINCT {names} WHERE {{ {pattern} }}"
        if not self._elsewhere:
            yield from self._rows(text)
            return
        yield from self._paged(names, pattern)

    def _paged(self, names: str, pattern: str) -> Iterator[Sequence[str]]:
        """Give the rows page by page, and refuse what is not all of them, each once."""
        ((said,),) = self._rows(
            f"{_PREFIXES}SELECT (COUNT(*) AS ?rows) WHERE {{ {{ SELECT DISTINCT {names} WHERE {{ {pattern} }} }} }}"
        )
        ordered = f"{{ SELECT DISTINCT {names} WHERE {{ {pattern} }} ORDER BY {names} }}"
        seen: set[tuple[str, ...]] = set()
        read = 0
        while page := list(self._rows(f"{_PREFIXES}SELECT {names} WHERE {{ {ordered} }} LIMIT {_PAGE} OFFSET {read}")):
            seen.update(map(tuple, page))
            read += len(page)
            yield from page
        if not read == len(seen) == int(said):
            raise RemoteError(
                f"The store gave {read:,} rows, {len(seen):,} of them different, and counts {int(said):,}.",
                code="remote-cut",
                hint="its pages are cut or change their order: raise its limit of rows",
            )

    def _rows(self, text: str) -> Iterator[Sequence[str]]:
        """Give the rows of one answer."""
        answer = self._store.query(text, media_types=("text/csv",), limits=_LIMITS)
        with answer.body as body:
            if self._generation not in {answer.generation, "unknown"}:
                raise _ChangedError
            rows = csv.reader(io.StringIO(body.read().decode(), newline=""))
            next(rows)
            yield from rows
