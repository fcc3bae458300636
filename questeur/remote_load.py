"""Load the parts of a graph into another store, by the SPARQL 1.1 Graph Store HTTP Protocol; resumable.

What the other store has acknowledged is kept in a file, so an interrupted load goes on where it was, and a later one
sends only the graphs that have changed. Knows HTTP and the protocol; must not know who made the parts.
"""

from __future__ import annotations

import hashlib
import os
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final, cast
from urllib.parse import quote, urlsplit

import click
import msgspec

from graph.backends.transport import Login, exchange
from graph.load import parts_in
from graph.opening import open_store
from graph.store import Limits
from ontology.errors import BuildError, BusyError, ConfigError, RemoteError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.backends.transport import Reply
    from graph.load import Part

Say = Callable[[str], None]

# Where a product whose graph store ends so answers queries: the first match counts.
QUERY_PATHS: Final = (
    ("/rdf-graphs/service", ""),  # RDF4J, GraphDB
    ("/sparql-graph-crud-auth", "/sparql"),  # Virtuoso
    ("/sparql-graph-crud", "/sparql"),
    ("/store", "/query"),  # Oxigraph
    ("/data", "/sparql"),  # questeur, Fuseki
)
_SECONDS: Final = 600.0  # for one part
_SECRETS = "set QUESTEUR_TOKEN, or QUESTEUR_USER and QUESTEUR_PASSWORD where it wants HTTP Digest"
_MAX_REPLY: Final = 1024**2
_AGAIN: Final = (1.0, 4.0, 15.0)  # seconds before each new attempt
_PASSING: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did: parts sent, parts that were there, graphs removed, statements now there."""

    sent: int
    skipped: int
    removed: int
    quads: int


class Progress(msgspec.Struct):
    """What a store has acknowledged: of each graph, the digests of its parts in order."""

    url: str
    graphs: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStore:
    """Another store: where its graphs are written, where it is queried, and the token or the login that it wants."""

    url: str
    query_url: str
    token: str = field(default="", repr=False)
    login: Login | None = None
    pause: Callable[[float], None] = time.sleep

    def write(self, method: str, graph: str, triples: bytes = b"") -> int:
        """Write to a graph, again after a passing failure: every request may be repeated.

        Raises
        ------
        RemoteError, BusyError, DeadlineError
            The store did not take it.
        """
        request = urllib.request.Request(  # noqa: S310  the address was checked to be http or https
            f"{self.url}?graph={quote(graph, safe='')}",
            data=None if method == "DELETE" else triples,
            method=method,
            headers={"User-Agent": "questeur", "Content-Type": "application/n-triples"}
            | ({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        )
        for seconds in (*_AGAIN, None):
            try:
                reply = self._send(request)
            except RemoteError:
                if seconds is None:
                    raise
            else:
                if reply.status not in _PASSING or seconds is None:
                    return _accepted(reply, method, graph)
            self.pause(seconds)
        raise AssertionError("the last attempt returns or raises")

    def count(self, graph: str) -> int:
        """Count the statements of a graph."""
        store = open_store(self.query_url)
        try:
            text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            return int(str(store.rows(text, limits=Limits(deadline=_SECONDS)).rows[0][0]))
        finally:
            store.close()

    def _send(self, request: urllib.request.Request) -> Reply:
        with cast("IO[bytes]", SpooledTemporaryFile(max_size=_MAX_REPLY)) as spool:
            return exchange(request, spool, until=time.monotonic() + _SECONDS, max_bytes=_MAX_REPLY, login=self.login)


def graph_store(url: str, *, query_url: str = "", token: str = "") -> GraphStore:
    """Describe the graph store at an address.

    Raises
    ------
    ConfigError
        It is no address of one, or where to count is not known.
    """
    address = url.rstrip("/")
    if urlsplit(address).scheme not in {"http", "https"} or urlsplit(address).query:
        raise ConfigError(f"{url} is no address of a graph store", hint="give http(s)://host/path, without a query")
    if query_url:
        return GraphStore(url=address, query_url=query_url, token=token)
    for ending, other in QUERY_PATHS:
        if address.endswith(ending):
            return GraphStore(url=address, query_url=address.removesuffix(ending) + other, token=token)
    known = ", ".join(ending for ending, _ in QUERY_PATHS)
    raise ConfigError(f"where {url} is queried is not known", hint=f"say --query-url, or end the address in {known}")


def load_remote(parts: Sequence[Part], store: GraphStore, *, state: Path, say: Say = lambda _line: None) -> Loaded:
    """Make the graphs of another store those of the parts; graphs that this never wrote are left alone.

    Parameters
    ----------
    parts
        All the parts of the state.
    store
        Where to.
    state
        The file of what the store has acknowledged, made if it is not there.
    say
        Told of each graph.

    Raises
    ------
    BuildError
        After all was sent, the store does not hold as many statements; the same call sends those graphs again.
    RemoteError, BusyError, DeadlineError
        The store did not take a part; the same call goes on from it.
    """
    progress = _read(state, store.url)
    wanted: dict[str, list[Part]] = {}
    for part in sorted(parts, key=lambda part: (part.graph, part.path.name)):
        wanted.setdefault(part.graph, []).append(part)
    sent = 0
    for graph, its_parts in wanted.items():
        number = _load_graph(graph, its_parts, store, progress, state)
        say(f"{graph}: {number} of {len(its_parts)} parts sent")
        sent += number
    vanished = sorted(progress.graphs.keys() - wanted.keys())
    for graph in vanished:
        store.write("DELETE", graph)
        del progress.graphs[graph]
        _write(state, progress)
    _count(wanted, store, progress, state)
    quads = sum(part.quads for part in parts)
    return Loaded(sent=sent, skipped=len(parts) - sent, removed=len(vanished), quads=quads)


def _load_graph(graph: str, parts: Sequence[Part], store: GraphStore, progress: Progress, state: Path) -> int:
    """Send the parts of a graph that are not there, all of them if what is there is something else."""
    digests = [part.sha256 for part in parts]
    there = progress.graphs.get(graph, [])
    if there != digests[: len(there)]:
        # Forgotten before it is overwritten: if we end in between, nobody knows what is there.
        there = progress.graphs[graph] = []
        _write(state, progress)
    number = len(there)
    for part in parts[number:]:
        store.write("POST" if there else "PUT", graph, _triples(part))
        there = progress.graphs[graph] = [*there, part.sha256]
        _write(state, progress)
    return len(parts) - number


def _count(wanted: dict[str, list[Part]], store: GraphStore, progress: Progress, state: Path) -> None:
    wrong: list[str] = []
    for graph, parts in wanted.items():
        expected = sum(part.quads for part in parts)
        if (found := store.count(graph)) != expected:
            wrong.append(f"{graph} holds {found:,}, expected {expected:,}")
            progress.graphs.pop(graph)
    if wrong:
        _write(state, progress)
        raise BuildError(
            f"the store does not hold the statements that were sent: {'; '.join(wrong)}",
            code="count-mismatch",
            hint="run the same command again: these graphs will be sent anew",
        )


def _triples(part: Part) -> bytes:
    """Read a part without the graph that all its quads are in."""
    content = part.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise BuildError(f"part {part.path.name} has changed", code="part-changed", hint="build again")
    ending = f" <{part.graph}> .".encode()
    return b"".join(_triple(line, ending, part) for line in content.splitlines() if line and not line.startswith(b"#"))


def _triple(line: bytes, ending: bytes, part: Part) -> bytes:
    if not line.endswith(ending):
        raise BuildError(f"part {part.path.name} holds a line of another graph than {part.graph}", hint="build again")
    return line.removesuffix(ending) + b" .\n"


def _accepted(reply: Reply, method: str, graph: str) -> int:
    if 200 <= reply.status < 300 or (method == "DELETE" and reply.status == 404):
        return reply.status
    said = " ".join(reply.complaint.split())[:200]
    if reply.status in {401, 403}:
        raise RemoteError(f"the store refuses to be written ({reply.status}): {said}", hint=_SECRETS)
    if reply.status in _PASSING:
        raise BusyError(f"the store did not take {graph} ({reply.status}): {said}", hint="run the same command later")
    raise RemoteError(f"the store did not take {graph} ({reply.status}): {said}")


def _read(state: Path, url: str) -> Progress:
    try:
        progress = msgspec.json.decode(state.read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress(url=url)
    except msgspec.DecodeError as error:
        raise BuildError(f"{state.name} cannot be read", hint="remove it: everything will be sent anew") from error
    return progress if progress.url == url else Progress(url=url)


def _write(state: Path, progress: Progress) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    temporary = state.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(progress), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(state)


def build_into(url: str, data: Path, build: Callable[[Path], int], *, query_url: str = "") -> int:
    """Build in a folder, then send what was built to a graph store; give what the build gave."""
    said = os.environ.get
    store = graph_store(url, query_url=query_url, token=said("QUESTEUR_TOKEN", ""))
    if user := said("QUESTEUR_USER", ""):
        store = replace(store, login=Login(user=user, password=said("QUESTEUR_PASSWORD", "")))
    result = build(data)
    done = load_remote(parts_in(data / "parts"), store, state=state_file(data, url), say=_say)
    _say(f"{done.quads:,} statements are at {url}: {done.sent} parts sent, {done.skipped} were there")
    return result


def _say(line: str) -> None:
    click.echo(line, err=True)


def state_file(data: Path, url: str) -> Path:
    """Name the file of what a store has acknowledged, one for each address."""
    return data / "remote" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.json"


__all__ = ["GraphStore", "Loaded", "graph_store", "load_remote", "state_file"]
