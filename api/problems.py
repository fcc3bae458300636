"""Every error as one shape: RFC 9457 ``application/problem+json``, or a page when a browser asked.

Knows the error tree and HTTP; shows no path of the machine and no traceback, whatever went wrong.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.context import catalogue, request_id
from api.environ import QUERY
from api.formats import HTML
from api.negotiate import NoFormatError, ranges
from api.pages import alternate, render
from ontology.errors import BusyError, QueryError, QuesteurError, UnauthorizedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from api.formats import Format
    from ontology.errors import Fix

MEDIA_TYPE = "application/problem+json"
_EXCERPT = 120
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_LOG = logging.getLogger("questeur.api")
_HTTP = {
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not take that method."),
    413: ("request-too-large", "The request is larger than this service reads."),
    414: ("uri-too-long", "The address is too long."),
    415: ("unsupported-media-type", "The body is in a media type that is not read here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an error happened: the path, the request, the query text, and the address of the answer in a format."""

    path: str
    request_id: str
    text: str
    alternate: Callable[[Format], str]


def register(app: Flask) -> None:
    """Answer every error of an application as a problem."""
    app.register_error_handler(Exception, handle)


def handle(error: Exception) -> Response:
    """Turn any error into its answer. What is not ours to explain is logged, and answered as a plain 500."""
    place = Place(path=request.path, request_id=request_id(), text=request.environ.get(QUERY, ""), alternate=alternate)
    if isinstance(error, HTTPException) and error.code is not None and error.code >= 400:
        response = _respond(_http_fields(error, place), error)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response
    if isinstance(error, HTTPException):
        return Response(error.get_response().data, status=error.code, headers=error.get_headers())
    return _respond(describe(error, place), error)


def describe(error: Exception, place: Place) -> dict[str, object]:
    """Give the fields of the problem that an error is. Those of status 500 are about the machine: for the log."""
    if not isinstance(error, QuesteurError) or error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error("request %s failed", place.request_id, exc_info=error)
        code = error.code if isinstance(error, QuesteurError) else "internal"
        return _problem(500, code, "The service failed on this request.", "", place)
    fields = _problem(error.status, error.code, error.message, error.hint, place)
    if isinstance(error, NoFormatError):
        fields["available"] = [
            {"format": fmt.name, "media_type": fmt.media_type, "href": place.alternate(fmt)} for fmt in error.offered
        ]
    if isinstance(error, QueryError) and error.line > 0:
        fields |= {"line": error.line, "column": error.column}
        fields |= excerpt(place.text, line=error.line, column=error.column)
        if error.fix is not None:
            fields["fix"] = fix(error.fix)
    return fields


def fix(change: Fix) -> dict[str, object]:
    """Write a change of the text that mends it."""
    return {"from": change.start, "to": change.end, "insert": change.insert}


def retry_headers(error: Exception) -> Mapping[str, str]:
    """Say when to come back or what to bring, and that nobody may keep the problem."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, BusyError) and error.retry_after > 0:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = 'Bearer realm="questeur"'
    return headers


def written(fields: Mapping[str, object]) -> bytes:
    """Write a problem as JSON."""
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def problem_slugs() -> tuple[str, ...]:
    """List the slugs of the problem types, as the catalogue explains them."""
    return tuple(sorted(name.split(".")[1] for name in catalogue().strings if name.startswith("problems.")))


def _problem(status: int, code: str, detail: str, hint: str, place: Place) -> dict[str, object]:
    """Give the fields that every problem has."""
    return {
        "type": f"/docs/problems/{code}",
        "title": _PHRASES.get(status, "Client Closed Request"),
        "status": status,
        "detail": detail,
        "instance": place.path,
        "request_id": place.request_id,
        "hint": hint,
    }


def _http_fields(error: HTTPException, place: Place) -> dict[str, object]:
    """Describe an error of the framework."""
    status = error.code or 500
    hint = ""
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        hint = f"use {', '.join(sorted(error.valid_methods))}"
    code, detail = _HTTP.get(status, ("malformed" if status < 500 else "internal", error.name))
    return _problem(status, code, detail, hint, place)


def excerpt(text: str, *, line: int, column: int) -> dict[str, object]:
    """Show the line of an error and a ``^`` under its place, counted in code points, tabs kept."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return {}
    whole = lines[line - 1].rstrip("\r")
    place = min(max(column, 1), len(whole) + 1) - 1
    start = max(0, place - _EXCERPT // 2)
    shown = whole[start : start + _EXCERPT]
    blank = "".join("\t" if char == "\t" else " " for char in shown[: place - start])
    return {"excerpt": shown, "caret": f"{blank}^"}


def _respond(fields: dict[str, object], error: Exception) -> Response:
    """Write a problem in the form that the caller reads."""
    status = int(str(fields["status"]))
    asks_html = any(
        asked.specificity(HTML) > 0 and asked.quality > 0 for asked in ranges(request.headers.get("Accept", ""))
    )
    if asks_html:
        text = request.environ.get(QUERY, "")
        response = render("problem.html", status=status, problem=fields, query=text, mended=_mended(text, error))
    else:
        response = Response(written(fields), status=status, content_type=MEDIA_TYPE)
    response.headers.update(retry_headers(error))
    return response


def _mended(text: str, error: Exception) -> str:
    """Give a query with its error mended, when that is known."""
    change = error.fix if isinstance(error, QueryError) else None
    return "" if change is None else text[: change.start] + change.insert + text[change.end :]
