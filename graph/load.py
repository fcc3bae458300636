"""Parts into a published generation: the face of the embedded store that a build needs, without its engine.

Knows which parts make a state and what they must add up to. Must not know who made the parts, nor the engine.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graph.backends.oxigraph.durable import digest_of
from graph.backends.oxigraph.generations import WriterLock, writer_lock
from graph.backends.oxigraph.patching import Patch
from graph.backends.oxigraph.publishing import Published, publish
from graph.published import built_of, published_runs, rebased, standing
from ontology.errors import BuildError, NotFoundError
from ontology.iris import graph as graph_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Part",
    "Patch",
    "Published",
    "WriterLock",
    "built_of",
    "load",
    "parts_in",
    "standing",
    "statement_digest",
    "writer_lock",
]

_GRAPH = re.compile(rb"<([^<>]*)>\s*\.\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One N-Quads file: the IRI of the graph all its quads are in, how many they are, and the sha256 of its bytes."""

    graph: str
    path: Path
    quads: int
    sha256: str


def statement_digest(parts: Iterable[Part]) -> str:
    """Digest what the parts say, whatever their order. The ``meta`` graph speaks of the build, so it does not count."""
    meta = graph_iri("meta")
    lines = sorted(f"{part.graph} {part.sha256}\n" for part in parts if part.graph != meta)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def load(
    data: Path,
    parts: Sequence[Part],
    manifest: Mapping[str, Any],
    *,
    patch: Patch | None = None,
    complete: Callable[[Path], None] | None = None,
    force: bool = False,
    lock: WriterLock | None = None,
) -> Published:
    """Publish the state that the parts make, in any order; nothing new if it is the current one.

    Published runs of networks stay as long as the statements under them do; what drops them names them.

    Parameters
    ----------
    data
        The DATA folder, made if it is not there.
    parts
        All the parts of the state: a generation is never added to.
    manifest
        What the build says of itself. The ``statement_digest`` is added here.
    patch
        How the state differs from a published one: the new store is then a changed copy of that one, if it is current.
    complete, force, lock
        As in :func:`graph.backends.oxigraph.publishing.publish`.

    Raises
    ------
    BuildError
        A part is missing or is not what it says, or the generation cannot be published. The current one stays.
    """
    if not parts:
        raise BuildError("there is no part to load", hint="give at least one source")
    expected: Counter[str] = Counter()
    for part in parts:
        expected[part.graph] += part.quads
    with ThreadPoolExecutor() as pool:  # reading and digesting hold no lock of the interpreter
        list(pool.map(_same_bytes, parts))
    before = _runs(data)
    done = publish(
        data,
        [part.path for part in parts],
        manifest={**manifest, "statement_digest": statement_digest(parts)},
        expected=expected,
        patch=rebased(data, patch) if patch is not None else None,
        complete=complete,
        force=force,
        lock=lock,
    )
    return replace(done, dropped=before) if done.changed else done


def _runs(data: Path) -> tuple[str, ...]:
    """Name the runs of the current generation; none where there is no such generation, or it is damaged."""
    try:
        return tuple(kept.key for kept in published_runs(data))
    except (BuildError, NotFoundError):
        return ()


def _same_bytes(part: Part) -> None:
    try:
        found = digest_of(part.path).sha256
    except OSError as error:
        raise BuildError(
            f"part {part.path.name} cannot be read: {error.strerror}", hint="build again: it will be remade"
        ) from error
    if found != part.sha256:
        raise BuildError(
            f"part {part.path.name} has the sha256 {found}, its report says {part.sha256}",
            code="part-changed",
            hint="remove it and build again: it will be remade",
        )


def parts_in(folder: Path) -> list[Part]:
    """Describe the N-Quads files of a folder and its sub-folders, by reading them; the empty ones are left out.

    Raises
    ------
    BuildError
        A file holds a line that is no quad.
    """
    found = [_described(path) for path in sorted(folder.rglob("*.nq"))] if folder.is_dir() else []
    return [part for part in found if part is not None]


def _described(path: Path) -> Part | None:
    graph, quads, digest = "", 0, hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            if line.startswith(b"#") or not line.strip():
                continue
            quads += 1
            graph = graph or _graph_of(line, path)
    return Part(graph=graph, path=path, quads=quads, sha256=digest.hexdigest()) if quads else None


def _graph_of(line: bytes, path: Path) -> str:
    """Read the graph of a quad: the IRI before its full stop."""
    match = _GRAPH.search(line)
    if match is None:
        raise BuildError(f"part {path.name} holds a line that is no quad", hint="remove it and build again")
    return match[1].decode()
