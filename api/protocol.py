"""The SPARQL 1.1 Protocol's requests: a query, its dataset, its format and deadline, out of a WSGI environment.

Knows HTTP and no framework's request; must not know SPARQL itself, nor who answers.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import msgspec
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from api.fields import FORM, MediaTypeError, decode, iri, malformed, require_plain, require_utf8, single, utf8
from graph.store import Dataset
from ontology.errors import HangUpError, QuesteurError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


class RequestTooLargeError(QuesteurError):
    """The body of the request is above its cap."""

    status = 413
    code = "request-too-large"


class Asked(msgspec.Struct, kw_only=True, frozen=True):
    """What a request asks: a query, its dataset, its format and a shorter deadline. No query: the service itself."""

    query: str | None
    dataset: Dataset | None
    format: str | None
    timeout: float | None


def asked(environ: WSGIEnvironment, *, max_bytes: int) -> Asked:
    """Read a request. Its body may be read again.

    Raises
    ------
    QueryError
        ``malformed``: what is given is not a request of the protocol.
    MediaTypeError, RequestTooLargeError
        The body cannot be a query.
    """
    fields = decode(environ.get("QUERY_STRING", "").encode("latin-1"), "the address")
    if environ["REQUEST_METHOD"] == "POST":
        fields += _body(environ, max_bytes)
    if "update" in [name for name, _ in fields]:
        raise malformed("updates are not taken here", "send updates to /update; here send the parameter query")
    default = tuple([iri(name, value) for name, value in fields if name == "default-graph-uri"])
    named = tuple([iri(name, value) for name, value in fields if name == "named-graph-uri"])
    query = single(fields, "query")
    if query is None and environ["REQUEST_METHOD"] == "POST":
        raise malformed("there is no query", f"send it as the parameter query, or as an {QUERY} body")
    return Asked(
        query=query,
        dataset=Dataset(default=default, named=named) if default or named else None,
        format=single(fields, "format") or None,
        timeout=_timeout(single(fields, "timeout")),
    )


def checked(environ: WSGIEnvironment, *, max_bytes: int) -> tuple[str, bool]:
    """Read the text that a request wants judged, and whether it is meant as an update.

    Raises
    ------
    QueryError
        ``malformed``: there is none, or more than one.
    MediaTypeError, RequestTooLargeError
        The body cannot be one.
    """
    fields = _body(environ, max_bytes)
    query, update = single(fields, "query"), single(fields, "update")
    if (query is None) == (update is None):
        raise malformed("there is no text to check, or there are two", "send one as the parameter query or update")
    return (update or "", True) if query is None else (query, False)


def _body(environ: WSGIEnvironment, max_bytes: int) -> list[tuple[str, str]]:
    """Read the parameters that a POST holds."""
    given, options = parse_options_header(environ.get("CONTENT_TYPE"))
    media_type = given.lower()
    if media_type == UPDATE:
        raise malformed("updates are not taken here", "send updates to /update")
    if media_type not in (FORM, QUERY):
        raise MediaTypeError(
            f"a query cannot come as {media_type or 'a body without a media type'}", hint=f"use {FORM} or {QUERY}"
        )
    require_utf8(options.get("charset", "utf-8"))
    require_plain(environ.get("HTTP_CONTENT_ENCODING", ""))
    body = read_body(environ, max_bytes)
    return decode(body, "the form") if media_type == FORM else [("query", utf8(body, "the body"))]


def read_body(environ: WSGIEnvironment, max_bytes: int) -> bytes:
    """Read the body of a request, and leave it there for who reads next.

    Raises
    ------
    RequestTooLargeError
        It has more bytes than that.
    HangUpError
        The client left in the middle of it.
    QueryError
        ``malformed``: it is no body.
    """
    try:
        body = get_input_stream(environ, max_content_length=max_bytes).read()
    except RequestEntityTooLarge:
        raise RequestTooLargeError(f"the body has more than {max_bytes:,} bytes", hint="send a shorter query") from None
    except QuesteurError:
        raise
    except Exception as error:
        if isinstance(error, ConnectionError) or (isinstance(error, ClientDisconnected) and _left(error)):
            raise HangUpError from None
        raise malformed("the body cannot be read", "send it whole, in well-formed chunks if in chunks") from error
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _left(error: ClientDisconnected) -> bool:
    """Say whether a body ended early because its sender did, and not because it is no body."""
    return error.__context__ is None or isinstance(error.__context__, ConnectionError)


def _timeout(value: str | None) -> float | None:
    """Read the caller's own deadline in seconds."""
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", value) is None or float(value) <= 0:
        raise malformed("parameter timeout is not a number of seconds above 0", "give seconds, such as 2.5")
    return float(value)
