"""Brings one file whole, going on from where an earlier try or an earlier run was cut. Knows HTTP, not archives.

Beside the final name lie two files until the download is done: ``NAME.part``, the bytes so far, and
``NAME.part.json``, which version of the file they are of. Bytes of two versions are never joined.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import msgspec

from ontology.errors import SourceError
from questeur.client import Client, PassingError, Response, check_status, chunk, http_date, said_at

if TYPE_CHECKING:
    from pathlib import Path

_STEP = 1 << 16
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")

Progress = Callable[[int, int | None], None]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of a file a server sent: its validators, its size if it said one, when it was sent."""

    url: str
    retrieved: datetime
    etag: str | None = None
    last_modified: str | None = None
    total: int | None = None

    def unchanged(self) -> dict[str, str]:
        """Give the headers that ask for the file only if it is not this version."""
        tag = {"If-None-Match": self.etag} if self.etag else {}
        return tag | ({"If-Modified-Since": self.last_modified} if self.last_modified else {})

    def strong(self) -> str | None:
        """Give the validator that tells this version from every other byte for byte; a weak one cannot."""
        if self.etag and not self.etag.startswith("W/"):
            return self.etag
        modified = http_date(self.last_modified)
        settled = modified and self.retrieved - modified >= timedelta(seconds=60)  # could change twice in one second
        return self.last_modified if settled else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The bytes that came so far, and of which version they are."""

    path: Path

    @property
    def note(self) -> Path:
        """Name the file that says which version the bytes are of."""
        return self.path.with_name(f"{self.path.name}.json")

    def size(self) -> int:
        """Count the bytes that are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def version(self, url: str) -> Version | None:
        """Give the version that the bytes are of; None when they are no use."""
        try:
            version = msgspec.json.decode(self.note.read_bytes(), type=Version)
        except (OSError, msgspec.DecodeError):
            return None
        usable = self.size() and version.url == url and version.strong()
        return version if usable else None

    def begin(self, version: Version) -> BinaryIO:
        """Forget the bytes of before; the note is written first, and only once the old bytes are gone."""
        self.remove()
        self.note.write_bytes(msgspec.json.encode(version))
        return self.path.open("wb")

    def remove(self) -> None:
        """Leave nothing behind."""
        for path in (self.path, self.note):
            with suppress(FileNotFoundError):
                path.unlink()


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One file to bring. ``limit`` is the size at which a body is held to be endless."""

    client: Client
    url: str
    part: Part
    progress: Progress = lambda _done, _total: None
    limit: int = 4 << 30

    def run(self, known: Version | None = None) -> Version | None:
        """Bring the file into the part and say which version it is; None when it still is the ``known`` one.

        Raises
        ------
        RemoteError
            The host cannot be reached, refused, or kept failing. What came so far is kept for the next run.
        SourceError
            What is served is not the file.
        """
        return self.client.patiently(lambda: self._try(known), self.part.size)

    def _try(self, known: Version | None) -> Version | None:
        begun = self.part.version(self.url)
        whole = begun is not None and begun.total == self.part.size()
        with closing(self.client.open(self.url, self._headers(begun, known, whole=whole))) as response:
            host = urlsplit(self.url).netloc
            if response.status == 416:
                self.part.remove()
                raise PassingError(f"{host} has no such range any more")
            check_status(response, host)
            if response.status == 304:
                if whole:
                    return begun
                if known is None or not known.unchanged() or begun is not None:
                    raise PassingError(f"{host} answered 304 though nothing was known")
                return None
            if response.status == 206:
                return self._go_on(response, begun)
            return self._start(response)

    def _headers(self, begun: Version | None, known: Version | None, *, whole: bool) -> dict[str, str]:
        if begun is None:
            return known.unchanged() if known else {}
        if whole:
            return begun.unchanged()
        return {"Range": f"bytes={self.part.size()}-", "If-Range": begun.strong() or ""}

    def _start(self, response: Response) -> Version:
        """Take the file from its beginning; the bytes of before are dropped once the new ones look like a file."""
        _check_kind(response)
        version = _version(self.url, response)
        if (version.total or 0) > self.limit:
            raise SourceError(f"the file is said to have {version.total:,} bytes", code="too-large")
        first = chunk(response, _STEP)
        if not first and version.total:
            raise PassingError("the transfer was cut before it began", code="cut")
        if first.lstrip()[:1] == b"<":
            raise PassingError("a page was served in place of the file", code="page")
        with self.part.begin(version) as file:
            file.write(first)
            self._copy(response, file, version)
        return version

    def _go_on(self, response: Response, begun: Version | None) -> Version:
        """Add what was missing, if it is that, and of the same version."""
        if begun is None:
            raise PassingError("a part was served though the whole was asked for")
        _check_kind(response)
        if fault := self._fault(response, begun):
            self.part.remove()
            raise PassingError(fault)
        with self.part.path.open("ab") as file:
            self._copy(response, file, begun)
        return begun

    def _fault(self, response: Response, begun: Version) -> str | None:
        """Say why the range served does not continue the part; None when it does."""
        said = response.headers.get("Content-Range", "")
        match = _CONTENT_RANGE.fullmatch(said)
        first, last, total = map(int, match.groups()) if match else (-1, -1, -1)
        if first != self.part.size() or last != total - 1 or begun.total not in {None, total}:
            return f"another range was served than the one asked for ({said or 'none named'})"
        if response.length not in {None, total - first}:
            return "the length of the range served is not that of the range named"
        for name, ours in (("ETag", begun.etag), ("Last-Modified", begun.last_modified)):
            if response.headers.get(name, ours) != ours:
                return "the file changed between two parts"
        return None

    def _copy(self, response: Response, file: BinaryIO, version: Version) -> None:
        """Copy the body to the end of the file, which is flushed to the disk when it is whole."""
        self.progress(file.tell(), version.total)
        while read := chunk(response, _STEP):
            if file.tell() + len(read) > (self.limit if version.total is None else version.total):
                raise SourceError("more bytes came than the file may have", code="too-large")
            file.write(read)
            self.progress(file.tell(), version.total)
        if version.total is not None and file.tell() < version.total:
            raise PassingError(f"the transfer was cut after {file.tell():,} of {version.total:,} bytes", code="cut")
        file.flush()
        os.fsync(file.fileno())


def _check_kind(response: Response) -> None:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding != "identity":
        raise SourceError(f"the archive was served with Content-Encoding: {encoding}", code="encoded")
    if response.headers.get_content_type() in {"text/html", "application/xhtml+xml"}:
        raise PassingError("a page was served in place of the file", code="page")


def _version(url: str, response: Response) -> Version:
    return Version(
        url=url,
        retrieved=said_at(response),
        etag=response.headers.get("ETag"),
        last_modified=response.headers.get("Last-Modified"),
        total=response.length,
    )
