"""HTML fragments to plain text, and the canonical text behind an answer's key. One paragraph is one line.

Only three things happen to a text that holds neither ``<`` nor ``&``: control characters go, runs of spaces and line
ends become one space, the ends are trimmed. No-break spaces and typographic apostrophes stay as published.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

# Version of `canonical`. It is frozen: another rule is another version, and other keys for every answer.
ANSWER_KEY_VERSION = 1

_SPACES = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")  # a lone space needs no change, and most are alone
# C0 controls but tab, line feed and carriage return; DEL and C1; noncharacters. Surrogates never get this far.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
# The same, in UTF-8: ASCII controls; C1 but NEL; noncharacters of the basic plane.
_ASCII_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1 = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_NONCHARACTERS = re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")
# White space in UTF-8: that of ASCII, and the no-break space.
_ASCII_SPACES = b" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f"
_NO_BREAK = "\u00a0".encode()
_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "center", "dd", "div", "dl", "dt", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "tbody", "tfoot", "thead", "tr", "ul"),
    }
)
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({"script", "style", "template", "head", "title", "iframe", "object", "noscript"})


def clean(text: str) -> str:
    """Remove what no text of an official journal can hold: control characters and noncharacters."""
    raw = text.encode("utf-8", "surrogatepass")  # looked through as bytes: a text seldom holds any, and is long
    if len(raw.translate(None, _ASCII_CONTROLS)) == len(raw) and not _C1.search(raw) and not _NONCHARACTERS.search(raw):
        return text
    return _CONTROLS.sub("", text)


def _squeeze(text: str) -> str:
    """Make every run of spaces, tabs and line ends one space."""
    if "  " in text or "\n" in text or "\t" in text or "\r" in text or "\f" in text:
        return _SPACES.sub(" ", text)
    return text


def plain(fragment: str) -> str:
    """Turn an HTML fragment of the source into plain text, one paragraph a line, table cells divided by tabs.

    Tags, comments, scripts and styles go; entities are decoded; the text of unbalanced markup stays (a stray ``</p>``
    opens all 43 oral questions of the sample, ``rowspan=2"`` and ``</br>`` stand in 14-47351).
    """
    if "<" in fragment:
        return _lines(_walk(fragment))
    if "&" in fragment:
        fragment = html.unescape(fragment)
    return _squeeze(clean(fragment)).strip(" ")


@cache
def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")


def _walk(fragment: str) -> Iterator[str]:
    r"""Yield pieces of text; ``\n`` stands for the edge of a block, ``\t`` for the edge of a cell."""
    root = etree.fromstring(f"<html><body><div>{clean(fragment)}</div></body></html>".encode(), _parser())
    silent = cells = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start":
            silent += tag in _SILENT
            yield _edge(tag, cells)
            cells += tag in _CELLS
            if element.text and not silent:
                yield _squeeze(element.text)
            continue
        silent -= tag in _SILENT
        cells -= tag in _CELLS
        if tag != "br":
            yield _edge(tag, cells)
        if element.tail and not silent:
            yield _squeeze(element.tail)


def _edge(tag: str, cells: int) -> str:
    if tag in _CELLS:
        return "\t"
    if tag in _BLOCKS:  # a paragraph inside a cell does not end the row (15-3074)
        return " " if cells else "\n"
    return ""


def _lines(pieces: Iterator[str]) -> str:
    lines = "".join(pieces).split("\n")
    tidy = ("\t".join(filter(None, (_squeeze(cell).strip(" ") for cell in line.split("\t")))) for line in lines)
    return "\n".join(filter(None, tidy))


def canonical(text: str) -> str:
    """Give the frozen form of a plain text that an answer's key hashes: NFC, without any white space.

    Page, JSON and XML of one answer differ in line ends, no-break spaces and markup between words; they agree here.
    """
    return _canonical(text).decode()


def _canonical(text: str) -> bytes:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    bare = text.encode().translate(None, _ASCII_SPACES).replace(_NO_BREAK, b"")  # nearly all the white space there is
    return bare if bare.decode().isprintable() else "".join(text.split()).encode()


def answer_digest(text: str) -> str:
    """Digest a plain answer text: 64 hexadecimal digits; the key takes the first twelve."""
    return hashlib.sha256(_canonical(text)).hexdigest()
