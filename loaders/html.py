"""The page of a question saved as HTML, turned into the page as text that ``pages.py`` reads.

Only the outline matters: headings, lines and the labels of key facts; menus, scripts and styles go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as lxml_html

from loaders.pages import FACT_LABELS, QUESTION_HEADING, looks_like_page, read_page
from loaders.record import RefusedRecordError

if TYPE_CHECKING:
    from loaders.audit import Audit
    from loaders.questions import QuestionRecord
    from loaders.xml import Element

_HTML = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "### "}
_BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "form", "header", "hr", "tr", "ul"),
        *("li", "main", "ol", "p", "section", "table", "td", "th"),
    }
)
_SILENT = frozenset(
    {"script", "style", "template", "head", "noscript", "iframe", "object", "select", "svg", "nav", "footer", "aside"}
)
_SPACES = re.compile(r"[ \t\r\n]+")
_FACT = re.compile(rf"^\W*({'|'.join(re.escape(label) for label in FACT_LABELS)})\s*[:>]\s*(.*)$", re.IGNORECASE)
_DEPTH = 200


def looks_like_html(head: bytes) -> bool:
    """Say whether bytes begin like an HTML document."""
    return _HTML.match(head) is not None


def read_html(raw: bytes, audit: Audit | None = None, locator: str = "") -> QuestionRecord:
    """Read one saved HTML page of UTF-8 bytes.

    Raises
    ------
    RefusedRecordError
        It is no page of a question.
    """
    return read_page(page_of(raw), audit, locator)


def page_of(raw: bytes) -> str:
    """Give the page as text.

    Raises
    ------
    RefusedRecordError
        It is no page of a question.
    """
    page = page_text(raw)
    if not looks_like_page(page, within=len(page)):
        raise RefusedRecordError("unknown-form", "an HTML page that names no legislature and numbered question")
    return page


def page_text(raw: bytes) -> str:
    """Give the outline of a page as text: ``#`` headings, one line for each block, ``**label :** value`` facts."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = etree.fromstring(raw, parser)
    pieces: list[str] = []
    _walk(root, pieces, _DEPTH)
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(pieces).split("\n")]
    outline = [_fact(line) for line in _joined([line for line in lines if line])]
    first = next((n for n, line in enumerate(outline) if line.startswith("**")), None)
    if first is not None and not any(line.casefold() == "### données clés" for line in outline):
        outline.insert(first, "### Données clés")
    return "\n\n".join(outline)


def _walk(element: Element, pieces: list[str], room: int) -> None:
    if element.tag in _SILENT or room == 0:
        return
    edge = element.tag in _BLOCKS or element.tag in _HEADINGS
    if edge:
        pieces.append("\n" + _HEADINGS.get(element.tag, ""))
    if element.text:
        pieces.append(_SPACES.sub(" ", element.text))
    for child in element:
        _walk(child, pieces, room - 1)
        if child.tail:
            pieces.append(_SPACES.sub(" ", child.tail))
    if edge:
        pieces.append("\n")


def _joined(lines: list[str]) -> list[str]:
    """Join a label that stands alone with the value below it (``<dt>Auteur :</dt><dd>…</dd>``); undo split headings."""
    joined: list[str] = []
    for line in lines:
        before = joined[-1] if joined else ""
        if before.rstrip("# ") == "" and before:
            joined[-1] = f"{before} {line}".replace("  ", " ")
        elif (alone := _FACT.match(before if before.rstrip().endswith((":", ">")) else f"{before} :")) and not alone[2]:
            joined[-1] = f"{alone[1]} : {line.lstrip(':> ')}"
        else:
            joined.append(line)
    return joined


def _fact(line: str) -> str:
    """Write a fact as the page as text does; the numbered title is no heading there."""
    if QUESTION_HEADING.match(line):
        return line.lstrip("# ")
    fact = _FACT.match(line)
    return f"**{fact[1]} :** {fact[2]}" if fact and fact[2] else line
