"""Looking after a DATA folder: what is published, whether it is whole, going back. Knows generations, no engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.backends.oxigraph.generations import current, list_generations, manifest_of, use, writer_lock
from graph.backends.oxigraph.generations import verify as verify_files
from graph.backends.oxigraph.publishing import collect
from graph.backends.oxigraph.scanning import scan, sum_of_parts
from graph.load import parts_in, statement_digest
from graph.published import run_parts
from ontology.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Kept", "current_name", "generations_of", "prune", "use", "verify_deeply", "verify_files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A generation on disk: how many statements, where they come from, what has not been remade for them."""

    name: str
    is_current: bool
    quads: int
    origin: str
    stale: tuple[str, ...]


def current_name(data: Path) -> str:
    """Name the generation that is served."""
    return current(data)


def generations_of(data: Path) -> tuple[Kept, ...]:
    """Describe the generations on disk, the oldest first."""
    served = current(data)
    return tuple(_kept(manifest_of(data, name), name, is_current=name == served) for name in list_generations(data))


def prune(data: Path, *, keep: int) -> tuple[str, ...]:
    """Remove the generations before the current one, but the last ``keep`` and those that are held; name them."""
    with writer_lock(data):
        before = list_generations(data)
        collect(data, current(data), older_kept=keep)
        return tuple(sorted(set(before) - set(list_generations(data)), key=before.index))


def verify_deeply(data: Path, name: str) -> str:
    """Read every index of a generation's store, and compare it with the parts it was built from, if they are there.

    Raises
    ------
    BuildError
        An index cannot be read or differs from another, or the store does not hold what the parts do.
    """
    folder = data / "gens" / name / "store"
    found = scan(folder)
    held = f"every index holds the same {found[0]:,} statements"
    digest = manifest_of(data, name).get("statement_digest")
    if digest is None:
        return f"{held}; updates have changed them since they were built"
    parts = parts_in(data / "parts")
    if statement_digest(parts) != digest:
        return f"{held}; the parts they were built from have been replaced"
    if sum_of_parts([*(part.path for part in parts), *run_parts(data, name)]) != found:
        raise BuildError(
            f"generation {name} does not hold the statements of its parts",
            code="damaged",
            hint="go back to another generation, or build again",
        )
    runs = len(run_parts(data, name))
    laid = f" and {runs} published network{'s' if runs > 1 else ''}" if runs else ""
    return f"{held}, those of its {len(parts)} parts{laid}"


def _kept(manifest: dict[str, Any], name: str, *, is_current: bool) -> Kept:
    updates = len(manifest.get("updates", ()))
    runs = len(manifest.get("networks", ()))
    laid = f" and {runs} published network{'s' if runs > 1 else ''}" if runs else ""
    build = f"build {manifest.get('build', 'unknown')}{laid}"
    return Kept(
        name=name,
        is_current=is_current,
        quads=int(manifest["counts"]["quads"]),
        origin=f"{updates} update{'s' if updates > 1 else ''} on {manifest.get('previous')}" if updates else build,
        stale=tuple(manifest.get("stale", ())),
    )
