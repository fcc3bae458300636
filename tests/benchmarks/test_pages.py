"""The benchmark of pages asks for pages that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.pages.asking import Times, measure
from benchmarks.pages.kinds import Kind, kinds
from tests.served import served

if TYPE_CHECKING:
    from pathlib import Path

    from questeur.build import Report


def test_every_page_that_the_benchmark_asks_for_answers(demo: tuple[Path, Report]) -> None:
    with served(demo[0], "--processes", "1") as site:
        found = kinds(site, 3)
        for kind in found:
            assert {site.get(path, accept="text/html").status for path in kind.paths} == {200}, kind
        measured = measure(site, Kind(name="person", paths=["/person/PA720054", "/person/PA1567"], bar=50.0), 1)
    assert {"question", "person", "search", "deputies", "list of questions"} <= {kind.name for kind in found}
    assert measured.pages == 1
    assert measured.first.processor.median > 0
    assert measured.bytes > 1000


def test_times_are_summed_up_as_the_median_and_what_95_percent_keep_to() -> None:
    times = Times.of([float(number) for number in range(1, 101)])
    assert times.median == 50.5
    assert 95 <= times.p95 <= 96
    assert Times.of([7.0]) == Times(median=7.0, p95=7.0)
