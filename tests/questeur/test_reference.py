"""The reference page of the vocabulary is what the Turtle and the real records give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ontology import reference
from ontology.iris import NS
from ontology.terms import QST
from tests.questeur.parts import computed_terms, quads

if TYPE_CHECKING:
    import pytest

    from questeur.build import Report

PAGE = Path(__file__).parents[2] / "docs" / "ontology.md"
ABOUT = {"layer", "statuses", "pageKinds", "Measure", "measures"}  # said of the vocabulary, not of the data


def unseen(data: Path) -> set[str]:
    """List the terms that no statement of the bundled records uses, the vocabulary's own apart."""
    used = {
        value.strip("<>").removeprefix(NS)
        for quad in quads(data)
        if not quad.graph.endswith("/vocabulary")
        for value in (quad.predicate, quad.object)
        if value.strip("<>").startswith(NS)
    }
    return {name for name in QST.__annotations__ if not name.startswith("_")} - used - computed_terms(data) - ABOUT


def test_the_reference_page_is_that_of_the_vocabulary(
    demo: tuple[Path, Report], request: pytest.FixtureRequest
) -> None:
    written = reference.page(unseen(demo[0]))
    if request.config.getoption("--golden"):
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written


def test_every_term_of_the_vocabulary_is_on_the_page() -> None:
    headings = {line.split("`")[1] for line in reference.page().splitlines() if line.startswith("### ")}
    assert headings == {f"qst:{name}" for name in QST.__annotations__ if not name.startswith("_")}
