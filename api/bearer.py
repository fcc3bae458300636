"""Let through who shows a token for what they ask (RFC 6750), in the header only. Must not know what they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from api.context import service
from ontology.errors import RefusedError, UnauthorizedError

if TYPE_CHECKING:
    from api.tokens import Scope
    from graph.store import Updates

PRIVATE = "private"  # set on the request: its answer is for no page of another origin


def admitted(scope: Scope) -> tuple[Updates, str]:
    """Give the way to write and the id of the request's token, before anything of its body is read.

    Raises
    ------
    RefusedError
        ``updates-off``: this service is for reading. ``forbidden``: the token is for something else.
    UnauthorizedError
        There is no token, or none that is good.
    """
    setattr(g, PRIVATE, True)
    writing = service().writing
    if writing is None:
        raise RefusedError(
            "This service is for reading, not for writing.",
            code="updates-off",
            hint="Its keeper can start it with --updates.",
        )
    kind, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise UnauthorizedError("Writing needs a token.", hint="Send it as the header Authorization: Bearer ….")
    token = writing.tokens.find(secret.strip())
    if token is None:
        raise UnauthorizedError("The token is unknown, or has expired.", hint="Ask the service's keeper for another.")
    if not token.allows(scope):
        raise RefusedError(f"This token is for {token.scope}, not for {scope}.", code="forbidden")
    request.max_content_length = service().settings.max_update_bytes
    return writing.updates, token.id
