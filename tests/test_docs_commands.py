"""Every command that the documentation shows is run, and does what the page says.

A console block that begins with ``questeur`` is run line by line; ``# exit code 3`` beside a command says how it ends,
and a text block after it what it prints, ``…`` standing for anything. Commands that need another host are only parsed.
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

from questeur.cli import cli, main
from questeur.sample import sample

if TYPE_CHECKING:
    from questeur.build import Report

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(questeur .*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?P<line>questeur (?:[^\n#'\"]|'[^']*'|\"[^\"]*\")*)(?:#(?P<remark>[^\n]*))?")
CODE = re.compile(r"exit code (\d+)")


class Command(NamedTuple):
    """One command of a page: its words, how it ends, and what the block that it closes prints."""

    words: list[str]
    code: int


class Block(NamedTuple):
    """Commands, and what they print together."""

    commands: list[Command]
    printed: str


def blocks(page: Path) -> list[Block]:
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block([_command(match) for match in COMMAND.finditer(text)], printed) for text, printed in found]


def _command(match: re.Match[str]) -> Command:
    said = CODE.search(match["remark"] or "")
    return Command(shlex.split(match["line"])[1:], int(said[1]) if said else 0)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to the folder of a reader who follows a page: the bundled sources, and two files of their own."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "mine").mkdir()
    with sample() as sources:
        for source in sources:
            shutil.copy(source, tmp_path / "sources")
    twin = (ROOT / "tests" / "data" / "15-10719QE.twin.json").read_text(encoding="utf-8")
    (tmp_path / "mine" / "15-10719QE.json").write_text(twin, encoding="utf-8")
    (tmp_path / "mine" / "cut.json").write_text(twin[:500], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_about_building_ends_and_prints_as_the_page_says(
    reader: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    follow("building.md", monkeypatch, capfd)
    assert (reader / "DATA" / "CURRENT").exists()


def test_every_command_about_querying_ends_and_prints_as_the_page_says(
    demo: tuple[Path, Report], reader: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (reader / "DATA").symlink_to(demo[0])
    follow("querying.md", monkeypatch, capfd)


def test_every_command_about_analyses_ends_and_prints_as_the_page_says(
    demo: tuple[Path, Report], reader: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(demo[0], reader / "DATA")  # the page publishes networks in it
    follow("networks.md", monkeypatch, capfd)


def follow(name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Run the commands of a page, one after the other."""
    for block in blocks(ROOT / "docs" / name):
        printed = ""
        for command in block.commands:
            code = _serve(command.words) if command.words[0] == "serve" else _run(command.words, monkeypatch)
            out, err = capfd.readouterr()
            assert code == command.code, f"{command.words}: {err}"
            printed += out + err
        assert _like(block.printed, printed), f"{block.commands}\n{printed}"


def _run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    expanded = [name for word in words for name in (sorted(glob(word)) if "*." in word else [word])]  # noqa: PTH207 as a shell does it
    monkeypatch.setattr(sys, "argv", ["questeur", *expanded])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _serve(words: list[str]) -> int:
    """Serve until the address is said, on a free port, and stop as Ctrl-C does."""
    command = [sys.executable, "-m", "questeur", *words, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            assert server.stderr.readline().startswith("serving on http://127.0.0.1:")
        finally:
            server.send_signal(signal.SIGINT)
        return server.wait(timeout=30)


def _like(said: str, printed: str) -> bool:
    """Compare what a page shows with what was printed; a page that shows nothing says nothing of it."""
    pattern = ".*".join(re.escape(piece) for piece in said.split("…\n"))
    return not said or re.fullmatch(pattern, printed, re.DOTALL) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_every_page_has_options_that_exist(page: Path) -> None:
    for block in blocks(page):
        for words, code in block.commands:
            if code != 2:
                name, command, rest = cli.resolve_command(click.Context(cli), words)
                assert command is not None
                command.make_context(name, rest, resilient_parsing=False)


def test_every_option_of_every_command_is_told_in_the_documentation() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    missing = [
        f"questeur {name} {option}"
        for name, command in cli.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
        and not re.search(rf"`[^`]*{option}\b|^questeur [^\n]*{option}\b", text, re.MULTILINE)
    ]
    assert missing == []
