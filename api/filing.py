"""A file on the disk as an answer: whole, or the part that is asked for, so that a broken download goes on.

Its body is sent as large answers are, piece by piece, so a slow reader holds no memory and few places.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from flask import Response, request

from api import clients
from api.context import service

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.datastructures import Range


class Part:
    """The bytes of a file from where it stands, up to a number of them."""

    def __init__(self, file: IO[bytes], length: int) -> None:
        self._file = file
        self._left = length

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, at most so many."""
        piece = self._file.read(min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def sent(path: Path, *, size: int, tag: str, media_type: str) -> Response:
    """Send a file that never changes under its tag: 304 to who has it, 206 for a range of it, 416 for none of it."""
    if request.if_none_match.contains(tag):
        response = Response(status=304)
    else:
        response = _body(path, size, _asked(tag), media_type)
    response.set_etag(tag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _asked(tag: str) -> Range | None:
    """Give the range that is asked for; none if it is of another content, or in another unit, or several."""
    asked, known = request.range, request.if_range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or request.method != "GET":
        return None
    fits = "If-Range" not in request.headers or (known.etag == tag and known.date is None)
    return asked if fits else None


def _body(path: Path, size: int, asked: Range | None, media_type: str) -> Response:
    """Send the bytes that are asked for."""
    found = (0, size) if asked is None else asked.range_for_length(size)
    if found is None:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"}, content_type="text/plain")
    start, stop = found
    response = Response(status=200 if asked is None else 206, content_type=media_type, direct_passthrough=True)
    if asked is not None:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method != "HEAD":
        file = path.open("rb")
        file.seek(start)
        body = service().answers.sending.body(Part(file, stop - start), clients.connection(request.environ))
        response.response = body
        response.call_on_close(body.close)
    response.content_length = stop - start
    return response
