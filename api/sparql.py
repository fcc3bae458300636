"""``/sparql`` for people, and for whoever has no query: a form, a page of results, a description, a check of a text.

Queries that want data are answered by :mod:`api.front`, unless the same request would take a page.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request
from msgspec.structs import replace

from api import description, results
from api.answers import Query
from api.context import language, service
from api.environ import QUERY
from api.formats import HTML, data, offered
from api.front import respond
from api.negotiate import choose
from api.problems import excerpt, fix
from api.protocol import Asked, asked, checked
from api.replies import Reply, asker
from graph.mending import unknown_terms
from graph.store import Limits
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("sparql", __name__)

_CHECK = 2.0  # seconds that reading a text may take


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> BaseResponse:
    """Answer a query; without one, describe the service."""
    current = service()
    given = asked(request.environ, max_bytes=current.settings.max_request_bytes)
    accept = request.headers.get("Accept")
    if given.query is None:
        return description.service_description(choose(offered("document"), named=given.format, accept=accept)[0])
    request.environ[QUERY] = given.query
    formats = choose(offered("rows", "graph"), named=given.format, accept=accept)
    if formats[0] is HTML:
        return _page(given)
    if language() == "en":
        return redirect(request.full_path, code=308)
    return sent(respond(given, tuple(fmt for fmt in formats if fmt is not HTML), current.answers, request.environ))


@blueprint.post("/sparql/check")
def check() -> Response:
    """Say whether a text is a query or an update, and where it is not; never run it."""
    current = service()
    text, update = checked(request.environ, max_bytes=current.settings.max_request_bytes)
    who = asker(request.environ, current.answers, _CHECK)
    errors: list[Mapping[str, object]] = []
    try:
        with current.answers.admission.place(who.client, until=who.until, caller=who.caller):
            current.store.check(
                text, update=update, limits=Limits(deadline=who.until - time.monotonic(), caller=who.caller)
            )
    except QueryError as error:
        if error.status != 400:
            raise
        errors = [_finding(error, text)]
    warnings = [_finding(warning, text) for warning in unknown_terms(text)] if not errors else []
    verdict = {"valid": not errors, "errors": errors, "warnings": warnings}
    return Response(
        json.dumps(verdict, ensure_ascii=False) + "\n",
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _finding(error: QueryError, text: str) -> Mapping[str, object]:
    found: dict[str, object] = {"detail": error.message, "hint": error.hint, "code": error.code}
    if error.line:
        found |= {"line": error.line, "column": error.column}
        found |= excerpt(text, line=error.line, column=error.column)
    return found | ({"fix": fix(error.fix)} if error.fix is not None else {})


def _page(given: Asked) -> Response:
    """Show the answer as a page."""
    answers = service().answers
    query = Query.of(given.query or "", given.dataset, results.MEDIA_TYPES)
    found = answers.give(query, replace(asker(request.environ, answers, given.timeout), gzip=False))
    response = results.page(found, query=given.query or "", alternates=data("rows", "graph"))
    response.headers["Cache-Control"] = "no-cache"
    return response


def sent(found: Reply) -> Response:
    """Hand a reply to the framework."""
    response = Response(found.body, status=found.status, headers=found.headers, direct_passthrough=True)
    close = getattr(found.body, "close", None)
    if close is not None:
        response.call_on_close(close)
    return response
