"""The embedded driver: each query in a process that can be killed, on the generation that is current as it comes in.

It turns a text and its dataset into a task, and what comes back into an answer or an error of our tree. Knows the
layout of a DATA folder; never opens a store itself.
"""

from __future__ import annotations

import os
import time
import weakref
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final, Self, cast

import msgspec

from graph.backends import results
from graph.backends.calling import Federation
from graph.backends.oxigraph.described import Descriptions
from graph.backends.oxigraph.frames import Document, Done, Format, Task, Trouble
from graph.backends.oxigraph.generations import current
from graph.backends.oxigraph.pool import Pool, Process, Settings
from graph.backends.oxigraph.sandbox import level
from graph.backends.syntax import syntax_error
from graph.gate import outline
from graph.store import Answer, Capabilities, Limits
from ontology.errors import (
    BuildError,
    BusyError,
    NotAcceptableError,
    NotFoundError,
    QueryError,
    QuesteurError,
    RefusedError,
    TooLargeError,
)
from ontology.iris import BASE
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rdflib import Graph

    from graph.gate import Outline
    from graph.store import Counts, Dataset, Freshness, Kind, Rows, Term

FORMATS: Final[Mapping[str, Format]] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/turtle": "ttl",
    "application/trig": "trig",
    "application/n-triples": "nt",
    "application/n-quads": "nq",
    "application/rdf+xml": "rdf",
    "application/ld+json": "jsonld",
}
_IN_MEMORY: Final = 1024**2
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_WITH_PREFIXES: Final = frozenset({"ttl", "trig", "rdf"})  # the engine writes JSON-LD expanded, with or without
_SWAPS: Final = 3  # generations that may be collected under one query before it gives up


