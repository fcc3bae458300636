"""The service's side of the writer: judge what is to be written, hand it over, and tell in our words what became of it.

Knows how to start the writer and how to reach it; never opens a store. What strangers send is read by query processes
before the writer sees it, on an empty store: a text that could crash a parser crashes one of those.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from graph.backends.oxigraph import writer
from graph.backends.oxigraph.changes import Change, ConnectionEndedError, Outcome, receive, send
from graph.backends.syntax import syntax_error
from graph.gate import outline
from graph.store import ANYHOW, Limits, Receipt
from graph.updates import extend_graph, over, refuse_fetching, remove_graph, replace_graph
from ontology.errors import BusyError, DeadlineError, NotFoundError, PreconditionError, QueryError, QuesteurError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from graph.backends.oxigraph.frames import Document
    from graph.backends.oxigraph.store import OxigraphStore
    from graph.store import Condition, Dataset

DOCUMENTS: Final[Mapping[str, Document]] = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/ld+json": "jsonld",
}
_READING: Final = Limits(deadline=30.0, max_bytes=128 * 1024**2)
_END_SECONDS: Final = 2.0
_WAIT_FACTOR: Final = 3  # deadlines that a change may wait: for the group before it, for its own, for its turn


class OxigraphUpdates:
    """The :class:`graph.store.Updates` of a DATA folder. Safe to share between threads and across a fork.

    The writer lives as long as any process that holds this object. Make it before the service forks.

    Parameters
    ----------
    store
        The store of the same folder, whose query processes judge what is to be written.
    deadline, memory_limit
        Seconds and bytes of memory that one update may take.
    """

    def __init__(
        self, store: OxigraphStore, *, deadline: float = writer.DEADLINE, memory_limit: int = writer.MEMORY_LIMIT
    ) -> None:
        self._store = store
        self._deadline = deadline
        self._memory_limit = memory_limit
        self._lifeline = os.pipe()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._starter = 0  # the process that started the writer, of those that share this object

    def start(self) -> None:
        """Start the writer, if there is none.

        Raises
        ------
        BusyError
            It does not start.
        """
        self._connected().close()

    def close(self) -> None:
        """Let go of the writer: it ends once every process that holds it has."""
        for descriptor in self._lifeline:
            with suppress(OSError):
                os.close(descriptor)
        self._forget()

    def update(self, text: str, *, author: str, dataset: Dataset | None = None, base_iri: str | None = None) -> Receipt:
        """Run an update; see :class:`graph.store.Updates`."""
        if outline(text, update=True).form not in {"UPDATE", "UNKNOWN"}:
            self._store.check(text, limits=_READING)
            raise QueryError(
                "This is a query, not an update.", code="query-not-update", hint="Send queries to /sparql."
            )
        self._store.check(text, update=True, limits=_READING, base_iri=base_iri)
        refuse_fetching(text)
        change = Change(text=over(text, dataset), base_iri=base_iri, token=author, sha256=_digest(text.encode()))
        return self._commit(change, text)

    def put_graph(self, graph: str | None, triples: bytes, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Replace a graph."""
        return self._write("PUT", graph, replace_graph(graph, triples.decode()), triples, author, condition)

    def post_graph(self, graph: str | None, triples: bytes, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Add to a graph."""
        return self._write("POST", graph, extend_graph(graph, triples.decode()), triples, author, condition)

    def delete_graph(self, graph: str | None, *, author: str, condition: Condition = ANYHOW) -> Receipt:
        """Remove a graph."""
        return self._write("DELETE", graph, remove_graph(graph), b"", author, condition)

    def triples(self, body: bytes, *, media_type: str, base_iri: str) -> bytes:
        """Read a document of one of the media types in ``DOCUMENTS``."""
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise QueryError(
                f"The document is not UTF-8 at byte {error.start}.", code="malformed", hint="Encode it as UTF-8."
            ) from None
        return self._store.read_document(text, form=DOCUMENTS[media_type], base_iri=base_iri, limits=_READING)

    def _write(
        self, method: str, graph: str | None, text: str, triples: bytes, author: str, condition: Condition
    ) -> Receipt:
        change = Change(
            text=text,
            graph=graph,
            must_exist=method == "DELETE",
            condition=condition,
            token=author,
            what=f"{method} {graph or 'default'}",
            sha256=_digest(triples),
        )
        return self._commit(change, text)

    def _commit(self, change: Change, text: str) -> Receipt:
        sock = self._connected()
        with sock:
            try:
                send(sock, change)
                outcome = receive(sock, Outcome, time.monotonic() + _WAIT_FACTOR * self._deadline)
            except (ConnectionEndedError, ConnectionError, TimeoutError) as error:
                raise _unknown() from error
        if outcome.code == "done":
            return Receipt(before=outcome.before, generation=outcome.after, existed=outcome.existed)
        raise _error(outcome, change, text)

    def _connected(self) -> socket.socket:
        with suppress(OSError):
            return writer.connect(self._store.data)
        with self._lock:
            with suppress(OSError):  # another thread has started it meanwhile
                return writer.connect(self._store.data)
            self._start()
        try:
            return writer.connect(self._store.data)
        except OSError as error:
            raise BusyError("The writer does not start.", code="no-writer", retry_after=5) from error

    def _forget(self) -> None:
        """Take note of the end of the writer that we started, or leave it to those who still hold it."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            if self._starter == os.getpid():
                self._process.wait(timeout=_END_SECONDS)
        self._process.returncode = self._process.returncode or 0
        self._process = None

    def _start(self) -> None:
        self._forget()
        reading, writing = os.pipe()
        path = os.pathsep.join(entry or os.curdir for entry in sys.path)
        bounds = (str(self._deadline), str(self._memory_limit))
        descriptors = (self._lifeline[0], writing)
        # Apart from our process group's signals: it ends by its lifeline, after what it has begun.
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-P", "-m", writer.__name__, self._store.data, *map(str, descriptors), *bounds],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )
        self._starter = os.getpid()
        os.close(writing)
        os.read(reading, 1)  # a byte, or the end of a process that could not begin
        os.close(reading)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _unknown() -> BusyError:
    return BusyError(
        "The writer ended before it answered: the update was done whole or not at all.",
        code="outcome-unknown",
        hint="Ask whether its effect is there before you send it again.",
    )


def _error(outcome: Outcome, change: Change, text: str) -> QuesteurError:
    """Say in our words why a change was not done."""
    if outcome.code == "syntax":
        return syntax_error(outcome.message, text)
    return {
        "absent": NotFoundError(f"There is no graph {change.graph}."),
        "otherwise": PreconditionError(
            "The graph is not what this change was made for; nothing was done.",
            hint="Get it again, and send your change with the tag that it has then.",
        ),
        "failed": QueryError(f"The update cannot be done: {outcome.message}.", code="update-failed"),
        "deadline": DeadlineError(
            f"The update did not end in the time allowed ({outcome.message}) and was undone.",
            hint="Change less at once.",
        ),
        "memory": BusyError("The update needs more memory than one may use.", code="memory-exhausted"),
        "locked": BusyError(
            "A new generation is being built; updates wait until it is there.", code="locked", retry_after=30
        ),
        "unknown": _unknown(),
        "disk-full": BusyError(f"The disk is too full: {outcome.message}.", code="disk-full"),
    }.get(
        outcome.code,
        BusyError("The update could not be published, and was undone.", code="not-published", retry_after=5),
    )
