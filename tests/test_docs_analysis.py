"""The analysis of the documentation runs as it stands, on the real records and on a synthetic legislature."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import questeur

if TYPE_CHECKING:
    from questeur.build import Report

SCRIPT = Path(__file__).parents[1] / "docs" / "analysis.py"


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_analysis_runs_on_the_real_records(demo: tuple[Path, Report]) -> None:
    printed = run(str(demo[0]))
    assert "real records · 340 questions" in printed
    assert "340 questions\nmore than chance" in printed
    assert "median 147 days [126 – 182], n = 297" in printed
    assert "76 changes were reshuffles" in printed


def test_the_analysis_runs_on_a_synthetic_legislature_and_calls_it_so(legislature: tuple[Path, Path]) -> None:
    printed = run(str(legislature[0]), "synthetic")
    assert printed.startswith("SYNTHETIC records · 800 questions")
    assert re.search(r"[1-9]\d* transfers", printed)


def test_python_gives_what_the_service_gives(demo: tuple[Path, Report]) -> None:
    with questeur.open(demo[0]) as graph:
        assert graph.delays(by="group", legislature=15)["meta"]["parameters"] == {"by": "group", "legislature": 15}
        assert {wait.end for wait in graph.overdue(on="2019-01-01")} == {"open"}
        asked = graph.network("deputy-ministry", type="all", target="attributed")
        assert sum(data["weight"] for *_, data in asked.graph.edges(data=True)) == asked.meta["n_questions"]
        assert graph.transfers(since="2018-01-01").graph["parameters"] == {"from": "2018-01-01"}


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        questeur.nothing  # noqa: B018 the access is what is tested
