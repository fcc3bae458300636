"""``/questions``: the list behind every figure, as a page, JSON or CSV. Knows HTTP and lists of questions."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.filters import choices
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import render, with_arguments
from api.questions import NAMES, Item, every, page, selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.wrappers import Response as BaseResponse

    from api.questions import Page, Selection

blueprint = Blueprint("lists", __name__)

_LIMIT = 50
_MOST = 1000
_COLUMNS = tuple(field.name for field in fields(Item))


@blueprint.get("/questions")
@blueprint.get("/questions.<suffix>")
def questions(suffix: str | None = None) -> BaseResponse:
    """List the questions that pass the filters. CSV holds all of them, a page and JSON one page at a time."""
    given = arguments.read((*NAMES, "limit", "after"))
    fmt = choose(
        offered("list"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept")
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    limit = arguments.number(given, "limit", default=_LIMIT, most=_MOST)
    after = given.pop("after", "")
    chosen = selection(given)
    current = service()
    if fmt.name == "csv":
        body = _csv(every(current.store, chosen, limits=current.settings.limits()))
        return Response(body, content_type=fmt.content_type)
    found = page(current.store, chosen, limit=limit, after=after, limits=current.settings.limits())
    following = (
        with_arguments("/questions", {**given, "limit": str(limit), "after": found.after}) if found.after else ""
    )
    if fmt is HTML:
        return _page(chosen, found, given, following)
    response = Response(_json(found, chosen, given, following), content_type=fmt.content_type)
    if following:
        response.headers.add("Link", f'<{following}>; rel="next"')
    return response


def _page(chosen: Selection, found: Page, given: dict[str, str], following: str) -> Response:
    """Show one page of the list."""
    words = catalogue()
    current = service()
    rows = [(item, _day(item.asked), _day(item.answered)) for item in found.items]
    return render(
        "questions.html",
        found=found,
        rows=rows,
        chosen=chosen,
        given=given,
        following=following,
        choices=choices(current.store, language=words.language, limits=current.settings.limits()),
        alternates=data("list"),
    )


def _day(text: str) -> str:
    """Write a day in the page's language; as it is when it is not one."""
    try:
        return catalogue().day(date.fromisoformat(text)) if text else ""
    except ValueError:
        return text


def _json(found: Page, chosen: Selection, given: dict[str, str], following: str) -> str:
    """Write one page of the list as JSON."""
    ends: dict[str, str | int] = {name: given[name] for name in ("deputy", "ministry") if name in given}
    body = {
        "items": [asdict(item) for item in found.items],
        "total": found.total,
        "next": following or None,
        "generation": service().store.generation(),
        "query": chosen.parameters.canonical() | ends,
    }
    return json.dumps(body, ensure_ascii=False) + "\n"


def _csv(items: Iterable[Item]) -> bytes:
    """Write a whole list as CSV."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    table.writerows([getattr(item, name) for name in _COLUMNS] for item in items)
    return out.getvalue().encode()
