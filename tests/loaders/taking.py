"""Takes sources apart by their forms alone: what was read, refused, skipped and noted, without a build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.archive import Opened
from loaders.audit import Audit
from loaders.forms import notes, read
from loaders.questions import QuestionRecord
from loaders.record import RefusedRecordError
from ontology.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.forms import Item
    from loaders.record import Record


@dataclass(slots=True, kw_only=True)
class Took:
    """What one source came to. ``refused`` are locator and code; a refused file has the empty locator."""

    questions: dict[str, QuestionRecord] = field(default_factory=dict[str, QuestionRecord])
    items: list[Item] = field(default_factory=list["Item"])
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    skipped: int = 0
    read: int = 0
    noted: set[str] = field(default_factory=set[str])
    audit: Audit = field(default_factory=Audit)

    @property
    def whole(self) -> bool:
        """Say whether the file was refused as a file."""
        return any(not locator for locator, _ in self.refused)

    def balances(self) -> bool:
        """Say whether every record is accounted for."""
        return self.whole or self.read == len(self.items) + self.skipped + len(self.refused)


def take(path: Path) -> Took:
    """Read a source as a build does; of two contents under one uid the first stays."""
    took = Took()
    try:
        for record in Opened(path=path).records():
            took.read += 1
            _take(record, took)
    except SourceError as error:
        return Took(refused=[("", error.code)])
    return took


def _take(record: Record, took: Took) -> None:
    if record.form == "foreign":
        took.skipped += 1
        return
    try:
        item = read(record, took.audit)
    except RefusedRecordError as error:
        took.refused.append((record.locator, error.code))
        return
    if isinstance(item, QuestionRecord) and took.questions.setdefault(item.uid, item) != item:
        took.refused.append((record.locator, "uid-twice"))
        return
    took.noted |= {note.code for note in notes(record, item)}
    if item is None:
        took.skipped += 1
    else:
        took.items.append(item)
