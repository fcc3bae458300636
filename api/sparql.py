"""The SPARQL 1.1 Protocol for queries. Knows HTTP and the Store protocol; must not know SPARQL itself.

The whole answer is spooled by the store before the status line is sent, so an answer is never cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wsgi import wrap_file

from api import description, results
from api.context import language, service
from api.formats import FORMATS, HTML, data, offered
from api.negotiate import choose
from graph.store import Dataset
from ontology.errors import QueryError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from api.formats import Format
    from graph.store import Answer

blueprint = Blueprint("sparql", __name__)

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_CONTENT_TYPES: Mapping[str, str] = {fmt.media_type: fmt.content_type for fmt in FORMATS}
_MAX_FIELDS = 1000


class MediaTypeError(QuesteurError):
    """The body of the request is in a media type that carries no query."""

    status = 415
    code = "unsupported-media-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What a request asks: a query, its dataset, its format and a shorter deadline. No query: the service itself."""

    query: str | None
    dataset: Dataset | None
    format: str | None
    timeout: float | None


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> BaseResponse:
    """Answer a query; without one, describe the service."""
    asked = _parameters(_fields())
    accept = request.headers.get("Accept")
    if asked.query is None:
        if request.method == "POST":
            raise _malformed(
                "there is no query", "send it as the parameter query, or as an application/sparql-query body"
            )
        return description.respond(choose(offered("document"), named=asked.format, accept=accept)[0])
    g.query_text = asked.query
    formats = choose(offered("rows", "graph"), named=asked.format, accept=accept)
    if language() == "en" and formats[0] is not HTML:
        return redirect(request.full_path, code=308)
    return _answer(asked, formats)


def _answer(asked: Parameters, formats: Sequence[Format]) -> Response:
    """Run the query and send its answer in the first format that can carry it."""
    current = service()
    page = formats[0] is HTML
    answer = current.store.query(
        asked.query or "",
        media_types=results.MEDIA_TYPES
        if page
        else tuple(dict.fromkeys(f.media_type for f in formats if f is not HTML)),
        dataset=asked.dataset,
        limits=current.settings.limits(deadline=asked.timeout),
    )
    response = results.page(answer, query=asked.query or "", alternates=data("rows", "graph")) if page else send(answer)
    response.headers["X-Questeur-Generation"] = answer.generation
    timings = [f"{step};dur={milliseconds:.1f}" for step, milliseconds in answer.timings.items()]
    response.headers["Server-Timing"] = ", ".join([f'engine;desc="{answer.engine}"', *timings])
    return response


def send(answer: Answer) -> Response:
    """Stream a spooled body whose size is known, and name the state it comes from."""
    response = Response(
        wrap_file(request.environ, answer.body),
        content_type=_CONTENT_TYPES.get(answer.media_type, answer.media_type),
        direct_passthrough=True,
    )
    response.content_length = answer.size
    response.headers["X-Questeur-Generation"] = answer.generation
    response.call_on_close(answer.body.close)
    return response


def _fields() -> list[tuple[str, str]]:
    """Read the parameters of the request, wherever its method puts them."""
    fields = _decode(request.query_string, "the address")
    if request.method != "POST":
        return fields
    media_type = request.mimetype
    if media_type == _UPDATE:
        raise _malformed("updates are not taken here", "this service is read-only: build a new generation instead")
    if media_type not in (_FORM, _QUERY):
        raise MediaTypeError(
            f"a query cannot come as {media_type or 'a body without a media type'}", hint=f"use {_FORM} or {_QUERY}"
        )
    charset = request.mimetype_params.get("charset", "utf-8").strip("\"' ").lower()
    if charset not in ("utf-8", "utf8"):
        raise _malformed(f"the charset {charset[:40]!r} is not read", "send UTF-8")
    body = request.get_data(cache=False)
    if media_type == _FORM:
        return fields + _decode(body, "the form")
    return [*fields, ("query", _text(body, "the body"))]


def _decode(raw: bytes, where: str) -> list[tuple[str, str]]:
    """Read form fields; every name and value must be UTF-8."""
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise _malformed(f"{where} has too many parameters", f"send at most {_MAX_FIELDS}") from None
    return [(_text(name.encode("latin-1"), where), _text(value.encode("latin-1"), where)) for name, value in pairs]


def _text(raw: bytes, where: str) -> str:
    """Read UTF-8, or say where it is not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(f"{where} is not UTF-8 at byte {error.start}", "encode it as UTF-8") from None


def _parameters(fields: Sequence[tuple[str, str]]) -> Parameters:
    """Check the fields: one value for what takes one, absolute IRIs for the dataset."""
    if any(name == "update" for name, _ in fields):
        raise _malformed("updates are not taken here", "this service is read-only; send queries as the parameter query")
    default = tuple(_iri(name, value) for name, value in fields if name == "default-graph-uri")
    named = tuple(_iri(name, value) for name, value in fields if name == "named-graph-uri")
    return Parameters(
        query=_single(fields, "query"),
        dataset=Dataset(default=default, named=named) if default or named else None,
        format=_single(fields, "format") or None,
        timeout=_timeout(_single(fields, "timeout")),
    )


def _single(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    """Give the value of a parameter that may be given once."""
    values = [value for given, value in fields if given == name]
    if len(values) > 1:
        raise _malformed(f"the parameter {name} is given {len(values)} times", "give it once")
    return values[0] if values else None


def _iri(name: str, value: str) -> str:
    """Check an IRI of the dataset."""
    if _IRI.fullmatch(value) is None:
        raise _malformed(f"parameter {name} is not an absolute IRI", "give an absolute IRI such as https://…")
    return value


def _timeout(value: str | None) -> float | None:
    """Read the caller's own deadline in seconds."""
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", value) is None or float(value) <= 0:
        raise _malformed("parameter timeout is not a number of seconds above 0", "give seconds, such as 2.5")
    return float(value)


def _malformed(message: str, hint: str) -> QueryError:
    """Say what is wrong with a request before any query is read."""
    return QueryError(message, code="malformed", hint=hint)
