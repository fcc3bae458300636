"""Reads a source in a process of its own, which may die, and hands its records over in packs.

What opens foreign bytes (archives, large lists, XML) is apart from the build: a source that kills its reader
is refused, and nothing else is. A pack is one msgpack list of `Record`: it travels on to a
worker without being unpacked.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from loaders.archive import Opened
from loaders.folders import found_in
from loaders.limited import Bounds, confine, unheard
from loaders.safety import Limits
from loaders.unread import Member, Memory
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from loaders.record import Record

PACK_RECORDS = 1000
PACK_BYTES = 8 * 1024 * 1024


class Head(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What must be known of a record without unpacking it: form, locator, sha256 of its raw bytes."""

    form: str
    locator: str
    sha: str


class Pack(msgspec.Struct, frozen=True, array_like=True, tag="pack"):
    """Some records of a source: their heads, the records packed, and the newest date met of its members so far.

    An archive's is that of all its members from the first pack on.
    """

    heads: tuple[Head, ...]
    packed: bytes
    newest: date | None = None


class End(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """The end of a source: its content digest, the newest date of its members, or why it was refused."""

    sha256: str = ""
    newest: date | None = None
    code: str = ""
    message: str = ""


# A source up to this size is read in the process of the build: a process of its own takes longer than the reading.
SMALL = 1024 * 1024


def packs(
    path: Path, limits: Limits | None = None, *, lenient: bool = False, memory: Memory | None = None
) -> Iterator[Pack | End]:
    """Pack the records of a source, in this process; the end comes last.

    ``lenient`` and ``memory`` as in :class:`Opened`: a record that is known is packed without its bytes.
    """
    opened = Opened(path=path, limits=limits or Limits(), lenient=lenient, memory=memory)
    heads: list[Head] = []
    records: list[Record] = []
    lone: dict[str, list[Head]] = {}
    size = 0
    for record in opened.records():
        heads.append(Head(record.form, record.locator, opened.unread.get(record.locator) or _sha(record)))
        records.append(record)
        if record.locator in opened.packed:
            lone.setdefault(record.locator, []).append(heads[-1])
        size += len(record.raw)
        if len(records) >= PACK_RECORDS or size >= PACK_BYTES:
            yield Pack(tuple(heads), msgspec.msgpack.encode(records), opened.newest)
            heads, records, size = [], [], 0
    if records:
        yield Pack(tuple(heads), msgspec.msgpack.encode(records), opened.newest)
    if memory is not None:
        for name, (head, *others) in lone.items():
            if not others:
                memory.note(name, Member(opened.packed[name], opened.digests[name], head.sha, head.form))
        memory.keep()
    yield End(sha256=opened.sha256, newest=opened.newest)


def _sha(record: Record) -> str:
    """Digest a record: its bytes, its form and what was repaired, for these decide what is read."""
    digest = hashlib.sha256(record.raw)
    digest.update(f"\n{record.form}\n{' '.join(record.notes)}".encode())
    return digest.hexdigest()


def stream(
    path: Path, limits: Limits | None = None, *, lenient: bool = False, memory: Memory | None = None
) -> Iterator[Pack | End]:
    """Pack the records of a source, in a limited process of its own unless it is small.

    Raises
    ------
    SourceError
        The source is damaged or built to deceive, or reading it took too much memory or time. It may come after some
        packs: nothing of the source can be trusted then.
    """
    size = sum(found.size for found in found_in(path)) if path.is_dir() else path.stat().st_size
    if size <= SMALL:
        yield from packs(path, limits, lenient=lenient, memory=memory)
        return
    bounds = Bounds.for_bytes(size * 8)  # text inflates about eightfold
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_send, args=(sender, path, limits, bounds, lenient, memory), daemon=True)
    with unheard():
        child.start()
    sender.close()
    try:
        while True:
            if not receiver.poll(bounds.deadline):
                raise SourceError(
                    f"{path.name}: not read within {bounds.deadline:g} s", source=path.name, code="too-slow"
                )
            message = msgspec.msgpack.decode(receiver.recv_bytes(), type=Pack | End)
            if isinstance(message, End) and message.code:
                raise SourceError(message.message, source=path.name, code=message.code)
            yield message
            if isinstance(message, End):
                return
    except EOFError as error:
        raise SourceError(
            f"{path.name}: the process that read it died of its limits", source=path.name, code="reader-died"
        ) from error
    finally:
        receiver.close()
        child.kill()
        child.join()
        child.close()


def _send(
    sender: Connection,
    path: Path,
    limits: Limits | None,
    bounds: Bounds,
    lenient: bool,  # noqa: FBT001  handed to a process
    memory: Memory | None,
) -> None:
    confine(bounds)
    try:
        for message in packs(path, limits, lenient=lenient, memory=memory):
            sender.send_bytes(msgspec.msgpack.encode(message))
    except SourceError as error:
        sender.send_bytes(msgspec.msgpack.encode(End(code=error.code, message=error.message)))
    except MemoryError:
        end = End(code="reader-died", message=f"{path.name}: reading it takes more memory than it may")
        sender.send_bytes(msgspec.msgpack.encode(end))
