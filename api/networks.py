"""``/networks/deputy-ministry``: a page with its matrix, or a file. Knows HTTP; computing is graph's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.filters import check, choices
from api.formats import HTML, data, offered
from api.matrix import matrix
from api.negotiate import choose
from api.pages import path, render, with_arguments
from graph.networks.deputy_ministry import deputy_ministry_of
from graph.networks.export import write
from graph.networks.parameters import NAMES, parse
from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

blueprint = Blueprint("networks", __name__)

KINDS = ("deputy-ministry",)
_MOST_PAGES = 1000


@blueprint.get("/networks")
def index() -> BaseResponse:
    """Lead to the one kind of network there is."""
    return redirect(path("/networks/deputy-ministry"), code=302)


@blueprint.get("/networks/<name>")
def network(name: str) -> BaseResponse:
    """Show a network, or send it as a file."""
    kind, _, suffix = name.partition(".")
    if kind not in KINDS:
        raise NotFoundError(f"there is no network {kind[:60]!r}", hint=arguments.nearest(kind, KINDS))
    given = arguments.read((*NAMES, "page"))
    fmt = choose(
        offered("network"),
        suffix=suffix or None,
        named=request.args.get("format"),
        accept=request.headers.get("Accept"),
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=_MOST_PAGES)
    parameters = parse(given)
    current = service()
    limits = current.settings.limits()
    known = choices(current.store, language=language(), limits=limits)
    check(parameters, known)
    found = deputy_ministry_of(current.store, parameters)
    if fmt is not HTML:
        return Response(write(found, fmt.name), content_type=fmt.content_type)
    return render(
        "network.html",
        matrix=matrix([(node, found.nodes[node]) for node in found], list(found.edges(data=True)), page=page),
        meta=found.graph,
        parameters=parameters,
        given=given,
        page=page,
        choices=known,
        words=catalogue(),
        alternates=data("network"),
    )
