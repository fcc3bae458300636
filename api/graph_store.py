"""The SPARQL 1.1 Graph Store HTTP Protocol at ``/data``. Knows HTTP; must not know SPARQL or RDF."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

from flask import Blueprint, Response, request

from api.answers import WholeGraph
from api.bearer import admitted
from api.conditions import condition
from api.context import public_url, service
from api.fields import MediaTypeError, in_address, iri, malformed, require_plain, require_utf8, single
from api.formats import data
from api.negotiate import choose
from api.replies import reply
from api.sparql import sent
from ontology.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from graph.store import Receipt, Updates

blueprint = Blueprint("graph_store", __name__)

_PATH = "/data"
_MULTIPART = "multipart/form-data"
_DOCUMENTS = ("text/turtle", "application/n-triples", "application/ld+json")


@blueprint.route(_PATH, methods=["GET"])
@blueprint.route(f"{_PATH}/<path:_name>", methods=["GET"])
def get(_name: str = "") -> Response:
    """Give the triples of a graph."""
    formats = choose(data("graph"), named=single(in_address(), "format"), accept=request.headers.get("Accept"))
    question = WholeGraph(iri=_graph(), media_type=formats[0].media_type)
    return sent(reply(question, service().answers, request.environ))


@blueprint.route(_PATH, methods=["PUT"])
@blueprint.route(f"{_PATH}/<path:_name>", methods=["PUT"])
def put(_name: str = "") -> Response:
    """Give a graph new triples in place of its own."""
    updates, author = admitted("data")
    graph = _writable_graph()
    given = condition(graph)
    return _answer(updates.put_graph(graph, _triples(updates, graph), author=author, condition=given))


@blueprint.route(_PATH, methods=["POST"])
@blueprint.route(f"{_PATH}/<path:_name>", methods=["POST"])
def post(_name: str = "") -> Response:
    """Add triples to a graph, to a new one when none is named."""
    updates, author = admitted("data")
    if not _name and not request.query_string:
        graph, location = _new_graph()
        receipt = updates.post_graph(graph, _triples(updates, graph), author=author)
        answer = _answer(receipt)
        answer.headers["Location"] = location
        return answer
    named = _writable_graph()
    given = condition(named)
    return _answer(updates.post_graph(named, _triples(updates, named), author=author, condition=given))


@blueprint.route(_PATH, methods=["DELETE"])
@blueprint.route(f"{_PATH}/<path:_name>", methods=["DELETE"])
def delete(_name: str = "") -> Response:
    """Remove a graph; the default graph is emptied."""
    updates, author = admitted("data")
    graph = _writable_graph()
    receipt = updates.delete_graph(graph, author=author, condition=condition(graph))
    return Response(status=204, headers={"X-Questeur-Generation": receipt.generation})


def _answer(receipt: Receipt) -> Response:
    """Say whether the graph is new."""
    status = HTTPStatus.CREATED if receipt.existed is False else HTTPStatus.NO_CONTENT
    return Response(status=status, headers={"X-Questeur-Generation": receipt.generation})


def _graph() -> str | None:
    """Give the IRI of the graph that a request names, None for the default graph.

    It is decoded once and not normalised: ``%31`` and ``%2531`` are two graphs.
    """
    fields = in_address()
    named, default = single(fields, "graph"), single(fields, "default")
    if _raw_path().startswith(f"{_PATH}/"):
        return _by_path(named_too=named is not None or default is not None)
    if (named is None) == (default is None):
        raise malformed("no graph is named, or two are", "give ?graph=IRI or ?default")
    return None if named is None else iri("graph", named)


def _writable_graph() -> str | None:
    """Give the graph that a request writes to."""
    graph = _graph()
    if graph is None and service().store.capabilities.union_default:
        raise RefusedError(
            "The default graph of this service is the union of all its graphs, which is not written as one.",
            hint="Name a graph: ?graph=IRI.",
        )
    return graph


def _by_path(*, named_too: bool) -> str:
    """Name a graph by the address itself, under the address that is configured: a header names nothing."""
    base = service().settings.public_url
    if not base:
        raise NotFoundError(
            "This service does not know its own address, so no graph has one.", hint="Name the graph by ?graph=IRI."
        )
    if named_too:
        raise malformed("the graph is named by the address and by a parameter", "name it once")
    return iri("path", base + _raw_path())


def _raw_path() -> str:
    """Give the path as it was sent: the framework's own is decoded already."""
    raw = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or quote(request.path))
    if not raw.startswith("/"):
        raw = "/" + raw.partition("://")[2].partition("/")[2]
    return raw.partition("?")[0]


def _new_graph() -> tuple[str, str]:
    """Name a graph that is nobody's; give its IRI and where it is to be found."""
    number = uuid4()
    if service().settings.public_url:
        address = f"{public_url()}{_PATH}/{number}"
        return address, address
    return number.urn, f"{_PATH}?graph={quote(number.urn, safe='')}"


def _triples(updates: Updates, graph: str | None) -> bytes:
    """Read the document, or the documents of a form, that a request brings."""
    require_plain(request.headers.get("Content-Encoding", ""))
    base = graph or f"{public_url()}{_PATH}"
    if request.mimetype == _MULTIPART:
        parts = [part for _, parts in request.files.lists() for part in parts]
        if not parts:
            raise malformed("the form holds no file", "send each document as a file with its media type")
        documents = [(part.mimetype, part.mimetype_params, part.read()) for part in parts]
    else:
        documents = [(request.mimetype, request.mimetype_params, request.get_data(cache=False))]
    return b"".join(_read(updates, kind, options, body, base) for kind, options, body in documents)


def _read(updates: Updates, media_type: str, options: dict[str, str], body: bytes, base: str) -> bytes:
    if media_type not in _DOCUMENTS:
        raise MediaTypeError(
            f"a graph cannot come as {media_type or 'a body without a media type'}",
            hint=f"use {', '.join(_DOCUMENTS)}",
        )
    require_utf8(options.get("charset", "utf-8"))
    return updates.triples(body, media_type=media_type, base_iri=base)
