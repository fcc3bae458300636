"""Lists of questions as Atom feeds, for who wants to be told of what is new. Knows items and Atom (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from flask import Response

from api.context import public_url, service
from api.pages import with_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.questions import Item
    from api.selection import Selection

_ATOM: Final = "http://www.w3.org/2005/Atom"
_LICENCE: Final = "Licence Ouverte 2.0, Assemblée nationale"
_EPOCH: Final = "1970-01-01"


def feed(items: Sequence[Item], chosen: Selection) -> Response:
    """Write the newest questions of a list as a feed; a question that is answered is updated on that day."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    given = chosen.given()
    here = f"{public_url()}{with_arguments('/questions.atom', given)}"
    about = ", ".join(f"{name} {value}" for name, value in given.items())
    _texts(
        root,
        title=f"{service().settings.title} · questions" + (f" ({about})" if about else ""),
        id=here,
        updated=_moment(max((item.answered or item.asked for item in items), default=_EPOCH)),
        rights=_LICENCE,
    )
    ET.SubElement(root, f"{{{_ATOM}}}link", rel="self", href=here)
    ET.SubElement(
        root, f"{{{_ATOM}}}link", rel="alternate", href=f"{public_url()}{with_arguments('/questions', given)}"
    )
    for item in items:
        _entry(root, item)
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), content_type="application/atom+xml")


def _entry(root: ET.Element, item: Item) -> None:
    """Write one question."""
    entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
    _texts(
        entry,
        title=f"{item.label} {item.title}".strip(),
        id=item.id,
        published=_moment(item.asked),
        updated=_moment(item.answered or item.asked),
        summary=f"{item.deputy_label} → {item.ministry_label}",
    )
    author = ET.SubElement(entry, f"{{{_ATOM}}}author")
    _texts(author, name=item.deputy_label or service().settings.title)
    ET.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=f"{public_url()}/question/{item.key}")


def _texts(parent: ET.Element, **texts: str) -> None:
    """Write elements that hold text alone."""
    for name, text in texts.items():
        ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _moment(day: str) -> str:
    """Write a day as the moment it begins; the source knows no hour."""
    return f"{day}T00:00:00Z"
