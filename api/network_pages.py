"""What the pages of networks share: filters, the ways to its views. Knows HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import quote

import msgspec
from flask import Response

from api.context import catalogue, language, service
from api.filters import choices
from api.formats import data
from api.pages import render, with_arguments
from graph.networks.options import PARTS, Slice
from ontology.iris import is_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from api.formats import Format
    from graph.networks.kinds import Kind
    from graph.networks.parameters import Parameters

ONLY_JSON: Final = tuple(fmt for fmt in data("network") if fmt.name == "json")


def page_of(
    template: str,
    kind: Kind,
    parameters: Parameters,
    given: Mapping[str, str],
    *,
    at: str = "",
    tested: Mapping[str, str] | None = None,
    alternates: Iterable[Format] = data("network"),
    **values: Any,  # noqa: ANN401 the values of a template
) -> Response:
    """Show a view of a network with its filters, and the ways to its views and to its edges as they are ``tested``."""
    current = service()
    return render(
        template,
        alternates=alternates,
        kind=kind,
        parameters=parameters,
        given=given,
        choices=choices(current.memo, language=language(), limits=current.settings.limits()),
        words=catalogue(),
        views=_views(kind, given, at),
        edge=edges_at(kind, given if tested is None else tested),
        **values,
    )


def _views(kind: Kind, given: Mapping[str, str], at: str) -> list[tuple[str, str, bool]]:
    """Name the views of a network: the word, the address with the same filters, whether it is the one we are ``at``."""
    kept = {name: value for name, value in given.items() if name not in ("slice", "around", "order")}
    views: list[tuple[str, dict[str, str]]] = [("table", {})]
    views += [] if kind.projected else [("alike", {"order": "similarity"})]
    views += [(f"slice_{name}", {"slice": name}) for name in get_args(Slice)]
    now = {name: given[name] for name in ("slice", "around", "order") if name in given}
    here = f"/networks/{kind.name}"
    found = [(name, with_arguments(here, {**kept, **own}), own == now and not at) for name, own in views]
    return [*found, ("backbone", with_arguments(f"{here}/backbone", _of_parts(given)), at == "backbone")]


def edges_at(kind: Kind, given: Mapping[str, str]) -> Callable[[str, str], str]:
    """Give the way to the pages of edges, by the keys of their ends; empty for an end that is not a thing of ours."""
    filters = with_arguments("", _of_parts(given))

    def way(a: str, b: str) -> str:
        ours = is_key(a) and is_key(b)
        return f"/networks/{kind.name}/edges/{quote(a, safe='')}/{quote(b, safe='')}{filters}" if ours else ""

    return way


def _of_parts(given: Mapping[str, str]) -> dict[str, str]:
    """Keep what parts of a network take of what the network is asked for."""
    return {name: value for name, value in given.items() if name in PARTS}


def sent_as_json(document: object) -> Response:
    """Send a document."""
    return Response(msgspec.json.encode(document), content_type="application/json")
