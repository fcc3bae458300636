"""A network of transfers or of repeated texts as a file, or as its linked data. Knows HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from api.context import service
from api.formats import RUN
from graph.networks.directed import directed_run
from graph.networks.export import write
from graph.networks.origin import origin_of

if TYPE_CHECKING:
    from api.formats import Format
    from graph.networks.transfers import Directed


def sent(network: Directed, fmt: Format) -> Response:
    """Send a directed network; as Turtle, the statements that publishing it would put into the graph."""
    if fmt != RUN:
        return Response(write(network, fmt.name), content_type=fmt.content_type)
    store = service().store
    run = directed_run(network, origin_of(store, service().facts.of(store)))
    return Response(run.turtle(), content_type=fmt.content_type)
