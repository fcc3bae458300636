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
