"""Groups of updates into generations: what is acknowledged is published and on the disk, what fails leaves no trace.

Each commit starts from the current generation, whoever published it: a store that a process was killed on, or that
another publisher overtook, is thrown away and copied anew. Knows no socket and no HTTP.
"""

from __future__ import annotations

import logging
import shutil
import time
from dataclasses import dataclass, field
from signal import SIGABRT, SIGBUS, SIGSEGV
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import msgspec

from graph.backends.oxigraph import audit
from graph.backends.oxigraph.changes import Change, Outcome, Snapshot, Taken
from graph.backends.oxigraph.generations import current as pointed_at
from graph.backends.oxigraph.generations import hold, manifest_of, writer_lock
from graph.backends.oxigraph.primary import Primary, PrimaryGoneError
from graph.backends.oxigraph.publishing import OWN_FIELDS, collect, name_generation, sweep
from graph.faults import point
from ontology.errors import BuildError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.backends.oxigraph.changes import Code
    from graph.backends.oxigraph.generations import Held

DEADLINE: Final = 60.0
MEMORY_LIMIT: Final = 2 * 1024**3
_COUNTED: Final = 50_000  # quads that are counted anew at each commit: some 0.1 s
_RESERVE: Final = 32 * 1024**2  # bytes left free on the disk
_ROOM: Final = 6  # bytes on the disk for one of a text: quads stand in several indexes, and in a log before
# What an update makes untrue of a generation until the next build.
_STALE: Final = ("columns", "text")

_log = logging.getLogger("questeur.graph")


@dataclass(slots=True, kw_only=True)
class Committer:
    """Commits changes to the DATA folder ``data``. Used by one thread of a process that has no other."""

    data: Path
    deadline: float = DEADLINE
    memory_limit: int = MEMORY_LIMIT
    _primary: Primary | None = field(default=None, init=False)

    def commit(self, changes: Sequence[Change]) -> list[Outcome]:
        """Do changes in turn, publish them together, and tell what became of each.

        A change that fails leaves the others; if nothing can be published, all fail.
        """
        before = ""
        try:
            with writer_lock(self.data), hold(self.data) as current:
                before = current.name
                return self._commit(changes, current)
        except BuildError as error:
            self.close()
            why: Code = "locked" if error.code == "locked" else "unpublished"
            return [Outcome(code=why, message=error.message) for _ in changes]
        except (QuesteurError, OSError, PrimaryGoneError) as error:
            self.close()
            _log.exception("updates could not be published")
            code: Code = "unpublished" if self._is_current(before) else "unknown"
            return [Outcome(code=code, message=str(error).replace(f"{self.data}/", "")) for _ in changes]

    def _is_current(self, name: str) -> bool:
        try:
            return not name or pointed_at(self.data) == name
        except QuesteurError:
            return False

    def close(self) -> None:
        """End the process that holds the store."""
        if self._primary is not None:
            self._primary.kill()
            self._primary = None

    def _commit(self, changes: Sequence[Change], current: Held) -> list[Outcome]:
        outcomes: list[Outcome] = []
        done: list[Change] = []
        for change in changes:
            outcome = self._do(change, done, current)
            outcomes.append(outcome)
            if outcome.code == "done":
                done.append(change)
            point("change done")
        if not done:
            return outcomes
        name = self._publish(done, current)
        return [
            msgspec.structs.replace(outcome, before=current.name, after=name) if outcome.code == "done" else outcome
            for outcome in outcomes
        ]

    def _do(self, change: Change, done: Sequence[Change], current: Held) -> Outcome:
        """Do one change on top of those done before it, on a new copy of the store if theirs was lost."""
        if change.condition.generation and (done or change.condition.generation != current.name):
            return Outcome(code="otherwise")
        needed = _RESERVE + _ROOM * (len(change.text) + sum(len(other.text) for other in done))
        if shutil.disk_usage(self.data).free < needed:
            return Outcome(code="disk-full", message=f"an update of this size needs {needed / 1e6:,.0f} MB free")
        try:
            return self._store_after(done, current).change(change, time.monotonic() + self.deadline)
        except TimeoutError:
            self.close()
            return Outcome(code="deadline", message=f"{self.deadline:g} s")
        except PrimaryGoneError as error:
            self._primary = None
            return Outcome(code="memory" if error.signal in {SIGABRT, SIGSEGV, SIGBUS} else "died")

    def _store_after(self, done: Sequence[Change], current: Held) -> Primary:
        """Give the store that holds the current generation and what was done since, made anew if it must be."""
        if self._primary is not None and self._primary.generation == current.name:
            return self._primary
        self.close()
        sweep(self.data)
        audit.catch_up(self.data)
        self._primary = Primary.fork(current.path, self.data / "writer" / "store", memory_limit=self.memory_limit)
        point("store copied")
        for change in done:
            if self._primary.change(change, time.monotonic() + self.deadline).code != "done":
                raise BuildError("an update that was done once could not be done again")
        return self._primary

    def _publish(self, done: Sequence[Change], current: Held) -> str:
        """Make the store's state the current generation."""
        primary = self._primary
        if primary is None:  # the last change of the group took it along
            primary = self._store_after(done, current)
        folder = self.data / "gens" / f"tmp-{uuid4()}"
        try:
            folder.mkdir()
            base = manifest_of(self.data, current.name)
            count = int(base["counts"]["quads"]) <= _COUNTED
            order = Snapshot(folder=str(folder / "store"), count=count)
            taken = _whole(primary.snapshot(order, time.monotonic() + self.deadline))
            point("snapshot taken")
            manifest = _manifest(base, done, counted=count)
            name = name_generation(self.data, folder, manifest, taken.counts or base["counts"], like=current.name)
        except BaseException:
            # What the store holds now was not published, so nothing may be built upon it.
            self.close()
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        primary.generation = name
        self._note(name, built=str(manifest["built"]))
        return name

    def _note(self, name: str, *, built: str) -> None:
        """Record a generation that is published, whatever comes of the recording, and remove old ones."""
        try:
            audit.record(self.data, name)
            collect(self.data, name, also={built})
            point("collected")
        except OSError as error:
            self.close()  # the next one records what is missing
            _log.warning("generation %s is published, and will be recorded later: %s", name, error)


def _whole(taken: Taken) -> Taken:
    if taken.trouble:
        raise BuildError(f"the store could not be copied: {taken.trouble}")
    return taken


def _manifest(base: dict[str, Any], done: Sequence[Change], *, counted: bool) -> dict[str, Any]:
    """Say of a generation what its build said of the one it comes from, and that updates have changed it since.

    It has no statement digest, so that the next build publishes, though its sources are those of the last.
    """
    kept = {name: value for name, value in base.items() if name not in OWN_FIELDS | {"statement_digest"}}
    return {
        **kept,
        "built": base.get("built", base["generation"]),
        "stale": [*_STALE, *(() if counted else ("counts",))],
        "updates": audit.entries(done),
    }