class OxigraphStore:
    """A DATA folder, answered by query processes. Safe to share between threads and across a fork.

    Parameters
    ----------
    data
        The folder that holds ``CURRENT`` and ``gens/``.
    workers, queue, memory_limit
        Queries at once, queries that may wait, bytes of memory of one.
    base_iri
        What relative IRIs in a query are relative to.
    union_default
        Whether the default graph is the union of the named ones, or the one without a name.
    federation
        The services that a query may ask; none when None.
    """

    def __init__(
        self,
        data: Path | str,
        *,
        workers: int = 2,
        queue: int = 64,
        memory_limit: int = 1024**3,
        max_queries: int = 10_000,
        base_iri: str = BASE,
        union_default: bool = True,
        federation: Federation | None = None,
    ) -> None:
        self.data = Path(data)
        self.settings = Settings(workers=workers, queue=queue, memory_limit=memory_limit, max_queries=max_queries)
        self._federation = federation or Federation()
        self.capabilities = Capabilities(
            product="questeur (Oxigraph)",
            union_default=union_default,
            sandbox=level(),
            services=self._federation.services,
        )
        self._base_iri = base_iri
        self._pointer = str(self.data / "CURRENT")
        self._seen = (0, 0, "")
        self._opened = ("", self.data)
        self._descriptions = Descriptions(self.data)
        # One pool for each process that uses this object: a fork must not share its parent's. setdefault, not a lock,
        # because a lock may be held at the moment of the fork.
        self._pools: dict[int, Pool] = {}
        weakref.finalize(self, _close, self._pools)
        current(self.data)

    def __enter__(self) -> Self:
        """Give the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """End the query processes. A later query starts new ones."""
        _close(self._pools)

    def generation(self) -> str:
        """Name the current generation; the file is read again only when it was replaced."""
        try:
            stat = os.stat(self._pointer)  # noqa: PTH116  asked twice for each query: a Path takes twice the time
        except OSError:
            return current(self.data)
        inode, changed, name = self._seen
        if (stat.st_ino, stat.st_mtime_ns) != (inode, changed):
            name = current(self.data)
            self._seen = (stat.st_ino, stat.st_mtime_ns, name)
        return name

    def query(
        self,
        text: str,
        *,
        media_types: Sequence[str] = (),
        dataset: Dataset | None = None,
        bindings: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
        gzip: bool = False,
    ) -> Answer:
        """Answer a query; see :class:`graph.store.Store`."""
        started = time.monotonic()
        limits = limits or Limits()
        read = outline(text)
        gate_ms = 1000 * (time.monotonic() - started)
        until = started + limits.deadline
        if read.form == "UPDATE":
            self._refuse_update(text, read, until)
        if read.services:
            self.check(text, limits=limits)
            text = self._federation.resolve(text, read, until, self.check, limits.caller)
        kind = results.KINDS.get(read.form, "rows")
        media_type = results.choose(kind, media_types)
        task = self._task(text, read, dataset, bindings, limits, FORMATS[media_type])
        task = msgspec.structs.replace(task, gzip=gzip)
        answer = self._run(task, text, until, limits.caller)
        answer.kind, answer.media_type = kind, media_type
        answer.timings = {"gate": gate_ms, **answer.timings}
        return answer

    def rows(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Rows:
        """Answer a SELECT as typed rows."""
        body, answer = self._read(text, "rows", bindings, limits)
        return results.rows(body, (), answer.generation, answer.data_date)

    def ask(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> bool:
        """Answer an ASK."""
        body, _ = self._read(text, "boolean", bindings, limits)
        return msgspec.json.decode(body, type=results.Verdict).boolean

    def graph(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Graph:
        """Answer a CONSTRUCT or DESCRIBE as an rdflib graph."""
        body, _ = self._read(text, "graph", bindings, limits)
        return results.graph(body)

    def get_graph(
        self, graph: str | None, *, media_types: Sequence[str] = (), limits: Limits | None = None, gzip: bool = False
    ) -> Answer:
        """Give all triples of a graph; see :class:`graph.store.Store`."""
        if graph is None and self.capabilities.union_default:
            return self.query(_ALL, media_types=media_types, limits=limits, gzip=gzip)
        limits = limits or Limits()
        media_type = results.choose("graph", media_types)
        wire = FORMATS[media_type]
        task = Task(
            text="", dump=graph or "", format=wire, max_bytes=limits.max_bytes, prefixes=_prefixes(wire), gzip=gzip
        )
        answer = self._run(task, "", time.monotonic() + limits.deadline, limits.caller)
        answer.kind, answer.media_type = "graph", media_type
        return answer

    def counts(self) -> Counts | None:
        """Read the counts of the current generation from its manifest; None if that has none."""
        return self._descriptions.of(self.generation()).counts

    def freshness(self) -> Freshness:
        """Read of which day the data of the current generation are from its manifest."""
        return self._descriptions.of(self.generation()).freshness

    def check(
        self, text: str, *, update: bool = False, limits: Limits | None = None, base_iri: str | None = None
    ) -> None:
        """Let the engine read a text without running it on the data.

        Raises
        ------
        QueryError
            It is not SPARQL 1.1; the error says where.
        """
        read = outline(text, update=update)
        parseable = read.parseable(text)
        task = Task(text=parseable, only_parse=True, update=update, base_iri=base_iri or self._base_iri)
        limits = limits or Limits()
        self._run(task, text, time.monotonic() + limits.deadline, limits.caller).body.close()

    def read_document(self, text: str, *, form: Document, base_iri: str | None, limits: Limits) -> bytes:
        """Read RDF that a stranger sent, in a query process, as N-Triples.

        Raises
        ------
        QueryError
            ``malformed``: it cannot be read.
        """
        task = Task(text=text, document=form, base_iri=base_iri, max_bytes=limits.max_bytes)
        with self._run(task, text, time.monotonic() + limits.deadline, limits.caller).body as body:
            return body.read()

    def processes(self) -> tuple[Process, ...]:
        """Describe the query processes of this service process; none before the first query."""
        return self._pool().processes()

    def waiting(self) -> int:
        """Count the queries that wait for a process."""
        return self._pool().waiting

    def _read(
        self, text: str, kind: Kind, bindings: Mapping[str, Term] | None, limits: Limits | None
    ) -> tuple[bytes, Answer]:
        results.expect(text, kind)
        media_type = "application/n-triples" if kind == "graph" else results.MEDIA_TYPES[kind][0]
        answer = self.query(text, media_types=(media_type,), bindings=bindings, limits=limits)
        with answer.body as body:
            return body.read(), answer

    def _refuse_update(self, text: str, read: Outline, until: float) -> None:
        if read.loads:
            self.check(text, update=True, limits=Limits(deadline=until - time.monotonic()))
            raise RefusedError("This service fetches nothing: LOAD is refused.", code="load-refused")
        raise QueryError(
            "This is an update, not a query.",
            code="update-not-query",
            hint="Send updates to /update, if this service takes any.",
        )

    def _task(
        self,
        text: str,
        read: Outline,
        dataset: Dataset | None,
        bindings: Mapping[str, Term] | None,
        limits: Limits,
        wire: Format,
    ) -> Task:
        named = dataset is not None and bool(dataset.default or dataset.named)
        star = read.star if list(read.variables) != sorted(read.variables) else None
        return Task(
            text=results.bind(text, read, bindings),
            format=wire,
            max_bytes=limits.max_bytes,
            # The union hides FROM, so it is asked for only when nothing names a dataset. An empty list shuts out
            # what the protocol did not name; None would leave the rest of the store visible.
            union=self.capabilities.union_default and not named and not read.names_dataset,
            prefixes=_prefixes(wire) if read.form in {"CONSTRUCT", "DESCRIBE"} else {},
            default=list(dataset.default) if dataset is not None and named else None,
            named=list(dataset.named) if dataset is not None and named else None,
            base_iri=self._base_iri,
            star=star,
            order=list(read.variables),
        )

    def _run(self, task: Task, text: str, until: float, caller: int | None) -> Answer:
        spool = cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  the answer's reader closes it
        try:
            outcome, queued, generation = self._outcome(task, spool, until, caller)
            done = _whole(outcome, spool, text, self.settings.memory_limit)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return Answer(
            kind="rows",
            media_type="",
            body=spool,
            size=done.size,
            generation=generation,
            engine="oxigraph",
            coding="gzip" if done.coded else "",
            timings={"queue": queued, "exec": done.exec_ms, "spool": done.spool_ms},
            data_date=self._descriptions.of(generation).freshness.date,
        )

    def _outcome(
        self, task: Task, spool: IO[bytes], until: float, caller: int | None
    ) -> tuple[Done | Trouble, float, str]:
        """Run a task on the current generation, on the next one if that was collected meanwhile."""
        for _ in range(_SWAPS):
            generation = self.generation()
            outcome, queued = self._pool().run(task, spool, self._folder(generation), until, caller)
            if not (isinstance(outcome, Trouble) and outcome.code == "gone"):
                return outcome, queued, generation
        raise BuildError("The generation that CURRENT names does not exist.", hint="Check it with `questeur verify`.")

    def _folder(self, generation: str) -> Path:
        known, folder = self._opened
        if known != generation:
            folder = self.data / "gens" / generation
            self._opened = (generation, folder)
        return folder

    def _pool(self) -> Pool:
        pid = os.getpid()
        pool = self._pools.get(pid)
        if pool is None:
            for inherited in [key for key in self._pools if key != pid]:
                self._pools.pop(inherited).close()
            pool = self._pools.setdefault(pid, Pool(self.settings))
        return pool


def _prefixes(wire: Format) -> dict[str, str]:
    return dict(PREFIXES) if wire in _WITH_PREFIXES else {}


def _close(pools: dict[int, Pool]) -> None:
    while pools:
        _, pool = pools.popitem()
        pool.close()


def _whole(outcome: Done | Trouble, spool: IO[bytes], text: str, memory_limit: int) -> Done:
    """Give the outcome of a body that came whole.

    Raises
    ------
    QuesteurError
        There is none.
    """
    if isinstance(outcome, Trouble):
        raise _error(outcome, text, memory_limit)
    if spool.tell() != outcome.size:
        raise BusyError("The answer came in short.", code="worker-died", retry_after=1)
    return outcome


def _error(trouble: Trouble, text: str, memory_limit: int) -> QuesteurError:
    if trouble.code == "syntax":
        return syntax_error(trouble.message, text)
    said = trouble.message.partition("\n")[0]
    known: dict[str, QuesteurError] = {
        "unreadable": QueryError(f"The document cannot be read: {said}.", code="malformed"),
        "too-large": TooLargeError(
            f"The answer is too large: {said}.", hint="Add a LIMIT, or take the download of the whole graph."
        ),
        "absent": NotFoundError("There is no graph of that name.", hint="GET /sparql lists the named graphs."),
        "function": QueryError(
            f"{said}.", code="unknown-function", hint="Use the functions of SPARQL 1.1 and the casts of XML Schema."
        ),
        "unwritable": NotAcceptableError(f"This format cannot carry the answer: {said}."),
        "memory": BusyError(
            f"The query needs more than the {memory_limit // 1024**2} MiB of memory that one query may use.",
            code="memory-exhausted",
        ),
    }
    return known.get(
        trouble.code, BuildError("The engine failed on this graph.", hint="Check it with `questeur verify`.")
    )
