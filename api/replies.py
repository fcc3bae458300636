"""An answer as HTTP: status, headers and body, the same for every server and framework. Knows tags and codings."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from api import clients, problems
from api.answers import Asker, tag_of
from api.environ import BEGAN, CLIENT
from api.formats import FORMATS
from api.sending import SMALL, widen
from graph.store import DATA_DATE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIEnvironment

    from api.answers import Answers, Given, Question

_CONTENT_TYPES: Final[Mapping[str, str]] = {fmt.media_type: fmt.content_type for fmt in FORMATS}
_NAMES: Final[Mapping[str, str]] = {fmt.media_type: fmt.name for fmt in FORMATS}
_FRESH: Final = "public, max-age=300, stale-while-revalidate=86400"
_CODING: Final = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?:,|$)")
_LONGEST_LOCATION: Final = 2048
DESCRIBED_AT: Final = "/.well-known/void"


class Reply(msgspec.Struct, kw_only=True, frozen=True):
    """What is sent: ``size`` is the length of the body, whether or not the method sends one."""

    status: int
    headers: list[tuple[str, str]]
    body: Iterable[bytes]
    size: int


def reads_gzip(environ: WSGIEnvironment) -> bool:
    """Say whether the client reads gzip; who says nothing gets the plain body."""
    said = environ.get("HTTP_ACCEPT_ENCODING")
    return said is not None and _names_gzip(said)


@lru_cache(maxsize=64)
def _names_gzip(said: str) -> bool:
    qualities: dict[str, str] = dict(_CODING.findall(said.lower()))
    quality = qualities.get("gzip", qualities.get("*", "0")) or ""
    return quality.strip("0.") != "" or quality == ""


def asker(environ: WSGIEnvironment, answers: Answers, timeout: float | None = None) -> Asker:
    """Tell who asks, and how long the answer may take."""
    connection = clients.connection(environ)
    deadline = answers.settings.deadline if timeout is None else min(timeout, answers.settings.deadline)
    return Asker(
        client=environ[CLIENT],
        caller=None if connection is None else connection.fileno(),
        began=environ[BEGAN],
        deadline=deadline,
        gzip=reads_gzip(environ),
    )


def reply(question: Question, answers: Answers, environ: WSGIEnvironment, timeout: float | None = None) -> Reply:
    """Answer a question, or say that the client has the answer already."""
    safe = environ["REQUEST_METHOD"] in ("GET", "HEAD")
    if safe and (known := _known(question, answers, environ.get("HTTP_IF_NONE_MATCH", ""))) is not None:
        answers.metrics.cached("not-modified")
        return Reply(status=304, headers=[("ETag", known), ("Cache-Control", _FRESH), _VARY], body=(), size=0)
    given = answers.give(question, asker(environ, answers, timeout))
    connection = clients.connection(environ)
    headers = [*_headers(given), *_caching(given, question, safe=safe)]
    if isinstance(given.body, bytes) and given.size <= SMALL:
        widen(connection, given.size)
        return Reply(status=200, headers=headers, body=(given.body,), size=given.size)
    file = io.BytesIO(given.body) if isinstance(given.body, bytes) else given.body
    return Reply(status=200, headers=headers, body=answers.sending.body(file, connection), size=given.size)


_VARY: Final = ("Vary", "Accept, Accept-Encoding")


def _headers(given: Given) -> Iterable[tuple[str, str]]:
    """Describe a body."""
    yield "Content-Type", _CONTENT_TYPES.get(given.media_type, given.media_type)
    yield "Content-Length", str(given.size)
    if given.coding:
        yield "Content-Encoding", given.coding
    yield _VARY
    yield "X-Questeur-Generation", given.generation
    if given.data_date is not None:
        yield DATA_DATE, given.data_date.isoformat()
    yield "Link", f'<{DESCRIBED_AT}>; rel="describedby"'
    if given.cache == "hit":
        yield "Server-Timing", f'engine;desc="{given.engine}", cache;desc=hit'
    else:
        timings = "".join(f", {step};dur={milliseconds:.1f}" for step, milliseconds in given.timings.items())
        yield "Server-Timing", f'engine;desc="{given.engine}"{timings}'


def _caching(given: Given, question: Question, *, safe: bool) -> Iterable[tuple[str, str]]:
    """Say how long an answer may be kept, and by what tag to ask whether it still holds."""
    tag = tag_of(given, question)
    if question.volatile or not safe:
        yield "Cache-Control", "no-store" if question.volatile else "no-cache"
    elif tag is not None:
        yield "ETag", f'"{tag}"'
        yield "Cache-Control", _FRESH
    else:
        yield "Cache-Control", "no-cache"


def _known(question: Question, answers: Answers, header: str) -> str | None:
    """Give the tag, of those the client has, that the answer now would bear."""
    if not header:
        return None
    tag = answers.tag(question)
    if tag is None:
        return None
    for offered in header.split(","):
        bare = offered.strip().removeprefix("W/")
        if bare in (f'"{tag}"', f'"{tag}-gzip"'):
            return bare
    return None


def location(path: str, asked: str, *, media_type: str, named: bool) -> str | None:
    """Give the address of exactly this form of the answer, if that is no longer than addresses should be.

    It is the address that was ``asked``, and the format beside it unless that is ``named`` there.
    """
    target = f"{path}?{asked}" if named else f"{path}?{asked}&format={_NAMES.get(media_type, '')}"
    return target if len(target) <= _LONGEST_LOCATION else None


def problem(error: Exception, place: problems.Place) -> Reply:
    """Answer with what went wrong."""
    fields = problems.describe(error, place)
    body = problems.written(fields)
    headers = [
        ("Content-Type", problems.MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        *problems.retry_headers(error).items(),
    ]
    return Reply(status=int(str(fields["status"])), headers=headers, body=(body,), size=len(body))
