"""The record of who changed what: one JSON line per update in ``DATA/audit.ndjson``. Knows no engine and no HTTP.

The manifest of a generation made by updates lists them, so a line lost by a crash between the two is written later.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graph.backends.oxigraph.generations import current, list_generations, manifest_of
from graph.faults import point

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.backends.oxigraph.changes import Change

AUDIT = "audit.ndjson"
_TAIL = 64 * 1024


def entries(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Describe changes for the manifest of the generation that holds them."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return [{"at": now, "token": c.token, "what": c.what, "sha256": c.sha256} for c in changes]


def record(data: Path, name: str) -> None:
    """Append the updates that made a generation, and force them to the disk."""
    manifest = manifest_of(data, name)
    lines = [{**entry, "before": manifest["previous"], "after": name} for entry in manifest.get("updates", ())]
    if not lines:
        return
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    descriptor = os.open(data / AUDIT, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if _is_torn(data):
            text = b"\n" + text
        os.write(descriptor, text)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    point("audited")


def catch_up(data: Path) -> None:
    """Record the generations on disk that were published and that a crash kept from being recorded."""
    recorded = _recorded(data)
    there = list_generations(data)
    name: str | None = current(data)
    missed: list[str] = []
    # What has a name, but is neither current nor before what is, was never published.
    while name in there:
        manifest = manifest_of(data, name)
        if manifest.get("updates") and (name, manifest["updates"][-1]["at"]) not in recorded:
            missed.append(name)
        name = manifest.get("previous")
    for name in reversed(missed):
        record(data, name)


def _recorded(data: Path) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for line in _tail(data).splitlines():
        try:
            entry = json.loads(line)
            found.add((entry["after"], entry["at"]))
        except (ValueError, KeyError, TypeError):
            continue  # the first line of the tail, or one torn by a crash
    return found


def _is_torn(data: Path) -> bool:
    tail = _tail(data)
    return bool(tail) and not tail.endswith(b"\n")


def _tail(data: Path) -> bytes:
    try:
        with (data / AUDIT).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            return file.read()
    except FileNotFoundError:
        return b""
