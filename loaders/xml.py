"""XML, read safely: no document type, no entity, no network, a cap on depth; elements become plain dictionaries.

A dictionary has the shape of the publisher's own JSON, so that one typed reader serves both. Knows no form.
"""

from __future__ import annotations

import html
import re
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
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedRecordError("not-xml", str(error)) from error
    return _local(root.tag), _tree(root, DEPTH)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _tree(element: Element, room: int) -> Json:
    """Turn an element into what the publisher's JSON holds: a text, an object, or None when empty or nil."""
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    attributes = _attributes(element)
    tag = _local(element.tag)
    if not len(element):
        content = element.text
        if content is not None and len(content) > FIELD:
            raise RefusedRecordError("field-too-long", f"a field of {len(content):,} characters", path=tag)
        if not attributes or attributes.get("@xsi:nil") == "true":
            return content if content and not content.isspace() else None
        return {**attributes, "#text": content}
    if tag in _HTML_FIELDS:  # markup written as elements, neither escaped nor CDATA
        _tree_depth(element, room)
        return _inner(element)
    found = attributes
    several: dict[str, list[Json]] = {}
    for child in element:
        name, value = _local(child.tag), _tree(child, room - 1)
        if name not in found:
            found[name] = value
            continue
        if name in several:
            several[name].append(value)
        else:
            several[name] = [found[name], value]
    found.update(several)
    return found


def _attributes(element: Element) -> dict[str, Json]:
    return {"@" + str(name).replace(_XSI, "xsi:"): str(value) for name, value in element.items()}


def _tree_depth(element: Element, room: int) -> None:
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    for child in element:
        _tree_depth(child, room - 1)


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
