"""Headers that every answer carries: who may read it, what it may load, which generation it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, g, request
from flask.globals import request_ctx

from api.bearer import PRIVATE
from api.context import LANGUAGE, request_id, service

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
_EXPOSED = "Content-Location, ETag, Link, Retry-After, Server-Timing, X-Questeur-Generation, X-Request-Id"


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


def _finish(response: Response) -> Response:
    """Add what does not depend on the route."""
    headers = response.headers
    page = response.mimetype == "text/html"
    headers["Content-Security-Policy"] = PAGE_POLICY if page else DATA_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not g.get(PRIVATE, False):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = _EXPOSED
    headers["X-Request-Id"] = request_id()
    headers.setdefault("X-Questeur-Generation", service().store.generation())
    if request.endpoint != "static":
        response.vary.add("Accept")
    return response
