"""``questeur quarantine``: look at the records that a build refused, and try them again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from questeur.quarantined import Entry

_REFUSED, _NOTHING = 3, 4  # exit codes
_DATA = click.argument("data", type=click.Path(path_type=Path, file_okay=False))
_BUILD = click.option("--build", "build_", metavar="KEY", help="The refused records of this build, not of the last.")


@click.group()
def quarantine() -> None:
    """Look at the records that a build refused, and try them again."""


@quarantine.command("list")
@_DATA
@_BUILD
def list_(data: Path, build_: str | None) -> None:
    """List the refused records: number, source, place, code, uid, bytes and reason, parted by tabs.

    Exit codes: 0 there are some, 4 there are none.
    """
    entries = _entries(data, build_)
    for number, entry in enumerate(entries, start=1):
        cells = (number, entry.source, entry.locator, entry.code, entry.uid, entry.size, entry.message)
        click.echo("\t".join(_cell(cell) for cell in cells))
    if not entries:
        _nothing()


@quarantine.command()
@_DATA
@click.argument("number", type=click.IntRange(1))
@_BUILD
def show(data: Path, number: int, build_: str | None) -> None:
    """Print the bytes of a refused record as they came, cut where it is above 2 MiB; NUMBER is that of the list.

    Exit codes: 0 done, 4 there is no record of that number.
    """
    entries = _entries(data, build_)
    if number > len(entries):
        _nothing()
    entry = entries[number - 1]
    click.echo(f"{entry.source} {entry.locator} {entry.path}: {entry.code}: {_cell(entry.message)}", err=True)
    if entry.size > len(entry.content):
        click.echo(f"the first {len(entry.content):,} of {entry.size:,} bytes", err=True)
    sys.stdout.buffer.write(entry.content)
    sys.stdout.buffer.flush()


@quarantine.command()
@_DATA
def retry(data: Path) -> None:
    """Read the refused records again, and publish what loads now, under the source it came from.

    For records that a newer version of this program can read: what is wrong in the source itself is mended by fetching
    and building it again. People, bodies and links, and records above 2 MiB, are read with their whole source only.

    Exit codes: 0 all loaded, 3 some are still refused, 4 there were none.
    """
    from questeur.building import Talk, tell  # noqa: PLC0415 - a quick start for one-line commands
    from questeur.retrying import retry as run  # noqa: PLC0415 - same

    report = run(data, say=Talk())
    if report is None:
        _nothing()
    tell(report)
    if report.refused:
        sys.exit(_REFUSED)


def _nothing() -> NoReturn:
    click.echo("nothing is in quarantine", err=True)
    sys.exit(_NOTHING)


def _cell(value: object) -> str:
    return " ".join(str(value).split())


def _entries(data: Path, build_: str | None) -> list[Entry]:
    """Read the refused records of a build: that named, else the last one, published or not."""
    from loaders.ledger import Ledger  # noqa: PLC0415 - a quick start for one-line commands
    from questeur.quarantined import FAILED, FOLDER, read_entries  # noqa: PLC0415 - same

    if build_ is not None:
        if not (data / FOLDER / f"{build_}.ndjson").is_file():
            kept = sorted(p.stem for p in (data / FOLDER).glob("*.ndjson"))
            raise NotFoundError(f"no quarantine of build {build_}", hint=f"there are: {', '.join(kept) or 'none'}")
        return read_entries(data, f"{build_}.ndjson")
    for key in FAILED:
        if entries := read_entries(data, f"{key}.ndjson"):
            return entries
    if not (data / "ledger.sqlite").is_file():
        raise NotFoundError(f"{data.name} holds no build", hint="run questeur build first")
    with Ledger(data / "ledger.sqlite") as ledger:
        return read_entries(data, ledger.get("quarantine"))
