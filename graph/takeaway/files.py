"""THE list of the files that are taken away, and what is known of those that are made. Knows the disk, no engine.

They lie in ``DATA/downloads/gN``: each bears its name only when it is whole, ``made.json`` says how long it is, what it
hashes to, and of which generation it is; all of it may be removed at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from graph.backends.oxigraph.durable import digest_of, replace_text
from graph.backends.oxigraph.generations import MANIFEST, path_of
from graph.sheets import has_parquet
from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Content: TypeAlias = Literal["graph", "questions", "texts", "deputy-ministry", "group-ministry", "transfers"]

FOLDER: Final = "downloads"
MADE: Final = "made.json"
SUMS: Final = "SHA256SUMS"
_ALONE: Final = "parquet"  # the format that needs an extra


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file: what it holds, in which format, and the media type of its bytes."""

    name: str
    content: Content
    format: str
    media_type: str


FILES: Final = (
    File(name="group-ministry.gexf", content="group-ministry", format="gexf", media_type="application/gexf+xml"),
    File(name="deputy-ministry.gexf", content="deputy-ministry", format="gexf", media_type="application/gexf+xml"),
    File(name="transfers.gexf", content="transfers", format="gexf", media_type="application/gexf+xml"),
    File(name="questions.csv.gz", content="questions", format="csv", media_type="application/gzip"),
    File(
        name="questions.parquet",
        content="questions",
        format=_ALONE,
        media_type="application/vnd.apache.parquet",
    ),
    File(name="texts.csv.gz", content="texts", format="csv", media_type="application/gzip"),
    File(name="texts.parquet", content="texts", format=_ALONE, media_type="application/vnd.apache.parquet"),
    File(name="graph.ttl.gz", content="graph", format="ttl", media_type="application/gzip"),
    File(name="graph.nq.gz", content="graph", format="nq", media_type="application/gzip"),
)


class Made(msgspec.Struct, frozen=True):
    """What is known of a file that is made; ``rows`` are those of a table."""

    size: int
    sha256: str
    rows: int | None = None


class Shelf(msgspec.Struct, frozen=True):
    """The files of one generation: the digest of its manifest, and those that are made."""

    of: str
    files: dict[str, Made] = {}

    @property
    def whole(self) -> bool:
        """Say whether every file that can be made here is made."""
        return all(file.name in self.files for file in wanted())

    @property
    def sums(self) -> str:
        """Write the digests as ``sha256sum --check`` reads them."""
        return "".join(f"{made.sha256}  {name}\n" for name, made in sorted(self.files.items()))


def wanted() -> tuple[File, ...]:
    """List the files that can be made here: Parquet needs an extra."""
    return tuple(file for file in FILES if file.format != _ALONE or has_parquet())


def file_of(name: str) -> File:
    """Give a file by its name.

    Raises
    ------
    NotFoundError
        There is none of that name.
    """
    for file in FILES:
        if file.name == name:
            return file
    raise NotFoundError(
        f"there is no download {name[:60]!r}", hint=f"there are {', '.join(file.name for file in FILES)}, {SUMS}"
    )


def digest(data: Path, generation: str) -> str:
    """Tell a generation from another that bore its name: the digest of its manifest.

    Raises
    ------
    NotFoundError
        There is no generation of that name, or it has lost its manifest: nobody could say what a file is made of.
    """
    try:
        return digest_of(path_of(data, generation) / MANIFEST).sha256
    except OSError as error:
        raise NotFoundError(
            f"{generation} has no manifest to make files by", hint="questeur verify DATA says what else is damaged"
        ) from error


def shelf(folder: Path, of: str) -> Shelf:
    """Say which files of a generation are made; those of another of the same name are none."""
    try:
        found = msgspec.json.decode((folder / MADE).read_bytes(), type=Shelf)
    except (OSError, msgspec.DecodeError):
        return Shelf(of=of)
    if found.of != of:
        return Shelf(of=of)
    return Shelf(of=of, files={name: made for name, made in found.files.items() if _stands(folder / name, made)})


def note(folder: Path, of: str, files: Mapping[str, Made]) -> None:
    """Write down which files are made."""
    replace_text(folder / MADE, msgspec.json.encode(Shelf(of=of, files=dict(files))).decode())


def _stands(path: Path, made: Made) -> bool:
    try:
        return path.stat().st_size == made.size
    except OSError:
        return False
