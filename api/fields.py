"""The parameters of a request, read once and as UTF-8. Knows HTTP forms; must not know what they say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from flask import request

from ontology.errors import QueryError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORM = "application/x-www-form-urlencoded"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_MAX_FIELDS = 1000


class MediaTypeError(QuesteurError):
    """The body of the request is in a media type that is not read here."""

    status = 415
    code = "unsupported-media-type"


def in_address() -> list[tuple[str, str]]:
    """Read the parameters of the address."""
    return decode(request.query_string, "the address")


def decode(raw: bytes, where: str) -> list[tuple[str, str]]:
    """Read form fields; every name and value must be UTF-8."""
    if raw.count(b"&") >= _MAX_FIELDS:
        raise malformed(f"{where} has too many parameters", f"send at most {_MAX_FIELDS}")
    pairs = [field.partition(b"=") for field in raw.split(b"&") if field]
    return [(_plain(name, where), _plain(value, where)) for name, _, value in pairs]


def _plain(raw: bytes, where: str) -> str:
    """Read what a form writes of a name or a value."""
    raw = raw.replace(b"+", b" ")
    return utf8(unquote_to_bytes(raw) if b"%" in raw else raw, where)


def utf8(raw: bytes, where: str) -> str:
    """Read UTF-8, or say where it is not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(f"{where} is not UTF-8 at byte {error.start}", "encode it as UTF-8") from None


def require_utf8(charset: str) -> None:
    """Refuse a body that says it is in another charset."""
    if charset.strip("\"' ").lower() not in {"utf-8", "utf8"}:
        raise malformed(f"the charset {charset[:40]!r} is not read", "send UTF-8")


def require_plain(coding: str) -> None:
    """Refuse a body that is compressed: who reads one must first agree to how far it may unfold."""
    if coding.strip().lower() not in {"", "identity"}:
        raise MediaTypeError(f"a body coded as {coding.strip()[:40]!r} is not read", hint="send it as it is")


def single(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    """Give the value of a parameter that may be given once."""
    values = [value for given, value in fields if given == name]
    if len(values) > 1:
        raise malformed(f"the parameter {name} is given {len(values)} times", "give it once")
    return values[0] if values else None


def iri(name: str, value: str) -> str:
    """Check an absolute IRI that names a graph."""
    if _IRI.fullmatch(value) is None:
        raise malformed(f"parameter {name} is not an absolute IRI", "give an absolute IRI such as https://…")
    return value


def malformed(message: str, hint: str) -> QueryError:
    """Say what is wrong with a request before any of it is read."""
    return QueryError(message, code="malformed", hint=hint)
