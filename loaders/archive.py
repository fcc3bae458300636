"""Opens what it is given: a file, a folder or a ZIP of any form, and yields its records as raw bytes.

Names decide nothing but the order. A ZIP is read in counted steps and never extracted; links are not followed. A file
that is one record, or none, is refused as a file; the same bytes as one member among others are one refused record.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import IO, TYPE_CHECKING

from loaders import zips
from loaders.folders import found_in
from loaders.html import page_of
from loaders.official import loads
from loaders.record import Record, RefusedRecordError
from loaders.safety import Limits, is_archive, utf8
from loaders.splitting import HEAD, ONE, is_json, sniff, split, split_lines, split_xml
from loaders.unread import packed_digest
from loaders.xml import check_prolog, read_tree
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from loaders.unread import Memory

__all__ = ["Limits", "Opened"]

TRIED = (
    "questions as JSON or XML (one, a list, or one a line), a question's page as text, HTML or XML, "
    "AMO files (acteur, mandat, organe, export), and SPARQL results"
)


@dataclass(slots=True, kw_only=True)
class Opened:
    """A source being read: ``records`` yields once; ``sha256`` and ``newest`` are known after that.

    ``sha256`` is over the sorted pairs of member name and member digest, so a re-packed archive is the same content.
    ``digests`` are those of the members, ``packed`` those of their packed bytes, ``unread`` those of the records that
    were given out without their bytes, each by name.
    """

    path: Path
    limits: Limits = field(default_factory=Limits)
    lenient: bool = False  # a lone file that nobody here reads is given out, for outside loaders to look at
    memory: Memory | None = None  # members of an archive that are in it, as they are, are given out without their bytes
    newest: date | None = None
    digests: dict[str, str] = field(default_factory=dict[str, str])
    packed: dict[str, str] = field(default_factory=dict[str, str])
    unread: dict[str, str] = field(default_factory=dict[str, str])

    def records(self) -> Iterator[Record]:
        """Yield each record with its form.

        Raises
        ------
        SourceError
            The source cannot be read, or is damaged or built to deceive. It may come after some records: nothing of
            the source can be trusted then, and those are to be dropped too.
        """
        path = self.path
        if path.is_dir():
            yield from self._folder()
        elif not path.is_file():
            raise SourceError(f"{path.name}: no such file or folder", source=path.name, code="no-such-source")
        elif zipfile.is_zipfile(path):
            yield from self._zip(path, "")
        else:
            yield from self._lone()

    @property
    def sha256(self) -> str:
        """Digest the content read so far."""
        if len(self.digests) == 1 and self.path.is_file() and self.path.name in self.digests:
            return self.digests[self.path.name]
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    # ---- file, folder, archive

    def _lone(self) -> Iterator[Record]:
        name = self.path.name
        try:
            with _opened(self.path) as stream:
                for record in self._member(name, stream, self.path.stat().st_size):
                    if record.locator == name and not (self.lenient and record.form in {"foreign", "unknown"}):
                        check_lone(record)
                    yield record
        except RefusedRecordError as error:
            raise SourceError(f"{name}: {error.message}", source=name, code=error.code, path=error.path) from error

    def _folder(self) -> Iterator[Record]:
        for name, file, size, fault in found_in(self.path):
            if fault:
                yield Record(form="damaged", locator=name, raw=b"", notes=("unreadable", fault))
                continue
            try:
                if zipfile.is_zipfile(file):
                    yield from list(self._zip(file, f"{name}/"))  # an archive is trusted whole or not at all
                else:
                    with _opened(file) as stream:
                        yield from self._tolerant(name, stream, size)
            except SourceError as error:
                yield Record(form="damaged", locator=name, raw=b"", notes=(error.code, error.message))

    def _zip(self, path: Path, prefix: str) -> Iterator[Record]:
        with zips.opened(path, self.limits) as (archive, members):
            for member in members:
                self._date(member)
            for member in members:
                name = prefix + member.filename
                if self.memory is not None and not prefix and member.file_size < HEAD:
                    self.packed[name] = packed_digest(archive, member)
                    if found := self.memory.recall(name, self.packed[name]):
                        self.digests[name] = found.content
                        self.unread[name] = found.sha
                        yield Record(form=found.form, locator=name, raw=b"")
                        continue
                with archive.open(member) as stream:
                    yield from self._tolerant(name, stream, member.file_size)

    def _date(self, member: zipfile.ZipInfo) -> None:
        year, month, day, *_ = member.date_time
        if year > 1980:  # the ZIP epoch means that no date was kept
            stamped = date(year, month, day)
            self.newest = max(self.newest or stamped, stamped)

    # ---- one member

    def _tolerant(self, name: str, stream: IO[bytes], size: int) -> Iterator[Record]:
        """Read one member among others: what refuses it refuses nothing else."""
        try:
            yield from self._member(name, stream, size)
        except RefusedRecordError as error:
            yield Record(form="damaged", locator=name, raw=b"", notes=(error.code, error.message))

    def _member(self, name: str, source: IO[bytes], size: int) -> Iterator[Record]:
        """Read a member, a short one at once; long XML and long lists of lines are never whole in memory."""
        if size < HEAD:
            raw = source.read(size + 1)  # one more, so that the end is met and the checksum of an archive judged
            if len(raw) > size:
                raise SourceError(f"{name} is larger than it says", source=self.path.name, code="too-large")
            self._refuse_archive(name, source, raw)
            self.digests[name] = hashlib.sha256(raw).hexdigest()
            yield from _short(name, raw)
            return
        digest = hashlib.sha256()
        buffered = io.BufferedReader(Counted(source, name, size, digest.update), HEAD)
        head = buffered.peek(HEAD)
        self._refuse_archive(name, source, head)
        yield from self._long(name, buffered, head)
        while buffered.read(HEAD):  # what a parser left unread belongs to the digest too
            pass
        self.digests[name] = digest.hexdigest()

    def _refuse_archive(self, name: str, source: IO[bytes], head: bytes) -> None:
        if is_archive(head):
            raise SourceError(
                f"{self.path.name}: {name} is an archive inside an archive or a damaged one",
                source=self.path.name,
                code="nested-archive" if isinstance(source, zipfile.ZipExtFile) else "bad-archive",
            )

    def _long(self, name: str, stream: io.BufferedReader[Counted], head: bytes) -> Iterator[Record]:
        layout = sniff(head)
        if layout == "xml-list":
            check_prolog(head)
            yield from split_xml(stream, name)
            return
        first = stream.readline(self.limits.record_bytes) if layout in ONE else b""
        if layout == "ndjson" or (first and _begins_lines(first, stream)):
            yield from split_lines(map(utf8, chain(filter(None, [first]), self._lines(stream))), name)
        else:
            yield from _short(name, self._whole(name, stream, first))

    def _whole(self, name: str, stream: io.BufferedReader[Counted], first: bytes) -> bytes:
        content = bytearray(first)
        while chunk := stream.read(1 << 20):
            content += chunk
            if len(content) > self.limits.member_bytes:
                raise RefusedRecordError("too-large", f"{name} is larger than {self.limits.member_bytes:,} bytes")
        return bytes(content)

    def _lines(self, stream: io.BufferedReader[Counted]) -> Iterator[bytes]:
        most = self.limits.record_bytes
        while line := stream.readline(most + 1):
            if len(line) > most:
                raise RefusedRecordError("too-large", f"a line is longer than {most:,} bytes")
            yield line


@contextmanager
def _opened(file: Path) -> Generator[IO[bytes]]:
    """Open a file.

    Raises
    ------
    SourceError
        It cannot be opened or read.
    """
    try:
        with file.open("rb") as stream:
            yield stream
    except OSError as error:
        raise SourceError(
            f"it cannot be read: {error.strerror or error}", source=file.name, code="unreadable"
        ) from error


def _begins_lines(first: bytes, stream: io.BufferedReader[Counted]) -> bool:
    """Say whether a line is a whole object that another follows, though it is longer than what a form is told by."""
    return stream.peek(1).lstrip()[:1] == b"{" and is_json(first)


def _short(name: str, raw: bytes) -> Iterator[Record]:
    raw, notes = utf8(raw)
    layout = sniff(raw if len(raw) < HEAD else raw[:HEAD])
    if layout in {"xml-list", "unknown"} and raw.lstrip().startswith(b"<"):
        check_prolog(raw)  # so that a document type is named as what refuses the file
    if layout == "xml-list":
        yield from split_xml(io.BytesIO(raw), name, notes)
    else:
        yield from split(layout, raw, name, notes)


class Counted(io.RawIOBase):
    """The bytes of a member as they come, digested and counted: a declared size is a claim, not a fact."""

    def __init__(self, stream: IO[bytes], name: str, most: int, update: Callable[[bytes], None]) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._room = most
        self._update = update

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes."""
        view = memoryview(buffer)
        found = self._stream.read(len(view))
        self._room -= len(found)
        if self._room < 0:
            raise SourceError(f"{self._name} is larger than it says", source=self._name, code="too-large")
        self._update(found)
        view[: len(found)] = found
        return len(found)


def check_lone(record: Record) -> None:
    """Refuse a lone file that is no record at all.

    Raises
    ------
    RefusedRecordError
        It is not JSON, not XML, or of a form nobody reads.
    """
    if record.form in {"foreign", "unknown"}:
        raise RefusedRecordError("unknown-form", f"no loader reads this; tried {TRIED}")
    if record.form.endswith("json"):
        try:
            loads(record.raw)
        except RefusedRecordError as error:
            if error.code in {"not-json", "too-deep"}:
                raise
    elif record.form in {"question-xml", "question-vue"}:
        read_tree(record.raw)
    elif record.form == "question-html":
        page_of(record.raw)
