"""``/text-reuse``: questions that repeat the words of others, found by a job. Knows HTTP; searching is graph's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import language, service
from api.copied import name_of, searched
from api.directed import sent
from api.filters import check, choices
from api.formats import HTML, RUN, data
from api.later import cancelled, later
from api.pages import render, with_arguments
from api.tables import MOST_PAGES, format_of, paged, written
from graph.networks.copies import AS, aligned, network, texts_of
from graph.networks.parameters import NAMES as FILTERS
from graph.networks.parameters import choose, parse
from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from graph.networks.copies import As
    from graph.networks.parameters import Parameters

blueprint = Blueprint("text_reuse", __name__)

_NAMES = tuple(name for name in FILTERS if name != "target")
_PAIRS = 20  # passages shown of one cluster


@blueprint.get("/text-reuse")
@blueprint.get("/text-reuse.<suffix>")
def clusters(suffix: str | None = None) -> BaseResponse:
    """Show the clusters, or send the network of questions, deputies or groups; 202 while they are searched for."""
    given = arguments.read((*_NAMES, "as", "page"))
    fmt = format_of("network", "run", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    page = arguments.number(given, "page", default=1, most=MOST_PAGES)
    kind = cast("As", choose("as", given.pop("as", AS[0]), AS))  # before a search that may take a minute
    parameters = _parameters(given)
    columns = service().facts.of(service().store)
    job = searched(columns, parameters)
    if not job.done.is_set():
        return later(job, html=fmt is HTML)
    body = job.found.body
    if fmt is HTML:
        shown, following = paged(body["clusters"], page, "/text-reuse", given)
        return _page("text_reuse.html", parameters, given, meta=body["meta"], found=shown, following=following)
    if fmt.name == "json" and kind == "question":
        shown, following = paged(body["clusters"], page, "/text-reuse.json", given)
        return written({**body, "clusters": shown, "total": len(body["clusters"]), "next": following or None}, fmt)
    return sent(network(columns, body, kind=kind), fmt)


@blueprint.get("/text-reuse/<name>")
def cluster(name: str) -> BaseResponse:
    """Show one cluster by the key of any of its questions: who was first, and the passages side by side."""
    key, _, suffix = name.partition(".")
    given = arguments.read(_NAMES)
    fmt = format_of("vocabulary", suffix=suffix)
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    parameters = _parameters(given)
    job = searched(service().facts.of(service().store), parameters)
    if not job.done.is_set():
        return later(job, html=fmt is HTML)
    body = job.found.body
    found = next((one for one in body["clusters"] if any(key == item["key"] for item in one["questions"])), None)
    if found is None:
        raise NotFoundError(f"the question {key[:60]!r} repeats no other, and no other repeats it")
    ends = [end for pair in found["pairs"][:_PAIRS] for end in (pair["earlier"], pair["later"])]
    texts = texts_of(service().store, sorted(set(ends)))
    shown = [
        {**pair, "passages": aligned(texts[pair["earlier"]], texts[pair["later"]])} for pair in found["pairs"][:_PAIRS]
    ]
    if fmt is not HTML:
        return written({"meta": body["meta"], "cluster": {**found, "pairs": shown}}, fmt)
    return _page("reused.html", parameters, given, meta=body["meta"], one=found, pairs=shown)


@blueprint.delete("/text-reuse")
@blueprint.delete("/text-reuse.<suffix>")
def cancel(suffix: str | None = None) -> BaseResponse:
    """Stop the search of these questions."""
    given = arguments.read((*_NAMES, "as", "page"))
    format_of("network", "run", suffix=suffix)
    parameters = _parameters({name: value for name, value in given.items() if name in _NAMES})
    return cancelled(name_of(service().facts.of(service().store), parameters))


def _parameters(given: dict[str, str]) -> Parameters:
    """Read the filters; a legislature or group that the store does not hold is refused."""
    parameters = parse(given)
    if parameters.legislature is not None or parameters.group is not None:
        current = service()
        check(parameters, choices(current.memo, language="fr", limits=current.settings.limits()))
    return parameters


def _page(template: str, parameters: Parameters, given: dict[str, str], **values: Any) -> Response:  # noqa: ANN401 the values of a template
    """Show a page with the filters."""
    current = service()
    known = choices(current.memo, language=language(), limits=current.settings.limits())
    kind = "network" if template == "text_reuse.html" else "vocabulary"
    alternates = (
        (*data("network"), RUN) if kind == "network" else tuple(fmt for fmt in data("vocabulary") if fmt.name == "json")
    )
    return render(template, parameters=parameters, given=given, choices=known, alternates=alternates, **values)
