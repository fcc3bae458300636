"""Which terms only the made-up part of the example shows, and no bundled real record. ``--golden`` writes the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from rdflib import RDFS, Literal, URIRef

from ontology.iris import NS
from ontology.vocabulary import vocabulary
from tests.questeur.parts import computed_terms, quads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from questeur.build import Report

HERE = Path(__file__).parent
EXAMPLE = HERE / "data" / "example-v1.trig"
PAGE = HERE.parent / "docs" / "made-up-terms.md"
END = "<!-- end -->"
ABOUT = ("layer", "statuses", "pageKinds", "Measure", "measures")  # said of the vocabulary and its code lists

# What the head of the example declares to be invented.
INVENTED = re.compile(
    r"/id/(?:question/QANR5L\d+Q(?:E|G|OSD)9\d{4}|person/(?:PA9990\d\d|stub-15-dominique-exemple)|mandate/PM9990\d\d"
    r"|snapshot/|concept/closure--(?:retrait|fin-legislature|code-inconnu))",
    re.IGNORECASE,
)


def terms(statements: Iterable[tuple[str, ...]]) -> set[str]:
    """Name the terms of ours that are used as predicate, class or value."""
    return {term.removeprefix(NS) for _, *rest in statements for term in rest if term.startswith(NS)}


@pytest.fixture(scope="module")
def example() -> list[tuple[str, str, str]]:
    read = ox.parse(path=EXAMPLE, format=ox.RdfFormat.TRIG)
    return [(_iri(quad.subject), _iri(quad.predicate), _iri(quad.object)) for quad in read]


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def real(demo: tuple[Path, Report]) -> set[str]:
    stated = (q for q in quads(demo[0]) if not q.graph.endswith("/vocabulary"))
    return terms((q.subject, q.predicate, q.object.strip("<>")) for q in stated) | computed_terms(demo[0])


def table(names: Iterable[str]) -> str:
    graph = vocabulary()
    comments = {
        name: next(str(c) for c in graph.objects(URIRef(NS + name), RDFS.comment) if _english(c)) for name in names
    }
    rows = [f"| `qst:{name}` | {comments[name]} |" for name in sorted(comments)]
    return "\n".join(["| term | what it says |", "|---|---|", *rows]) + "\n"


def start(name: str) -> str:
    return f"<!-- {name}: generated, see tests/test_made_up_terms.py -->\n"


def _english(node: object) -> bool:
    return isinstance(node, Literal) and node.language == "en"


def test_the_page_lists_the_terms_that_only_made_up_data_shows(
    demo: tuple[Path, Report], example: list[tuple[str, str, str]], request: pytest.FixtureRequest
) -> None:
    made_up = terms(row for row in example if INVENTED.search(row[0]))
    published = terms(row for row in example if not INVENTED.search(row[0]))
    lists = {"made-up": made_up - published - real(demo), "unbundled": published - real(demo)}
    text = expected = PAGE.read_text(encoding="utf-8")
    for name, found in lists.items():
        head, rest = expected.split(start(name))
        expected = f"{head}{start(name)}{table(found)}{END}{rest.partition(END)[2]}"
    if request.config.getoption("--golden"):
        PAGE.write_text(expected, encoding="utf-8")
    assert text == expected


def test_the_example_and_the_bundled_records_together_show_every_class_and_property(
    demo: tuple[Path, Report], example: list[tuple[str, str, str]]
) -> None:
    declared = {str(s) for s in vocabulary().subjects(RDFS.label) if str(s).startswith(NS)}
    shown = {NS + name for name in terms(example) | real(demo)}
    assert {term.removeprefix(NS) for term in declared - shown} == set(ABOUT)
