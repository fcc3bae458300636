"""The HTTP exchanges that the suites' manifests write down: what to send, and what must come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib.term import Node

    from tests.conformance.running import Reply

SUITE = Path(__file__).parent / "sparql11"
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
STATUS = "http://www.w3.org/2011/http-statusCodes#"
CODES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}


class Request(NamedTuple):
    """One request of a test, with what its response must be."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    expected: Node
    manifest: Graph

    @property
    def media_type(self) -> str:
        """Give the media type of the body, without its parameters."""
        return {name.lower(): value for name, value in self.headers}.get("content-type", "").partition(";")[0]


def entries(manifest: Path, kind: URIRef) -> dict[str, tuple[Graph, Node]]:
    """Find the tests of a kind in a manifest, listed there or not, by their local name."""
    graph = Graph().parse(manifest, publicID=f"https://suite.example/{manifest.parent.name}/{manifest.name}")
    return {str(test).rpartition("#")[2]: (graph, test) for test in graph.subjects(RDF.type, kind)}


def requests(graph: Graph, test: Node) -> Iterator[Request]:
    """Give the requests of a test in their order."""
    connection = graph.value(test, MF.action)
    listed = graph.value(connection, HT.requests)
    assert listed is not None
    for node in Collection(graph, listed):
        yield _request(graph, node)


def _request(graph: Graph, node: Node) -> Request:
    body = graph.value(node, HT.body)
    text, encoding = b"", ""
    if body is not None:
        encoding = str(graph.value(body, CNT.characterEncoding))
        text = str(graph.value(body, CNT.chars)).encode(encoding)
    expected = graph.value(node, HT.resp)
    assert expected is not None
    method, path = graph.value(node, HT.methodName), graph.value(node, HT.absolutePath)
    return Request(str(method), str(path), _headers(graph, node), text, expected, graph)


def _headers(graph: Graph, node: Node) -> list[tuple[str, str]]:
    listed = graph.value(node, HT.headers)
    if listed is None:
        return []
    return [
        (str(graph.value(header, HT.fieldName)), str(graph.value(header, HT.fieldValue)))
        for header in Collection(graph, listed)
    ]


def judge(request: Request, reply: Reply, here: Callable[[str], str] = str) -> None:
    """Hold a reply against what is expected of it; ``here`` puts our paths into the expected body."""
    graph, expected = request.manifest, request.expected
    allowed = {str(status).removeprefix(STATUS) for status in graph.objects(expected, MF.expectedStatus)}
    classes = {f"StatusCode{reply.status // 100}xx", str(reply.status)}
    assert classes & {CODES.get(name, name) for name in allowed}, f"expected {allowed}: {reply}"
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    wanted = graph.value(expected, MF.expectedFormat)
    if wanted is not None:
        assert media_type in FORMATS[str(wanted)], reply
    verdict = graph.value(expected, MF.expectedBoolean)
    if isinstance(verdict, Literal):
        assert json.loads(reply.body)["boolean"] is verdict.toPython(), reply
    body = graph.value(expected, HT.body)
    if body is not None:
        assert media_type == "text/turtle", reply
        base = "http://www.example/"
        given = Graph().parse(data=reply.body, format="turtle", publicID=base)
        hoped = Graph().parse(data=here(str(graph.value(body, CNT.chars))), format="turtle", publicID=base)
        assert isomorphic(given, hoped), f"{given.serialize()} is not {hoped.serialize()}"
    assert not (request.method == "HEAD" and reply.body), "HEAD has no body"
