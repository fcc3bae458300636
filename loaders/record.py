"""What a source gives before anybody interprets it: records, and the problems met on the way.

Also the value rules that every form shares: what counts as nil, one or many. Knows no form in particular.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

Form = Literal["question-json", "question-page", "amo-json"]


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record as found: its raw bytes, and where it was (member of an archive, name in a folder, line)."""

    form: str
    locator: str
    raw: bytes
    notes: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something a record or file did not do as expected. ``refused``: set aside; ``note``: loaded, and counted.

    ``path`` is the field (``$.question.uid``), ``code`` a stable short name, ``message`` what was found and expected.
    """

    severity: Literal["refused", "note"]
    code: str
    message: str
    source: str = ""
    locator: str = ""
    uid: str = ""
    path: str = ""


class RefusedRecordError(Exception):
    """A record cannot be trusted: its identity is missing, malformed or contradicts itself."""

    def __init__(self, code: str, message: str, *, path: str = "", uid: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path
        self.uid = uid


class Nil(msgspec.Struct, frozen=True):
    """The object form of a scalar: ``{"@xsi:nil": "true"}``, or ``{"#text": …}`` with attributes beside it."""

    text: str | None = msgspec.field(name="#text", default=None)
    nil: str | None = msgspec.field(name="@xsi:nil", default=None)


Scalar = str | Nil | None


def text(value: Scalar) -> str | None:
    """Read a scalar. Null, a nil object, an empty or blank string all mean absent (record 16-14318, ``amo/raw``)."""
    if isinstance(value, Nil):
        value = value.text
    if value is None:
        return None
    stripped = value.strip()
    return stripped or None


def many(value: T | list[T] | None) -> Sequence[T]:
    """Read one-or-many: the publisher writes a list of one as its only element."""
    if value is None:
        return ()
    return cast("list[T]", value) if isinstance(value, list) else (value,)


def scalars(value: str | Nil | list[Scalar] | None) -> Sequence[Scalar]:
    """Read one-or-many scalars."""
    return value if isinstance(value, list) else (value,)
