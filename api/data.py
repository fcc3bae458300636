"""The SPARQL 1.1 Graph Store HTTP Protocol, reading. Knows HTTP and names of graphs; who holds them, the store knows.

A graph is named by ``?graph=``, decoded exactly once and never normalised, by ``?default``, or by its own address under
``/data`` at the configured place of the service, whatever the Host header says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Blueprint, Response, request

from api.answers import WholeGraph
from api.context import public_url, service
from api.formats import data
from api.negotiate import choose
from api.protocol import iri, malformed
from api.replies import reply
from api.sparql import sent

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

blueprint = Blueprint("data", __name__)

PATH = "/data"


@blueprint.get(PATH)
@blueprint.get(f"{PATH}/<path:_rest>")
def graph(_rest: str = "") -> Response:
    """Give all triples of a graph."""
    iri_, named = addressed(request.environ, base=public_url())
    formats = choose(data("graph"), named=named, accept=request.headers.get("Accept"))
    found = reply(WholeGraph(iri=iri_, media_type=formats[0].media_type), service().answers, request.environ)
    response = sent(found)
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def addressed(environ: WSGIEnvironment, *, base: str) -> tuple[str | None, str | None]:
    """Give the IRI of the graph that a request is about, None for the default graph; and the format it names.

    Raises
    ------
    QueryError
        ``malformed``: it names no graph, or several.
    """
    raw = environ.get("QUERY_STRING", "").encode("latin-1")
    try:
        fields = [
            (name, value.encode("latin-1").decode("utf-8"))
            for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        ]
    except UnicodeDecodeError:
        raise malformed("the address is not UTF-8", "encode it as UTF-8") from None
    unknown = [name for name, _ in fields if name not in ("graph", "default", "format")]
    graphs = [value for name, value in fields if name in ("graph", "default")]
    direct = environ.get("PATH_INFO", "")[len(PATH) + 1 :]
    if unknown or len(graphs) + bool(direct) != 1:
        raise malformed(
            f"there is no parameter {unknown[0][:40]!r}" if unknown else "one graph is to be named",
            "give ?graph=IRI, ?default, or the graph's own address",
        )
    named = next((value for name, value in fields if name == "format"), None)
    if direct:
        return iri("graph", base + _raw_path(environ)), named
    if any(name == "default" for name, _ in fields):
        return None, named
    return iri("graph", graphs[0]), named


def _raw_path(environ: WSGIEnvironment) -> str:
    """Give the path of a request as it was written: an escape in an IRI is not the letter it stands for."""
    raw: str = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    path = raw.partition("?")[0]
    if path.startswith(f"{PATH}/"):
        return path.encode("latin-1").decode("utf-8", "replace")
    decoded: str = environ.get("PATH_INFO", "")
    return decoded.encode("latin-1").decode("utf-8", "replace")
