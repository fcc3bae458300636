"""Opens what it is given: a file, a folder or a ZIP, and yields its records as raw bytes. The form is told by content.

Names decide nothing but the order. A ZIP is read in counted steps and never extracted; links are not followed.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from loaders.pages import looks_like_page
from loaders.record import Record
from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Kind = Literal["question-json", "question-page", "amo-json", "foreign", "unknown"]

_JSON_HEAD = re.compile(rb'\s*\{\s*"(question|acteur|organe)"\s*:')
_STRUCTURED = re.compile(rb"\s*[\[{<]")
_STEP = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on what a source may hold: bytes of one member, members of an archive, inflation of a large member."""

    member_bytes: int = 64 * 1024 * 1024
    members: int = 500_000
    ratio: int = 200
    ratio_from: int = 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Opened:
    """A source being read: ``records`` yields once; ``sha256`` and ``newest`` are known after that.

    ``sha256`` is over the sorted pairs of member name and member digest, so a re-packed archive is the same content.
    """

    path: Path
    limits: Limits = field(default_factory=Limits)
    newest: date | None = None
    _digests: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def records(self) -> Iterator[Record]:
        """Yield each record with its form.

        Raises
        ------
        SourceError
            The source cannot be read, or an archive is damaged or built to deceive: nothing of it can be trusted.
        """
        for name, raw, notes in self._members():
            self._digests.append((name, hashlib.sha256(raw).hexdigest()))
            yield Record(form=sniff(raw), locator=name, raw=raw, notes=notes)

    @property
    def sha256(self) -> str:
        """Digest the content read so far."""
        if len(self._digests) == 1 and self.path.is_file() and self._digests[0][0] == self.path.name:
            return self._digests[0][1]
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._digests))
        return hashlib.sha256(lines.encode()).hexdigest()

    def _members(self) -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
        path = self.path
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink()):
                yield file.relative_to(path).as_posix(), self._read(file), ()
        elif not path.is_file():
            raise SourceError(f"{path.name}: no such file or folder", source=path.name, code="no-such-source")
        elif zipfile.is_zipfile(path):
            yield from self._zip()
        else:
            yield path.name, self._read(path), ()

    def _read(self, file: Path) -> bytes:
        if file.stat().st_size > self.limits.member_bytes:
            raise SourceError(
                f"{file.name}: larger than {self.limits.member_bytes} bytes", source=file.name, code="too-large"
            )
        return file.read_bytes()

    def _zip(self) -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
        name = self.path.name
        try:
            with zipfile.ZipFile(self.path) as archive:
                members = [m for m in archive.infolist() if not m.is_dir()]
                if len(members) > self.limits.members:
                    raise SourceError(f"{name}: {len(members)} members", source=name, code="too-many-members")
                for member in sorted(members, key=lambda m: m.filename):
                    self._date(member)
                    yield member.filename, self._inflate(archive, member), ()
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise SourceError(f"{name}: damaged archive: {error}", source=name, code="bad-archive") from error

    def _date(self, member: zipfile.ZipInfo) -> None:
        year, month, day, *_ = member.date_time
        if year > 1980:  # the ZIP epoch means that no date was kept
            stamped = date(year, month, day)
            self.newest = max(self.newest or stamped, stamped)

    def _inflate(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
        """Read a member in counted steps: its declared size is a claim, not a fact."""
        limits, name = self.limits, self.path.name
        if member.file_size > limits.ratio_from and member.file_size > limits.ratio * max(member.compress_size, 1):
            raise SourceError(
                f"{name}: {member.filename} inflates more than {limits.ratio}-fold", source=name, code="zip-bomb"
            )
        chunks: list[bytes] = []
        size = 0
        with archive.open(member) as stream:
            while chunk := stream.read(_STEP):
                size += len(chunk)
                if size > min(member.file_size, limits.member_bytes):
                    raise SourceError(
                        f"{name}: {member.filename} is larger than it may be", source=name, code="too-large"
                    )
                chunks.append(chunk)
        return b"".join(chunks)


def sniff(raw: bytes) -> Kind:
    """Tell the form of a record: ``unknown`` is structured data that nobody reads, ``foreign`` is no data."""
    if match := _JSON_HEAD.match(raw):
        return "question-json" if match[1] == b"question" else "amo-json"
    if _STRUCTURED.match(raw) or not raw.strip():
        return "unknown"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "foreign"
    return "question-page" if looks_like_page(text) else "foreign"
