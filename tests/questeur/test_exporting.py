"""``questeur export``: the files of a generation in a folder, and their digests on standard output."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from click.testing import CliRunner

from graph.takeaway.files import FILES
from questeur.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from questeur.build import Report


def test_the_files_are_written_and_their_digests_printed(demo: tuple[Path, Report], tmp_path: Path) -> None:
    ended = CliRunner().invoke(cli, ["export", str(demo[0]), "--to", str(tmp_path)])
    assert ended.exit_code == 0, ended.output
    said = {line[66:]: line[:64] for line in ended.stdout.splitlines()}
    assert set(said) == {file.name for file in FILES}
    for name, digest in said.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    sums = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
    assert sorted(sums.splitlines()) == sorted(ended.stdout.splitlines())
    assert f"{len(FILES)} files" in ended.stderr
