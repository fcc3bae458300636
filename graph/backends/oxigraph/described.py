"""What the manifests of a DATA folder say of its generations: their counts, and of which day their sources are.

A generation never changes, so each manifest is read once. Knows the manifest's words; opens no store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec

from graph.backends.oxigraph.generations import manifest_of
from graph.store import Counts, Freshness, SourceDay
from ontology.errors import BuildError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_REMEMBERED: Final = 8  # generations: answers come from the current one, and for a moment from those before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What one manifest says; what it does not say is None or empty."""

    counts: Counts | None = None
    freshness: Freshness = field(default_factory=Freshness)


class _Counted(msgspec.Struct):
    quads: int
    graphs: dict[str, int]
    classes: dict[str, int]
    predicates: dict[str, int]


class _Source(msgspec.Struct):
    snapshot: str
    path: str
    sha256: str
    source: str = ""
    date: date | None = None


class _Dated(msgspec.Struct):
    data_date: date | None = None
    sources: list[_Source] = []


class Descriptions:
    """The descriptions of one DATA folder's generations."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: dict[str, Description] = {}

    def of(self, name: str) -> Description:
        """Describe a generation; one whose manifest is gone or cannot be read says nothing."""
        known = self._known.get(name)
        if known is not None:
            return known
        try:
            manifest = manifest_of(self._data, name)
        except NotFoundError:
            return Description()
        except BuildError:
            manifest = {}
        found = Description(counts=_counts(manifest), freshness=_freshness(manifest))
        self._known = {**dict(list(self._known.items())[1 - _REMEMBERED :]), name: found}  # one step: threads share it
        return found


def _counts(manifest: Mapping[str, Any]) -> Counts | None:
    if "counts" in manifest.get("stale", ()):
        return None
    try:
        said = msgspec.convert(manifest.get("counts"), _Counted)
    except msgspec.ValidationError:
        return None
    return Counts(quads=said.quads, graphs=said.graphs, classes=said.classes, predicates=said.predicates)


def _freshness(manifest: Mapping[str, Any]) -> Freshness:
    try:
        said = msgspec.convert({name: manifest[name] for name in ("data_date", "sources") if name in manifest}, _Dated)
    except msgspec.ValidationError:
        return Freshness()
    sources = tuple(
        SourceDay(snapshot=s.snapshot, source=s.source, file=s.path, sha256=s.sha256, date=s.date) for s in said.sources
    )
    return Freshness(date=said.data_date, sources=sources)
