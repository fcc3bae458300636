"""A page saved as HTML says what the same page saved as text says."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from loaders.html import read_html
from loaders.pages import read_page
from loaders.record import RefusedRecordError
from questeur import sample as sample_package

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = files(sample_package).joinpath("15-10719QE.txt").read_text(encoding="utf-8")


def lists(name: str, value: str) -> str:
    return f"<li><span class='question-legend'>{name} :</span> {value}</li>"


def definitions(name: str, value: str) -> str:
    return f"<dt>{name} :</dt>\n<dd>{value}</dd>"


def rows(name: str, value: str) -> str:
    return f"<tr><th>{name}</th><td>{value}</td></tr>"


def bold(name: str, value: str) -> str:
    return f"<p><strong>{name}</strong> : <em>{value}</em></p>"


def written(fact: Callable[[str, str], str]) -> bytes:
    """Write the page as an HTML document: headings, paragraphs, facts in some markup, and what surrounds a page."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, PAGE.splitlines())):
        if match := re.match(r"\*\*(.+?)\s*:?\s*\*\*\s*:?\s*(.+)", line):
            value = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"<a href='#'>\1</a>", match[2])
            lines.append(fact(match[1], value))
        elif match := re.match(r"(#+) (.+)", line):
            lines.append(f"<h{len(match[1])} class='x'>{match[2]}</h{len(match[1])}>")
        else:
            lines.append(f"<p>{line}</p>")
    return (
        "<!DOCTYPE html>\n<html lang='fr'><head><title>Question</title><script>var a = '<p>';</script></head><body>"
        f"<nav><ul><li>Menu</li></ul></nav><main>{''.join(lines)}</main><footer>Mentions</footer></body></html>"
    ).encode()


@pytest.mark.parametrize("fact", [lists, definitions, rows, bold])
def test_the_page_as_html_gives_the_same_record_as_the_page_as_text(fact: Callable[[str, str], str]) -> None:
    assert read_html(written(fact)) == read_page(PAGE)


def test_an_html_page_of_anything_else_is_refused() -> None:
    with pytest.raises(RefusedRecordError, match="HTML page"):
        read_html(b"<!DOCTYPE html><html><body><h1>Service indisponible</h1></body></html>")
