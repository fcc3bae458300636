"""``/delays``: how long answers take, the questions behind each figure, and what is overdue. Knows HTTP."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.curves import drawing
from api.filters import check, choices
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import render, with_arguments
from graph.networks.delay_report import COLUMNS, report, rows
from graph.networks.inquiry import BYS, NAMES, as_of, read, text_of
from graph.networks.waits import Wait, delays, late, waits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from api.formats import Format
    from graph.networks.inquiry import Inquiry

blueprint = Blueprint("delays", __name__)

_ROWS = 100
_MOST_PAGES = 100_000
_LISTS = {"questions": waits, "overdue": late}
_WAIT = tuple(field.name for field in fields(Wait))


@blueprint.get("/delays")
@blueprint.get("/delays.<suffix>")
def compared(suffix: str | None = None) -> BaseResponse:
    """Compare delays, as a page, JSON with the curves, or CSV."""
    given = arguments.read(NAMES)
    fmt = _format(suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    inquiry = _inquiry(given)
    found = delays(service().facts.of(service().store), inquiry)
    if fmt.name == "csv":
        return _csv(COLUMNS, rows(found), fmt)
    body = report(found)
    if fmt is not HTML:
        return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type=fmt.content_type)
    return _page("delays.html", inquiry, given, found=body, drawing=drawing(body), bys=BYS)


@blueprint.get("/delays/<name>")
def listed(name: str) -> BaseResponse:
    """List the questions behind the delays, or those overdue on a day. CSV holds all, a page and JSON one page."""
    stem, _, suffix = name.partition(".")
    if stem not in _LISTS:
        raise arguments.missing(f"there is no list {stem[:60]!r} of delays", stem, tuple(_LISTS))
    given = arguments.read((*NAMES, "page"))
    fmt = _format(suffix or None)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=_MOST_PAGES)
    inquiry = _inquiry(given)
    columns = service().facts.of(service().store)
    found = list(_LISTS[stem](columns, inquiry))
    if fmt.name == "csv":
        return _csv(_WAIT, (asdict(wait) for wait in found), fmt)
    shown = found[(page - 1) * _ROWS : page * _ROWS]
    following = with_arguments(f"/delays/{stem}", {**given, "page": str(page + 1)}) if page * _ROWS < len(found) else ""
    day = text_of(as_of(columns, inquiry))
    if fmt is not HTML:
        meta = {"parameters": inquiry.canonical(), "generation": columns.generation, "data_date": day}
        body = {"meta": meta, "items": [asdict(item) for item in shown], "total": len(found), "next": following or None}
        return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type=fmt.content_type)
    return _page(
        "waits.html", inquiry, given, found=shown, total=len(found), kind=stem, day=day, following=following, bys=BYS
    )


def _format(suffix: str | None) -> Format:
    """Choose the format."""
    accept = request.headers.get("Accept")
    return choose(offered("list"), suffix=suffix, named=request.args.get("format"), accept=accept)[0]


def _inquiry(given: Mapping[str, str]) -> Inquiry:
    """Read the parameters; a legislature or group that the store does not hold is refused."""
    inquiry = read(given)
    if inquiry.parameters.legislature is not None or inquiry.parameters.group is not None:
        current = service()
        check(inquiry.parameters, choices(current.store, language="fr", limits=current.settings.limits()))
    return inquiry


def _page(template: str, inquiry: Inquiry, given: Mapping[str, str], **values: Any) -> Response:  # noqa: ANN401 the values of a template
    """Show a page with the filters."""
    current = service()
    known = choices(current.store, language=language(), limits=current.settings.limits())
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


def _csv(columns: Sequence[str], lines: Iterable[Mapping[str, Any]], fmt: Format) -> Response:
    """Write a table."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([line[name] for name in columns] for line in lines)
    return Response(out.getvalue().encode(), content_type=fmt.content_type)
