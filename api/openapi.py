"""``/openapi.json`` and ``/docs/api``: the list of routes as OpenAPI 3.1 and as a page with forms. Knows HTTP."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.context import language, public_url, service
from api.formats import data, offered
from api.pages import render
from api.routes import PARAMS, ROUTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.routes import Param, Route

blueprint = Blueprint("openapi", __name__)

_VARIABLE: Final = re.compile(r"{(\w+)}")
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "hint": {"type": "string"},
    },
}


@blueprint.get("/openapi.json")
def document() -> Response:
    """Describe every route as OpenAPI 3.1."""
    return Response(json.dumps(_document(), ensure_ascii=False, indent=1) + "\n", content_type="application/json")


@blueprint.get("/docs/api")
def page() -> Response:
    """Describe every route to people, with a form for each that can be asked so."""
    routes = [
        (route, [PARAMS[name] for name in route.params], sorted({fmt.name for fmt in data(*route.kinds)}))
        for route in ROUTES
    ]
    return render("api.html", routes=routes)


def _document() -> dict[str, Any]:
    """Write the whole document."""
    settings = service().settings
    paths = {path: _path(route, path) for route in ROUTES for path in route.paths}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.title,
            "version": settings.version or "0",
            "license": {"name": "Licence Ouverte 2.0", "identifier": "etalab-2.0"},
        },
        "servers": [{"url": public_url()}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(param) for name, param in PARAMS.items()},
            "schemas": {"Problem": _PROBLEM},
            "responses": {
                "Problem": {
                    "description": "RFC 9457",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _path(route: Route, path: str) -> dict[str, Any]:
    """Describe the operations of one path."""
    variables = [_variable(name, route) for name in _VARIABLE.findall(path)]
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in route.params]
    word = "_with_suffix" if path != route.path else ""
    return {
        method.lower(): {
            "operationId": f"{method.lower()}_{route.name}{word}",
            "summary": route.label.text(language()),
            "parameters": [*variables, *refs],
            "responses": {
                "200": {"description": "OK", "content": {name: {} for name in _media_types(route)}},
                "default": {"$ref": "#/components/responses/Problem"},
            },
        }
        for method in route.methods
    }


def _media_types(route: Route) -> Sequence[str]:
    """List what a route answers in."""
    return tuple(dict.fromkeys(fmt.media_type for fmt in offered(*route.kinds))) or (route.media_type,)


def _variable(name: str, route: Route) -> Mapping[str, Any]:
    """Describe a part of a path."""
    schema: dict[str, Any] = {"type": "string"}
    if name == "suffix":
        schema["enum"] = sorted({suffix for fmt in offered(*route.kinds) for suffix in fmt.suffixes})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _parameter(param: Param) -> Mapping[str, Any]:
    """Describe a parameter of an address."""
    schema: dict[str, Any] = {"type": param.kind}
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.form:
        schema["format"] = param.form
    example = {"example": int(param.example) if param.kind == "integer" else param.example} if param.example else {}
    return {"name": param.name, "in": "query", "description": param.label.text(language()), "schema": schema, **example}
