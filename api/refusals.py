"""What is answered before there is a request: an address longer than any is read, as a problem that says the way out.

Knows gunicorn's errors; must not know what is served.
"""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

from api.headers import SAFETY, SHARING
from api.problems import Place
from api.replies import problem
from ontology.errors import QuesteurError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gunicorn.http.wsgi import Requested

_LINE: Final = "HTTP/1.1 414 URI Too Long"


class AddressTooLongError(QuesteurError):
    """The address of a request is longer than any that is read here."""

    status = 414
    code = "uri-too-long"


class Refusing(ThreadWorker):
    """A worker that tells who asks by too long an address, a page of another origin too, how to ask."""

    def handle_error(self, req: Requested | None, client: socket.socket, addr: object, exc: Exception) -> None:
        """Say what was wrong about a request, in our words where they help and in gunicorn's else."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        with suppress(OSError):  # who sent it has gone, or does not read
            client.send("\r\n".join(_refusal()).encode(), socket.MSG_DONTWAIT)


def _refusal() -> Iterator[str]:
    """Write the answer line by line, its body the last."""
    error = AddressTooLongError("The address is too long.", hint="send a long query by POST")
    name = secrets.token_hex(16)
    found = problem(error, Place(path="", request_id=name, text="", alternate=lambda _: ""))
    yield _LINE
    for header, value in (*found.headers, *SAFETY, *SHARING, ("X-Request-Id", name), ("Connection", "close")):
        yield f"{header}: {value}"
    yield ""
    yield b"".join(found.body).decode()
