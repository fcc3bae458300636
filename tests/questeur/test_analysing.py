"""The commands of the analyses take what the analyses take, and say what Python says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

import questeur
from graph.networks.inquiry import BYS, CREDITS
from questeur.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from questeur.build import Report


@pytest.mark.parametrize(("option", "values"), [("by", BYS), ("credit", CREDITS)])
def test_the_command_offers_every_comparison_that_there_is(option: str, values: tuple[str, ...]) -> None:
    offered = next(one.type for one in cli.commands["delays"].params if one.name == option)
    assert isinstance(offered, click.Choice)
    assert tuple(offered.choices) == values


@pytest.mark.parametrize("by", ["government", "majority"])
def test_the_command_and_python_give_the_same_delays(demo: tuple[Path, Report], tmp_path: Path, by: str) -> None:
    target = tmp_path / "delays.json"
    done = CliRunner().invoke(cli, ["delays", str(demo[0]), "--by", by, "--type", "all", "-o", str(target)])
    assert done.exit_code == 0, done.output
    with questeur.open(demo[0]) as graph:
        found = graph.delays(by=by, type="all")
    assert json.loads(target.read_bytes()) == found
    assert len(found["groups"]) > 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delays", "--from", "1958-10-05", "--to", "1959-01-01"], "no question"),
        (["delays", "--list", "overdue", "--on", "2017-07-01"], "no question"),
        (["transfers", "--type", "all"], "no transfer"),
        (["transfers", "--list", "--origin", "interieur"], "no transfer"),
        (["text-reuse", "--legislature", "15"], "no repeated text"),
    ],
    ids=["delays", "overdue", "transfers", "list of transfers", "text-reuse"],
)
def test_a_command_that_finds_nothing_says_so(demo: tuple[Path, Report], words: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, [words[0], str(demo[0]), *words[1:]])
    assert done.exit_code == 4
    assert done.stderr == f"{said} among the questions that pass the filters\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delays", "--of", "sante"], "--of goes with --list"),
        (["transfers", "--origin", "interieur"], "--origin and --destination go with --list"),
    ],
    ids=["delays", "transfers"],
)
def test_an_option_that_would_change_nothing_is_refused(demo: tuple[Path, Report], words: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, [words[0], str(demo[0]), *words[1:]])
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_portfolio_that_is_not_there_is_refused_and_the_nearest_named(demo: tuple[Path, Report]) -> None:
    done = CliRunner().invoke(cli, ["transfers", str(demo[0]), "--list", "--origin", "interior"])
    assert isinstance(done.exception, questeur.QuesteurError)
    assert done.exception.message == "parameter origin cannot be 'interior'"
    assert "interieur" in done.exception.hint
