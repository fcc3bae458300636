"""``questeur export``: the whole of a generation as files, with their digests. Knows click; graph makes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from graph.takeaway.files import Made


@click.command()
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder for the files; without it, that of the service's /downloads.",
)
def export(data: Path, folder: Path | None) -> None:
    """Write what is served as files: N-Quads, Turtle, CSV, GEXF, and Parquet where pyarrow is installed.

    Prints the SHA-256 of each, as sha256sum --check reads it. Files that are there already are not made again.
    """
    from graph.takeaway.files import SUMS  # noqa: PLC0415 - a quick start for one-line commands
    from graph.takeaway.making import make  # noqa: PLC0415 - same

    lines: list[str] = []

    def told(name: str, made: Made) -> None:
        lines.append(f"{made.sha256}  {name}\n")
        click.echo(lines[-1], nl=False)
        rows = "" if made.rows is None else f", {made.rows:,} rows"
        click.echo(f"{name}: {made.size:,} bytes{rows}", err=True)

    generation = make(data, folder, told=told)
    if folder is not None:
        (folder / SUMS).write_text("".join(sorted(lines, key=lambda line: line[66:])), encoding="utf-8")
    click.echo(f"{generation}: {len(lines)} files", err=True)
