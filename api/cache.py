"""Answers kept by one web process, and outcomes that were none: least recently used first out. Knows no query.

Who asks for what another is being answered waits for that answer (single flight).
"""

from __future__ import annotations

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from graph.store import Kind
from ontology.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable

    from ontology.errors import QuesteurError

_OVERHEAD: Final = 1024  # bytes of an entry beside its body
_SHARE: Final = 32  # no body takes more than this part of the whole
_REMEMBERED: Final = 60.0  # seconds that a failure is
_DEAD: Final = 1024
_FOLLOWERS: Final = 32
_GZIP: Final = 31  # zlib's number for a gzip frame


class Kept(msgspec.Struct, kw_only=True, frozen=True):
    """A whole answer in memory."""

    kind: Kind
    media_type: str
    coding: str
    body: bytes
    generation: str
    engine: str
    timings: Mapping[str, float]
    data_date: date | None = None

    def plain(self) -> Kept:
        """Give the same without coding."""
        return self if not self.coding else replace(self, coding="", body=zlib.decompress(self.body, _GZIP))

    def coded(self) -> Kept:
        """Give the same as gzip."""
        if self.coding:
            return self
        coder = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
        return replace(self, coding="gzip", body=coder.compress(self.body) + coder.flush())


@dataclass(frozen=True, slots=True)
class _Dead:
    error: QuesteurError
    deadline: float
    until: float


class _Flight:
    """One answer in the making."""

    def __init__(self) -> None:
        self.landed: threading.Event | None = None  # who follows first makes it: most answers have no follower
        self.followers = 0


class Cache:
    """The answers of one web process, up to a number of bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.largest = size // _SHARE
        self.used = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._dead: OrderedDict[Hashable, _Dead] = OrderedDict()
        self._flights: dict[Hashable, _Flight] = {}

    def __len__(self) -> int:
        """Count the answers."""
        return len(self._kept)

    def get(self, key: Hashable) -> Kept | None:
        """Give the answer kept under a key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, answer: Kept) -> None:
        """Keep an answer, in place of what was kept there, and forget the oldest that do not fit beside it."""
        if len(answer.body) > self.largest:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = answer
            self.used += len(answer.body) + _OVERHEAD
            while self.used > self.size:
                self._drop(next(iter(self._kept)))

    def fail(self, key: Hashable, error: QuesteurError, *, deadline: float) -> None:
        """Remember for a while that there is no answer within so many seconds.

        A copy is kept, and another given each time: an error that was raised holds on to every frame it came through.
        """
        with self._lock:
            self._dead[key] = _Dead(_bare(error), deadline, time.monotonic() + _REMEMBERED)
            self._dead.move_to_end(key)
            while len(self._dead) > _DEAD:
                self._dead.popitem(last=False)

    def failure(self, key: Hashable, *, deadline: float) -> QuesteurError | None:
        """Give the error that a question of no more seconds than before will meet again."""
        with self._lock:
            dead = self._dead.get(key)
        if dead is None or deadline > dead.deadline or time.monotonic() > dead.until:
            return None
        return _bare(dead.error)

    @contextmanager
    def flight(self, key: Hashable, *, until: float) -> Generator[bool]:
        """Be the one who makes an answer inside the block; False: another made it, look again.

        Raises
        ------
        BusyError
            Too many wait for the same answer.
        """
        with self._lock:
            flight = self._flights.get(key)
            leads = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight()
            elif flight.followers >= _FOLLOWERS:
                raise BusyError(
                    f"{_FOLLOWERS} others wait for this same answer.", retry_after=1, hint="try again in a moment"
                )
            else:
                flight.followers += 1
                flight.landed = flight.landed or threading.Event()
        if not leads:
            if flight.landed is not None:
                flight.landed.wait(max(0.0, until - time.monotonic()))
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._flights[key]
            if flight.landed is not None:
                flight.landed.set()

    def _drop(self, key: Hashable) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self.used -= len(old.body) + _OVERHEAD


def _bare(error: QuesteurError) -> QuesteurError:
    """Copy an error without its frames, which a library that pickles tracebacks makes part of every copy."""
    twin = copy(error)
    twin.__traceback__ = twin.__context__ = twin.__cause__ = None
    return twin
