"""The remote driver: a SPARQL endpoint over HTTP, asked through SPARQLWrapper and never believed to be whole unchecked.

Servers cut an answer after a 200 and say so in the body or a header, or not at all: every body is read to its end mark.
Rows in CSV and TSV have no end mark, so they are asked for as JSON and written here. Knows no engine.
"""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Final, Self, cast

import msgspec
from msgspec.structs import replace
from rdflib import URIRef
from SPARQLWrapper import GET, JSON, POST, SPARQLWrapper

from graph.backends import quirks, results
from graph.backends.results import Table
from graph.backends.syntax import syntax_error
from graph.backends.transport import Reply, exchange
from graph.gate import outline
from graph.store import DATA_DATE, Answer, Capabilities, Counts, Dataset, Freshness, Kind, Limits
from ontology.errors import BusyError, DeadlineError, NotFoundError, QueryError, RefusedError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from urllib.request import Request

    from rdflib import Graph

    from graph.gate import Outline
    from graph.store import Rows, Term

_JSON: Final = "application/sparql-results+json"
_LONGEST_GET: Final = 2048
_IN_MEMORY: Final = 1024**2
_ALL: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_TAIL: Final = 512
_ENDS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "application/sparql-results+xml": (b"</sparql>",),
    "text/turtle": (b".",),
    "application/trig": (b".", b"}"),
    "application/n-triples": (b".",),
    "application/n-quads": (b".",),
    "application/rdf+xml": (b"</rdf:RDF>", b"/>"),
    "application/ld+json": (b"]", b"}"),
}
_STOPPED: Final = re.compile(
    rb"operation has been cancelled|timed? ?out|timeout|estimated execution time \d+ \(sec\) exceeds", re.IGNORECASE
)
_MOST_ROWS: Final = 16 * 1024**2  # bytes of rows of one digit
_VERDICT_JSON: Final = '{"head":{},"boolean":VERDICT}'
_VERDICT_XML: Final = (
    '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
    "<head/><boolean>VERDICT</boolean></sparql>"
)
_GENERATION: Final = re.compile(r'"(g\d+)[-"]')


class _Requests(SPARQLWrapper):
    """SPARQLWrapper builds the request; ``transport`` sends it and holds the deadline."""

    def request(self) -> Request:
        """Make the request."""
        return self._createRequest()


