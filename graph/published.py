"""Published runs in a DATA folder: each a graph laid upon what a build made, in a generation of its own.

The manifest of such a generation names the build's (``built``) and its runs (``networks``); their lines stand in
``DATA/networks``. Knows generations and lines; must not know what a run says.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from graph.backends.oxigraph.durable import digest_of, sync
from graph.backends.oxigraph.generations import WriterLock, current, list_generations, manifest_of, writer_lock
from graph.backends.oxigraph.patching import Patch
from graph.backends.oxigraph.publishing import OWN_FIELDS, Published, lies_there, publish
from graph.faults import point
from ontology.errors import BuildError, BusyError, NotFoundError
from ontology.iris import graph as graph_iri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from graph.networks.stating import Run

FOLDER: Final = "networks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A published run, as the manifest of the current generation tells of it."""

    key: str
    kind: str
    parameters: Mapping[str, str | int | float]
    quads: int
    sha256: str


def published_runs(data: Path) -> tuple[Kept, ...]:
    """List the runs of the current generation, by key."""
    return _kept(manifest_of(data, current(data)))


def sources_of(data: Path) -> frozenset[str]:
    """Name the sources of what is served; none where nothing is, or its manifest is damaged."""
    try:
        sources = manifest_of(data, built_of(data, current(data))).get("sources", ())
    except (BuildError, NotFoundError):
        return frozenset()
    return frozenset(source["path"] for source in sources)


def publish_run(data: Path, run: Run, *, generation: str) -> Published:
    """Publish a run, that was computed from ``generation``, in a new generation; nothing new if it is there.

    Raises
    ------
    BusyError
        Another generation is current by now.
    BuildError
        Updates have changed the graph since it was built, another process is writing, or it cannot be published.
    """
    with writer_lock(data):
        name = current(data)
        manifest = _built(data, name)
        if any(kept.key == run.key for kept in _kept(manifest)):
            quads = int(manifest["counts"]["quads"])
            return Published(name=name, path=data / "gens" / name, quads=quads, changed=False)
        if name != generation:
            raise BusyError(f"{name} is current, and the run was computed from {generation}", hint="run it again")
        lines = run.lines()
        told = {"kind": run.kind, "parameters": dict(run.parameters), "quads": len(lines)}
        sha256 = _write(data, run.key, "".join(lines))
        networks = {**manifest.get("networks", {}), run.key: {**told, "sha256": sha256}}
        return _publish(data, name, networks, Patch(base=name, removed=(), added=lines))


def unpublish(data: Path, key: str) -> Published:
    """Take a run away again, in a new generation.

    Raises
    ------
    NotFoundError
        The current generation holds no run of that key; the hint names those it holds.
    BuildError
        As `publish_run`; or the lines of the run are lost.
    """
    with writer_lock(data):
        name = current(data)
        manifest = _built(data, name)
        runs = {kept.key: kept for kept in _kept(manifest)}
        if key not in runs:
            raise NotFoundError(f"no run {key[:60]!r} is published", hint=f"there are: {', '.join(runs) or 'none'}")
        lines = _lines(data, runs[key])
        if lines is None:
            raise BuildError(
                f"the lines of {key} in {FOLDER}/ are lost or damaged", hint="build again: that drops every run"
            )
        networks = {other: told for other, told in manifest["networks"].items() if other != key}
        return _publish(data, name, networks, Patch(base=name, removed=lines, added=()))


def standing(data: Path, name: str) -> str:
    """Name the generation that is served, if it is the one of that name, with or without runs laid upon it, and whole.

    Empty if it is another, or if a file is not as large as it should be.
    """
    try:
        served = current(data) if name else ""
        return served if served and built_of(data, served) == name and lies_there(data, served) else ""
    except (BuildError, NotFoundError):
        return ""


def built_of(data: Path, name: str) -> str:
    """Name the generation that a build made and that this one is, or lays runs upon."""
    manifest = manifest_of(data, name)
    return str(manifest["built"]) if "built" in manifest and "statement_digest" in manifest else name


def rebased(data: Path, patch: Patch) -> Patch:
    """Make a change of what a build made one of what is served, if runs are all that lies upon it: they go."""
    try:
        name = current(data)
        manifest = manifest_of(data, name)
        if name == patch.base or built_of(data, name) != patch.base:
            return patch
    except (BuildError, NotFoundError):
        return patch
    removed = list(patch.removed)
    for kept in _kept(manifest):
        lines = _lines(data, kept)
        if lines is None:
            return patch  # it fits no more, so that the state is loaded whole
        removed += lines
    return replace(patch, base=name, removed=removed)


def run_parts(data: Path, name: str) -> list[Path]:
    """List the files of the runs of a generation."""
    return [_file(data, kept.key) for kept in _kept(manifest_of(data, name))]


def sweep_runs(data: Path) -> None:
    """Remove the files of runs that no generation on the disk holds. The caller holds the writer's lock."""
    folder = data / FOLDER
    named: set[str] = set()
    for name in list_generations(data):
        try:
            named.update(kept.key for kept in _kept(manifest_of(data, name)))
        except BuildError:
            return  # what a damaged generation holds is not known
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stem not in named or path.suffix != ".nq":
            path.unlink(missing_ok=True)


def _kept(manifest: Mapping[str, Any]) -> tuple[Kept, ...]:
    return tuple(Kept(key=key, **told) for key, told in sorted(manifest.get("networks", {}).items()))


def _built(data: Path, name: str) -> dict[str, Any]:
    """Give the manifest of a generation that holds what its sources say, and nothing else."""
    manifest = manifest_of(data, name)
    if "statement_digest" not in manifest:
        raise BuildError(
            f"updates have changed {name} since it was built, so that no build would make it again",
            code="updated",
            hint="build first; or write the run as Turtle and PUT it to /data",
        )
    return manifest


def _publish(data: Path, name: str, networks: Mapping[str, Any], patch: Patch) -> Published:
    """Publish the current generation with other runs. The writer's lock is held."""
    manifest = manifest_of(data, name)
    said = {field: value for field, value in manifest.items() if field not in OWN_FIELDS | {"networks"}}
    graphs = Counter({graph: int(count) for graph, count in manifest["counts"]["graphs"].items()})
    for kept in _kept(manifest):
        del graphs[_graph(kept.key)]
    graphs.update({_graph(key): int(told["quads"]) for key, told in networks.items()})
    told = {**said, "built": built_of(data, name), **({"networks": dict(networks)} if networks else {})}
    parts = [_file(data, key) for key in networks]
    done = publish(data, parts, manifest=told, expected=graphs, patch=patch, force=True, lock=WriterLock(data=data))
    sweep_runs(data)
    return done


def _write(data: Path, key: str, text: str) -> str:
    """Put the lines of a run on the disk for good, and digest them. A file that no manifest names is swept away."""
    (data / FOLDER).mkdir(exist_ok=True)
    path = _file(data, key)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)
    sync(data)
    point("run written")
    return digest_of(path).sha256


def _lines(data: Path, kept: Kept) -> Sequence[str] | None:
    """Read the lines of a run; None if they are not those that were published."""
    path = _file(data, kept.key)
    try:
        if digest_of(path).sha256 != kept.sha256:
            return None
        return [f"{line}\n" for line in path.read_text(encoding="utf-8").split("\n") if line]
    except OSError:
        return None


def _file(data: Path, key: str) -> Path:
    return data / FOLDER / f"{key}.nq"


def _graph(key: str) -> str:
    return graph_iri(f"network/{key}")
