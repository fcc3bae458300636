"""The quarantine: what was refused, one JSON object a line, with its bytes. Knows files; knows no form and no build."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import msgspec

from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from loaders.mapped import Refused

FOLDER = "quarantine"
KEPT_BYTES = 64 * 1024
FAILED = ("rejected", "nothing")  # builds that published nothing; the next one that publishes removes their files


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One refused record: where it was, why it was refused, and its bytes.

    ``size`` (``bytes`` in the file) and ``sha256`` are of the whole record; ``raw`` is base64, cut at ``KEPT_BYTES``.
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
        return 0 < self.size <= KEPT_BYTES


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
        raw=base64.b64encode(raw[:KEPT_BYTES]).decode(),
    )


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
    temporary.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
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
