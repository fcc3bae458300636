"""A query process: one published generation, opened read-only, answering one task at a time.

It runs in a fork of the zygote and must not know the service: it imports nothing of ours but the frames, logs nothing,
and never decides about time, since whoever waits for it kills it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import time
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NoReturn, Protocol, cast

import msgspec
import pyoxigraph as ox

from graph.backends.oxigraph.frames import DATA, DONE, HEADER, PIECE, READY, TROUBLE, Done, Task, frame
from graph.backends.oxigraph.sandbox import confine

if TYPE_CHECKING:
    import socket

ROW_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_PR_SET_PDEATHSIG: Final = 1
_PAGE: Final = resource.getpagesize()
_NO_FUNCTION: Final = "The custom function "  # the engine's words for one it does not have
_WORTH_CODING: Final = 1024
_GZIP: Final = 31  # zlib's number for a gzip frame


class _TooLargeError(Exception):
    """The body passed its cap."""


class _UnreadableError(Exception):
    """A document is no graph."""


class _Coder(Protocol):
    """What compresses, as zlib makes it."""

    def compress(self, piece: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Spool:
    """A file that sends what is written to it as data frames, up to a cap. The last piece leaves with the end.

    Bodies of some size are compressed, where that is wanted: here, so that it is this process's time.
    """

    def __init__(self, sock: socket.socket, cap: int, *, gzip: bool, xml: bool) -> None:
        self._sock = sock
        self._xml = xml
        self._cap = cap
        self._gzip = gzip
        self._coder: _Coder | None = None
        self._buffer = bytearray()
        self._written = 0
        self.size = 0  # bytes sent, once ended

    @property
    def coded(self) -> bool:
        return self._coder is not None

    def write(self, piece: bytes) -> int:
        taken = len(piece)
        if self._xml:
            piece = piece.replace(b"\r", b"&#13;")  # the engine writes it bare, and every XML reader takes it for \n
        self._written += len(piece)
        if self._cap and self._written > self._cap:
            raise _TooLargeError
        self._buffer += piece
        if len(self._buffer) >= PIECE:
            data = self._drain()
            if data:
                self._sock.sendall(frame(DATA, data))
        return taken

    def flush(self) -> None:
        """Keep small pieces together: the engine flushes after each of its own."""

    def close(self) -> bytes:
        """Give the last piece, framed; nothing may be written after it."""
        data = self._drain()
        if self._coder is not None:
            rest = self._coder.flush()
            self.size += len(rest)
            data += rest
        return frame(DATA, data) if data else b""

    def _drain(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._gzip and self._coder is None and self._written >= _WORTH_CODING:
            self._coder = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
        if self._coder is not None:
            data = self._coder.compress(data)
        self.size += len(data)
        return data


def protect(memory_limit: int, parent: int) -> None:
    """Bound this process: memory, no core file, first to go when memory is short, gone with its parent."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    # Lowering one's own chance to be spared needs no privilege; a kernel without the file has no such killer.
    Path("/proc/self/oom_score_adj").write_text("900", encoding="ascii")
    confine()


