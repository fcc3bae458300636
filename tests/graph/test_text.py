"""What is typed into a search, and where its words stand in a text."""

from __future__ import annotations

import sqlite3
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.text import LONGEST, TOKENS, excerpt, fold, parse, spell
from ontology.errors import QueryError


def found(typed: str, text: str) -> bool:
    """Say whether SQLite finds a text by what was typed."""
    base = sqlite3.connect(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, tokenize='{TOKENS}')")
    base.execute("INSERT INTO words VALUES(?)", (spell(text),))
    match = parse(typed).match
    rows = base.execute("SELECT 1 FROM words WHERE words MATCH ?", (match,)).fetchall() if match else []
    base.close()
    return bool(rows)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("hopital", "L'hôpital public"),
        ("l'hôpital", "Les crédits de l’hôpital"),
        ("oeuvre", "la mise en œuvre"),
        ("ŒUVRE", "la mise en oeuvre"),
        ("téléphon", "les opérateurs téléphoniques"),
        ('"centres d’appels"', "des centres d'appels"),
        ("appels centres", "des centres d'appels"),
        ("santé -hôpital", "la santé à l'école"),
        ("e\u0301cole", "une école"),
    ],
)
def test_words_are_found_whatever_their_accents_ligatures_and_elisions(typed: str, text: str) -> None:
    assert found(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('"appels centres"', "des centres d'appels"),
        ("santé -hôpital", "la santé à l'hôpital"),
        ("téléphon extra", "les opérateurs téléphoniques"),
        ("phoniques", "les opérateurs téléphoniques"),
        ("-hôpital", "la santé"),
    ],
)
def test_what_does_not_fit_is_not_found(typed: str, text: str) -> None:
    assert not found(typed, text)


@given(st.text(max_size=60))
@example('"')
@example('" OR NEAR(a b, 3) * : ^ - +')
@example("title : x AND NOT")
@example("a\x00b")
@example("'; DROP TABLE words; --")
def test_nothing_that_is_typed_breaks_the_query(typed: str) -> None:
    try:
        found(typed, "un texte quelconque")
    except QueryError as error:
        assert "at most" in error.message  # noqa: PT017  only too many words may be refused


def test_a_search_that_is_too_long_is_refused_with_the_bound() -> None:
    with pytest.raises(QueryError, match=f"at most {LONGEST} characters"):
        parse("a" * (LONGEST + 1))
    with pytest.raises(QueryError, match="at most 16 words"):
        parse(" ".join(f"mot{n}" for n in range(17)))


def test_an_excerpt_marks_the_words_and_loses_no_letter() -> None:
    text = "Mot. " * 80 + "Les opérateurs téléphoniques délocalisent. " + "Suite. " * 80
    cut = excerpt(text, parse("telephon"))
    assert [piece for piece, marked in cut if marked] == ["téléphoniques"]
    assert "".join(piece for piece, _ in cut).strip("…") in text
    assert sum(len(piece) for piece, _ in cut) < 300


@given(st.text(max_size=200), st.text(max_size=20))
def test_an_excerpt_is_a_part_of_the_text(text: str, typed: str) -> None:
    cut = excerpt(text, parse(typed), width=40)
    assert "".join(piece for piece, _ in cut).removeprefix("…").removesuffix("…") in spell_kept(text)
    assert all(fold(piece) for piece, marked in cut if marked)


def spell_kept(text: str) -> str:
    """Compose a text as excerpts do."""
    return unicodedata.normalize("NFC", text)
