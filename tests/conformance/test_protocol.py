"""W3C SPARQL 1.1 Protocol suite, over HTTP against the running service: 34 of 34."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from rdflib import RDFS

from tests.conformance.exchanges import MF, SUITE, Request, entries, judge, requests
from tests.conformance.running import Running, conforming
from tests.conformance.test_update import UT

if TYPE_CHECKING:
    from collections.abc import Generator

MANIFEST = SUITE / "protocol" / "manifest.ttl"
TESTS = entries(MANIFEST, MF.ProtocolTest)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    with conforming(tmp_path_factory.mktemp("protocol")) as started:
        yield started


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 34


def address(request: Request) -> str:
    """Send to ``/update`` what says by a parameter or its media type that it is an update, all else to ``/sparql``."""
    named = "update=" in request.path or request.body.startswith(b"update=") or "update" in request.media_type
    written = request.body.startswith((b"CLEAR", b"INSERT", b"DELETE"))
    return request.path.replace("/sparql/", "/update" if named or written else "/sparql", 1)


@pytest.mark.parametrize("name", TESTS)
def test_the_service_answers_as_the_protocol_suite_expects(service: Running, name: str) -> None:
    graph, test = TESTS[name]
    for given in graph.objects(test, UT.graphData):
        file = MANIFEST.parent / str(graph.value(given, UT.graph)).rpartition("/")[2]
        path = f"/data?graph={quote(str(graph.value(given, RDFS.label)), safe='')}"
        reply = service.send("PUT", path, file.read_bytes(), [("Content-Type", "application/n-triples")])
        assert reply.status in {201, 204}, reply
    for request in requests(graph, test):
        judge(request, service.send(request.method, address(request), request.body, request.headers))
