"""What each client may still ask for: seconds of work and errors, each a bucket that refills. Knows no request.

The buckets are shared by all web processes, so that a client has one share whatever process answers it. A table of
fixed size holds them: when it is full, the client that was quiet the longest is forgotten, which is to its advantage.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from api.shared import Shared
from ontology.errors import AllowanceError

if TYPE_CHECKING:
    import mmap

_SLOT: Final = struct.Struct("8s5d")
_SLOTS: Final = 8192
_TRIES: Final = 8
_FLOOR: Final = 0.005  # seconds charged for any work: a flood of tiny queries is a load too
_IGNORED: Final = 100  # refusals in a row that shut a client out
_SHUT: Final = 3600.0


class _Bucket(NamedTuple):
    """What a client has used up, as of a moment; both numbers run back to zero."""

    name: bytes
    at: float
    seconds: float
    errors: float
    ignored: float
    shut: float  # until when it is refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast a client may use: seconds of work and errors a minute, and how many of each at once."""

    seconds: float
    burst: float
    errors: float
    error_burst: float


class Allowances:
    """The shares of all clients. Make it before the web processes are forked."""

    def __init__(self, rates: Rates) -> None:
        self.rates = rates
        self._shared = Shared(_SLOT.size * _SLOTS)
        self._key = secrets.token_bytes(16)

    def left(self, client: str) -> float:
        """Give the seconds of work a client has left.

        Raises
        ------
        AllowanceError
            None, or too many errors; ``retry_after`` says when there will be some.
        """
        with self._shared.locked() as memory:
            slot, bucket = self._find(memory, client)
            wait = self._wait(bucket)
            if not wait:
                return self.rates.burst - bucket.seconds
            shut_out = bucket.ignored + 1 >= _IGNORED
            until = time.monotonic() + _SHUT if shut_out and not bucket.shut else bucket.shut
            _write(memory, slot, bucket._replace(ignored=bucket.ignored + 1, shut=until))
        raise AllowanceError(
            "Your share of this service is used up for now.",
            retry_after=math.ceil(_SHUT if shut_out else wait),
            hint="send fewer or lighter queries, and wait as long as Retry-After says",
        )

    def charge(self, client: str, seconds: float) -> None:
        """Take time that was worked for a client off its share."""
        with self._shared.locked() as memory:
            slot, bucket = self._find(memory, client)
            _write(memory, slot, bucket._replace(seconds=bucket.seconds + max(seconds, _FLOOR), ignored=0.0))

    def error(self, client: str) -> None:
        """Count a request of a client that was wrong."""
        with self._shared.locked() as memory:
            slot, bucket = self._find(memory, client)
            _write(memory, slot, bucket._replace(errors=bucket.errors + 1))

    def _wait(self, bucket: _Bucket) -> float:
        """Say how many seconds a client has to wait; 0: it may ask."""
        rates = self.rates
        return max(
            bucket.shut - bucket.at,
            60 * (bucket.seconds - rates.burst + _FLOOR) / rates.seconds,
            60 * (bucket.errors - rates.error_burst + 1) / rates.errors,
            0.0,
        )

    def _find(self, memory: mmap.mmap, client: str) -> tuple[int, _Bucket]:
        """Find a client's slot, or the one to take for it, and let the bucket run until now."""
        name = hashlib.blake2b(client.encode(), digest_size=8, key=self._key).digest()
        first = int.from_bytes(name, "big")
        oldest, quietest = 0, math.inf
        now = time.monotonic()
        for step in range(_TRIES):
            slot = (first + step) % _SLOTS * _SLOT.size
            bucket = _Bucket._make(_SLOT.unpack_from(memory, slot))
            if bucket.name == name:
                passed = max(0.0, now - bucket.at) / 60
                return slot, bucket._replace(
                    at=now,
                    seconds=max(0.0, bucket.seconds - passed * self.rates.seconds),
                    errors=max(0.0, bucket.errors - passed * self.rates.errors),
                    shut=bucket.shut if bucket.shut > now else 0.0,
                )
            if bucket.at < quietest:
                oldest, quietest = slot, bucket.at
        return oldest, _Bucket(name, now, 0.0, 0.0, 0.0, 0.0)


def _write(memory: mmap.mmap, slot: int, bucket: _Bucket) -> None:
    _SLOT.pack_into(memory, slot, *bucket)
