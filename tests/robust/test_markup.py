"""R17: no text of the graph, of a request or of an address becomes markup of a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import cycle, product
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

import pyoxigraph as ox
import pytest

from tests.served import served
from tests.stores import EXAMPLE, publish

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

    from tests.served import Reply, Server

LONG = pytest.mark.slow
HTML = {"Accept": "text/html"}
OPENINGS = ("", '"', "'", '">', "'>", "-->", "</title>", "</textarea>", "</script>", "]]>")
BODIES = (
    "<script>alert('qxss')</script>",
    "<img src=x onerror=alert('qxss')>",
    "<svg/onload=alert('qxss')>",
    "<qxss>",
    " onmouseover=alert('qxss') qxss=",
    "javascript:alert('qxss')",
)
PAYLOADS = [opening + body for opening, body in product(OPENINGS, BODIES)]
NO_IRI = re.compile(r"[^\w.:/'()=]")
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "xlink:href")


class Faults(HTMLParser):
    """Reads a page as a browser does, and notes what would run, and where the page leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge an element."""
        here = dict(attrs)
        if tag == "script" and here.get("type") != "application/json":
            source = here.get("src") or "inline"
            self.found += [] if source.startswith("/static/") else [f"script {source}"]
        self.found += [tag] if tag in {"qxss", "iframe", "object", "embed", "base"} else []
        for name, value in attrs:
            self.found += [f"{tag} {name}"] if name.startswith("on") or "qxss" in name else []
            if name in ADDRESSES:
                scheme = urlsplit(value or "").scheme
                self.found += [f"{name}={value}"] if scheme not in {"", "http", "https", "data"} else []
                self.links += [value or ""] if tag == "a" else []


def judged(reply: Reply, where: str) -> Faults:
    """Assert that a page runs nothing but the scripts of the site, and that its policy would not let it."""
    assert reply.status != 500, f"{where}: {reply}"
    policy = reply.headers["content-security-policy"]
    if not reply.headers["content-type"].startswith("text/html"):
        assert policy == "default-src 'none'; sandbox", where
        return Faults("")
    assert "default-src 'none'; script-src 'self';" in policy, where
    assert "unsafe" not in policy
    faults = Faults(reply.body.decode())
    assert faults.found == [], where
    return faults


def poisoned() -> Iterable[ox.Quad]:
    """Give the example with a payload before every text and label, and things whose IRIs are payloads."""
    payloads = cycle(PAYLOADS)
    for quad in ox.parse(path=str(EXAMPLE), format=ox.RdfFormat.TRIG):
        value = quad.object
        if isinstance(value, ox.Literal) and value.language:
            value = ox.Literal(f"{next(payloads)} {value.value}", language=value.language)
        yield ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)
    for number, text in enumerate(PAYLOADS):
        iri = "https://example.org/" + NO_IRI.sub("_", text)
        name = "javascript:alert('qxss')" if number % 2 else iri
        yield ox.Quad(ox.NamedNode(iri), ox.NamedNode(name), ox.Literal(text), ox.NamedNode(iri + "#g"))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    data: Path = tmp_path_factory.mktemp("markup") / "DATA"
    publish(data, "g1", poisoned(), example=False)
    with served(data) as server:
        yield server


@pytest.mark.parametrize("pages", [60, pytest.param(3000, marks=LONG)])
def test_r17_no_page_of_a_graph_full_of_markup_runs_any_of_it(hostile: Server, pages: int) -> None:
    waiting, seen, shown = ["/", "/questions", "/networks/deputy-ministry?type=all", "/en/ns"], set[str](), 0
    while waiting and len(seen) < pages:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        reply = hostile.send("GET", path, headers=HTML)
        shown += reply.body.count(b"qxss")
        for link in judged(reply, path).links:
            there = urlsplit(urljoin(hostile.address + path, link))
            if there.netloc == urlsplit(hostile.address).netloc:
                waiting.append(f"{there.path}?{there.query}" if there.query else there.path)
    assert shown > 10  # the payloads were on the pages, as text


def test_r17_results_show_values_iris_and_graphs_as_text(hostile: Server) -> None:
    for query in (
        "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY DESC(STR(?s))",
        "CONSTRUCT { ?s ?p ?o } { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'https://example.org/')) }",
    ):
        reply = hostile.ask(query, "text/html")
        assert reply.body.count(b"qxss") > 50
        judged(reply, query)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_r17_what_a_request_says_is_shown_as_text(hostile: Server, payload: str) -> None:
    coded = quote(payload, safe="")
    for path in (
        f"/sparql?query={coded}",
        f"/sparql?query=ASK%7B%7D&format={coded}",
        f"/questions?text={coded}&deputy={coded}&{coded}=1",
        f"/question/{coded}",
        f"/ns/{coded}",
        f"/queries/{coded}",
        f"/networks/deputy-ministry?group={coded}&{coded}=x",
        f"/docs/problems/{coded}",
        f"/en/{coded}?{coded}",
    ):
        judged(hostile.send("GET", path, headers=HTML), path)
    judged(hostile.ask(f"SELECT (1 AS ?{payload}) {{}}", "text/html"), payload)
