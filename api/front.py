"""What stands before the framework: every request's id, clock, log line and count, and the short way to ``/sparql``.

A query that wants data, not a page, is answered here: the framework's own way costs as much as a small query does.
Knows WSGI; what an answer is, the others know.
"""

from __future__ import annotations

import time
from functools import lru_cache
from http import HTTPStatus
from random import getrandbits
from typing import TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

from api import headers
from api.answers import UNKNOWN, Query, is_callers
from api.clients import client
from api.environ import BEGAN, CLIENT, QUERY, REQUEST_ID
from api.fields import malformed
from api.formats import data, offered
from api.negotiate import choose
from api.problems import Place
from api.protocol import asked
from api.replies import Reply, asker, location, problem, reply
from graph.store import DATA_DATE
from ontology.errors import QuesteurError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from api.access import AccessLog
    from api.answers import Answers
    from api.formats import Format
    from api.protocol import Asked

_PATH = "/sparql"
# Files, the state of the service, and what counts by the queries it asks.
_COUNTED_ELSEWHERE = ("/assets/", "/static/", "/healthz", "/readyz", "/status", "/metrics", _PATH, "/update", "/data")
_ALWAYS = (*headers.SAFETY, *headers.SHARING, ("Content-Security-Policy", headers.DATA_POLICY))
_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus} | {
    499: "499 Client Closed Request"
}


class Front:
    """A WSGI application around another."""

    def __init__(self, app: WSGIApplication, answers: Answers, log: AccessLog) -> None:
        self._app = app
        self._answers = answers
        self._log = log

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, count it and log it."""
        environ[BEGAN] = time.monotonic()
        environ[REQUEST_ID] = f"{getrandbits(128):032x}"  # a name for the log, and no secret
        environ[CLIENT] = client(environ, proxies=self._answers.settings.proxies)
        if "HTTP_HOST" not in environ and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            return self._refuse(malformed("the request names no host", "send the header Host"), environ, start_response)
        path = environ.get("PATH_INFO", "")
        if path == _PATH and _wants_data(environ):
            found = self._sparql(environ)
            if found is not None:
                return self._send(found, environ, start_response)
        if path.startswith(_COUNTED_ELSEWHERE):
            return self._through(environ, start_response)
        return self._page(environ, start_response)

    def _page(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the framework answer when the client's share allows it."""
        answers, client = self._answers, environ[CLIENT]
        until = environ[BEGAN] + answers.settings.deadline
        try:
            with answers.page(client, until=until, caller=asker(environ, answers).caller):
                return self._through(environ, start_response)
        except QuesteurError as error:  # the framework answers its own; these were raised before it was asked
            return self._refuse(error, environ, start_response)

    def _refuse(self, error: QuesteurError, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with what is wrong about a request that nobody else was asked about."""
        place = Place(
            path=environ.get("PATH_INFO", ""), request_id=environ[REQUEST_ID], text="", alternate=lambda _: ""
        )
        return self._send(problem(error, place), environ, start_response)

    def _sparql(self, environ: WSGIEnvironment) -> Reply | None:
        """Answer a query; None if there is none, or it wants a page."""
        try:
            request = asked(environ, max_bytes=self._answers.settings.max_request_bytes)
            if request.query is None or request.format == "html":
                return None
            environ[QUERY] = request.query
            return respond(request, _formats(request.format, environ.get("HTTP_ACCEPT")), self._answers, environ)
        except Exception as error:  # noqa: BLE001  whatever it is, it is answered as a problem
            if isinstance(error, QuesteurError) and is_callers(error):
                self._answers.wrong(environ[CLIENT])
            return problem(
                error,
                Place(
                    path=_PATH,
                    request_id=environ[REQUEST_ID],
                    text=environ.get(QUERY, ""),
                    alternate=lambda fmt: f"{_PATH}?format={fmt.name}",
                ),
            )

    def _send(self, found: Reply, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send a reply of ours."""
        named = {name for name, _ in found.headers}
        more = [
            *_ALWAYS,
            ("X-Request-Id", environ[REQUEST_ID]),
            *(() if "X-Questeur-Generation" in named else self._state()),
            *(() if "Vary" in named else (("Vary", "Accept, Accept-Encoding"),)),
        ]
        start_response(_PHRASES[found.status], [*found.headers, *more])
        body = found.body
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(body)
            body = ()
        if isinstance(body, tuple):
            self._count(environ, found.status, found.size)
            return body
        return ClosingIterator(body, [_closer(body), lambda: self._count(environ, found.status, found.size)])

    def _through(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the framework answer."""
        status, size = 500, 0

        def start(line: str, fields: list[tuple[str, str]], *rest: object) -> Callable[[bytes], object]:
            nonlocal status, size
            status = int(line[:3])
            length = next((value for name, value in fields if name.lower() == "content-length"), "0")
            size = int(length) if length.isdigit() else 0
            return start_response(line, fields, *rest)  # type: ignore[arg-type]  # passed on as it came

        body = self._app(environ, start)
        return ClosingIterator(body, lambda: self._count(environ, status, size))

    def _state(self) -> Iterable[tuple[str, str]]:
        """Name the current generation, and the day of its data."""
        store = self._answers.store
        try:
            yield "X-Questeur-Generation", store.generation()
            if (day := store.freshness().date) is not None:
                yield DATA_DATE, day.isoformat()
        except QuesteurError:
            yield "X-Questeur-Generation", UNKNOWN

    def _count(self, environ: WSGIEnvironment, status: int, size: int) -> None:
        seconds = time.monotonic() - environ[BEGAN]
        path = environ.get("PATH_INFO", "")
        route = "sparql" if path == _PATH else "data" if path.startswith("/data") else "pages"
        self._answers.metrics.request(route, status, seconds, size)
        self._log.write(
            environ,
            request_id=environ[REQUEST_ID],
            client=environ[CLIENT],
            status=status,
            size=size,
            ms=1000 * seconds,
        )


def respond(request: Asked, formats: tuple[Format, ...], answers: Answers, environ: WSGIEnvironment) -> Reply:
    """Answer a query in the first format that can carry its answer."""
    text = request.query or ""
    query = Query.of(text, request.dataset, tuple(dict.fromkeys(fmt.media_type for fmt in formats)))
    found = reply(query, answers, environ, request.timeout)
    if environ["REQUEST_METHOD"] == "POST" or found.status not in (200, 304):
        return found
    there = location(_PATH, environ["QUERY_STRING"], media_type=query.media_type, named=request.format is not None)
    if there is not None:
        found.headers.append(("Content-Location", there))
    return found


@lru_cache(maxsize=512)
def _formats(named: str | None, accept: str | None) -> tuple[Format, ...]:
    """Order the formats that carry data; a page is the framework's."""
    if named is None and accept is None:
        return data("rows", "graph")
    return tuple(fmt for fmt in choose(offered("rows", "graph"), named=named, accept=accept) if fmt.name != "html")


def _wants_data(environ: WSGIEnvironment) -> bool:
    """Say whether a request is a query for data; the framework knows what to do with any other."""
    return environ["REQUEST_METHOD"] in ("GET", "HEAD", "POST") and "html" not in environ.get("HTTP_ACCEPT", "").lower()


def _closer(body: Iterable[bytes]) -> Callable[[], None]:
    return lambda: _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
