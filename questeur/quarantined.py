"""The quarantine: what was refused, one JSON object a line, with its bytes. Knows files; knows no form and no build."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import msgspec

from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from loaders.mapped import Refused

FOLDER = "quarantine"
WHOLE_BYTES = 2 * 1024 * 1024  # a record up to this is kept whole: no sound one is longer
KEPT_BYTES = 64 * 1024  # of a longer one; and of those above 64 KiB when they are too many for one file
LONG_BYTES = 64 * 1024 * 1024  # how much of them one file holds whole
FAILED = ("rejected", "nothing")  # builds that published nothing; the next one that publishes removes their files


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One refused record: where it was, why it was refused, and its bytes.

    ``size`` (``bytes`` in the file) and ``sha256`` are of the whole record; ``raw`` is base64, and may be cut.
    """

    source: str
    locator: str
    code: str
    message: str
    uid: str = ""
    path: str = ""
    severity: str = "refused"
    form: str = ""
    sha256: str = ""
    size: int = msgspec.field(default=0, name="bytes")
    raw: str = ""

    @property
    def content(self) -> bytes:
        """Give the bytes kept."""
        return base64.b64decode(self.raw)

    @property
    def whole(self) -> bool:
        """Say whether all the bytes of the record are here."""
        return 0 < self.size == len(self.content)

    @property
    def long(self) -> int:
        """Count the bytes kept of a record that is long."""
        return len(self.content) if self.size > KEPT_BYTES else 0

    def cut(self) -> Entry:
        """Give the entry with no more bytes than each may have."""
        return msgspec.structs.replace(self, raw=_packed(self.content[:KEPT_BYTES]))


_decode = msgspec.json.Decoder(Entry).decode


def entry_of(refused: Refused) -> Entry:
    """Give a refused record as it is kept."""
    problem, raw = refused.problem, refused.raw
    return Entry(
        source=problem.source,
        locator=problem.locator,
        code=problem.code,
        message=problem.message,
        uid=problem.uid,
        path=problem.path,
        form=refused.form,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        raw=_packed(raw if len(raw) <= WHOLE_BYTES else raw[:KEPT_BYTES]),
    )


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _within(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Cut the long records beyond what one file holds of them."""
    room = LONG_BYTES
    for entry in entries:
        room -= entry.long
        yield entry if room >= 0 or not entry.long else entry.cut()


def write_entries(into: Path, key: str, entries: Iterable[Entry]) -> str | None:
    """Write the refused records of a build, and give the name of the file; none, no file."""
    rows = sorted(entries, key=lambda e: (e.source, e.locator, e.code))
    folder = into / FOLDER
    path = folder / f"{key}.ndjson"
    if not rows:
        path.unlink(missing_ok=True)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in _within(rows)))
    temporary.replace(path)
    return path.name


def read_entries(into: Path, name: str) -> list[Entry]:
    """Read a quarantine file by its name; no name or no file, nothing.

    Raises
    ------
    BuildError
        A line of it is no entry.
    """
    path = into / FOLDER / name
    if not name or not path.is_file():
        return []
    try:
        return [_decode(line) for line in path.read_bytes().splitlines()]
    except msgspec.DecodeError as error:
        raise BuildError(f"{FOLDER}/{name} is damaged: {error}", hint="remove it; a build makes another") from error


def forget_failed(into: Path) -> None:
    """Remove what builds left that published nothing."""
    for key in FAILED:
        (into / FOLDER / f"{key}.ndjson").unlink(missing_ok=True)
