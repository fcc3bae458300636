"""``/questions``: the list behind every figure, as a page, JSON, CSV or Parquet. Knows HTTP and lists of questions."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import language, service
from api.feeds import feed
from api.filters import choices
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import render, with_arguments
from api.questions import COLUMNS, SORTS, counting, every, page
from api.selection import NAMES, selection
from api.tables import is_table, table

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from api.questions import Page
    from api.selection import Selection

blueprint = Blueprint("lists", __name__)

_LIMIT = 50
_MOST = 1000


@blueprint.get("/questions")
@blueprint.get("/questions.<suffix>")
def questions(suffix: str | None = None) -> BaseResponse:
    """List the questions that pass the filters. A page and JSON hold one page, CSV and Parquet all."""
    given = arguments.read((*NAMES, "limit", "after"))
    fmt = choose(
        offered("list", "feed"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept")
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    limit = arguments.number(given, "limit", default=_LIMIT, most=_MOST)
    after = given.pop("after", "")
    chosen = selection(given)
    current = service()
    columns = current.facts.of(current.store)
    if fmt.name == "atom":
        newest = page(current.memo, columns, chosen, limit=limit, after="", limits=current.settings.limits())
        return feed(newest.items, chosen)
    if is_table(fmt):
        items = every(current.store, columns, chosen, limits=current.settings.limits())
        return table(COLUMNS, (asdict(item) for item in items), fmt, sorts=SORTS)
    found = page(current.memo, columns, chosen, limit=limit, after=after, limits=current.settings.limits())
    following = (
        with_arguments("/questions", {**given, "limit": str(limit), "after": found.after}) if found.after else ""
    )
    if fmt is HTML:
        return _page(chosen, found, given, following)
    response = Response(_json(found, chosen, following), content_type=fmt.content_type)
    if following:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def _page(chosen: Selection, found: Page, given: dict[str, str], following: str) -> Response:
    """Show one page of the list."""
    current = service()
    return render(
        "questions.html",
        found=found,
        chosen=chosen,
        given=given,
        following=following,
        choices=choices(current.memo, language=language(), limits=current.settings.limits()),
        query=with_arguments("/sparql", {"query": counting(chosen)}),
        alternates=data("list", "feed"),
    )


def _json(found: Page, chosen: Selection, following: str) -> str:
    """Write one page of the list as JSON."""
    body = {
        "items": [asdict(item) for item in found.items],
        "total": found.total,
        "next": following or None,
        "generation": service().store.generation(),
        "query": chosen.given(),
    }
    return json.dumps(body, ensure_ascii=False) + "\n"
