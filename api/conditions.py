"""What a request to write makes itself depend on (RFC 9110, 13): the tags of a graph, for the writer to hold it to.

Knows headers and the tags of answers; must not know who writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from api.answers import WholeGraph
from api.context import service
from api.fields import malformed
from graph.store import GRAPH_MEDIA_TYPES, Condition
from ontology.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Iterator


def condition(graph: str | None) -> Condition:
    """Read under what condition a graph may be written.

    Raises
    ------
    PreconditionError
        It is not fulfilled, as far as can be seen from here.
    QueryError
        ``malformed``: the request is for a part of a graph.
    """
    if "Content-Range" in request.headers:  # RFC 9110, 14.5: a part must not take the place of the whole
        raise malformed("a part of a graph cannot be written", "send the whole graph, without Content-Range")
    generation = service().store.generation()
    tags = frozenset(_tags(graph))
    wanted, unwanted = request.if_match, request.if_none_match
    if tags & set(unwanted.as_set(include_weak=True)):
        raise PreconditionError("You have this state of the graph already.")
    exists = False if unwanted.star_tag else True if wanted.star_tag else None
    if not wanted or wanted.star_tag:
        return Condition(exists=exists)
    if not tags & set(wanted.as_set()):
        raise PreconditionError(
            "The graph has changed since you read it.",
            hint="Get it again, and send your change with the tag that it has then.",
        )
    return Condition(generation=generation, exists=exists)


def _tags(graph: str | None) -> Iterator[str]:
    """Give every tag that the graph bears in the current generation: one for each format and coding."""
    for media_type in GRAPH_MEDIA_TYPES:
        tag = service().answers.tag(WholeGraph(iri=graph, media_type=media_type))
        if tag is not None:
            yield from (tag, f"{tag}-gzip")
