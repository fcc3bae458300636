"""The SPARQL 1.1 Protocol for updates. Knows HTTP and the Updates protocol; must not know SPARQL itself."""

from __future__ import annotations

from flask import Blueprint, Response, request

from api.bearer import admitted
from api.context import public_url
from api.environ import QUERY
from api.fields import (
    FORM,
    MediaTypeError,
    decode,
    in_address,
    iri,
    malformed,
    require_plain,
    require_utf8,
    single,
    utf8,
)
from graph.store import Dataset

blueprint = Blueprint("update", __name__)

_UPDATE = "application/sparql-update"


@blueprint.route("/update", methods=["POST"])
def update() -> Response:
    """Run an update, and answer once readers see it and a power cut cannot undo it."""
    updates, author = admitted("update")
    fields = _fields()
    text = single(fields, "update")
    if text is None:
        raise malformed("there is no update", f"send it as the parameter update, or as an {_UPDATE} body")
    request.environ[QUERY] = text
    default = tuple(iri(name, value) for name, value in fields if name == "using-graph-uri")
    named = tuple(iri(name, value) for name, value in fields if name == "using-named-graph-uri")
    receipt = updates.update(
        text, author=author, dataset=Dataset(default=default, named=named), base_iri=f"{public_url()}/update"
    )
    return Response(status=204, headers={"X-Questeur-Generation": receipt.generation})


def _fields() -> list[tuple[str, str]]:
    """Read the parameters, wherever the media type puts them."""
    if request.mimetype not in {FORM, _UPDATE}:
        raise MediaTypeError(
            f"an update cannot come as {request.mimetype or 'a body without a media type'}",
            hint=f"use {FORM} or {_UPDATE}",
        )
    require_utf8(request.mimetype_params.get("charset", "utf-8"))
    require_plain(request.headers.get("Content-Encoding", ""))
    body = request.get_data(cache=False)
    fields = in_address()
    if any(name in {"query", "update"} for name, _ in fields):
        raise malformed("the text is in the address", "send it in the body")
    if request.mimetype == _UPDATE:
        return [*fields, ("update", utf8(body, "the body"))]
    fields += decode(body, "the form")
    if any(name == "query" for name, _ in fields):
        raise malformed("queries are not taken here", "send them to /sparql")
    return fields
