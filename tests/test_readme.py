"""What the README shows is what the program does."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from graph.opening import open_store

if TYPE_CHECKING:
    from questeur.build import Report

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_query_of_the_readme_gives_the_answer_of_the_readme(demo: tuple[Path, Report]) -> None:
    with closing(open_store(demo[0])) as store, store.query(block("sparql"), media_types=("text/csv",)).body as body:
        assert body.read().decode().replace("\r\n", "\n") == block("csv")


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (Path(__file__).parent.parent / link).exists()] == []


def test_the_readme_says_that_the_sample_is_no_picture_of_the_assembly() -> None:
    assert "five authors" in README
    assert "no picture of the Assembly" in README
