"""``questeur diff``: two generations compared statement by statement."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.backends.oxigraph.comparing import compare
from ontology.errors import NotFoundError
from questeur.build import Options, build
from questeur.cli import cli
from tests.questeur.parts import quads

TWIN = (Path(__file__).parent.parent / "data" / "15-10719QE.twin.json").read_text(encoding="utf-8")
OTHER = TWIN.replace("QANR5L15QE10719", "QANR5L15QE10720").replace('"numero":"10719"', '"numero":"10720"')


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str], set[str]]:
    """Build two states of one source; give the DATA folder, and the lines of each state as its parts held them."""
    folder = tmp_path_factory.mktemp("diff")
    source = folder / "q"
    source.mkdir()
    (source / "a.json").write_text(TWIN, encoding="utf-8")
    build([source], folder / "data")
    first = {q.line for q in quads(folder / "data")}
    (source / "a.json").write_text(OTHER.replace("Haury interroge", "Haury questionne"), encoding="utf-8")
    build([source], folder / "data", options=Options(prune=True))
    return folder / "data", first, {q.line for q in quads(folder / "data")}


def diff(*words: str) -> tuple[list[str], str]:
    result = CliRunner().invoke(cli, ["diff", *words])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines(keepends=True), result.stderr


def test_the_full_difference_leads_from_one_state_to_the_other(states: tuple[Path, set[str], set[str]]) -> None:
    data, first, second = states
    lines, said = diff(str(data), "g1", "g2", "--full")
    assert {line[2:] for line in lines if line.startswith("D ")} == first - second
    assert {line[2:] for line in lines if line.startswith("A ")} == second - first
    assert f"{len(first - second):,} statements removed, {len(second - first):,} added" in said


def test_without_full_the_first_lines_are_shown_and_all_are_counted(states: tuple[Path, set[str], set[str]]) -> None:
    data, first, second = states
    lines, said = diff(str(data), "g1", "g2")
    assert lines == [f"D {line}" for line in sorted(first - second)[:20]] + [
        f"A {line}" for line in sorted(second - first)[:20]
    ]
    counted = [line.split() for line in said.splitlines() if line.startswith("  -")]
    assert sum(int(row[0]) for row in counted) == -len(first - second)
    assert sum(int(row[1]) for row in counted) == len(second - first)


def test_a_generation_does_not_differ_from_itself(states: tuple[Path, set[str], set[str]]) -> None:
    assert diff(str(states[0]), "g2", "g2") == ([], "0 statements removed, 0 added\n")


def test_a_generation_that_is_not_there_is_named(states: tuple[Path, set[str], set[str]]) -> None:
    with pytest.raises(NotFoundError, match="g9"):
        list(compare(states[0], "g1", "g9"))
