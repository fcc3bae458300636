"""Who may write: tokens in ``DATA/tokens.json``, kept as digests only. Knows a file and a clock, no HTTP."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
import secrets
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from ontology.errors import ConfigError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

Scope = Literal["update", "data"]
SCOPES: tuple[Scope, ...] = ("update", "data")
FILE = "tokens.json"
_SECRET_BYTES = 32
_ID_BYTES = 4


class Token(msgspec.Struct, kw_only=True, frozen=True):
    """What is kept of a token. The scope ``update`` includes ``data``: graphs are written by updates too."""

    id: str
    sha256: str
    scope: Scope
    created: datetime
    expires: datetime
    note: str = ""

    def allows(self, scope: Scope) -> bool:
        """Say whether it is good for a scope."""
        return self.scope in {scope, "update"}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Tokens:
    """The tokens of one DATA folder, read anew each time: a token revoked is refused from that moment."""

    def __init__(self, data: Path, *, now: Callable[[], datetime] = _now) -> None:
        self._data = data
        self._now = now

    def add(self, *, scope: Scope, days: float, note: str = "") -> tuple[Token, str]:
        """Make a token; its secret is given here and never again."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        now = self._now()
        try:
            expires = now + timedelta(days=days)
        except (OverflowError, ValueError):
            raise ConfigError(f"a token cannot be good for {days:g} days", hint="give up to some thousands") from None
        token = Token(
            id=secrets.token_hex(_ID_BYTES),
            sha256=_digest(secret),
            scope=scope,
            created=now,
            expires=expires,
            note=note,
        )
        with self._locked():
            self._write((*self.all(), token))
        return token, secret

    def revoke(self, name: str) -> None:
        """Remove a token by its id.

        Raises
        ------
        NotFoundError
            There is none.
        """
        with self._locked():
            kept = tuple(token for token in self.all() if token.id != name)
            if len(kept) == len(self.all()):
                raise NotFoundError(f"there is no token {name}", hint="see `questeur token list`")
            self._write(kept)

    def all(self) -> tuple[Token, ...]:
        """List the tokens, expired ones included.

        Raises
        ------
        ConfigError
            The file is damaged.
        """
        try:
            text = (self._data / FILE).read_bytes()
        except FileNotFoundError:
            return ()
        try:
            return msgspec.json.decode(text, type=tuple[Token, ...])
        except msgspec.DecodeError as error:
            raise ConfigError(f"{FILE} cannot be read: {error}", hint="remove it, and add tokens anew") from error

    def find(self, secret: str) -> Token | None:
        """Find the token of a secret, unless it has expired. Takes as long for a wrong one as for a right one."""
        digest = _digest(secret)
        found: Token | None = None
        for token in self.all():
            if hmac.compare_digest(token.sha256, digest):
                found = token
        return found if found is not None and self._now() < found.expires else None

    @contextmanager
    def _locked(self) -> Generator[None]:
        descriptor = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, tokens: tuple[Token, ...]) -> None:
        temporary = self._data / f"{FILE}.tmp"
        temporary.unlink(missing_ok=True)  # a mode is given to a file only when it is made
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(tokens)) + b"\n")
            file.flush()
            os.fsync(descriptor)
        temporary.replace(self._data / FILE)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
