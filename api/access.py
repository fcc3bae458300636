"""The access log: one line of JSON for each request, written whole. Knows what a line says, and no framework."""

from __future__ import annotations

import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Final

from api.environ import QUERY

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.types import WSGIEnvironment

_SHOWN: Final = 2048
_LONGEST: Final = 500


class AccessLog:
    """A file that each web process adds lines to; None: nothing is logged.

    Opened anew by each process, so that a graceful reload follows a file that was moved away. ``-`` is standard output.
    """

    def __init__(self, path: Path | None) -> None:
        self._fd: int | None = None
        if path is not None:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._fd = os.dup(1) if str(path) == "-" else os.open(path, flags, 0o640)

    def close(self) -> None:
        """Let go of the file."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def write(
        self, environ: WSGIEnvironment, *, request_id: str, client: str, status: int, size: int, ms: float
    ) -> None:
        """Log one request: its query text by digest and beginning only."""
        if self._fd is None:
            return
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "id": request_id,
            "client": client,
            "method": environ.get("REQUEST_METHOD", ""),
            "path": environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")[:_LONGEST],
            "status": status,
            "bytes": size,
            "ms": round(ms, 1),
            "agent": environ.get("HTTP_USER_AGENT", "")[:_LONGEST],
        }
        text = environ.get(QUERY)
        if text is not None:
            raw = text.encode("utf-8", "replace")
            line |= {"query": raw[:_SHOWN].decode("utf-8", "ignore"), "sha256": hashlib.sha256(raw).hexdigest()}
        os.write(self._fd, json.dumps(line).encode() + b"\n")
