"""``/networks`` and below: the kinds, each as a page or a file, its measures and communities. Computing is graph's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.around import around, ego
from api.context import language, service
from api.counting import counting
from api.formats import HTML, RUN, data, offered
from api.later import cancelled, later
from api.matrix import ORDERS, matrix
from api.multiples import panels_of
from api.negotiate import choose
from api.network_pages import ONLY_JSON, page_of, sent_as_json
from api.pages import render, with_arguments
from api.ring import ring
from api.wanted import SearchingError, wanted
from graph.networks.catalogue import MEASURES
from graph.networks.export import write
from graph.networks.kinds import KINDS, kind_of, read
from graph.networks.linked import plan_of
from graph.networks.options import ALL_NAMES, PLAN_NAMES
from graph.networks.origin import origin_of
from graph.networks.reporting import (
    catalogue_of,
    communities_of,
    long_to_divide,
    long_to_measure,
    long_to_slice,
    long_to_state,
    measures_of,
    slices_json_of,
    turtle_of,
)
from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from api.formats import Format
    from api.wanted import Wanted
    from graph.networks.kinds import Kind
    from graph.networks.network import Network
    from graph.networks.parameters import Parameters

blueprint = Blueprint("networks", __name__)

_VIEWS = ("around", "order")
_MOST_PAGES = 1000
_MOST_TRIALS = 200
_MOST_RANKED = 100_000


@blueprint.get("/networks")
@blueprint.get("/networks.<suffix>")
def index(suffix: str | None = None) -> BaseResponse:
    """List the kinds of network: what each shows, its parameters and their defaults."""
    arguments.read(())
    fmt = _format(suffix)
    if fmt is not HTML:
        return sent_as_json(catalogue_of())
    return render("networks.html", kinds=KINDS.values(), alternates=ONLY_JSON)


@blueprint.route("/networks/<name>", methods=["GET", "DELETE"])
def show(name: str) -> BaseResponse:
    """Show a network, or send it as a file; DELETE stops the run that is worked out for Turtle."""
    stem, _, suffix = name.partition(".")
    kind = kind_of(stem)
    given = arguments.read((*ALL_NAMES, "page", "around", "order", *PLAN_NAMES))
    fmt = choose(
        (*offered("network"), RUN),
        suffix=suffix or None,
        named=request.args.get("format"),
        accept=request.headers.get("Accept"),
    )[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=_MOST_PAGES)
    planned = {name: given.pop(name) for name in PLAN_NAMES if name in given}
    if planned and fmt.name != RUN.name:
        hint = f"ask for {kind.name}.ttl, or for {kind.name}/measures.json and {kind.name}/communities.json"
        raise QueryError(f"{fmt.name} takes no parameter {', '.join(planned)}", code="parameter", hint=hint)
    view: dict[str, str] = {name: given.pop(name) for name in _VIEWS if name in given}
    if arguments.choice(view, "order", ORDERS) == "size":
        view.pop("order", None)
    if given.get("slice"):
        return _slices(kind, given, fmt)
    asked = wanted(kind, given, page=fmt is HTML)
    if fmt is not HTML or request.method == "DELETE":
        return _file(asked, view, planned, fmt)
    found, parameters = asked.found(), asked.parameters
    if "around" in view:
        found = ego(found, view["around"])
        shown = around(found, view["around"], language=language())
        null = found.meta.get("null")
        return page_of("network_around.html", kind, parameters, given | view, shown=shown, null=null, meta=found.meta)
    return _table(kind, found, parameters, given | view, page)


@blueprint.route("/networks/<name>/measures", methods=["GET", "DELETE"])
@blueprint.route("/networks/<name>/measures.<suffix>", methods=["GET", "DELETE"])
def measures(name: str, suffix: str | None = None) -> BaseResponse:
    """Measure a network: ``m`` names the measures, ``top`` says how many values of each, the largest first."""
    kind = kind_of(name)
    given = arguments.read((*ALL_NAMES, "m", "top"))
    _format(suffix, html=False)
    names = given.pop("m", ",".join(name for name, entry in MEASURES.items() if not entry.asked)).split(",")
    top = arguments.number(given, "top", default=_MOST_RANKED, most=_MOST_RANKED)
    return _worked_out(measures_of, wanted(kind, given), names, top, long=lambda found: long_to_measure(found, names))


@blueprint.route("/networks/<name>/communities", methods=["GET", "DELETE"])
@blueprint.route("/networks/<name>/communities.<suffix>", methods=["GET", "DELETE"])
def communities(name: str, suffix: str | None = None) -> BaseResponse:
    """Find the communities of a network, with how sure they are."""
    kind = kind_of(name)
    given = arguments.read((*ALL_NAMES, "algorithm", "trials"))
    _format(suffix, html=False)
    algorithm = given.pop("algorithm", "louvain")
    trials = arguments.number(given, "trials", default=20, most=_MOST_TRIALS)
    asked = wanted(kind, given)
    seed = asked.options.seed
    return _worked_out(communities_of, asked, algorithm, trials, seed, long=lambda found: long_to_divide(found, trials))


@blueprint.app_errorhandler(SearchingError)
def searching(error: SearchingError) -> Response:
    """Say that the texts are being searched for what counts once."""
    return later(error.job, html=error.page)


def _file(asked: Wanted, view: Mapping[str, str], planned: Mapping[str, str], fmt: Format) -> Response:
    """Send a network, or what is linked to one node of it; only a run or a search can take long, and be stopped."""
    if fmt.name == RUN.name:
        return _stated(asked, view, planned)
    if request.method == "DELETE":
        return cancelled(*asked.searches())
    found = asked.found()
    part = ego(found, view["around"]) if "around" in view else found
    return Response(write(part.flat, fmt.name), content_type=fmt.content_type)


def _stated(asked: Wanted, view: Mapping[str, str], planned: Mapping[str, str]) -> Response:
    """Send a network as the linked data that publishing it would put into the graph."""
    if "around" in view:
        raise QueryError("a run is of the whole network", code="parameter", hint="leave out around")
    plan = plan_of(**planned)
    if plan.trials > _MOST_TRIALS:
        hint = f"give a number up to {_MOST_TRIALS}; questeur network -o run.ttl takes more"
        raise QueryError(f"parameter trials cannot be {plan.trials}", code="parameter", hint=hint)
    current = service()
    origin = origin_of(current.store, current.facts.of(current.store))
    return _worked_out(turtle_of, asked, origin, plan, long=lambda found: long_to_state(found, plan))


def _worked_out(
    make: Callable[..., Any], asked: Wanted, *arguments_: object, long: Callable[[Network], bool]
) -> Response:
    """Send what is made of a network: at once, or by a job in a process of its own where it takes long."""
    name = asked.name(request.endpoint, *arguments_)
    if request.method == "DELETE":
        return cancelled(name, *asked.searches())
    found = asked.found()
    if not long(found):
        return _sent(make(found, *arguments_))
    job = service().jobs.ask(name, lambda job: job.apart(make, found, *arguments_))
    return _sent(job.found) if job.done.is_set() else later(job)


def _slices(kind: Kind, given: dict[str, str], fmt: Format) -> Response:
    """Show a network with its slices, or send it: of the files, only JSON can hold them."""
    wants = wanted(kind, given, page=fmt is HTML)
    parameters, options, columns = wants.parameters, wants.options, wants.columns
    if fmt.name not in ("json", "html"):
        raise QueryError("slices are sent as JSON alone", code="parameter", hint=f"ask for {kind.name}.json")
    current = service()
    names = {html: (columns.generation, "slices", html, kind.name, parameters, options) for html in (True, False)}
    if request.method == "DELETE":
        return cancelled(*names.values(), *wants.searches())
    html, asked = fmt is HTML, (columns, kind.name, parameters, options, wants.units())
    make: Callable[..., Any] = panels_of if html else slices_json_of
    if not long_to_slice(columns, kind, parameters, options):
        made = make(*asked)
    else:
        job = current.jobs.ask(names[html], lambda job: job.apart(make, *asked))
        if not job.done.is_set():
            return later(job, html=html)
        made = job.found
    if not html:
        return Response(made, content_type="application/json")
    shown, meta = made
    return page_of("network_slices.html", kind, parameters, given, shown=shown, meta=meta, alternates=ONLY_JSON)


def _table(kind: Kind, found: Network, parameters: Parameters, given: dict[str, str], page: int) -> Response:
    """Show one page of the table of a two-sided network, or of the pairs of a projection."""
    alike = given.get("order") == "similarity"
    plain = {name: value for name, value in given.items() if name not in _VIEWS}
    return page_of(
        "network.html",
        kind,
        parameters,
        given,
        matrix=None if kind.projected else matrix(found.nodes, found.edges, page=page, alike=alike),
        ring=None if kind.projected else ring(found.nodes, found.edges),
        null=found.meta.get("null"),
        query=with_arguments("/sparql", {"query": counting(kind, *read(kind, plain))}),
        pairs=sorted(found.edges, key=lambda edge: (-edge[2]["weight"], edge[:2]))[:_MOST_PAGES],
        labels={node: data["label"] for node, data in found.nodes},
        keys={node: data["key"] for node, data in found.nodes},
        meta=found.meta,
        page=page,
        alternates=(*data("network"), RUN),
    )


def _format(suffix: str | None, *, html: bool = True) -> Format:
    """Choose between a page, where there is one, and JSON."""
    known = (*((HTML,) if html else ()), *ONLY_JSON)
    return choose(
        known, suffix=suffix, named=request.args.get("format"), accept=request.headers.get("Accept") if html else None
    )[0]


def _sent(made: object) -> Response:
    """Send what was made of a network: a document, or the statements of a run."""
    return Response(made, content_type=RUN.content_type) if isinstance(made, bytes) else sent_as_json(made)