def hold(generation: Path) -> int | None:
    """Take a shared lock on a generation's folder, for this process's life; None when it was collected meanwhile."""
    try:
        fd = os.open(generation, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(fd, fcntl.LOCK_SH)
        return fd if os.path.samestat(os.fstat(fd), generation.stat()) else None
    except FileNotFoundError:
        return None


def serve(sock: socket.socket, generation: Path) -> NoReturn:
    """Answer tasks until the other end closes."""
    lock = hold(generation)
    if lock is None:
        sock.sendall(_trouble("gone", f"{generation.name} was collected"))
        os._exit(0)
    try:
        store = ox.Store.read_only(str(generation / "store"))
    except OSError as error:
        sock.sendall(_trouble("failed", f"{generation.name} cannot be opened: {error}"))
        os._exit(0)
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    sock.sendall(frame(READY))
    with sock.makefile("rb") as requests:
        while header := requests.read(HEADER.size):
            _, length = HEADER.unpack(header)
            _answer(sock, store, msgspec.json.decode(requests.read(length), type=Task), statm)
    os._exit(0)


def _answer(sock: socket.socket, store: ox.Store, task: Task, statm: int) -> None:
    spool = _Spool(sock, task.max_bytes, gzip=task.gzip, xml=task.format in {"xml", "rdf"})
    try:
        started = time.perf_counter()
        evaluated = _perform(store, task, spool)
        last = spool.close()
    except _TooLargeError:
        sock.sendall(_trouble("too-large", f"more than {task.max_bytes} bytes"))
    except SyntaxError as error:
        sock.sendall(_trouble("unreadable" if task.document else "syntax", str(error)))
    except _UnreadableError as error:
        sock.sendall(_trouble("unreadable", str(error)))
    except LookupError:
        sock.sendall(_trouble("absent", f"no graph {task.dump}"))
    except ValueError as error:
        sock.sendall(_trouble("unwritable", str(error)))
    except MemoryError:
        sock.sendall(_trouble("memory", "the query's process ran out of memory"))
    except (OSError, RuntimeError) as error:
        unknown = str(error).startswith(_NO_FUNCTION)
        sock.sendall(_trouble("function" if unknown else "failed", str(error)))
    else:
        spent = (1000 * (evaluated - started), 1000 * (time.perf_counter() - evaluated))
        done = Done(size=spool.size, coded=spool.coded, exec_ms=spent[0], spool_ms=spent[1], rss=_rss(statm))
        sock.sendall(last + frame(DONE, msgspec.json.encode(done)))


def _perform(store: ox.Store, task: Task, spool: _Spool) -> float:
    """Do a task, and give the moment between evaluating and writing."""
    if task.only_parse:
        _parse(task)
        return time.perf_counter()
    if task.document is not None:
        _rewrite(task, spool)
        return time.perf_counter()
    if task.dump is not None:
        evaluated = time.perf_counter()
        _dump(store, task, spool)
        return evaluated
    result = _evaluate(store, _with_names(task))
    evaluated = time.perf_counter()
    _write(result, task, spool)
    return evaluated


def _evaluate(store: ox.Store, task: Task) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    return store.query(
        task.text,
        base_iri=task.base_iri,
        use_default_graph_as_union=task.union,
        default_graph=None if task.default is None else [ox.NamedNode(iri) for iri in task.default],
        named_graphs=None if task.named is None else [ox.NamedNode(iri) for iri in task.named],
    )


def _parse(task: Task) -> None:
    """Let the engine read a text, on an empty store of its own."""
    try:
        if task.update:
            ox.Store().update(task.text, base_iri=task.base_iri)
        else:
            ox.Store().query(task.text, base_iri=task.base_iri)
    except (OSError, RuntimeError):
        return  # It was read; that a graph or a function does not exist is no matter here.


def _rewrite(task: Task, spool: _Spool) -> None:
    """Write the triples of a document as N-Triples; what is in a named graph of it is no part of a graph."""
    quads = ox.parse(
        task.text.encode(),
        format=GRAPH_FORMATS[task.document or "nt"],
        base_iri=task.base_iri,
        rename_blank_nodes=True,  # two documents of one request may use one name for two things
    )
    ox.serialize((_triple(quad) for quad in quads), cast("IO[bytes]", spool), format=ox.RdfFormat.N_TRIPLES)


def _triple(quad: ox.Quad) -> ox.Triple:
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        raise _UnreadableError(f"it holds a named graph, {quad.graph_name}, where one graph is expected")
    return quad.triple


def _with_names(task: Task) -> Task:
    """Replace ``SELECT *`` by the names in the order of the text: the engine sorts them by the alphabet."""
    if task.star is None:
        return task
    found = ox.Store().query(task.text, base_iri=task.base_iri)
    if not isinstance(found, ox.QuerySolutions):
        return task
    names = [variable.value for variable in found.variables]
    place = {name: at for at, name in enumerate(task.order)}
    names.sort(key=lambda name: (place.get(name, len(place)), name))
    if not names:
        return task
    listed = " ".join("?" + name for name in names)
    return msgspec.structs.replace(task, text=f"{task.text[: task.star]} {listed} {task.text[task.star + 1 :]}")


def _write(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, task: Task, spool: _Spool) -> None:
    file = cast("IO[bytes]", spool)  # The engine uses ``write`` and ``flush`` of it.
    if isinstance(result, ox.QueryTriples) and task.prefixes:
        # Each triple passes through Python, 2 µs of it: what short names cost.
        ox.serialize(result, file, GRAPH_FORMATS[task.format], prefixes=task.prefixes)
    elif isinstance(result, ox.QueryTriples):
        result.serialize(file, GRAPH_FORMATS[task.format])
    else:
        result.serialize(file, ROW_FORMATS[task.format])


def _dump(store: ox.Store, task: Task, spool: _Spool) -> None:
    """Write a graph.

    Raises
    ------
    LookupError
        There is none of that name.
    """
    graph = ox.NamedNode(task.dump) if task.dump else ox.DefaultGraph()
    if isinstance(graph, ox.NamedNode) and not store.contains_named_graph(graph):
        raise LookupError
    file = cast("IO[bytes]", spool)
    store.dump(file, GRAPH_FORMATS[task.format], from_graph=graph, prefixes=task.prefixes)


def _trouble(code: str, message: str) -> bytes:
    return frame(TROUBLE, msgspec.json.encode({"code": code, "message": message}))


def _rss(statm: int) -> int:
    return int(os.pread(statm, 128, 0).split()[1]) * _PAGE
