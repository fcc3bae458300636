"""A generation made by changing a copy of the last one: what it holds, how it is counted, what is refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.census import count
from graph.backends.oxigraph.generations import manifest_of
from graph.load import Part, Patch, Published, load
from ontology.errors import BuildError
from ontology.statements import RDF_TYPE
from tests.graph.editions import DERIVED, QUESTIONS, line, part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def typed(subject: int, name: str, graph: str) -> str:
    return (
        line(subject, "of", "x", graph)
        .replace('"x"', f"<urn:{name}>")
        .replace("https://w3id.org/questeur/ns#of", RDF_TYPE)
    )


STATED = [*(line(n, "text", "a text . with dots <x> .", QUESTIONS) for n in range(9)), typed(1, "Question", QUESTIONS)]
COMPUTED = [line(n, "delay", "1", DERIVED) for n in range(9)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    publish(tmp_path / "data", STATED, COMPUTED)
    return tmp_path / "data"


def publish(data: Path, stated: Sequence[str], computed: Sequence[str], patch: Patch | None = None) -> Published:
    folder = data.parent / "parts"
    parts: list[Part] = [part(folder / "s.nq", QUESTIONS, stated), part(folder / "d.nq", DERIVED, computed)]
    return load(data, parts, {}, patch=patch, force=True)


def patch(removed: Iterable[str] = (), added: Iterable[str] = ()) -> Patch:
    return Patch(base="g1", removed=[f"{text}\n" for text in removed], added=[f"{text}\n" for text in added])


def test_a_changed_copy_says_what_a_census_of_it_finds(data: Path) -> None:
    gone, new = [STATED[0], STATED[-1], COMPUTED[3]], [typed(2, "Answer", QUESTIONS), line(2, "on", "a day", QUESTIONS)]
    stated = [text for text in STATED if text not in gone] + new
    done = publish(data, stated, [text for text in COMPUTED if text not in gone], patch(gone, new))
    assert done.name == "g2"
    assert manifest_of(data, "g2")["counts"] == asdict(count(data / "gens" / "g2" / "store"))
    assert manifest_of(data, "g2")["counts"]["classes"] == {"urn:Answer": 1}


ABSENT = line(77, "text", "no such question", QUESTIONS)


@pytest.mark.parametrize(
    ("change", "stated", "said"),
    [
        pytest.param(patch(removed=[ABSENT]), STATED, "before it is removed", id="what is removed was not there"),
        pytest.param(patch(added=[STATED[0]]), STATED, "and is there", id="what is added was there"),
        pytest.param(
            patch(added=[COMPUTED[0].replace(DERIVED, QUESTIONS)]),
            [*STATED, COMPUTED[0].replace(DERIVED, QUESTIONS)],
            "and is there",
            id="what is added lies in another graph",
        ),
        pytest.param(patch(added=[ABSENT]), STATED, "expected 10", id="what is added is in no part"),
    ],
)
def test_a_patch_that_does_not_fit_publishes_nothing(data: Path, change: Patch, stated: list[str], said: str) -> None:
    with pytest.raises(BuildError, match=said):
        publish(data, stated, COMPUTED, change)
    assert (data / "CURRENT").read_text() == "g1\n"
