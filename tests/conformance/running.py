"""The service as the suites meet it: a real process, strict default graph, updates on; and plain HTTP to it."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from rdflib import Graph

from api.tokens import Tokens
from graph.load import load
from ontology.iris import graph as graph_iri
from tests.graph.editions import line, part

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from pathlib import Path

AUTHORITY = "http://www.example"  # what the suites call the service


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        """Show it where a test fails."""
        return f"{self.status} {dict(self.headers)} {self.body[:500].decode(errors='replace')}"


class Running(NamedTuple):
    """A running service, and a token for it."""

    host: str
    token: str

    def send(self, method: str, path: str, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()) -> Reply:
        """Send a request with these headers and no others but the token and the length."""
        connection = http.client.HTTPConnection(self.host, timeout=120)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (*headers, ("Authorization", f"Bearer {self.token}")):
                connection.putheader(name, value)
            if body or method in {"POST", "PUT"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            headers_back = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, headers_back, answer.read())
        finally:
            connection.close()

    def update(self, text: str) -> Reply:
        """Run an update."""
        return self.send("POST", "/update", text.encode(), [("Content-Type", "application/sparql-update")])

    def query(self, text: str, accept: str) -> Reply:
        """Ask a query."""
        return self.send("GET", f"/sparql?query={quote(text)}", headers=[("Accept", accept)])

    def default_graph(self) -> Graph:
        """Give the triples of the default graph."""
        reply = self.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "application/n-triples")
        assert reply.status == 200, reply
        return Graph().parse(data=reply.body, format="nt")

    def named_graphs(self) -> dict[str, Graph]:
        """Give the triples of the named graphs that have any."""
        reply = self.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "application/sparql-results+json")
        assert reply.status == 200, reply
        names = [row["g"]["value"] for row in json.loads(reply.body)["results"]["bindings"]]
        return {name: self._named(name) for name in names}

    def _named(self, name: str) -> Graph:
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
        return Graph().parse(data=self.query(text, "application/n-triples").body, format="nt")


def publish(folder: Path) -> Path:
    """Publish one statement in a new DATA folder: the suites clear it."""
    quads = [line(1, "text", "edition 1", graph_iri("questions/an-15-qe"))]
    load(folder / "DATA", [part(folder / "parts" / "1.nq", graph_iri("questions/an-15-qe"), quads)], {})
    return folder / "DATA"


@contextmanager
def running(data: Path, *options: str) -> Generator[Running]:
    """Serve a DATA folder until the block ends, by the command that its keeper would use."""
    _, secret = Tokens(data).add(scope="update", days=1)
    command = [sys.executable, "-m", "questeur", "serve", str(data), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            said = server.stderr.readline()
            assert said.startswith("serving on http://127.0.0.1:"), said
            threading.Thread(target=server.stderr.read, daemon=True).start()
            yield Running(said.split()[2].removeprefix("http://").rstrip("/"), secret)
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=60) == 0


@contextmanager
def conforming(folder: Path) -> Generator[Running]:
    """Serve as the suites want it."""
    options = ("--updates", "--default-graph", "strict", "--public-url", AUTHORITY)
    with running(publish(folder), *options) as service:
        yield service
