"""Asking until an answer that is worked out by a job is there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse


def ready(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Ask until the job is done, at the address that each answer names."""
    until = time.monotonic() + 120
    while (answer := client.get(path, headers=headers)).status_code == 202 and time.monotonic() < until:
        assert answer.headers["Location"].endswith(path)
        assert int(answer.headers["Retry-After"]) > 0
        time.sleep(0.1)
    assert answer.status_code == 200, answer.text
    return answer
