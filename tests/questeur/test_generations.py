"""The keeper's commands: generations, verify, token."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from api.tokens import Tokens
from graph.backends.oxigraph.generations import current, hold, list_generations
from questeur.build import build
from questeur.cli import cli
from questeur.sample import sample
from tests.graph.editions import publish_edition

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(1, 4):
        publish_edition(tmp_path / "DATA", tmp_path / "parts", number)
    return tmp_path / "DATA"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    with sample() as sources:
        build([path for path in sources if path.suffix == ".txt"], folder / "DATA")
    return folder / "DATA"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_generations_are_listed_and_the_served_one_is_marked(data: Path) -> None:
    lines = run("generations", "list", data).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["g1", "g2", "*"]
    assert lines[2].split()[1:4] == ["g3", "103", "statements"]


def test_going_back_and_forth_loses_nothing(data: Path) -> None:
    assert run("generations", "use", data, "g1").exit_code == 0
    assert current(data) == "g1"
    assert run("generations", "use", data, "g3").exit_code == 0
    assert list_generations(data) == ("g1", "g2", "g3")
    assert run("generations", "use", data, "g9").exit_code != 0
    assert current(data) == "g3"


def test_old_generations_are_removed_but_not_under_a_reader_nor_the_served_one(data: Path) -> None:
    run("generations", "use", data, "g1")
    with hold(data):
        run("generations", "use", data, "g3")
        assert run("generations", "prune", data).stderr == "removed g2\n"
    assert run("generations", "prune", data, "--keep", "1").stderr == "removed nothing\n"
    assert run("generations", "prune", data).stderr == "removed g1\n"
    assert list_generations(data) == ("g3",)


def test_a_sound_generation_is_verified_to_the_last_statement(built: Path) -> None:
    assert "every file is as its manifest says" in run("verify", built).stdout
    deep = run("verify", built, "--deep")
    assert deep.exit_code == 0
    assert re.search(r"every index holds the same [\d,]+ statements, those of its \d+ parts", deep.stdout)


def test_one_flipped_byte_in_any_file_is_found_and_named(data: Path) -> None:
    folder = data / "gens" / "g3"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    assert len(files) > 5
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        found = run("verify", data)
        assert found.exit_code == 3, path.name
        assert "damaged" in found.stdout
        path.write_bytes(whole)
    assert run("verify", data, "--all").exit_code == 0


def test_parts_that_have_been_replaced_are_not_compared(built: Path) -> None:
    assert run("verify", built, "--deep").exit_code == 0
    manifest = built / "gens" / current(built) / "manifest.json"
    whole = manifest.read_text()
    manifest.write_text(re.sub(r'"statement_digest": "[0-9a-f]{8}', '"statement_digest": "00000000', whole))
    assert "have been replaced" in run("verify", built, "--deep").stdout
    manifest.write_text(whole)


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(data: Path) -> None:
    made = run("token", "add", data, "--scope", "data", "--days", "1", "--note", "the editors")
    secret = made.stdout.strip()
    found = Tokens(data).find(secret)
    assert found is not None
    assert (found.scope, found.note) == ("data", "the editors")
    assert 0.9 < (found.expires - datetime.now(UTC)).total_seconds() / 86400 < 1.1
    listed = run("token", "list", data).stdout
    assert found.id in listed
    assert secret not in listed
    assert run("token", "revoke", data, found.id).exit_code == 0
    assert Tokens(data).find(secret) is None
    assert run("token", "revoke", data, found.id).exit_code != 0
