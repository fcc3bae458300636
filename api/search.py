"""``/search``: a number leads to its question, words to texts, names to pages. Knows HTTP; finding is another's."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.finding import DEEPEST, FILTERS, items_of, results, where_of
from api.formats import HTML, data, offered
from api.negotiate import choose
from api.pages import path, render, with_arguments
from api.questions import COLUMNS, SORTS
from api.seeking import seek
from api.selection import selection
from api.tables import is_table, table
from graph.text import parse
from ontology.errors import QueryError
from ontology.iris import thing

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from api.finding import Results
    from api.seeking import Sought
    from graph.text import TextIndex, Thing, Wanted

blueprint = Blueprint("search", __name__)

_LIMIT: Final = 20
_MOST: Final = 200
_SUGGESTED: Final = 8


@blueprint.get("/search")
@blueprint.get("/search.<suffix>")
def search(suffix: str | None = None) -> BaseResponse:
    """Find questions by number, address or words, and people, bodies and topics by name."""
    given = arguments.read((*FILTERS, "q", "mode", "limit", "after"))
    fmt = choose(
        offered("list"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept")
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    limit = arguments.number(given, "limit", default=_LIMIT, most=_MOST)
    skip = _place(given.pop("after", "0"))
    typed, mode = given.pop("q", "").strip(), given.pop("mode", "")
    wanted, chosen = parse(typed), selection(given)
    index = service().indexes.current()
    sought = seek(typed, index)
    if fmt is HTML and len(sought.paths) == 1 and not given:
        return redirect(path(sought.paths[0]), code=303)
    if mode:
        return _suggest(mode, index, wanted, sought)
    if is_table(fmt):
        keys = index.find(wanted, where_of(chosen))
        return table(COLUMNS, (asdict(item) for item in items_of(keys, chosen)), fmt, sorts=SORTS)
    found = results(index, typed, wanted, chosen, limit=limit, skip=skip)
    if fmt is HTML:
        return render("search.html", found=found, given=given, day=catalogue().when, alternates=data("list"))
    response = _json(found)
    if found.following:
        response.headers.add("Link", f'<{found.following}>; rel="next"')
    return response


def _place(text: str) -> int:
    """Read how many hits come before a page."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= DEEPEST):
        raise QueryError(
            f"parameter after cannot be {text[:40]!r}",
            code="parameter",
            hint=f"take it from the link to the next page; beyond {DEEPEST} hits, narrow the search or take the CSV",
        )
    return int(text)


def _suggest(mode: str, index: TextIndex, wanted: Wanted, sought: Sought) -> Response:
    """Name the few pages that were probably meant, fast enough for every key that is pressed."""
    if mode != "suggest":
        raise QueryError(f"parameter mode cannot be {mode[:40]!r}", code="parameter", hint="it is suggest, or absent")
    direct = [{"kind": "question", "label": place.rpartition("/")[2], "path": place} for place in sought.paths]
    named = [_thing(found) for found in index.things(wanted, limit=_SUGGESTED)]
    return _sent({"suggestions": [*direct, *named][:_SUGGESTED]})


def _thing(found: Thing) -> dict[str, str]:
    """Write a person, body or topic as JSON."""
    return {
        "id": thing(found.kind, found.key),
        "kind": found.kind,
        "label": found.name(language()),
        "path": f"/{found.kind}/{found.key}",
    }


def _json(found: Results) -> Response:
    """Write one page of a search as JSON."""
    return _sent(
        {
            "items": [
                asdict(hit.item) | {"excerpts": ["".join(text for text, _ in cut) for cut in hit.excerpts]}
                for hit in found.hits
            ],
            "total": found.found.total,
            "next": found.following or None,
            "direct": list(found.sought.paths),
            "things": [_thing(named) for named in found.things],
            "facets": {name: [asdict(facet) for facet in facets] for name, facets in found.facets.items()},
            "generation": service().store.generation(),
            "query": {"q": found.typed, **found.chosen.given()},
        }
    )


def _sent(body: object) -> Response:
    return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type="application/json")
