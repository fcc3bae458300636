"""What a source gives before anybody interprets it: records, and the problems met on the way.

Also the value rules that every form shares: what counts as nil, one or many. Knows no form in particular.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"

# What one record can be. ``foreign`` is harmless and skipped; ``unknown`` is structured and nobody reads it;
# ``damaged`` is a member of a folder or archive that could not be opened (its ``notes`` are the code and the message).
Form = Literal[
    "question-json",
    "question-xml",
    "question-vue",
    "question-page",
    "question-html",
    "amo-json",
    "sparql-row",
    "foreign",
    "unknown",
    "damaged",
]


class Record(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record as found: its raw bytes, and where it was (member, ``member#index`` in a list, ``member:line``).

    ``notes`` are codes of what was repaired (``safety.REPAIRS`` says each in words).
    """

    form: str
    locator: str
    raw: bytes
    notes: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
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

    def __reduce__(self) -> tuple[Callable[..., RefusedRecordError], tuple[str, str, str, str]]:
        """Cross to another process whole."""
        return _refused, (self.code, self.message, self.path, self.uid)


def _refused(code: str, message: str, path: str, uid: str) -> RefusedRecordError:
    return RefusedRecordError(code, message, path=path, uid=uid)


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An object of the source, with the XML attributes that its JSON keeps. An unknown field is an error, then audited.

    A nil object is a node whose every other field is absent.
    """

    xmlns: str | None = msgspec.field(name="@xmlns", default=None)
    xmlns_xsi: str | None = msgspec.field(name="@xmlns:xsi", default=None)
    xsi_type: str | None = msgspec.field(name="@xsi:type", default=None)
    nil: str | None = msgspec.field(name="@xsi:nil", default=None)


class Nil(Node, frozen=True):
    """The object form of a scalar: ``{"@xsi:nil": "true"}``, or ``{"#text": …}`` with attributes beside it."""

    text: str | None = msgspec.field(name="#text", default=None)


Scalar = str | Nil | None


class Ignored:
    """A field known and not held: any value of the source becomes this, and nothing of it stays in memory."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Two values that were not kept do not differ."""
        return isinstance(other, Ignored)

    def __hash__(self) -> int:
        """Hash as equal."""
        return 0


def forget(kind: type, _value: object) -> object:
    """Drop the value of an ignored field; the hook of all decoders."""
    if kind is Ignored:
        return Ignored()
    raise NotImplementedError(kind)


def text(value: Scalar) -> str | None:
    """Read a scalar. Null, a nil object, an empty or blank string all mean absent (record 16-14318, ``amo/raw``)."""
    if value is None:
        return None
    if isinstance(value, Nil):
        return None if value.text is None else value.text.strip() or None
    return value.strip() or None


def natural(value: Scalar) -> int | None:
    """Read a whole number of at most nine digits; None when absent or anything else (``²`` is a digit to Python)."""
    found = text(value)
    return int(found) if found is not None and len(found) <= 9 and found.isascii() and found.isdigit() else None


def many(value: T | list[T] | None) -> Sequence[T]:
    """Read one-or-many: the publisher writes a list of one as its only element."""
    if value is None:
        return ()
    return cast("list[T]", value) if isinstance(value, list) else (value,)


def scalars(value: str | Nil | list[Scalar] | None) -> Sequence[Scalar]:
    """Read one-or-many scalars."""
    return value if isinstance(value, list) else (value,)
