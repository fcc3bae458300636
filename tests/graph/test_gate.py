"""The gate: what it reports of a text, what it refuses, and that neither takes long."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, URIRef

from graph.gate import Caps, Outline, outline
from graph.tokens import place
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

SUITE = Path(__file__).parents[1] / "conformance" / "sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


def positive_tests() -> list[Path]:
    """List the texts that the syntax suites call right."""
    found: list[Path] = []
    for folder in ("syntax-query", "syntax-update-1", "syntax-update-2"):
        manifest = Graph().parse(SUITE / folder / "manifest.ttl", publicID=f"http://suite.example/{folder}/")
        for kind in ("PositiveSyntaxTest11", "PositiveUpdateSyntaxTest11"):
            actions = (
                manifest.value(test, URIRef(MF + "action")) for test in manifest.subjects(RDF.type, URIRef(MF + kind))
            )
            found += [SUITE / folder / str(action).rpartition("/")[2] for action in actions]
    return sorted(found)


def text_of(path: Path) -> str:
    """Read a text with its line ends as they are."""
    return path.read_bytes().decode()


def test_the_suite_is_all_there() -> None:
    assert len(positive_tests()) > 100


@pytest.mark.parametrize("path", positive_tests(), ids=lambda path: path.name)
def test_every_positive_syntax_test_passes(path: Path) -> None:
    read = outline(text_of(path), update=path.suffix == ".ru")

    assert (read.form in {"UPDATE", "UNKNOWN"}) == (path.suffix == ".ru")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT ?x {}", "SELECT"),
        ("# ASK\nPREFIX ask: <http://ask/#ASK> base <x> select?x{}", "SELECT"),
        ("PREFIXa:<http://x/>ASK{}", "ASK"),
        ("PREFIX a: <http://x/> DESCRIBEa:b", "DESCRIBE"),
        ("construct where {}", "CONSTRUCT"),
        ("WITH <g> DELETE {} WHERE {}", "UPDATE"),
        ("clear all", "UPDATE"),
        ("", "UNKNOWN"),
        ("HELLO", "UNKNOWN"),
    ],
)
def test_the_form_is_the_first_keyword_after_the_prologue(text: str, form: str) -> None:
    assert outline(text).form == form


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {SERVICE <http://x/> {}}",
        "SELECT * {service silent ?g {}}",
        "SELECT * {SERVICESILENT<http://x/>{}}",
        "SELECT * {SERVICE:x{?s ?p ?o}}",
        "SELECT * {SERVICEfoo:x{?s ?p ?o}}",
        "SELECT * {?s ?p true.SERVICE:x{?s ?p ?o}}",
        "SELECT * {FILTER(?a<?b)SERVICE?g{}}",
    ],
)
def test_service_is_seen_in_every_spelling(text: str) -> None:
    read = outline(text)

    assert [text[at : at + 7].upper() for at in read.services] == ["SERVICE"]
    assert "SERVICE" not in read.parseable(text).upper()
    assert len(read.parseable(text)) == len(text)


@pytest.mark.parametrize(
    "inside",
    [
        "?service",
        "$SERVICE",
        "<http://x/SERVICE>",
        '"SERVICE"',
        "'''SERVICE'''",
        "#SERVICE\n",
        "service:x",
        "x:SERVICE",
    ],
)
def test_service_is_no_keyword_in_names_strings_and_comments(inside: str) -> None:
    assert outline(f"PREFIX service: <http://s/> SELECT * {{ ?s ?p {inside} . GRAPH service:x {{}} }}").services == ()


def test_load_becomes_a_copy_for_the_parser() -> None:
    text = "LOAD <http://x/> ; load silent <http://y/> into graph <urn:g>"
    read = outline(text)

    assert len(read.loads) == 2
    assert read.parseable(text) == "COPY <http://x/> TO DEFAULT ; COPY silent <http://y/>  TO  graph <urn:g>"


@pytest.mark.parametrize("text", ["SELECT * FROM <g> {}", "ASK FROM NAMED<g>{}", "PREFIX a: <b> SELECT ?x FROMa:b {}"])
def test_a_dataset_clause_is_seen(text: str) -> None:
    assert outline(text).names_dataset


@pytest.mark.parametrize("text", ["SELECT ?from {?from ?p 'FROM'}", "PREFIX from: <x> DESCRIBE from:a"])
def test_a_dataset_clause_is_not_imagined(text: str) -> None:
    assert not outline(text).names_dataset


def test_the_place_of_the_star_is_that_of_the_outermost_select() -> None:
    assert outline("SELECT DISTINCT * {?b ?a ?c}").star == 16
    assert outline("SELECT (COUNT(*) AS ?n) {{SELECT * {?s ?p ?o}}}").star is None
    assert outline("SELECT ?x {?x ?p 2 FILTER(?x * 2 > 3)}").star is None


def test_variables_come_in_order_of_appearance() -> None:
    assert outline("SELECT * {?z ?a $m . ?a ?b 'x ?no' # ?no\n}").variables == ("z", "a", "m", "b")


def test_the_pattern_begins_after_its_bracket() -> None:
    text = "CONSTRUCT {?a ?b ?c} WHERE { ?x ?y ?z }"

    assert text[outline(text).where :] == " ?x ?y ?z }"
    assert outline("DESCRIBE <x>").where is None


def test_volatile_functions_are_seen() -> None:
    assert outline("SELECT (now() AS ?t) {}").volatile
    assert not outline("SELECT ?now {?now <http://x/NOW> 'RAND()'}").volatile


def test_the_key_forgets_space_and_comments_and_nothing_else() -> None:
    key = outline("SELECT ?x { ?x ?y 'a b' }").key

    assert outline("SELECT  ?x{?x\n?y 'a b'#c\n}").key == key
    assert outline("SELECT ?x { ?x ?y 'a  b' }").key != key


def judged(text: str) -> Outline | str:
    """Give the outline of a text, or the code it is refused with."""
    try:
        return outline(text)
    except QueryError as refused:
        return refused.code


def groups(inner: str, count: int) -> str:
    """Put a piece into one group many times."""
    return "SELECT * { " + inner * count + " }"


CAPPED: list[tuple[str, Callable[[int], str], int]] = [
    ("nested {", lambda n: "SELECT * " + "{" * n + "}" * n, 100),
    ("nested (", lambda n: "SELECT * { FILTER " + "(" * (n - 1) + "1" + ")" * (n - 1) + "}", 100),
    ("nested [", lambda n: "SELECT * { ?s ?p " + "[ ?p " * (n - 1) + "1" + "]" * (n - 1) + "}", 64),
    ("runs of !", lambda n: "SELECT * { FILTER(" + "!" * n + "true) }", 100),
    ("patterns", lambda n: groups("?s ?p ?o . ", n), 64),
    ("objects", lambda n: "SELECT * { ?s ?p " + ", ".join(["?o"] * n) + "}", 64),
    ("predicates", lambda n: "SELECT * { ?s " + "; ".join(["a ?o"] * n) + "}", 64),
    ("optionals", lambda n: groups("OPTIONAL {} ", n), 64),
    ("branches", lambda n: "SELECT * { {} " + "UNION {} " * n + "}", 500),
    ("path steps", lambda n: "SELECT * { ?s " + "/".join(["<p>"] * n) + " ?o }", 100),
    ("operators", lambda n: "SELECT * { FILTER(1" + "||1" * n + ") }", 500),
    ("cells", lambda n: "SELECT * { VALUES ?x {" + "1 " * n + "} }", 10_000),
    ("rows of cells", lambda n: "SELECT * { VALUES (?x) {" + "(1)" * n + "} }", 10_000),
    ("items", lambda n: "SELECT * { FILTER(?x IN (" + ",".join(["1"] * n) + ")) }", 10_000),
    ("prefixes", lambda n: "PREFIX a: <b> " * n + "ASK {}", 200),
]


@pytest.mark.parametrize(("make", "limit"), [case[1:] for case in CAPPED], ids=[case[0] for case in CAPPED])
def test_a_cap_lets_its_limit_pass_and_refuses_one_more(make: Callable[[int], str], limit: int) -> None:
    outline(make(limit))
    with pytest.raises(QueryError, match=f"{limit + 1:,}.*limit is {limit:,}") as refused:
        outline(make(limit + 1))

    assert refused.value.code == "too-complex"
    assert refused.value.status == 400


def test_patterns_are_capped_over_all_groups() -> None:
    with pytest.raises(QueryError, match="201 triple patterns"):
        outline("SELECT * {" + ("{" + "?s ?p ?o ." * 50 + "}") * 5 + "}")


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(QueryError, match="bytes"):
        outline("é" * 40_000)


def test_data_blocks_are_not_patterns() -> None:
    outline("INSERT DATA {" + "<s> <p> 1 ." * 1000 + "}", update=True)
    outline("CONSTRUCT {" + "?s ?p 1 ." * 150 + "} WHERE {?s ?p ?o}")


def test_brackets_hidden_in_what_may_be_no_iri_count() -> None:
    with pytest.raises(QueryError, match="nested brackets"):
        outline("SELECT * { FILTER(?a<" + "(" * 101 + ">?b) }")
    outline("SELECT * {" + "?s ?p <http://fr.wikipedia.org/wiki/Paris_(film)> ." * 64 + "}")


@pytest.mark.parametrize(
    ("text", "column"),
    [("SELECT * { ?s ?p 'abc }", 18), ("\\u0053ELECT * {}", 1), ('ASK { ?s ?p """a" }', 13), ("ASK { \x00 }", 7)],
)
def test_a_malformed_text_says_where(text: str, column: int) -> None:
    with pytest.raises(QueryError) as refused:
        outline("\n" + text)

    assert (refused.value.code, refused.value.line, refused.value.column) == ("malformed", 2, column)


