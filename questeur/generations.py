"""The keeper's commands over a DATA folder: its generations, its soundness, its tokens."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from api.tokens import Scope

FOLDER = click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False, exists=True))
_FINDINGS = 3


@click.group()
def generations() -> None:
    """List the published states of a DATA folder, go back to one, remove old ones."""


@generations.command("list")
@FOLDER
def list_(data: Path) -> None:
    """List the generations on disk, the oldest first; * marks the one that is served."""
    from graph.keeping import generations_of  # noqa: PLC0415 - a quick start for one-line commands

    for found in generations_of(data):
        mark = "*" if found.is_current else " "
        stale = f"  stale: {', '.join(found.stale)}" if found.stale else ""
        click.echo(f"{mark} {found.name:<6} {found.quads:>12,} statements  {found.origin}{stale}")


@generations.command()
@FOLDER
@click.argument("name")
def use(data: Path, name: str) -> None:
    """Serve the generation NAME from now on; nothing is lost, and the way back is the same."""
    from graph.keeping import use as switch  # noqa: PLC0415 - a quick start for one-line commands

    switch(data, name)
    click.echo(f"{name} is served", err=True)


@generations.command()
@FOLDER
@click.option("--keep", type=click.IntRange(0), default=0, show_default=True, help="How many before it to keep.")
def prune(data: Path, keep: int) -> None:
    """Remove generations older than the one that is served, but those that a process still reads."""
    from graph.keeping import prune as remove  # noqa: PLC0415 - a quick start for one-line commands

    removed = remove(data, keep=keep)
    click.echo(f"removed {', '.join(removed) or 'nothing'}", err=True)


@click.command()
@FOLDER
@click.option("--deep", is_flag=True, help="Also read every index, and compare with the parts it was built from.")
@click.option("--all", "every", is_flag=True, help="Verify every generation, not only the one that is served.")
def verify(data: Path, *, deep: bool, every: bool) -> None:
    """Read every file of what is served and compare it with its manifest. Exit code 3: damaged."""
    from graph.keeping import current_name, generations_of, verify_deeply, verify_files  # noqa: PLC0415 - quick start
    from ontology.errors import BuildError  # noqa: PLC0415 - same

    names = [found.name for found in generations_of(data)] if every else [current_name(data)]
    damaged = False
    for name in names:
        try:
            verify_files(data, name)
            said = verify_deeply(data, name) if deep else "every file is as its manifest says"
        except BuildError as error:
            damaged = True
            said = f"{error.message}\n  {error.hint}"
        click.echo(f"{name}: {said}")
    if damaged:
        sys.exit(_FINDINGS)


@click.group()
def token() -> None:
    """Say who may write into a DATA folder that is served with --updates."""


@token.command()
@FOLDER
@click.option(
    "--scope",
    type=click.Choice(["update", "data"]),
    default="update",
    show_default=True,
    help="update: SPARQL updates and graphs; data: graphs only.",
)
@click.option("--days", type=click.FloatRange(0, min_open=True), default=90, show_default=True)
@click.option("--note", default="", help="Whose it is.")
def add(data: Path, scope: Scope, days: float, note: str) -> None:
    """Make a token and print it; it cannot be shown again."""
    from api.tokens import Tokens  # noqa: PLC0415 - a quick start for one-line commands

    made, secret = Tokens(data).add(scope=scope, days=days, note=note)
    click.echo(secret)
    click.echo(f"token {made.id}, scope {made.scope}, until {made.expires:%Y-%m-%d %H:%M} UTC", err=True)


@token.command("list")
@FOLDER
def list_tokens(data: Path) -> None:
    """List the tokens, without their secrets."""
    from api.tokens import Tokens  # noqa: PLC0415 - a quick start for one-line commands

    now = datetime.now(UTC)
    for found in Tokens(data).all():
        state = "expired" if now >= found.expires else "until"
        click.echo(f"{found.id}  {found.scope:<6}  {state} {found.expires:%Y-%m-%d %H:%M}  {found.note}".rstrip())


@token.command()
@FOLDER
@click.argument("name", metavar="ID")
def revoke(data: Path, name: str) -> None:
    """Refuse the token ID from now on."""
    from api.tokens import Tokens  # noqa: PLC0415 - a quick start for one-line commands

    Tokens(data).revoke(name)
    click.echo(f"token {name} is revoked", err=True)
