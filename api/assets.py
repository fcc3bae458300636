"""The scripts that pages load, built from ``web/``: kept for ever by their hashed names, packed for who unpacks."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

blueprint = Blueprint("assets", __name__)

_NAME = re.compile(r"[a-z]+-[0-9a-f]{10}\.js")
_LICENCES = "THIRD_PARTY_LICENSES.txt"


@cache
def manifest() -> Mapping[str, str]:
    """Give the hashed name of each script."""
    return dict(json.loads(_read("manifest.json")))


def address(name: str) -> str:
    """Give the address of a script."""
    return f"/static/dist/{manifest()[name]}"


@blueprint.get("/static/dist/<name>")
def asset(name: str) -> Response:
    """Send a script, or the licences of what is in the scripts."""
    if name == _LICENCES:
        return Response(_read(name), content_type="text/plain; charset=utf-8")
    if _NAME.fullmatch(name) is None or name not in manifest().values():
        raise NotFoundError(f"there is no script {name[:60]!r}", hint="reload the page: it names the scripts of today")
    packed = request.accept_encodings["br"] > 0
    response = Response(_read(f"{name}.br" if packed else name), content_type="text/javascript; charset=utf-8")
    if packed:
        response.headers["Content-Encoding"] = "br"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    return response


@cache
def _read(name: str) -> bytes:
    """Read a file once: there are few, and only those of the manifest are asked for."""
    return files(__package__ or "").joinpath("static", "dist", name).read_bytes()
