"""Damaged and deceiving files: each has its verdict, and takes neither time nor memory."""

from __future__ import annotations

import csv
import resource
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from loaders.limited import Bounds, limited
from loaders.texts import plain
from tests.loaders.taking import take

HOSTILE = Path(__file__).parent.parent.parent / "data" / "hostile"
ROWS = list(csv.DictReader((HOSTILE / "expected.csv").read_text(encoding="utf-8").splitlines()))

# What is noted of a file that is accepted with a repair or an oddity.
NOTES = {
    "xml-cp1252-declared-utf8.xml": {"decoded-as-cp1252"},
    "page-cp1252.txt": {"decoded-as-cp1252"},
    "json-cp1252.json": {"decoded-as-cp1252"},
    "json-utf8-bom.json": {"bom-dropped"},
    "json-date-31-february.json": {"day-kept-as-text"},
    "json-javascript-url.json": {"link-dropped"},
    "json-bidi-override.json": {"bidi-controls-kept"},
    "json-control-characters.json": {"control-characters-removed"},
    "json-mojibake.json": {"mojibake-repaired"},
}
REASONS = {
    "xml-billion-laughs.xml": "doctype",
    "xml-quadratic-blowup.xml": "doctype",
    "xml-xxe-local-file.xml": "doctype",
    "rdfxml-billion-laughs.rdf": "doctype",
    "zip-ratio-bomb.zip": "zip-bomb",
    "zip-path-traversal.zip": "bad-name",
    "zip-duplicate-names.zip": "name-twice",
    "zip-symlink.zip": "link",
    "zip-encrypted.zip": "encrypted",
    "zip-nested-archive.zip": "nested-archive",
    "json-deep-nesting.json": "too-deep",
    "json-duplicate-keys.json": "key-twice",
    "zip-oversized-field.zip": "field-too-long",
}


class Outcome(NamedTuple):
    """What reading one file came to."""

    verdict: str
    loaded: int
    quarantined: int
    notes: set[str]
    reasons: set[str]
    seconds: float
    megabytes: float


def outcome(name: str) -> Outcome:
    """Read one file; runs in a process of its own."""
    start = time.perf_counter()
    took = take(HOSTILE / name)
    seconds = time.perf_counter() - start
    quarantined = 0 if took.whole else len(took.refused)
    return Outcome(
        verdict="refuse-file" if took.whole else "quarantine-record" if quarantined else "accept-repaired",
        loaded=len(took.items),
        quarantined=quarantined,
        notes=took.noted,
        reasons={code for _, code in took.refused},
        seconds=seconds,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_hostile_file_has_its_verdict_in_little_time_and_memory(row: dict[str, str]) -> None:
    name = row["file"]
    found = limited(Bounds(deadline=30.0), outcome, name)
    assert (found.verdict, found.loaded, found.quarantined) == (
        row["verdict"],
        int(row["loaded"]),
        int(row["quarantined"]),
    )
    assert NOTES.get(name, set()) <= found.notes
    assert REASONS.get(name) in {None, *found.reasons}
    assert found.seconds < 2
    assert found.megabytes < 200


def test_every_hostile_file_is_expected() -> None:
    assert {p.name for p in HOSTILE.iterdir() if p.is_file()} - {"expected.csv"} == {row["file"] for row in ROWS}


def test_a_repaired_text_reads_as_if_it_had_been_sound() -> None:
    def text_of(name: str) -> str:
        (record,) = take(HOSTILE / name).questions.values()
        return plain(record.questions[0].body or "")

    sound = text_of("json-utf8-bom.json")
    assert text_of("json-mojibake.json") == text_of("xml-no-namespace-iso-dates.xml") == sound
    assert text_of("json-cp1252.json") == f"{sound} Cœur de l’essai : 10 €."
    assert "é" in text_of("xml-cp1252-declared-utf8.xml")
    assert text_of("json-control-characters.json") == f"ABCDE F {sound}"


def test_the_clean_surroundings_are_read_whole() -> None:
    took = take(HOSTILE / "context")
    assert (set(took.questions), len(took.items), took.refused) == ({"QANR5L15QE99000"}, 6, [])
