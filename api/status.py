"""``/status``, ``/readyz``, ``/metrics``: how the service is, for who runs it. Asks no query, waits for nobody."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from api.context import service
from ontology.errors import QuesteurError

if TYPE_CHECKING:
    from datetime import date

    from graph.store import Freshness

blueprint = Blueprint("status", __name__)

_STARTED = time.time()
_HEADERS = {"Cache-Control": "no-store"}


@blueprint.get("/status")
def status() -> Response:
    """Describe this web process: the state it serves, its limits, who works and who waits."""
    current = service()
    answers, settings, capabilities = current.answers, current.settings, current.store.capabilities
    said = {
        "version": settings.version,
        "generation": current.store.generation(),
        "data": _data(current.store.freshness()),
        "store": capabilities.product,
        "sandbox": capabilities.sandbox,
        "services": capabilities.services,
        "default_graph": "union" if capabilities.union_default else "strict",
        "process": {"pid": os.getpid(), "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_STARTED))},
        "queries": {"running": answers.admission.running, "waiting": answers.admission.waiting},
        "cache": {"answers": len(answers.cache), "bytes": answers.cache.used, "limit": answers.cache.size},
        "limits": {
            "deadline": settings.deadline,
            "answer_bytes": settings.max_bytes,
            "request_bytes": settings.max_request_bytes,
            "places": settings.places,
            "queue": settings.queue,
            "clients": settings.limit_clients,
        },
    }
    return Response(json.dumps(said, indent=1) + "\n", content_type="application/json", headers=_HEADERS)


def _data(freshness: Freshness) -> dict[str, object]:
    """Say of which day the data are, source by source."""
    return {
        "date": _day(freshness.date),
        "sources": [
            {"source": s.source, "file": s.file, "sha256": s.sha256, "date": _day(s.date)} for s in freshness.sources
        ],
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether there is a generation to answer from."""
    try:
        return _plain(f"ready {service().store.generation()}\n")
    except QuesteurError:
        return _plain("not ready\n", 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write the counters of the whole service, and the gauges of this process."""
    answers = service().answers
    gauges = {
        "queries_running": answers.admission.running,
        "queries_waiting": answers.admission.waiting,
        "cache_bytes": answers.cache.used,
        "cache_answers": len(answers.cache),
    }
    return _plain(answers.metrics.text(gauges))


def _plain(text: str, code: int = 200) -> Response:
    return Response(text, status=code, content_type="text/plain; version=0.0.4; charset=utf-8", headers=_HEADERS)
