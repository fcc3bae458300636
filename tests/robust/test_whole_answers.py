"""R6, R8, R21: an answer with 200 is whole and reads back, or it is none."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import Graph

from tests.robust.measuring import meanwhile, rss
from tests.served import served
from tests.stores import publish

if TYPE_CHECKING:
    from tests.served import Server

LONG = pytest.mark.slow
ROWS = 30_000


def kill_a_query_process(server: Server) -> None:
    """End one process that a query may be running in, as a fault would."""
    web = set(server.web())
    zygotes = {pid for pid in server.tree() if _parent(pid) in web}
    workers = [pid for pid in server.tree() if _parent(pid) in zygotes]
    if workers:
        try:
            os.kill(random.choice(workers), signal.SIGKILL)  # noqa: S311  any of them
        except ProcessLookupError:
            return


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.parametrize("faults", [25, pytest.param(1000, marks=LONG)])
def test_r6_an_answer_that_breaks_off_is_never_a_200(server: Server, faults: int) -> None:
    seen = {200: 0, 503: 0}
    with meanwhile(lambda: kill_a_query_process(server)):
        for number in range(faults):
            reply = server.ask(f'SELECT ?o ("{number}" AS ?n) {{ ?s ?p ?o }} LIMIT {ROWS}', "text/csv")
            seen[reply.status] += 1
            if reply.status == 200:
                assert int(reply.headers["content-length"]) == len(reply.body)
                assert reply.body.count(b"\r\n") == ROWS + 1
            else:
                assert reply.json["type"] == "/docs/problems/worker-died"
    assert seen[503] > 0


def test_r8_a_giant_answer_is_refused_and_the_web_process_stays_small(server: Server) -> None:
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(16))  # to a megabyte
    reply = server.ask(f'SELECT ?s ?x16 {{ BIND("aaaaaaaaaaaaaaaa" AS ?x0) {doubled} ?s ?p ?o }}')
    assert (reply.status, reply.json["type"]) == (413, "/docs/problems/answer-too-large"), reply
    assert "LIMIT" in reply.json["hint"]
    assert max(map(rss, server.web())) <= 150 * 1024**2


ODD = [
    *"\t\n\r\"'\\,;<>&{}#?$ \u00a0\u2028\ufeff",
    "é",
    "𝄞",
    "\u0301",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "_:b",
    '"""',
    "\\u0041",
]


def literals(number: int) -> list[str]:
    """Make texts of everything that a format has to escape."""
    dice = random.Random(number)  # noqa: S311  the same each time
    return sorted({"".join(dice.choices(ODD, k=dice.randint(0, 9))) for _ in range(number)})


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # by rdflib itself
@pytest.mark.parametrize("number", [400, pytest.param(5000, marks=LONG)])
def test_r21_every_text_reads_back_equal_from_every_format(tmp_path: Path, number: int) -> None:
    texts = literals(number)
    s, p, g = (ox.NamedNode(f"https://example.org/{name}") for name in "spg")
    publish(tmp_path / "DATA", "g1", [ox.Quad(s, p, ox.Literal(text), g) for text in texts], example=False)
    with served(tmp_path / "DATA") as server:
        rows = "SELECT ?o { ?s ?p ?o }"
        found = [row["o"]["value"] for row in json.loads(server.ask(rows).body)["results"]["bindings"]]
        assert sorted(found) == texts
        tree = ET.fromstring(server.ask(rows, "application/sparql-results+xml").body)  # noqa: S314  our own service's
        assert (
            sorted("".join(node.itertext()) for node in tree.iter("{http://www.w3.org/2005/sparql-results#}literal"))
            == texts
        )
        table = csv.reader(io.StringIO(server.ask(rows, "text/csv").body.decode(), newline=""))
        assert sorted(row[0] if row else "" for row in list(table)[1:]) == texts
        lines = server.ask(rows, "text/tab-separated-values").body.decode().split("\n")[1:-1]
        assert sorted(_text(line) for line in lines) == texts
        for name, kind in {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}.items():
            body = server.ask("CONSTRUCT WHERE { ?s ?p ?o }", format=name).body
            assert sorted(str(o) for o in Graph().parse(data=body, format=kind).objects()) == texts, name


def _text(cell: str) -> str:
    (triple,) = ox.parse(f"<u:s> <u:p> {cell} .", format=ox.RdfFormat.TURTLE)
    assert isinstance(triple.object, ox.Literal)
    return triple.object.value
