"""Writes one question in each form in which the Assembly publishes it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from loaders.archive import Opened
from loaders.audit import Audit
from loaders.forms import read
from loaders.record import many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from loaders.forms import Item

NAMESPACE = "http://schemas.assemblee-nationale.fr/referentiel"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
HTML_FIELDS = frozenset({"texte"})
Question = dict[str, Any]


def as_json(question: Question) -> bytes:
    return json.dumps({"question": question}, ensure_ascii=False).encode()


def as_list(questions: Iterable[Question], root: str = "questionsEcrites") -> bytes:
    return json.dumps({root: {"question": [*questions]}}, ensure_ascii=False).encode()


def as_lines(questions: Iterable[Question], *, wrapped: bool) -> bytes:
    lines = ({"question": q} if wrapped else q for q in questions)
    return b"\n".join(json.dumps(line, ensure_ascii=False).encode() for line in lines)


def as_xml(question: Question, *, namespace: str | None = NAMESPACE, cdata: bool = False) -> bytes:
    prefix = f"{{{namespace}}}" if namespace else ""
    root = etree.Element(f"{prefix}question", nsmap={"an": namespace, "xsi": XSI} if namespace else None)
    _fill(root, question, prefix, cdata=cdata)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def as_xml_list(questions: Iterable[Question]) -> bytes:
    root = etree.Element("questionsEcrites")
    for question in questions:
        _fill(etree.SubElement(root, "question"), question, "", cdata=False)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(parent: Any, fields: Question, prefix: str, *, cdata: bool) -> None:  # noqa: ANN401  # an element
    for name, value in fields.items():
        if name.startswith("@"):
            continue
        for item in many(value) or (None,):
            element = etree.SubElement(parent, prefix + name)
            if isinstance(item, dict):
                _fill(element, cast("Question", item), prefix, cdata=cdata)
            elif item is not None and cdata and name in HTML_FIELDS and "]]>" not in item:
                element.text = cast("str", etree.CDATA(item))
            elif item is not None:
                element.text = item


def as_zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def items(path: Path, audit: Audit | None = None) -> list[Item | None]:
    """Read a source whole."""
    audit = audit or Audit()
    return [read(record, audit) for record in Opened(path=path).records()]


def items_of(folder: Path, content: bytes, audit: Audit | None = None) -> list[Item | None]:
    """Read a file that holds these bytes, under a name that says nothing."""
    path = folder / "source"
    path.write_bytes(content)
    return items(path, audit)
