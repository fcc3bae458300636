"""What a build's work rests on: the digests of a source and of all that records are mapped with, and the references."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from loaders.folders import Found, found_in
from loaders.parts import PartInfo
from loaders.reading import Reference
from ontology.mapping import mapping_hash
from ontology.portfolios import tables_hash

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.ledger import Ledger

# Raised when a loader reads a record in another way: what was mapped before is mapped again.
VERSION = 2


def fingerprint(path: Path) -> str:
    """Digest the bytes of a source as they lie on the disk."""
    digest = hashlib.sha256()
    for found in found_in(path) if path.is_dir() else [Found("", path)]:
        digest.update(f"{found.name}\n{found.fault}".encode() if found.fault else f"{found.name}\n".encode())
        if not found.fault:
            digest.update(_digest(found.path))
    return digest.hexdigest()


def _digest(file: Path) -> bytes:
    try:
        with file.open("rb") as stream_:
            return hashlib.file_digest(stream_, "sha256").digest()
    except OSError as error:  # refused when it is read
        return str(error.strerror).encode()


def keep_references(folder: Path, reference: Reference) -> tuple[Path, str]:
    """Write what names are resolved by where workers read it; give the file and its digest."""
    content = msgspec.msgpack.encode(reference.known)
    digest = hashlib.sha256(content).hexdigest()
    place = folder / f"references-{digest[:12]}.msgpack"
    if not place.exists():
        place.write_bytes(content)
    return place, digest


def held_reference(folder: Path) -> Reference | None:
    """Give the reference data of the last build, if it is there."""
    saved = folder / "reference.msgpack"
    return msgspec.msgpack.decode(saved.read_bytes(), type=Reference) if saved.exists() else None


def keep_reference(folder: Path, reference: Reference) -> None:
    """Keep the reference data for a build that gets the same sources, or none of them."""
    (folder / "reference.msgpack").write_bytes(msgspec.msgpack.encode(reference))


def state_of(references: str, version: int = VERSION) -> str:
    """Name what records are mapped with: the code, the mapping, the curated tables and the references, by digest."""
    return hashlib.sha256(f"{version} {mapping_hash()} {tables_hash()} {references}".encode()).hexdigest()


def held_parts(ledger: Ledger) -> list[PartInfo]:
    """Give the parts of the published state."""
    found = ledger.get("parts")
    return msgspec.json.decode(found, type=list[PartInfo]) if found else []
