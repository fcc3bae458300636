"""Ask another store who our people are there, politely, and keep its answer as a source to build from.

What was answered is kept beside the output, so that a run that was cut goes on where it was. Knows no SPARQL text.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from graph.links import Item, items_of
from graph.store import Limits
from ontology.errors import BusyError, ConfigError, DeadlineError, RemoteError
from questeur.digests import file_digest
from questeur.lock import LockEntry, read_lock, write_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graph.store import Store

_AGAIN: Final = (2.0, 8.0, 30.0)  # seconds before each new attempt, unless the store asks for more
_LONGEST_WAIT: Final = 600.0
SECONDS: Final = 60.0  # for one query: Wikidata's own limit


class Progress(msgspec.Struct):
    """What an endpoint has answered so far: the numbers asked about, and the items found."""

    endpoint: str
    asked: list[str] = []
    found: list[Item] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How politely to ask.

    Attributes
    ----------
    batch
        Numbers in one query.
    interval
        Seconds from the end of a query to the next one.
    pause
        Waits.
    """

    batch: int = 200
    interval: float = 1.0
    pause: Callable[[float], None] = time.sleep


def link(
    numbers: Sequence[str],
    store: Store,
    endpoint: str,
    output: Path,
    *,
    pace: Pace | None = None,
    say: Callable[[str], None] = lambda _line: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Item]:
    """Ask for the items of numbers and write them as SPARQL results; the lock beside them says when and where from.

    Raises
    ------
    RemoteError, BusyError, DeadlineError
        The endpoint did not answer; the same call goes on from there.
    ConfigError
        The file of what was answered is damaged.
    """
    pace = pace or Pace()
    state = state_file(output)
    progress = _read(state, endpoint)
    left = [number for number in numbers if number not in set(progress.asked)]
    if len(left) < len(numbers):
        say(f"{len(numbers) - len(left):,} of {len(numbers):,} were answered before")
    for start in range(0, len(left), pace.batch):
        if start:
            pace.pause(pace.interval)
        batch = left[start : start + pace.batch]
        progress.found += _ask(store, batch, pace, say)
        progress.asked += batch
        _replace(state, msgspec.json.encode(progress))
        say(f"{start + len(batch):,} of {len(left):,} asked, {len(progress.found):,} items found")
    wanted = set(numbers)
    found = sorted({item for item in progress.found if item.number in wanted}, key=lambda i: (int(i.number), i.iri))
    _replace(output, results(found))
    _lock(output, endpoint, now())
    state.unlink(missing_ok=True)
    return found


def state_file(output: Path) -> Path:
    """Name the file of what was answered so far."""
    return output.with_name(f"{output.name}.state.json")


def results(found: Sequence[Item]) -> bytes:
    """Write items as SPARQL 1.1 JSON results, a row a line."""
    rows = [
        {"item": {"type": "uri", "value": item.iri}, "id_an": {"type": "literal", "value": item.number}}
        for item in found
    ]
    lines = b",\n".join(map(msgspec.json.encode, rows))
    return b'{"head":{"vars":["item","id_an"]},"results":{"bindings":[\n' + lines + b"\n]}}\n"


def _ask(store: Store, batch: Sequence[str], pace: Pace, say: Callable[[str], None]) -> list[Item]:
    """Ask once, and again after a passing failure: a query changes nothing."""
    for seconds in _AGAIN:
        try:
            return items_of(store, batch, Limits(deadline=SECONDS))
        except (BusyError, DeadlineError, RemoteError) as error:
            asked_for = error.retry_after if isinstance(error, BusyError) else 0
            wait = min(max(seconds, asked_for), _LONGEST_WAIT)
            say(f"{error.message} Again in {wait:.0f} s")
            pace.pause(wait)
    return items_of(store, batch, Limits(deadline=SECONDS))


def _read(state: Path, endpoint: str) -> Progress:
    """Give what was answered; nothing if another endpoint was asked."""
    try:
        progress = msgspec.json.decode(state.read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress(endpoint=endpoint)
    except msgspec.DecodeError as error:
        raise ConfigError(f"{state.name}: {error}", hint="remove it, and all is asked again") from error
    return progress if progress.endpoint == endpoint else Progress(endpoint=endpoint)


def _lock(output: Path, endpoint: str, when: datetime) -> None:
    digest = file_digest(output)
    entry = LockEntry(
        url=endpoint, retrieved=when, bytes=digest.bytes, sha256=digest.sha256, content_sha256=digest.sha256
    )
    old = read_lock(output.parent).sources.get(output.name)
    if old is not None and (old.sha256, old.url) == (entry.sha256, entry.url):
        entry = entry.first_retrieved(old.retrieved)
    write_lock(output.parent, read_lock(output.parent).replaced(output.name, entry))


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
