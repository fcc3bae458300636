"""Thousands of real records made wrong: the build ends, and every one is accounted for."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from questeur.build import Options, build
from questeur.sample import sample
from tests.questeur.mutating import write_mutants

if TYPE_CHECKING:
    from pathlib import Path

EACH = 1_000


def build_mutants(seed: int, folder: Path) -> None:
    """Build a thousand wrong records beside sound people and bodies, and judge what came of them."""
    write_mutants(folder / "mutants", EACH, Random(seed))  # noqa: S311  seeded, no secret
    with sample() as (actors, *_):
        report = build([actors, folder / "mutants"], folder / "data", options=Options(jobs=1))
    assert all(book.balances() for book in report.books)
    own = [book for book in report.books if book.path == "mutants"]
    assert sum(book.read for book in own) >= EACH
    assert sum(book.refused for book in own) == sum(p.source == "mutants" for p in report.refused) > 0
    assert [p for p in report.refused if p.code == "loader-failed"] == []


def test_a_thousand_wrong_records_are_all_accounted_for(tmp_path: Path) -> None:
    build_mutants(0, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_thousand_wrong_records_are_all_accounted_for(seed: int, tmp_path: Path) -> None:
    build_mutants(seed, tmp_path)
