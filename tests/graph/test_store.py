"""The contract of a store, kept by every driver."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import XSD, BNode, Graph, Literal, URIRef

from graph.store import BOOLEAN_MEDIA_TYPES, GRAPH_MEDIA_TYPES, ROW_MEDIA_TYPES, Dataset, Limits, Store
from ontology.errors import (
    DeadlineError,
    NotAcceptableError,
    NotFoundError,
    QueryError,
    QuesteurError,
    RefusedError,
    TooLargeError,
)
from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Sequence

S7 = URIRef("https://example.org/s7")
MANY = "https://w3id.org/questeur/graph/many"
OTHER = "https://w3id.org/questeur/graph/questions/an-15-qe"
SEVEN = "SELECT * { <https://example.org/s7> ?p ?o } ORDER BY ?p"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?s = <https://example.org/s7>) }"


def body(store: Store, text: str, *media_types: str, dataset: Dataset | None = None) -> bytes:
    """Read a whole answer."""
    answer = store.query(text, media_types=media_types, dataset=dataset)
    with answer.body as file:
        content = file.read()
    assert len(content) == answer.size
    assert answer.media_type == (media_types[0] if media_types else answer.media_type)
    return content


def count(store: Store, pattern: str, dataset: Dataset | None = None) -> int:
    """Count the matches of a pattern."""
    found = json.loads(body(store, f"SELECT (COUNT(*) AS ?n) {pattern}", ROW_MEDIA_TYPES[0], dataset=dataset))
    return int(found["results"]["bindings"][0]["n"]["value"])


def refusal(store: Store, text: str, kind: type[QueryError] = QueryError) -> QueryError:
    """Give the error that a text is refused with."""
    with pytest.raises(kind) as refused:
        store.query(text)
    return refused.value


def test_a_driver_is_a_store(store: Store) -> None:
    assert isinstance(store, Store)
    assert store.capabilities.product
    assert store.generation() in {"g1", "unknown"}


@pytest.mark.parametrize("media_type", ROW_MEDIA_TYPES)
def test_rows_come_in_every_format(store: Store, media_type: str) -> None:
    content = body(store, SEVEN, media_type)

    if media_type.endswith("json"):
        assert len(json.loads(content)["results"]["bindings"]) == 5
    elif media_type.endswith("xml"):
        assert len(ET.fromstring(content).findall(".//{*}result")) == 5  # noqa: S314 - our own answer
    else:
        head, *lines = content.decode().splitlines()
        assert head in {"p,o", "?p\t?o"}
        assert len(lines) == 5


def test_csv_and_tsv_say_the_same_from_every_driver(embedded: Store, remote: Store) -> None:
    text = """SELECT ?a ?b ?c ?d ?e { VALUES (?a ?b ?c ?d ?e) {
      (<https://example.org/a> "x,\\"y\\"\\n\\tz" "été"@fr "2018-07-17"^^<http://www.w3.org/2001/XMLSchema#date> UNDEF)
    } }"""

    assert body(embedded, text, "text/csv") == body(remote, text, "text/csv")
    assert body(embedded, text, "text/tab-separated-values") == body(remote, text, "text/tab-separated-values")


@pytest.mark.parametrize("media_type", BOOLEAN_MEDIA_TYPES)
def test_a_boolean_comes_in_every_format(store: Store, media_type: str) -> None:
    assert b"true" in body(store, "ASK { ?s ?p ?o }", media_type)


@pytest.mark.parametrize("media_type", GRAPH_MEDIA_TYPES)
def test_a_graph_comes_in_every_format(store: Store, media_type: str) -> None:
    content = body(store, CONSTRUCT, media_type)

    assert len(list(ox.parse(content, format=ox.RdfFormat.from_media_type(media_type)))) == 5


def test_a_named_graph_is_given_whole_and_one_that_is_not_there_is_not_found(store: Store) -> None:
    given = store.get_graph(MANY, media_types=("application/n-triples",), limits=Limits(deadline=20))
    with given.body as file:
        assert len(file.read().splitlines()) == 30_000
    with pytest.raises(NotFoundError):
        store.get_graph(f"{MANY}-more", limits=Limits(deadline=20))


@pytest.mark.parametrize("media_type", GRAPH_MEDIA_TYPES)
def test_a_graph_of_nothing_is_whole_too(store: Store, media_type: str) -> None:
    body(store, "CONSTRUCT { ?s ?p ?o } WHERE { ?s <urn:nobody> ?o . ?s ?p ?o }", media_type)


def test_the_first_media_type_that_fits_is_taken(store: Store) -> None:
    answer = store.query("ASK {}", media_types=("text/turtle", "text/csv", "application/sparql-results+xml"))
    answer.body.close()

    assert (answer.kind, answer.media_type) == ("boolean", "application/sparql-results+xml")


def test_no_fitting_media_type_is_not_acceptable(store: Store) -> None:
    with pytest.raises(NotAcceptableError, match="text/turtle"):
        store.query("SELECT * {}", media_types=("text/turtle",))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT * { ?z <https://example.org/a> ?m } LIMIT 1", ("z", "m")),
        ("SELECT DISTINCT * { ?z <https://example.org/a> ?m . FILTER EXISTS { ?z ?hidden ?m } } LIMIT 1", ("z", "m")),
        ("SELECT ?m ?z { ?z <https://example.org/a> ?m } LIMIT 1", ("m", "z")),
        ("SELECT * { { SELECT ?z ?a { ?z ?q ?a } LIMIT 1 } }", ("z", "a")),
    ],
)
def test_columns_come_as_written(store: Store, text: str, columns: Sequence[str]) -> None:
    assert store.rows(text).columns == tuple(columns)
    assert body(store, text, "text/csv").decode().splitlines()[0] == ",".join(columns)


def test_rows_are_typed(store: Store) -> None:
    rows = store.rows(
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"
        'SELECT * { VALUES (?i ?s ?l ?d ?n) { (<urn:a> "s" "été"@fr "2018-07-17"^^xsd:date 3) } '
        "OPTIONAL { ?i <urn:no> ?absent } }"
    )

    assert rows.rows[0] == (
        URIRef("urn:a"),
        Literal("s"),
        Literal("été", lang="fr"),
        Literal("2018-07-17", datatype=XSD.date),
        Literal(3),
        None,
    )
    assert len(rows) == 1
    assert list(rows) == list(rows.rows)


def test_ask_and_graph_are_typed(store: Store) -> None:
    assert store.ask(f"ASK {{ ?q a <{NS}Question> }}")
    assert not store.ask("ASK { ?q a <urn:nothing> }")
    assert len(store.graph(CONSTRUCT)) == 5
    assert isinstance(store.graph("DESCRIBE <https://example.org/s7>"), Graph)


def test_a_form_read_as_another_is_an_error(store: Store) -> None:
    with pytest.raises(QueryError) as refused:
        store.rows("ASK {}")

    assert refused.value.code == "wrong-form"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", 5),
        ("SELECT (COUNT(*) AS ?n) { ?x ?p ?o FILTER(?x = ?s) }", 5),
        ("SELECT (COUNT(*) AS ?n) { { ?s <https://example.org/a> ?o } UNION { ?s <https://example.org/b> ?o } }", 2),
    ],
)
def test_bindings_fix_variables(store: Store, text: str, number: int) -> None:
    assert store.rows(text, bindings={"s": S7}).rows == ((Literal(number),),)


def test_bindings_reach_every_form(store: Store) -> None:
    assert store.ask("ASK { ?s ?p ?o }", bindings={"s": S7})
    assert not store.ask("ASK { ?s ?p ?o }", bindings={"s": URIRef("urn:none")})
    assert len(store.graph("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", bindings={"s": S7})) == 5
    assert len(store.graph("DESCRIBE ?s", bindings={"s": S7})) == 5
    assert store.rows("SELECT * { ?s <https://example.org/a> ?o }", bindings={"s": S7}).rows == ((S7, Literal("a7")),)


@pytest.mark.parametrize("value", [URIRef("urn:a> ?x"), URIRef("urn:\n"), BNode("x"), Literal("\ud800")])
def test_a_value_that_cannot_stand_in_a_query_is_refused(store: Store, value: URIRef) -> None:
    with pytest.raises(QueryError) as refused:
        store.ask("ASK { ?s ?p ?o }", bindings={"s": value})

    assert refused.value.code == "malformed"


def test_a_name_that_is_no_variable_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="variable"):
        store.ask("ASK { ?s ?p ?o }", bindings={"s) {} #": S7})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_bound_literal_comes_back_as_it_was(embedded: Store, value: str) -> None:
    rows = embedded.rows("SELECT ?v { }", bindings={"v": Literal(value)}).rows

    assert rows == ((Literal(value),),)


def test_the_default_graph_is_the_union_of_the_named_ones(store: Store) -> None:
    assert count(store, "{ <https://example.org/s7> ?p ?o }") == 5
    assert count(store, f"{{ ?q a <{NS}Question> }}") > 0


@pytest.mark.parametrize("clause", [f"FROM <{MANY}>", f"FROM<{MANY}>"])
def test_from_in_the_text_is_obeyed(store: Store, clause: str) -> None:
    assert count(store, f"{clause} {{ ?s ?p ?o }}") == 30_000


def test_from_named_alone_leaves_the_default_graph_empty(store: Store) -> None:
    assert count(store, f"FROM NAMED <{MANY}> {{ ?s ?p ?o }}") == 0
    assert count(store, f"FROM NAMED <{MANY}> {{ GRAPH ?g {{ ?s ?p ?o }} }}") == 30_000


def test_the_protocols_dataset_is_obeyed_and_shuts_out_the_rest(store: Store) -> None:
    default, named = Dataset(default=(MANY,)), Dataset(named=(MANY,))

    assert count(store, "{ ?s ?p ?o }", default) == 30_000
    assert count(store, "{ GRAPH ?g { ?s ?p ?o } }", default) == 0
    assert count(store, "{ ?s ?p ?o }", named) == 0
    assert count(store, "{ GRAPH ?g { ?s ?p ?o } }", named) == 30_000


def test_the_protocols_dataset_overrides_the_texts(store: Store) -> None:
    assert count(store, f"FROM <{OTHER}> {{ ?s ?p ?o }}", Dataset(default=(MANY,))) == 30_000


def test_a_syntax_error_says_where(store: Store) -> None:
    error = refusal(store, "SELECT ?x\nWHERE { ?x ?p }")

    assert (error.code, error.line, error.column) == ("sparql-syntax", 2, 16)
    assert "['" not in error.message + error.hint


def test_an_unknown_prefix_comes_with_the_line_to_add(store: Store) -> None:
    error = refusal(store, "SELECT ?x { ?x foaf:name ?n }")

    assert (error.line, error.column) == (1, 16)
    assert "PREFIX foaf: <http://xmlns.com/foaf/0.1/>" in error.hint
    assert "PREFIX nobody: <…>" in refusal(store, "SELECT ?x { ?x nobody:name ?n }").hint


def test_an_update_is_no_query(store: Store) -> None:
    error = refusal(store, "INSERT DATA { <urn:a> <urn:b> <urn:c> }")

    assert (error.status, error.code) == (400, "update-not-query")
    assert "/update" in error.hint


def test_service_is_refused(store: Store) -> None:
    error = refusal(store, "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", RefusedError)

    assert (error.status, error.code) == (403, "federation-refused")


@pytest.mark.parametrize("depth", [101, 5_000, 100_000])
def test_deep_nesting_is_refused_and_the_store_lives(store: Store, depth: int) -> None:
    assert refusal(store, "SELECT * " + "{" * depth + "}" * depth).code == "too-complex"
    assert store.ask("ASK { ?s ?p ?o }")


def test_an_answer_above_its_cap_is_refused_whole(store: Store) -> None:
    with pytest.raises(TooLargeError):
        store.query("SELECT * { ?s ?p ?o }", limits=Limits(deadline=20, max_bytes=10_000))
    assert store.ask("ASK { ?s ?p ?o }")


def test_an_answer_of_just_the_cap_is_given(store: Store) -> None:
    size = len(body(store, SEVEN))

    store.query(SEVEN, limits=Limits(max_bytes=size)).body.close()
    with pytest.raises(TooLargeError):
        store.query(SEVEN, limits=Limits(max_bytes=size - 1))


def test_a_product_is_never_short(store: Store) -> None:
    with pytest.raises((TooLargeError, DeadlineError)):
        store.query("SELECT * { ?a ?b ?c . ?d ?e ?f }", limits=Limits(deadline=3, max_bytes=10**9))


def test_a_query_ends_at_its_deadline(store: Store) -> None:
    with pytest.raises(QuesteurError) as late:
        store.query(
            "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(CONCAT(STR(?a), STR(?f))) > 100000) }",
            limits=Limits(deadline=0.3),
        )

    assert late.value.status == 504
    assert late.value.code == "deadline"
