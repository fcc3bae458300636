"""Every damaged and deceiving file through the whole build: its own verdict, and no harm to anything beside it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.checks.findings import check
from questeur.build import Report, build
from questeur.sample import sample

if TYPE_CHECKING:
    from loaders.books import Book

HOSTILE = Path(__file__).parent.parent / "data" / "hostile"
ROWS = list(csv.DictReader((HOSTILE / "expected.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Build all of them at once, beside the sound records they are set among and the people of the sample."""
    data = tmp_path_factory.mktemp("hostile")
    with sample() as (actors, *_):
        return data, build([actors, HOSTILE / "context", *(HOSTILE / row["file"] for row in ROWS)], data)


def books(report: Report, name: str) -> list[Book]:
    return [book for book in report.books if book.path == name]


def verdict(report: Report, name: str) -> str:
    refused = [problem for problem in report.refused if problem.source == name]
    if any(not problem.locator for problem in refused):
        return "refuse-file"
    return "quarantine-record" if refused else "accept-repaired"


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_hostile_file_has_its_verdict_in_a_build(built: tuple[Path, Report], row: dict[str, str]) -> None:
    report, name = built[1], row["file"]
    assert verdict(report, name) == row["verdict"]
    own = books(report, name)
    taken = sum(book.loaded + book.duplicate + book.superseded for book in own)
    refused = sum(book.refused for book in own)
    assert taken == int(row["loaded"])
    assert refused == (1 if row["verdict"] == "refuse-file" else int(row["quarantined"]))


def test_all_books_balance_and_what_is_sound_is_loaded(built: tuple[Path, Report]) -> None:
    report = built[1]
    assert all(book.balances() for book in report.books)
    assert [(b.read, b.loaded) for b in books(report, "context")] == [(5, 5), (1, 1)]
    accepted = [row["file"] for row in ROWS if row["verdict"] == "accept-repaired"]
    twice = {name for name in accepted if any(b.superseded or b.duplicate for b in books(report, name))}
    assert twice == {"amo-acteur-stripped.json"}  # the person of the context, stated as it is there


def test_what_was_repaired_breaks_no_shape_of_the_graph(built: tuple[Path, Report]) -> None:
    with OxigraphStore(built[0]) as store:
        assert [f for f in check(store) if f.severity == "Violation"] == []


def test_a_day_that_is_none_stays_in_the_graph_as_it_was_printed(built: tuple[Path, Report], tmp_path: Path) -> None:
    record = json.loads((HOSTILE / "context" / "QANR5L15QE99000.json").read_bytes())
    record["question"]["signalement"] = {"dateDepotSignal": "30/02/2019"}
    record["question"]["textesQuestion"]["texteQuestion"]["infoJO"]["dateJO"] = "99/99/2019"
    (tmp_path / "flagged.json").write_text(json.dumps(record), encoding="utf-8")
    build([tmp_path / "flagged.json"], tmp_path / "data")
    printed = {
        line.partition(b'"')[2].partition(b'"')[0]
        for data in (built[0], tmp_path / "data")
        for part in (data / "parts").glob("questions--*.nq")
        for line in part.read_bytes().splitlines()
        if b"#dayAsText>" in line
    }
    assert printed >= {b"31/02/2018", b"30/02/2019", b"99/99/2019"}
    with OxigraphStore(tmp_path / "data") as store:
        found = {(f.shape.rpartition("#")[2], f.severity) for f in check(store)}
    assert ("Flagged", "Violation") not in found
