"""Headers that every answer carries: who may read it, what it may load, which generation it comes from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import Response, g, request
from flask.globals import request_ctx

from api.answers import UNKNOWN
from api.bearer import PRIVATE
from api.context import LANGUAGE, language, request_id, service
from graph.store import DATA_DATE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
DATA_POLICY = "default-src 'none'; sandbox"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITES = frozenset({"PUT", "DELETE"})
_EXPOSED = f"Content-Location, ETag, Link, {DATA_DATE}, Retry-After, Server-Timing, X-Questeur-Generation, X-Request-Id"
SAFETY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
SHARING = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", _EXPOSED))
# Nothing of these is the same for all callers of one generation.
_LIVE = frozenset(
    {
        *("status.status", "status.metrics", "status.readyz", "home.healthz", "static", "assets.asset"),
        *("sparql.sparql", "downloads.index", "downloads.latest", "downloads.file"),
    }
)


class Languages:
    """Strip ``/en`` from the path and note the language, so that every page has its English twin."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request in the language of its path."""
        whole = environ.get("PATH_INFO", "")
        if whole == "/en" or whole.startswith("/en/"):
            environ["PATH_INFO"] = whole[3:] or "/"
            environ[LANGUAGE] = "en"
        return self._app(environ, start_response)


def register(app: Flask) -> None:
    """Set the headers on every answer of an application, and answer every preflight."""
    app.wsgi_app = Languages(app.wsgi_app)  # type: ignore[method-assign]  # the documented way to wrap an application
    app.before_request(_preflight)
    app.before_request(_unchanged)
    app.after_request(_finish)


def _preflight() -> Response | None:
    """Answer OPTIONS on any route with 204: reads are open to every origin, without credentials."""
    if request.method != "OPTIONS" or request.routing_exception is not None:
        return None
    allowed = set(request_ctx.url_adapter.allowed_methods() if request_ctx.url_adapter else ()) | {"OPTIONS"}
    response = Response(status=204)
    response.headers["Allow"] = ", ".join(sorted(allowed))
    open_to_all = allowed & _READS if allowed & _WRITES else allowed
    if not open_to_all & {"GET"}:
        setattr(g, PRIVATE, True)
        return response
    response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(open_to_all))
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _unchanged() -> Response | None:
    """Answer 304 before anything is read, when the client has what this generation gives."""
    g.generation = service().store.generation()
    tag = _tag(g.generation) if request.if_none_match else None
    if tag is None or not request.if_none_match.contains_weak(tag):
        return None
    response = Response(status=304)
    response.set_etag(tag, weak=True)
    return response


def _tag(generation: str) -> str | None:
    """Tag what a route gives for this request in a generation; None if it is not told by these alone."""
    if request.method not in ("GET", "HEAD") or request.endpoint in _LIVE or generation == UNKNOWN:
        return None
    said = (service().settings.version, request.full_path, language(), request.headers.get("Accept", ""), request.host)
    return f"{generation}-{hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()}"


def _finish(response: Response) -> Response:
    """Add what does not depend on the route."""
    headers = response.headers
    page = response.mimetype == "text/html"
    headers["Content-Security-Policy"] = PAGE_POLICY if page else DATA_POLICY
    for name, value in (*SAFETY, *(() if g.get(PRIVATE, False) else SHARING)):
        headers[name] = value
    headers["X-Request-Id"] = request_id()
    now = service().store.generation()
    if "X-Questeur-Generation" not in headers:
        headers["X-Questeur-Generation"] = now
        if (day := service().store.freshness().date) is not None:
            headers[DATA_DATE] = day.isoformat()
    # What was read while another generation came up belongs to neither for sure.
    tag = _tag(now) if g.get("generation") == now else None
    if response.status_code == 200 and tag is not None and "ETag" not in headers:
        response.set_etag(tag, weak=True)
        headers.setdefault("Cache-Control", "no-cache")
    if request.endpoint not in ("static", "assets.asset"):
        response.vary.add("Accept")
    return response
