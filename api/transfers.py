"""``/transfers``: which portfolio passes questions on to which, as a page or a network file. Knows HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import language, service
from api.directed import sent
from api.filters import check, choices
from api.formats import HTML, RUN, data
from api.pages import render, with_arguments
from api.sankey import sankey
from api.tables import MOST_PAGES, ROWS, format_of, is_table, paged, table, written
from graph.networks.parameters import NAMES as FILTERS
from graph.networks.parameters import parse
from graph.networks.transfers import BEHIND, behind, flows_of, transfers
from ontology.errors import QueryError
from ontology.iris import is_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from graph.networks.parameters import Parameters
    from graph.tabular import Sort

blueprint = Blueprint("transfers", __name__)

_SORTS: Mapping[str, Sort] = {"asked": "date", "day": "date", "waited": "integer"}
_NAMES = tuple(name for name in FILTERS if name not in {"target", "ministry", "portfolio"})


@blueprint.get("/transfers")
@blueprint.get("/transfers.<suffix>")
def network(suffix: str | None = None) -> BaseResponse:
    """Show the network of transfers, the largest flows first, or send it whole as a file."""
    given = arguments.read((*_NAMES, "page"))
    fmt = format_of("network", "run", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=MOST_PAGES)
    parameters = _parameters(given)
    found = transfers(service().facts.of(service().store), parameters)
    if fmt is not HTML:
        return sent(found, fmt)
    edges = list(flows_of(found))
    shown, following = paged(edges, page, "/transfers", given)
    label = "label_en" if language() == "en" else "label"
    return _page(
        "transfers.html",
        parameters,
        given,
        drawn=sankey(edges, {node["key"]: node[label] for _, node in found.nodes(data=True)}) if page == 1 else None,
        meta=found.graph,
        edges=shown,
        all_flows=len(edges),
        first=(page - 1) * ROWS + 1,
        told=sum(edge["weight"] for edge in shown),
        following=following,
        named={node["key"]: node for _, node in found.nodes(data=True)},
        nodes=sorted((node for _, node in found.nodes(data=True)), key=lambda node: (-node["stays"], node["key"]))
        if page == 1
        else (),
        alternates=(*data("network"), RUN),
    )


@blueprint.get("/transfers/questions")
@blueprint.get("/transfers/questions.<suffix>")
def questions(suffix: str | None = None) -> BaseResponse:
    """List the transfers, those between two portfolios alone when they are given."""
    given = arguments.read((*_NAMES, "origin", "destination", "page"))
    fmt = format_of("list", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=MOST_PAGES)
    ends: dict[str, str] = {name: _key(name, given[name]) for name in ("origin", "destination") if name in given}
    parameters = _parameters({name: value for name, value in given.items() if name not in ends})
    columns = service().facts.of(service().store)
    found = list(behind(columns, parameters, origin=ends.get("origin"), destination=ends.get("destination")))
    if is_table(fmt):
        return table(BEHIND, found, fmt, sorts=_SORTS)
    shown, following = paged(found, page, "/transfers/questions", given)
    if fmt is not HTML:
        meta = {"parameters": parameters.canonical() | ends, "generation": columns.generation}
        return written({"meta": meta, "items": shown, "total": len(found), "next": following or None}, fmt)
    return _page(
        "transferred.html",
        parameters,
        given,
        found=shown,
        total=len(found),
        following=following,
        alternates=data("list"),
    )


def _parameters(given: dict[str, str]) -> Parameters:
    """Read the filters; a legislature or group that the store does not hold is refused."""
    parameters = parse(given)
    if parameters.legislature is not None or parameters.group is not None:
        current = service()
        check(parameters, choices(current.memo, language="fr", limits=current.settings.limits()))
    return parameters


def _key(name: str, value: str) -> str:
    """Check the key of a portfolio."""
    if not is_key(value):
        hint = "give the key of a portfolio, such as economie-finances"
        raise QueryError(f"parameter {name} cannot be {value[:40]!r}", code="parameter", hint=hint)
    return value


def _page(template: str, parameters: Parameters, given: dict[str, str], **values: Any) -> Response:  # noqa: ANN401 the values of a template
    """Show a page with the filters."""
    current = service()
    known = choices(current.memo, language=language(), limits=current.settings.limits())
    return render(template, parameters=parameters, given=given, choices=known, **values)