def test_half_a_character_is_malformed() -> None:
    with pytest.raises(QueryError, match="surrogate"):
        outline("ASK { ?s ?p '\ud800' }")


def test_escapes_may_stand_in_strings_and_iris() -> None:
    outline(r"ASK { <http://x/\u00e9> ?p '\u00e9\n' }")


@pytest.mark.parametrize(
    "unit", ["a.", "<a", '"" ', "a-", ":.", "<((", "a:..", "?a<?b ", "'''", "@a-", "[ ", "\\", "#", "_:a.", "9.9e", "!"]
)
def test_no_text_takes_long_to_judge(unit: str) -> None:
    text = unit * (Caps().bytes // len(unit))
    started = time.process_time()
    judged(text)

    assert time.process_time() - started < 2


@given(st.text(max_size=200) | st.text("{}()[]<>\"'\\?:.!#SELECT* \n", max_size=200))
def test_any_text_is_judged_or_refused(text: str) -> None:
    read = judged(text)

    if isinstance(read, Outline):
        assert len(set(read.variables)) == len(read.variables)
        assert all(text[at : at + 7].upper() == "SERVICE" for at in read.services)
    else:
        assert read in {"too-complex", "malformed"}


@given(st.text(max_size=50), st.integers(min_value=0))
def test_a_place_counts_lines_and_columns_from_one(text: str, number: int) -> None:
    at = number % (len(text) + 1)
    line, column = place(text, at)

    assert "\n".join(text.split("\n")[line - 1 :])[column - 1 :] == text[at:]
