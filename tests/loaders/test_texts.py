"""HTML fragments to plain text, and the canonical text behind an answer's key."""

from __future__ import annotations

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.texts import answer_digest, canonical, plain

WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<&", categories=("L", "N", "P", "S", "Zs")))


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("deux  espaces\net un saut", "deux espaces et un saut"),
        ("l&#339;uvre &amp; co", "l\u0153uvre & co"),
        ("</p>TITRE<br>corps", "TITRE\ncorps"),
        ("<p>un</p><p>deux</p>", "un\ndeux"),
        ("avant<script>alert(1)</script>apr\u00e8s", "avantapr\u00e8s"),
        ("<em>start-up</em>s", "start-ups"),
        ("a<!-- DEBTAB -->b", "ab"),
        ('<table><tr><td rowspan=2"><p>A</p></td><td>B</br></td></tr><tr><td>C</td></tr></table>', "A\tB\nC"),
        ("l\u2019\u00e9t\u00e9\u00a0: oui", "l\u2019\u00e9t\u00e9\u00a0: oui"),
        ("nul\x00 un\x01 vt\x0b fffe\ufffe", "nul un vt fffe"),
        ("   ", ""),
    ],
    ids=[
        "spaces",
        "entities",
        "stray-end",
        "paragraphs",
        "script",
        "inline",
        "comment",
        "broken-table",
        "nbsp",
        "controls",
        "blank",
    ],
)
def test_a_fragment_becomes_plain_text_of_one_paragraph_a_line(fragment: str, text: str) -> None:
    assert plain(fragment) == text


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_becomes_plain_text_without_controls(fragment: str) -> None:
    text = plain(fragment)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in text)
    assert "\n\n" not in text
    assert text == text.strip(" \n")


@given(WORDS)
def test_markup_entities_and_spaces_do_not_change_the_key_of_an_answer(words: str) -> None:
    bare = plain(words)
    marked = plain("<p>" + html.escape(words).replace(" ", "&#160;") + "</p>")
    assert answer_digest(bare) == answer_digest(marked)


def test_the_canonical_text_holds_no_white_space_and_is_composed() -> None:
    assert canonical("e\u0301t\u00e9 \u00a0\n\u202f!") == "\u00e9t\u00e9!"


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_the_canonical_text_is_that_of_its_frozen_definition(text: str) -> None:
    assert canonical(text) == "".join(unicodedata.normalize("NFC", text).split())


def test_another_word_gives_another_key() -> None:
    assert answer_digest("oui") != answer_digest("non")
