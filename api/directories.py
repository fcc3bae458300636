"""``/deputies``, ``/ministries`` and their like: everything of one type, with its questions. Knows HTTP and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from flask import Blueprint, redirect, request

from api import arguments, queries
from api.context import language, service
from api.formats import HTML, data
from api.pages import render, with_arguments
from api.tables import format_of, is_table, paged, table, written
from graph.columns.tally import tally
from graph.text import fold
from ontology.iris import NS, thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from graph.columns.tally import Share
    from graph.tabular import Sort

blueprint = Blueprint("directories", __name__)

# The name of each list: what its questions are counted by, the type of its things, the property of a question.
LISTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "deputies": ("deputy", "person", "author"),
    "ministries": ("ministry", "ministry", "addressedTo"),
    "portfolios": ("portfolio", "portfolio", ""),
    "groups": ("group", "group", "groupAtTabling"),
    "constituencies": ("constituency", "constituency", "constituencyAtTabling"),
    "topics": ("topic", "topic", "topic"),
}
SORTS: Final = ("questions", "label")
_COLUMNS: Final = ("id", "key", "label", "questions", "answered")
_SORTS: Final[Mapping[str, Sort]] = {"questions": "integer", "answered": "integer"}
_MOST_PAGES: Final = 10_000


def listed(name: str, suffix: str | None = None) -> BaseResponse:
    """List the things of one type that questions have to do with, those with most first or by name."""
    given = arguments.read(("sort", "page", "q"))
    fmt = format_of("list", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=_MOST_PAGES)
    by, kind, prop = LISTS[name]
    found = _shares(by, sort=arguments.choice(given, "sort", SORTS), beginning=given.get("q", ""))
    if is_table(fmt):
        return table(_COLUMNS, (_entry(kind, share) for share in found), fmt, sorts=_SORTS)
    shown, following = paged(found, page, f"/{name}", given)
    if fmt is not HTML:
        body = {
            "items": [_entry(kind, share) for share in shown],
            "total": len(found),
            "next": following or None,
            "generation": service().store.generation(),
        }
        return written(body, fmt)
    slots = {"byportfolio": queries.iri(f"{NS}mainPortfolio")} if not prop else {"by": queries.iri(NS + prop)}
    return render(
        "directory.html",
        name=name,
        kind=kind,
        by=by,
        given=given,
        total=len(found),
        shares=[(share, with_arguments("/questions", {by: share.key})) for share in shown],
        following=following,
        query=with_arguments("/sparql", {"query": queries.text("tally", **slots)}),
        alternates=data("list"),
    )


def _shares(by: str, *, sort: str, beginning: str) -> list[Share]:
    """Count the questions of each thing; ``beginning`` keeps those one of whose words begins so."""
    current = service()
    columns = current.facts.of(current.store)
    found = [
        share
        for share in tally(columns, np.arange(len(columns)), by)
        if any(word.startswith(fold(beginning)) for word in fold(share.name(language())).split())
    ]
    return sorted(found, key=lambda share: (fold(share.name(language())), share.key)) if sort == "label" else found


def _entry(kind: str, share: Share) -> dict[str, str | int]:
    """Write one line as data."""
    return {
        "id": thing(kind, share.key),
        "key": share.key,
        "label": share.label,
        "questions": share.questions,
        "answered": share.answered,
    }


for _name in LISTS:
    for _rule in (f"/{_name}", f"/{_name}.<suffix>"):
        blueprint.add_url_rule(_rule, endpoint=_name, view_func=listed, defaults={"name": _name})
