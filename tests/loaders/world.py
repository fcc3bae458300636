"""Reads sources in one process: the reference data of a test, and questions resolved against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from loaders import forms
from loaders.audit import Audit
from loaders.questions import QuestionRecord
from loaders.reading import QUESTION_FORMS, Reference, ReferenceReader, Shelf
from loaders.record import Record
from loaders.references import References
from loaders.streaming import End, packs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class World(NamedTuple):
    """Reference data, and the index that resolves names by it."""

    reference: Reference
    references: References


def world_of(paths: Iterable[Path]) -> World:
    reader = ReferenceReader()
    for path in paths:
        shelf = Shelf(path.name)
        for pack in packs(path):
            if isinstance(pack, End):
                shelf.close(pack.sha256, pack.newest)
            else:
                reader.take(pack, [i for i, h in enumerate(pack.heads) if h.form not in QUESTION_FORMS], shelf)
    reference = reader.finish()
    return World(reference, References(reference.known))


def records(path: Path) -> list[QuestionRecord]:
    """Read the questions of a source, refusing nothing."""
    audit = Audit(strict=True)
    found: list[QuestionRecord] = []
    for pack in packs(path):
        if not isinstance(pack, End):
            items = (forms.read(r, audit) for r in msgspec.msgpack.decode(pack.packed, type=list[Record]))
            found += [item for item in items if isinstance(item, QuestionRecord)]
    return found
