"""What is measured on: the synthetic archive, the same with some records changed, references, batches."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from benchmarks.corpus.archives import Form
from benchmarks.corpus.making import BUNDLED, Options, make_corpus
from loaders.mapped import Batch
from loaders.reading import QUESTION_FORMS, ReferenceReader, Shelf
from loaders.streaming import Pack, packs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

AMO = BUNDLED / "amo.json.zip"
_MARK = b"[synthetic]"  # each text ends with it
_CHANGED_MARK = b"[synthetic, changed]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The files that a run works on, in one folder kept for the next run."""

    archive: Path
    changed: Path
    references: Path
    folder: Path


def prepare(folder: Path, questions: int, seed: int) -> Inputs:
    """Make the inputs, or take up those of an earlier run with the same options."""
    place = folder / f"synthetic-{questions}-{seed}"
    place.mkdir(parents=True, exist_ok=True)
    options = Options(out=place, questions=questions, form=Form.JSON_ZIP, seed=seed)
    archive = place / f"{options.stem}.json.zip"
    if not archive.exists() or not (place / "totals.json").exists():
        archive = make_corpus(options).corpus
    changed = place / "changed" / archive.name  # a source is known by its name
    if not changed.exists():
        changed.parent.mkdir(exist_ok=True)
        _change(archive, changed)
    references = place / "references.msgpack"
    references.write_bytes(_references())
    return Inputs(archive=archive, changed=changed, references=references, folder=place)


def _change(archive: Path, into: Path) -> None:
    """Write the archive anew with the text of one record in a hundred changed."""
    temporary = into.with_suffix(".tmp")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as new:
        for position, member in enumerate(old.infolist()):
            raw = old.read(member)
            new.writestr(member, raw.replace(_MARK, _CHANGED_MARK, 1) if position % 100 == 0 else raw)
    temporary.replace(into)


def _references() -> bytes:
    reader, shelf = ReferenceReader(), Shelf(AMO.name)
    for pack in packs(AMO):
        if isinstance(pack, Pack):
            reader.take(pack, list(range(len(pack.heads))), shelf)
    return msgspec.msgpack.encode(reader.finish().known)


def batches(source: Iterable[object], references: Path, into: Path) -> Iterator[Batch]:
    """Make batches to map of the packs of an archive."""
    found = (pack for pack in source if isinstance(pack, Pack))
    for number, pack in enumerate(found):
        yield Batch(
            source="synthetic",
            packed=pack.packed,
            wanted=tuple((i, head.sha) for i, head in enumerate(pack.heads) if head.form in QUESTION_FORMS),
            references=references.as_posix(),
            folder=into.as_posix(),
            key=f"{number:04}",
        )
