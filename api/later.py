"""What is answered while a long computation runs, and when it is cancelled. Knows HTTP and jobs; no computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from flask import Response, request

from api.context import service
from api.pages import render, with_arguments

if TYPE_CHECKING:
    from api.jobs import Job

_AGAIN = 2  # seconds


def later(job: Job, *, html: bool = False) -> Response:
    """Say that the answer is being worked out, how far it is, and when to come back to the same address."""
    if html:
        response = render("later.html", status=202, seconds=job.seconds, share=job.share)
        response.headers["Refresh"] = str(_AGAIN)
    else:
        state = {"state": "running", "seconds": job.seconds, "progress": round(job.share, 3)}
        response = Response(msgspec.json.encode(state) + b"\n", 202, content_type="application/json")
    response.headers["Retry-After"] = str(_AGAIN)
    response.headers["Location"] = with_arguments(request.path, request.args)
    response.headers["Cache-Control"] = "no-store"
    return response


def cancelled(*names: object) -> Response:
    """Cancel the jobs of this address, in whichever web process they run: 204, also where none runs."""
    for name in names:
        service().jobs.cancel(name)
    return Response(status=204)
