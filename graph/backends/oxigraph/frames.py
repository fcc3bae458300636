"""What the service and a query process say to each other: the values and their framing. Knows no engine.

One frame is a byte of kind, a length as big-endian u32, and a payload.
"""

from __future__ import annotations

import struct
from typing import Final, Literal

import msgspec

HEADER: Final = struct.Struct("!cI")
TASK: Final = b"Q"  # to the process: a Task
READY: Final = b"R"  # the store is open
DATA: Final = b"D"  # a piece of the body
DONE: Final = b"E"  # the body is whole: a Done
TROUBLE: Final = b"X"  # no answer: a Trouble; the process stays usable
PIECE: Final = 64 * 1024

Format = Literal["json", "xml", "csv", "tsv", "ttl", "trig", "nt", "nq", "rdf", "jsonld"]
Document = Literal["ttl", "nt", "jsonld"]  # read from strangers; an entity bomb in RDF/XML would not be refused


class Task(msgspec.Struct, kw_only=True, frozen=True):
    """One query text and how to answer it. ``star`` is the place of a ``*`` to be replaced by names in ``order``.

    With ``dump`` there is no text: the graph of that name is written, the default graph when it is empty.
    With ``document`` the text is RDF in that format, to be written as N-Triples.
    """

    text: str
    format: Format = "json"
    gzip: bool = False
    prefixes: dict[str, str] = {}
    dump: str | None = None
    max_bytes: int = 0
    only_parse: bool = False
    update: bool = False
    union: bool = True
    default: list[str] | None = None
    named: list[str] | None = None
    base_iri: str | None = None
    star: int | None = None
    order: list[str] = []
    document: Document | None = None


class Done(msgspec.Struct, kw_only=True, frozen=True):
    """The body's size as sent, the milliseconds spent, and the process's resident memory afterwards."""

    size: int
    coded: bool
    exec_ms: float
    spool_ms: float
    rss: int


class Trouble(msgspec.Struct, kw_only=True, frozen=True):
    """Why there is no answer."""

    code: Literal["syntax", "unreadable", "too-large", "unwritable", "memory", "gone", "absent", "function", "failed"]
    message: str


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    """Frame one payload."""
    return HEADER.pack(kind, len(payload)) + payload
