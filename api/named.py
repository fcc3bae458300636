"""``/queries``: the packaged queries, and the answer of each as a page or data. Knows HTTP; the texts are graph's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request
from msgspec.structs import replace

from api import arguments, results
from api.answers import Query
from api.context import catalogue, language, service
from api.environ import QUERY
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import render, with_arguments
from api.replies import asker, reply
from api.sparql import sent
from api.tables import is_table
from graph import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.wrappers import Response as BaseResponse

    from api.answers import Given
    from api.formats import Format
    from graph.named import NamedQuery

blueprint = Blueprint("named", __name__)


@blueprint.get("/queries")
@blueprint.get("/queries.<suffix>")
def listed(suffix: str | None = None) -> BaseResponse:
    """List the named queries, as a page or as JSON."""
    formats = tuple(fmt for fmt in offered("list") if not is_table(fmt))
    fmt = choose(formats, suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept"))[0]
    if fmt is not HTML:
        return Response(_json([named.read(name) for name in named.names()]), content_type=fmt.content_type)
    return render("named_list.html", total=len(named.names()), alternates=tuple(f for f in formats if f is not HTML))


@blueprint.get("/queries/<name>")
def answered(name: str) -> BaseResponse:
    """Answer a named query; its slots are parameters of the address."""
    stem, _, suffix = name.partition(".")
    query = named.read(stem)
    given = arguments.read([slot.name for slot in query.slots])
    text = query.bind(given)
    formats = choose(
        offered("rows"),
        suffix=suffix or None,
        named=request.args.get("format"),
        accept=request.headers.get("Accept"),
    )
    page = formats[0] is HTML
    if language() == "en" and not page:
        return redirect(with_arguments(request.path, request.args), code=308)
    answers = service().answers
    request.environ[QUERY] = text
    asked = Query.of(text, None, results.MEDIA_TYPES if page else _media_types(formats))
    if not page:
        return sent(reply(asked, answers, request.environ))
    return _page(query, given, text, answers.give(asked, replace(asker(request.environ, answers), gzip=False)))


def _media_types(formats: Sequence[Format]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fmt.media_type for fmt in formats if fmt is not HTML))


def _page(query: NamedQuery, given: Mapping[str, str], text: str, answer: Given) -> Response:
    """Show the answer under the form of the slots, and the text that gave it."""
    french = language() == "fr"
    fields = [
        (slot.name, slot.label_fr if french else slot.label_en, slot.kind, given.get(slot.name, slot.default))
        for slot in query.slots
    ]
    return results.page(
        answer,
        query=text,
        alternates=data("rows"),
        template="named.html",
        values={"title": _title(query), "name": query.name, "fields": fields},
    )


def _title(query: NamedQuery) -> str:
    return query.title_fr if catalogue().language == "fr" else query.title_en


def _json(found: Sequence[NamedQuery]) -> str:
    """Write the list with titles in both languages and what each query takes."""
    body = [
        {
            "name": query.name,
            "title": {"fr": query.title_fr, "en": query.title_en},
            "href": f"/queries/{query.name}",
            "slots": [
                {
                    "name": slot.name,
                    "kind": slot.kind,
                    "label": {"fr": slot.label_fr, "en": slot.label_en},
                    "default": slot.default or None,
                }
                for slot in query.slots
            ],
        }
        for query in found
    ]
    return json.dumps({"queries": body}, ensure_ascii=False) + "\n"