class RemoteStore:
    """A SPARQL endpoint.

    Parameters
    ----------
    endpoint
        Its URL.
    product
        What answers there, if known.
    """

    def __init__(self, endpoint: str, *, product: str = "remote") -> None:
        self.endpoint = endpoint
        self.capabilities = Capabilities(product=product)
        self._generation = "unknown"
        self._date: date | None = None

    def __enter__(self) -> Self:
        """Give the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Hold nothing open: each query has its own connection."""

    def generation(self) -> str:
        """Name the generation of the last answer, when the store tells it in its ETag."""
        return self._generation

    def query(
        self,
        text: str,
        *,
        media_types: Sequence[str] = (),
        dataset: Dataset | None = None,
        bindings: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
        gzip: bool = False,  # noqa: ARG002  the protocol's; who sends the body may code it
    ) -> Answer:
        """Answer a query; see :class:`graph.store.Store`."""
        started = time.monotonic()
        limits = limits or Limits()
        read = outline(text)
        _refuse(read)
        kind = results.KINDS.get(read.form, "rows")
        media_type = results.choose(kind, media_types)
        wire = _JSON if kind == "boolean" or (kind == "rows" and media_type.startswith("text/")) else media_type
        request = self._request(results.bind(text, read, bindings), read, wire, dataset)
        until = started + limits.deadline
        spool = cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  the answer's reader closes it
        try:
            reply = _exchange(request, spool, until, limits.max_bytes, limits.caller)
            _check_status(reply, text)
            _check_whole(spool, wire, kind, reply)
            if kind == "graph" and quirks.cuts_graphs(reply.headers):
                self._check_rows(text, read, dataset, until, limits.caller)
            order = read.variables if read.star is not None else ()
            body = _as_asked(spool, media_type, order) if kind == "rows" else spool
            if kind == "boolean":
                _write_verdict(spool, media_type)
        except BaseException:
            spool.close()
            raise
        match = _GENERATION.search(reply.headers.get("etag", ""))
        self._generation = match[1] if match else "unknown"
        self._date = _day(reply.headers.get(DATA_DATE.lower(), ""))
        size = body.seek(0, io.SEEK_END)
        body.seek(0)
        return Answer(
            kind=kind,
            media_type=media_type,
            body=body,
            size=size,
            generation=self._generation,
            engine="remote",
            timings={"exec": 1000 * (time.monotonic() - started)},
            data_date=self._date,
        )

    def rows(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Rows:
        """Answer a SELECT as typed rows."""
        body = self._read(text, "rows", bindings, limits)
        return results.rows(body, (), self._generation, self._date)

    def ask(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> bool:
        """Answer an ASK."""
        return quirks.verdict(self._read(text, "boolean", bindings, limits)) is True

    def graph(self, text: str, *, bindings: Mapping[str, Term] | None = None, limits: Limits | None = None) -> Graph:
        """Answer a CONSTRUCT or DESCRIBE as an rdflib graph."""
        return results.graph(self._read(text, "graph", bindings, limits))

    def get_graph(
        self, graph: str | None, *, media_types: Sequence[str] = (), limits: Limits | None = None, gzip: bool = False
    ) -> Answer:
        """Give all triples of a graph by a query; one without triples is not there."""
        media_type = results.choose("graph", media_types)
        if graph is None:
            return self.query(_ALL, media_types=(media_type,), limits=limits, gzip=gzip)
        try:
            name = results.term(URIRef(graph))
        except ValueError:
            raise NotFoundError("There is no graph of that name.") from None
        limits = limits or Limits()
        until = time.monotonic() + limits.deadline
        if not self.ask(f"ASK {{ GRAPH {name} {{ ?s ?p ?o }} }}", limits=limits):
            raise NotFoundError("There is no graph of that name.")
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"
        return self.query(
            text, media_types=(media_type,), limits=replace(limits, deadline=until - time.monotonic()), gzip=gzip
        )

    def check(self, text: str, *, update: bool = False, limits: Limits | None = None) -> None:  # noqa: ARG002  the protocol's
        """Judge a text by its tokens: to have it parsed elsewhere is to have it run."""
        outline(text, update=update)

    def counts(self) -> Counts | None:
        """Say nothing: to count a store of others is a burden on it."""
        return None

    def freshness(self) -> Freshness:
        """Tell the day that the last answer named, if the store is one that does."""
        return Freshness(date=self._date)

    def _read(self, text: str, kind: Kind, bindings: Mapping[str, Term] | None, limits: Limits | None) -> bytes:
        results.expect(text, kind)
        media_type = "application/n-triples" if kind == "graph" else _JSON
        answer = self.query(text, media_types=(media_type,), bindings=bindings, limits=limits)
        with answer.body as body:
            return body.read()

    def _check_rows(self, text: str, read: Outline, dataset: Dataset | None, until: float, caller: int | None) -> None:
        """Have the rows counted that a graph was made of, where the store may have cut them."""
        probe = quirks.row_probe(text, read)
        if probe is None:
            return
        with cast("IO[bytes]", SpooledTemporaryFile(max_size=_IN_MEMORY)) as spool:
            request = self._request(probe, outline(probe), "text/csv", dataset)
            reply = _exchange(request, spool, until, _MOST_ROWS, caller)
            _check_status(reply, probe)
        quirks.refuse_part(reply.headers)

    def _request(self, text: str, read: Outline, media_type: str, dataset: Dataset | None) -> Request:
        wrapper = _Requests(self.endpoint, returnFormat=JSON, agent="questeur")
        wrapper.setOnlyConneg(True)
        wrapper.setQuery(text)
        # The form is the gate's: SPARQLWrapper's own guess misreads comments.
        wrapper.queryType = read.form if read.form != "UNKNOWN" else "SELECT"
        wrapper.returnFormat = {"CONSTRUCT": "turtle", "DESCRIBE": "turtle"}.get(read.form, JSON)
        wrapper.addCustomHttpHeader("Accept", media_type)
        if dataset is None or not (dataset.default or dataset.named):
            # Said twice, since a server that answers over the union of its graphs may not hear FROM in the text.
            dataset = Dataset(default=read.default_graphs, named=read.named_graphs)
        for iri in dataset.default:
            wrapper.addParameter("default-graph-uri", iri)
        for iri in dataset.named:
            wrapper.addParameter("named-graph-uri", iri)
        wrapper.setMethod(GET)
        request = wrapper.request()
        if len(request.full_url) > _LONGEST_GET:
            wrapper.setMethod(POST)
            request = wrapper.request()
        return request


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _exchange(request: Request, spool: IO[bytes], until: float, max_bytes: int, caller: int | None) -> Reply:
    """Send a query; once more if the connection broke, since a query changes nothing."""
    try:
        return exchange(request, spool, until=until, max_bytes=max_bytes, caller=caller)
    except RemoteError:
        spool.seek(0)
        spool.truncate()
        return exchange(request, spool, until=until, max_bytes=max_bytes, caller=caller)


def _refuse(read: Outline) -> None:
    if read.form == "UPDATE":
        raise QueryError("This is an update, not a query.", code="update-not-query", hint="Send updates to /update.")
    if read.services:
        raise RefusedError("SERVICE is refused.", code="federation-refused", hint="Ask the other store yourself.")


def _check_status(reply: Reply, text: str) -> None:
    if reply.status < 300:
        return
    said = reply.complaint.strip()
    if reply.status == 400:
        raise syntax_error(said, text)
    if reply.status in {408, 504} or (reply.status >= 500 and _STOPPED.search(said.encode())):
        raise DeadlineError("The remote store did not end the query in its own time limit.", code="remote-deadline")
    if reply.status in {429, 503}:
        after = reply.headers.get("retry-after", "")
        raise BusyError("The remote store is busy.", code="full", retry_after=int(after) if after.isdecimal() else 1)
    first = said.splitlines()[0][:200] if said else "nothing more"
    raise RemoteError(f"The remote store answered {reply.status}: {first}")


def _check_whole(spool: IO[bytes], media_type: str, kind: Kind, reply: Reply) -> None:
    quirks.refuse_part(reply.headers)
    given = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in {media_type, "application/json" if media_type == _JSON else media_type}:
        hint = (
            "give the address of a SPARQL endpoint, such as https://example.org/sparql" if given == "text/html" else ""
        )
        raise RemoteError(f"The remote store answered in {given or 'no media type'}, not in {media_type}.", hint=hint)
    size = spool.tell()
    spool.seek(max(0, size - _TAIL))
    tail = spool.read().rstrip()
    whole = _is_json(spool, kind) if media_type == _JSON else tail.endswith(_ENDS[media_type])
    # A graph of no triples has no end mark in the line formats.
    whole |= kind == "graph" and size < _TAIL and quirks.is_empty_graph(tail)
    if _STOPPED.search(tail[-100:]) and not whole:
        raise DeadlineError(
            "The remote store stopped the query at its own time limit, in the middle of the answer.",
            code="remote-deadline",
        )
    if not whole:
        raise RemoteError("The remote store's answer is not whole.", code="remote-cut")


def _is_json(spool: IO[bytes], kind: Kind) -> bool:
    spool.seek(0)
    if kind == "boolean":
        return quirks.verdict(spool.read()) is not None
    try:
        msgspec.json.decode(spool.read(), type=Table)
    except msgspec.DecodeError:
        return False
    return True


def _write_verdict(spool: IO[bytes], media_type: str) -> None:
    """Write the answer of an ASK as the standard has it."""
    spool.seek(0)
    verdict = str(quirks.verdict(spool.read()) is True).lower()
    spool.seek(0)
    spool.truncate()
    spool.write((_VERDICT_JSON if media_type == _JSON else _VERDICT_XML).replace("VERDICT", verdict).encode())


def _as_asked(spool: IO[bytes], media_type: str, order: Sequence[str]) -> IO[bytes]:
    """Give rows in the media type asked for, columns in the order of the text."""
    if media_type == "application/sparql-results+xml":
        return spool
    spool.seek(0)
    given = spool.read()
    if media_type == _JSON and not order and b'"typed-literal"' not in given and b"nodeID:" not in given:
        return spool
    table = msgspec.json.decode(given, type=Table)
    table.results.bindings = [{name: quirks.plain(c) for name, c in row.items()} for row in table.results.bindings]
    table.head.vars = list(results.in_order(table.head.vars, order))
    if media_type == _JSON:
        text = msgspec.json.encode(table)
    else:
        text = (_csv(table) if media_type == "text/csv" else _tsv(table)).encode()
    spool.seek(0)
    spool.truncate()
    spool.write(text)
    return spool


def _csv(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = table.head.vars
    writer.writerow(names)
    for row in table.results.bindings:
        cells = (row.get(name) for name in names)
        writer.writerow(["" if c is None else f"_:{c.value}" if c.type == "bnode" else c.value for c in cells])
    return out.getvalue()


def _tsv(table: Table) -> str:
    names = table.head.vars
    lines = ["\t".join("?" + name for name in names)]
    lines.extend("\t".join(results.written(row.get(name)) for name in names) for row in table.results.bindings)
    return "\n".join(lines) + "\n"
