"""Parts of networks: the whole table, the edges that chance does not explain, one edge. Knows HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, service
from api.counting import counting
from api.edge_page import asked, line, lines
from api.formats import HTML, data, offered
from api.later import cancelled
from api.matrix import ORDERS as ARRANGED
from api.negotiate import choose
from api.network_pages import ONLY_JSON, page_of, sent_as_json
from api.pages import with_arguments
from api.questions import counting as listing
from api.questions import page
from api.selection import selection
from api.wanted import wanted
from graph.networks.export import write
from graph.networks.kinds import kind_of, read
from graph.networks.options import PARTS
from graph.networks.parts import edge_at, edge_of, matrix_csv, matrix_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from api.edge_page import Line
    from api.questions import Page
    from graph.networks.kinds import Kind

blueprint = Blueprint("network_parts", __name__)

_MOST_LINES: Final = 300
_QUESTIONS: Final = 25


@blueprint.route("/networks/<name>/matrix", methods=["GET", "DELETE"])
@blueprint.route("/networks/<name>/matrix.<suffix>", methods=["GET", "DELETE"])
def whole(name: str, suffix: str | None = None) -> BaseResponse:
    """Send the whole table of a two-sided network: counts, expectations and residuals of every pair."""
    kind = kind_of(name)
    given = arguments.read((*PARTS, "order"))
    fmt = choose(data("matrix"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept"))[
        0
    ]
    alike = arguments.choice(given, "order", ARRANGED) == "similarity"
    given.pop("order", None)
    network = wanted(kind, given)
    if request.method == "DELETE":
        return cancelled(*network.searches())
    made = matrix_of(network.found(), alike=alike)
    return sent_as_json(made) if fmt.name == "json" else Response(matrix_csv(made), content_type=fmt.content_type)


@blueprint.route("/networks/<name>/backbone", methods=["GET", "DELETE"])
@blueprint.route("/networks/<name>/backbone.<suffix>", methods=["GET", "DELETE"])
def backbone(name: str, suffix: str | None = None) -> BaseResponse:
    """Show the edges alone that the null model does not explain; ``over`` unless another side is asked for."""
    kind = kind_of(name)
    given = arguments.read((*PARTS, "min_weight"))
    fmt = choose(
        offered("network"), suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept")
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    tested = {"side": "over", **given}
    network = wanted(kind, {**tested, "significant": "1"}, page=fmt is HTML)
    if request.method == "DELETE":
        return cancelled(*network.searches())
    found, parameters = network.found(), network.parameters
    if fmt is not HTML:
        return Response(write(found.flat, fmt.name), content_type=fmt.content_type)
    shown = lines(found, catalogue(), most=_MOST_LINES)
    return page_of(
        "network_backbone.html",
        kind,
        parameters,
        given,
        at="backbone",
        tested=tested,
        shown=shown,
        meta=found.meta,
        total=len(found.edges),
    )


@blueprint.route("/networks/<name>/edges/<a>/<b>", methods=["GET", "DELETE"])
@blueprint.route("/networks/<name>/edges/<a>/<b>.<suffix>", methods=["GET", "DELETE"])
def edge(name: str, a: str, b: str, suffix: str | None = None) -> BaseResponse:
    """Show one edge, significant or not, by the keys of its ends, with the questions behind it."""
    kind = kind_of(name)
    given = arguments.read(PARTS)
    fmt = choose(
        (HTML, *ONLY_JSON),
        suffix=suffix,
        named=request.args.get("format"),
        accept=request.headers.get("Accept"),
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    network = wanted(kind, {**given, "significant": "0"}, page=fmt is HTML)
    if request.method == "DELETE":
        return cancelled(*network.searches())
    found, parameters = network.found(), network.parameters
    if fmt is not HTML:
        return sent_as_json(edge_of(found, a, b))
    shown = line(found, edge_at(found, a, b), catalogue())
    return page_of(
        "network_edge.html",
        kind,
        parameters,
        given,
        shown=shown,
        null=found.meta.get("null"),
        meta=found.meta,
        query=_query(kind, given, shown),
        listed=None if kind.projected else _listed(shown),
        alternates=ONLY_JSON,
    )


def _query(kind: Kind, given: dict[str, str], shown: Line) -> str:
    """Lead to the query that counts the same: the questions of one edge, or all pairs of a projection."""
    text = counting(kind, *read(kind, given)) if kind.projected else listing(selection(asked(shown.lists[0])))
    return with_arguments("/sparql", {"query": text})


def _listed(shown: Line) -> Page:
    """Read the newest questions behind an edge."""
    current = service()
    chosen = selection(asked(shown.lists[0]))
    columns = current.facts.of(current.store)
    return page(current.memo, columns, chosen, limit=_QUESTIONS, after="", limits=current.settings.limits())
