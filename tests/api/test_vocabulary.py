"""The published vocabulary: a page for every term, counts that a query repeats, data for programs and editors."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from rdflib import Graph, URIRef

from api.diagram import NETWORKS, PLACES, core, diagram
from ontology.glossary import glossary, version
from ontology.iris import NS
from ontology.vocabulary import vocabulary
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graph.backends.oxigraph.store import OxigraphStore

pytestmark = RDFLIB

SYNTAX = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "xml": "xml", "jsonld": "json-ld"}
TERMS = sorted({str(s).removeprefix(NS) for s in vocabulary().subjects() if str(s).startswith(NS)})


@cache
def whole() -> Graph:
    return vocabulary()


def listing(client: FlaskClient) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(client.get("/ns.json").data))


def page(client: FlaskClient, path: str) -> etree._Element:  # pyright: ignore[reportPrivateUsage]  # lxml names its elements so
    response = client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200
    return etree.fromstring(response.text, etree.HTMLParser())


def text(element: etree._Element | None) -> str:  # pyright: ignore[reportPrivateUsage]  # lxml names its elements so
    assert element is not None
    return " ".join("".join(str(part) for part in element.itertext()).split())


def test_the_glossary_has_every_term_of_the_turtle_and_no_other() -> None:
    assert sorted(glossary()) == TERMS


@pytest.mark.parametrize("name", TERMS)
def test_each_term_has_its_page_in_both_languages(client: FlaskClient, name: str) -> None:
    for prefix, language in (("", "fr"), ("/en", "en")):
        found = page(client, f"{prefix}/ns/{name}")
        assert text(found.find(".//h1")) == glossary()[name].labels[language]
        assert glossary()[name].comments[language] in text(found)


@pytest.mark.parametrize("name", TERMS)
def test_the_count_of_a_term_is_what_its_query_answers(client: FlaskClient, store: OxigraphStore, name: str) -> None:
    found = page(client, f"/en/ns/{name}")
    (link,) = (a.get("href", "") for a in found.iterfind(".//a") if "sparql?query=" in a.get("href", ""))
    ((number,),) = store.rows(parse_qs(urlsplit(link).query)["query"][0])
    word = "instances" if glossary()[name].kind == "class" else "uses"
    assert re.search(rf"{word}: {int(str(number)):,}\b", text(found))
    listed = {term["iri"]: term["count"] for term in listing(client)["terms"]}[NS + name]
    assert listed in (int(str(number)), None)
    assert (listed is None) == (glossary()[name].kind in ("scheme", "code"))


@pytest.mark.parametrize("name", TERMS)
def test_a_term_that_is_used_shows_one_example_that_leads_to_its_page(client: FlaskClient, name: str) -> None:
    found = page(client, f"/en/ns/{name}")
    shown = [div for div in found.iterfind(".//dl/div") if text(div.find("dt")) == "Example"]
    assert len(shown) == (0 if re.search(r"(?:instances|uses): 0\b", text(found.find(".//dl"))) else 1)
    for div in shown:
        link = div.find(".//a")
        assert link is not None
        assert page(client, link.get("href", "").partition("#")[0]) is not None


def test_no_term_is_missing_from_the_json_and_each_says_what_an_editor_needs(client: FlaskClient) -> None:
    said = listing(client)
    assert sorted(term["iri"] for term in said["terms"]) == sorted(NS + name for name in TERMS)
    author = next(term for term in said["terms"] if term["name"] == "qst:author")
    assert author["domain"] == [f"{NS}Question"]
    assert author["range"] == [f"{NS}Deputy"]
    assert author["label"] == {"fr": "auteur", "en": "author"}
    assert author["layer"] == "stated"
    assert author["count"] > 0
    assert said["prefixes"]["qst"] == NS
    assert said["version_iri"] == f"https://w3id.org/questeur/ns/{said['version']}"
    assert {"rdfs:label", "skos:prefLabel"} <= {term["name"] for term in said["borrowed"]}
    assert json.loads(client.get("/ns/author.json").data) == author


@pytest.mark.parametrize("suffix", list(SYNTAX))
@pytest.mark.parametrize("path", ["/ns", f"/ns/{version()}"])
def test_every_syntax_holds_the_whole_vocabulary(client: FlaskClient, path: str, suffix: str) -> None:
    read = Graph().parse(data=client.get(f"{path}.{suffix}").data, format=SYNTAX[suffix])
    assert set(read) == set(whole())


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/json", "application/json"),
        ("*/*", "text/turtle"),
        ("", "text/turtle"),
    ],
)
@pytest.mark.parametrize("path", ["/ns", "/ns/Question", f"/ns/{version()}"])
def test_accept_chooses_the_form(client: FlaskClient, path: str, accept: str, media_type: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.headers["Vary"]


def test_the_data_of_a_term_say_what_it_is_and_who_names_it(client: FlaskClient) -> None:
    read = Graph().parse(data=client.get("/ns/Ministry.ttl").data, format="turtle")
    term = URIRef(f"{NS}Ministry")
    assert set(whole().triples((term, None, None))) < set(read)
    assert (URIRef(f"{NS}addressedTo"), None, term) in read


def test_english_data_lead_to_the_only_data(client: FlaskClient) -> None:
    response = client.get("/en/ns/Ministry.ttl")
    assert (response.status_code, response.headers["Location"]) == (308, "/ns/Ministry.ttl")


def test_a_versioned_page_links_to_its_own_files(client: FlaskClient) -> None:
    found = page(client, f"/ns/{version()}")
    links = {link.get("href") for link in found.iterfind(".//link[@rel='alternate']")}
    assert {f"/ns/{version()}.ttl", f"/ns/{version()}.json", f"/en/ns/{version()}"} <= links


@pytest.mark.parametrize(
    ("path", "hint"),
    [("/ns/Questoin", "/ns/Question"), ("/ns/9.9.9", f"/ns/{version()}"), ("/ns/Question.ttk", "ttl")],
)
def test_what_is_not_there_is_a_404_that_names_what_is(client: FlaskClient, path: str, hint: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert hint in response.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_diagram_names_every_class_of_the_core_and_links_to_it(client: FlaskClient, language: str) -> None:
    prefix = "/en" if language == "en" else ""
    drawing = page(client, f"{prefix}/ns").find(".//svg")
    assert drawing is not None
    links = {link.get("href"): text(link) for link in drawing.iterfind(".//a")}
    for name in core(glossary().values()):
        assert glossary()[name].labels[language] in links[f"{prefix}/ns/{name}"]
    assert text(drawing.find("title"))
    assert text(drawing.find("desc"))
    assert drawing.get("aria-labelledby") == "diagram-title diagram-desc"
    assert not drawing.findall(".//script")


def test_the_diagram_shows_each_property_between_its_classes() -> None:
    drawn = diagram(glossary().values())
    shown = {label.term.name for line in drawn.lines for label in line.labels}
    shown |= {loop.name for box in drawn.boxes for loop in box.loops}
    apart = {term.iri for term in glossary().values() if term.section == NETWORKS}
    between = {
        term.name
        for term in glossary().values()
        if term.kind == "link"
        and all(any(iri.startswith(NS) and iri not in apart for iri in end) for end in (term.domain, term.range))
    }
    assert shown == between
    assert core(glossary().values()) == set(PLACES)


def test_no_box_of_the_diagram_lies_on_another_or_outside() -> None:
    drawn = diagram(glossary().values())
    width, height = drawn.box
    for box in drawn.boxes:
        assert width / 2 <= box.x <= drawn.width - width / 2
        assert height / 2 <= box.y <= drawn.height - height / 2
        for other in drawn.boxes:
            assert box is other or abs(box.x - other.x) >= width or abs(box.y - other.y) >= height
