"""XML, read safely: no document type, no entity, no network, a cap on depth; elements become plain dictionaries.

A dictionary has the shape of the publisher's own JSON, so that one typed reader serves both. Knows no form.
"""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from lxml import etree

from loaders.record import RefusedRecordError
from loaders.safety import DEPTH, FIELD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

    from loaders.record import Json

_PROLOG = re.compile(rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_DECLARED = re.compile(rb"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
_CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1", b"iso-8859-15", b"windows-1252"})
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HTML_FIELDS = frozenset({"texte", "TEXTE_DEPOT", "TEXTE_REPONSE"})


class Element(Protocol):
    """What is read of a parser's element."""

    tag: str

    @property
    def text(self) -> str | None:
        """The text before the first child."""
        ...

    @property
    def tail(self) -> str | None:
        """The text after the element."""
        ...

    def items(self) -> Sequence[tuple[str | bytes, str | bytes]]:
        """Give the attributes."""
        ...

    def __len__(self) -> int:
        """Count the children."""
        ...

    def __iter__(self) -> Iterator[Element]:
        """Give the children."""
        ...


def root_name(head: bytes) -> str | None:
    """Give the local name of the first element; None when this is no XML, or has a document type."""
    prolog = _PROLOG.match(head)
    match = _ROOT.match(head, prolog.end() if prolog else 0)
    return match[1].decode() if match else None


def check_prolog(head: bytes) -> None:
    """Refuse a document type and an unknown character set, before any parser sees them.

    Raises
    ------
    RefusedRecordError
        One of these stands before the first element.
    """
    prolog = _PROLOG.match(head)
    if head.startswith(b"<!", prolog.end() if prolog else 0):
        raise RefusedRecordError("doctype", "the document declares a type (DOCTYPE); no such file is read")
    if (declared := _DECLARED.match(head)) and declared[1].lower() not in _CHARSETS:
        raise RefusedRecordError("unknown-charset", f"the character set {declared[1][:40]!r} is not known")


def read_tree(raw: bytes) -> tuple[str, Json]:
    """Parse one document of UTF-8 bytes; give the local name of its root, and its content.

    Raises
    ------
    RefusedRecordError
        It is not well-formed, has a document type, or is too deep.
    """
    check_prolog(raw)
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        raise RefusedRecordError("not-xml", str(error)) from error
    return _local(root.tag), _value(root, DEPTH)


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(element: Element, room: int) -> Json:
    """Turn an element into what the publisher's JSON holds: a text, an object, or None when empty or nil."""
    if len(element):
        return _tree(element, room)
    content = element.text
    if attributes := element.items():
        named = _named(attributes)
        return None if named.get("@xsi:nil") == "true" else {**named, "#text": content}
    if content is None or content.isspace():
        return None
    if len(content) > FIELD:
        raise RefusedRecordError("field-too-long", f"a field of {len(content):,} characters", path=_local(element.tag))
    return content


def _tree(element: Element, room: int) -> Json:
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    if _local(element.tag) in _HTML_FIELDS:  # markup written as elements, neither escaped nor CDATA
        _check_depth(element, room)
        return _inner(element)
    found: dict[str, Json] = _named(element.items())
    several: dict[str, list[Json]] = {}
    for child in element:
        name, value = _local(child.tag), _value(child, room - 1)
        if name not in found:
            found[name] = value
        elif name in several:
            several[name].append(value)
        else:
            several[name] = [found[name], value]
    found.update(several)
    return found


def _named(attributes: Sequence[tuple[str | bytes, str | bytes]]) -> dict[str, Json]:
    return {"@" + str(name).replace(_XSI, "xsi:"): str(value) for name, value in attributes}


def _check_depth(element: Element, room: int) -> None:
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    for child in element:
        _check_depth(child, room - 1)


def _inner(element: Element) -> str:
    """Write the markup inside an element as HTML: names without namespace, attributes dropped."""
    pieces = [html.escape(element.text or "", quote=False)]
    for child in element:
        name = _local(child.tag)
        closing = "" if name in {"br", "hr"} else f"</{name}>"
        pieces += [f"<{name}>", _inner(child), closing, html.escape(child.tail or "", quote=False)]
    return "".join(pieces)


def children(source: IO[bytes], name: str) -> Iterator[bytes]:
    """Give each child element of that name under the root of a long document, as bytes, one in memory at a time.

    Raises
    ------
    RefusedRecordError
        The document is not well-formed; what was given before cannot be trusted either.
    """
    try:
        events = etree.iterparse(
            source,
            events=("end",),
            tag="{*}" + name,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding="utf-8",
        )
        for _, element in events:
            parent = element.getparent()
            if parent is None or parent.getparent() is not None:
                continue
            yield etree.tostring(element, encoding="utf-8", with_tail=False)
            element.clear()
            while element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise RefusedRecordError("not-xml", str(error)) from error
