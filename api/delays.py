"""``/delays``: how long answers take, the questions behind each figure, and what is overdue. Knows HTTP."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.counting import outcomes
from api.curves import drawing
from api.filters import check, choices
from api.formats import HTML, data
from api.pages import render, with_arguments
from api.tables import MOST_PAGES, format_of, is_table, paged, table, written
from graph.networks.delay_report import COLUMNS, report, rows
from graph.networks.inquiry import BYS, NAMES, as_of, read, text_of
from graph.networks.waits import Wait, delays, late, waits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

    from graph.networks.inquiry import Inquiry
    from graph.tabular import Sort

blueprint = Blueprint("delays", __name__)

_LISTS = {"questions": waits, "overdue": late}
_COUNTS = ("n", "answered", "withdrawn", "lapsed", "other", "waiting", "left", "in_time_n")
_WORDS = ("key", "label", "label_en", "questions")
_FIGURES: Mapping[str, Sort] = {
    **dict.fromkeys((name for name in COLUMNS if name not in _WORDS), "number"),
    **dict.fromkeys(_COUNTS, "integer"),
    "small": "boolean",
}
_DAYS: Mapping[str, Sort] = {
    **dict.fromkeys(("asked", "due"), "date"),
    **dict.fromkeys(("from_day", "to_day", "days_overdue"), "integer"),
}
_WAIT = tuple(field.name for field in fields(Wait))


@blueprint.get("/delays")
@blueprint.get("/delays.<suffix>")
def compared(suffix: str | None = None) -> BaseResponse:
    """Compare delays, as a page, JSON with the curves, CSV or Parquet."""
    given = arguments.read(NAMES)
    fmt = format_of("list", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    inquiry = _inquiry(given)
    found = delays(service().facts.of(service().store), inquiry)
    if is_table(fmt):
        return table(COLUMNS, rows(found), fmt, sorts=_FIGURES)
    body = report(found)
    if fmt is not HTML:
        return written(body, fmt)
    query = "" if inquiry.held or not found.n_questions else outcomes(inquiry, date.fromisoformat(found.day))
    return _page(
        "delays.html",
        inquiry,
        given,
        found=body,
        drawing=drawing(body, found.comparison),
        query=with_arguments("/sparql", {"query": query}) if query else "",
        bys=BYS,
    )


@blueprint.get("/delays/<name>")
def listed(name: str) -> BaseResponse:
    """List the questions behind the delays, or those overdue on a day. A page and JSON hold one page."""
    stem, _, suffix = name.partition(".")
    if stem not in _LISTS:
        raise arguments.missing(f"there is no list {stem[:60]!r} of delays", stem, tuple(_LISTS))
    given = arguments.read((*NAMES, "page"))
    fmt = format_of("list", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=MOST_PAGES)
    inquiry = _inquiry(given)
    columns = service().facts.of(service().store)
    found = list(_LISTS[stem](columns, inquiry))
    if is_table(fmt):
        return table(_WAIT, (asdict(wait) for wait in found), fmt, sorts=_DAYS)
    shown, following = paged(found, page, f"/delays/{stem}", given)
    day = text_of(as_of(columns, inquiry))
    if fmt is not HTML:
        meta = {"parameters": inquiry.canonical(), "generation": columns.generation, "data_date": day}
        body = {"meta": meta, "items": [asdict(item) for item in shown], "total": len(found), "next": following or None}
        return written(body, fmt)
    return _page(
        "waits.html", inquiry, given, found=shown, total=len(found), kind=stem, day=day, following=following, bys=BYS
    )


def _inquiry(given: Mapping[str, str]) -> Inquiry:
    """Read the parameters; a legislature or group that the store does not hold is refused."""
    inquiry = read(given)
    if inquiry.parameters.legislature is not None or inquiry.parameters.group is not None:
        current = service()
        check(inquiry.parameters, choices(current.memo, language="fr", limits=current.settings.limits()))
    return inquiry


def _page(template: str, inquiry: Inquiry, given: Mapping[str, str], **values: Any) -> Response:  # noqa: ANN401 the values of a template
    """Show a page with the filters."""
    current = service()
    known = choices(current.memo, language=language(), limits=current.settings.limits())
    return render(
        template,
        inquiry=inquiry,
        parameters=inquiry.parameters,
        given=given,
        choices=known,
        words=catalogue(),
        alternates=data("list"),
        **values,
    )
