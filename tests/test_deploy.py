"""The files under ``deploy/``: units that systemd takes, an image that can be built, commands that exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from api.tokens import Tokens
from questeur.cli import EXIT, cli
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Iterable

    from questeur.build import Report

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in {".service", ".timer"})
PROGRAM = "/opt/questeur/bin/questeur"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
STEPS = [
    (word, rest.strip())
    for word, _, rest in (line.strip().partition(" ") for line in CONTAINERFILE.splitlines())
    if word and not word.startswith("#")
]


class Unit(ConfigParser):
    """A unit file: names may come twice, and their case counts."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.commands = re.findall(r"^Exec\w+=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        self.read(path, encoding="utf-8")

    def optionxform(self, optionstr: str) -> str:
        """Keep a name as it is written."""
        return optionstr


def known(words: list[str]) -> None:
    """Assert that the program has a command, and its options."""
    name, command, rest = cli.resolve_command(click.Context(cli), words)
    assert command is not None
    command.make_context(name, rest, resilient_parsing=False)


def questeurs(commands: Iterable[str]) -> Iterable[list[str]]:
    """Give the words of each call of the program in lines of shell."""
    for line in commands:
        words = shlex.split(line)
        inner = shlex.split(words[2]) if words[:2] == ["/bin/sh", "-c"] else words
        inner = inner[1:] if inner[0] == "exec" else inner
        if inner[0] == PROGRAM:
            yield [re.sub(r"\$\{\w+\}", "", word) for word in inner[1:]]


def test_there_is_a_unit_to_serve_one_to_refresh_and_its_timer() -> None:
    assert UNITS == ["questeur-refresh.service", "questeur-refresh.timer", "questeur.service"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_one_that_systemd_takes(name: str, tmp_path: Path) -> None:
    unit = Unit(DEPLOY / name)
    assert unit["Unit"]["Description"]
    if shutil.which("systemd-analyze"):
        assert complaints(name, tmp_path) == []


def complaints(name: str, folder: Path) -> list[str]:
    """Give what systemd says of a unit beside the others; the program itself need not be installed."""
    for other in UNITS:
        text = (DEPLOY / other).read_text(encoding="utf-8")
        (folder / other).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(folder / name)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in run.stderr.splitlines() if "questeur" in line]


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_unit_calls_commands_that_exist_as_a_user_without_privileges(name: str) -> None:
    unit = Unit(DEPLOY / name)
    called = list(questeurs(unit.commands))
    assert called
    for words in called:
        known(words)
    settings = unit["Service"]
    assert (settings["User"], settings["NoNewPrivileges"], settings["CapabilityBoundingSet"]) == ("questeur", "yes", "")
    assert settings.get("SuccessExitStatus", "3") == str(EXIT["refused"])


def test_the_service_is_given_time_to_end_what_runs() -> None:
    assert int(Unit(DEPLOY / "questeur.service")["Service"]["TimeoutStopSec"]) > 10 + 5


def test_the_image_has_what_its_steps_ask_for_and_names_no_registry() -> None:
    stages = [rest for word, rest in STEPS if word == "FROM"]
    assert len(stages) == 2
    assert not re.search(r"\b[\w-]+\.[\w.-]+/", "".join(rest for word, rest in STEPS if word in {"FROM", "ARG"}))
    for word, rest in STEPS:
        if word == "COPY" and not rest.startswith("--from"):
            assert [name for name in rest.split()[:-1] if not (ROOT / name).exists()] == []
    assert "--require-hashes" in CONTAINERFILE


def test_the_image_runs_as_nobody_in_particular_and_starts_the_service() -> None:
    last = dict(STEPS[max(place for place, (word, _) in enumerate(STEPS) if word == "FROM") :])
    assert int(last["USER"]) > 0
    assert json.loads(last["ENTRYPOINT"]) == [PROGRAM]
    known(json.loads(last["CMD"]))


def test_what_the_image_copies_is_enough_to_build_the_program(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    for rest in (rest for word, rest in STEPS if word == "COPY" and not rest.startswith("--from")):
        *names, to = rest.split()
        for name in names:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source / to)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {"questeur/api/app.py", "questeur/graph/gate.py", "questeur/cli.py", "questeur/archives.toml"} <= held


def test_the_commands_of_the_page_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "DATA").mkdir()
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    lines = re.findall(r"^questeur (.+)$", page, re.MULTILINE)
    assert len(lines) > 5
    for line in lines:
        known(shlex.split(line))


def test_a_backup_of_what_the_page_names_is_enough_to_serve_again(demo: tuple[Path, Report], tmp_path: Path) -> None:
    data = tmp_path / "var" / "DATA"
    shutil.copytree(demo[0], data)
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^cd /var/lib/questeur && (tar .+)$", page, re.MULTILINE)
    Tokens(data).add(scope="update", days=1)
    (data / "audit.ndjson").touch()
    subprocess.run(["sh", "-c", line], cwd=data.parent, check=True)
    restored = tmp_path / "restored"
    restored.mkdir()
    subprocess.run(["tar", "-xf", data.parent / "questeur.tar"], cwd=restored, check=True)
    assert CliRunner().invoke(cli, ["verify", str(restored / "DATA")]).exit_code == 0
    with served(restored / "DATA") as server:
        assert server.get("/question/15-10719.json").status in {200, 301}


def test_a_supervisor_is_told_when_the_service_is_up(
    example_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with served(example_data) as server:
            assert told.recv(1000).startswith(b"READY=1")
            assert server.get("/readyz").status == 200
