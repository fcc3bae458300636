"""The command ``questeur fetch``: names in, one line per archive out. What is done is in ``fetch.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from questeur.fetch import Failed, Fetched, Watch

_SHOWN_EVERY = 1 << 18
_WORDS = {
    "new": "new",
    "changed": "changed",
    "repacked": "packed anew, the same content",
    "unchanged": "unchanged",
}


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sources"),
    show_default=True,
    help="The folder that the archives are kept in.",
)
@click.option("--locked", is_flag=True, help="Take only what sources.lock.json speaks of; no NAME, all of it.")
@click.option("--list", "list_", is_flag=True, help="List the names, and fetch nothing.")
def fetch(names: tuple[str, ...], into: Path, *, locked: bool, list_: bool) -> None:
    """Fetch the archives of the Assemblée nationale that NAME… stand for.

    NAME is an-15-qe, an-17-qg, an-actors and so on (see --list); current stands for the sitting legislature. An
    archive that did not change is not fetched again, one that was cut is gone on from, and one that is not whole never
    replaces the one of before. Exit code 1: something could not be fetched.
    """
    from questeur.fetch import Failed, fetch_archives  # noqa: PLC0415 - a quick start for one-line commands

    if list_:
        _list()
        return
    if not names and not locked:
        raise click.UsageError("give at least one name; --list shows them")
    told = fetch_archives(names, into, locked=locked, told=tell, watch=watcher() if sys.stderr.isatty() else _no_watch)
    if any(isinstance(outcome, Failed) for outcome in told):
        sys.exit(1)


def _list() -> None:
    from questeur.archives import CURRENT, published  # noqa: PLC0415 - a quick start for one-line commands

    table = published()
    titles = {name: archive.title for name, archive in table.archives.items()}
    titles[CURRENT] = "les questions de la législature en cours, et an-actors"
    width = max(map(len, titles))
    for name, title in titles.items():
        click.echo(f"{name.ljust(width)}  {title}")


def tell(outcome: Fetched | Failed) -> None:
    """Say in a line what became of a name."""
    from questeur.fetch import Failed  # noqa: PLC0415 - a quick start for one-line commands

    line = "\r\x1b[K" if sys.stderr.isatty() else ""
    if isinstance(outcome, Failed):
        hint = f"\n  {outcome.error.hint}" if outcome.error.hint else ""
        click.echo(f"{line}{outcome.name}: failed: {outcome.error.message}{hint}", err=True)
        return
    entry = outcome.entry
    when = entry.retrieved.date().isoformat()
    click.echo(f"{line}{outcome.name}: {_WORDS[outcome.state]}, {entry.bytes:,} bytes, content of {when}", err=True)


def _no_watch(_name: str, _done: int, _total: int | None) -> None: ...


def watcher() -> Watch:
    """Give a function that shows on a terminal how far a transfer is, now and then."""
    shown = 0

    def watch(name: str, done: int, total: int | None) -> None:
        nonlocal shown
        if shown <= done < shown + _SHOWN_EVERY and done != total:
            return
        shown = done
        of = f" of {total / 1e6:,.1f}" if total else ""
        click.echo(f"\r\x1b[K{name}: {done / 1e6:,.1f}{of} MB", err=True, nl=False)

    return watch
