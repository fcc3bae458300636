"""Where a query text went wrong, and what mends it: a table of what people write. Add a row for each report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from graph.mending import diagnose, unknown_terms
from ontology.errors import QueryError

if TYPE_CHECKING:
    from graph.backends.oxigraph.store import OxigraphStore

QST = "PREFIX qst: <https://w3id.org/questeur/ns#>\n"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("SELCT *", (1, 1), "SELECT"),
        ("SELECT * WHERE { ?s a <u:Q> ?s ?p ?o }", (1, 29), "missing before ?s"),
        ('SELECT *\nWHERE { ?s ?p "é" ; }}', (2, 22), "`}` closes nothing"),
        ('SELECT * WHERE { ?s ?p "ééé𝄞" é }', (1, 31), "é"),
        ("SELECT * WHERE { ?s ?p ?o . FILTER(?z = 1 }", (1, 35), "`(` meets the `}` of line 1, column 43"),
        ("SELECT * WHERE { ?s ?p ?o } LIMIT x", (1, 35), "number"),
        ("SELECT * WHERE { ?s foo:bar ?o }", (1, 21), "foo:"),
        ("SELECT ?x (COUNT(?y) AS ?n) WHERE { ?x ?p ?y }", (1, 8), "?x"),
        ("SELECT * WHERE { ?s ?p ?o", (1, 16), "`{` is not closed"),
        ("SELECT * WEHRE { ?s ?p ?o }", (1, 10), "WHERE"),
        ("SELECT *\n\tWHERE { ?s ?p ?o FILTR(?o) }", (2, 19), "FILTER"),
        ("", (1, 1), "nothing to read"),
    ],
)
def test_a_wrong_text_is_told_its_place_and_what_is_wrong(
    embedded: OxigraphStore, text: str, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(QueryError) as caught:
        embedded.query(text)
    error = caught.value
    assert (error.line, error.column) == place, error.message
    assert words in f"{error.message} {error.hint}"


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("SELCT * {}", "SELECT * {}"),
        ("SELECT * { ?s a qst:Question }", QST + "SELECT * { ?s a qst:Question }"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y }", "SELECT ?x (COUNT(?y) AS ?n) { ?x ?p ?y } GROUP BY ?x"),
        ("SELECT * WEHRE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"),
        ("SELECT * { ?s ?p ?o ?s ?p ?o }", "SELECT * { ?s ?p ?o . ?s ?p ?o }"),
    ],
)
def test_a_fix_makes_the_text_a_query(embedded: OxigraphStore, text: str, mended: str) -> None:
    with pytest.raises(QueryError) as caught:
        embedded.query(text)
    fix = caught.value.fix
    assert fix is not None
    assert text[: fix.start] + fix.insert + text[fix.end :] == mended
    embedded.query(mended).body.close()


def test_a_name_that_the_vocabulary_does_not_have_is_told_the_nearest() -> None:
    text = f"{QST}SELECT * {{ ?q qst:delayDay ?n ; a <https://w3id.org/questeur/ns#Qestion> ; qst:number 1 }}"
    first, second = unknown_terms(text)
    assert (first.line, first.column) == (2, 15)
    assert first.fix is not None
    assert first.fix.insert == "qst:delayDays"
    assert second.fix is not None
    assert second.fix.insert == "<https://w3id.org/questeur/ns#Question>"


def test_a_name_of_another_vocabulary_is_none_of_ours() -> None:
    assert not unknown_terms("PREFIX qst: <https://example.org/> SELECT * { ?q qst:x ?n }")


@pytest.mark.parametrize(
    "text", ["SELECT * {" * 300, "((((" * 200, "SELECT * { ?s ?p " + "a" * 50_000, "[" * 5000, "?x " * 1300]
)
def test_no_text_takes_long_to_diagnose(text: str) -> None:
    began = time.perf_counter()
    diagnose(text, "")
    assert time.perf_counter() - began < 2
