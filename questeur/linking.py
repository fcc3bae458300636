"""The command ``questeur link``: an endpoint in, a source to build from out. The work is in ``link.py``."""

from __future__ import annotations

from pathlib import Path

import click

from ontology.errors import BuildError, ConfigError


@click.group(name="link")
def link_group() -> None:
    """Ask other data who our people are there, and write a source that `questeur build` reads."""


@link_group.command()
@click.argument("endpoint", metavar="ENDPOINT")
@click.option("--data", required=True, metavar="DATA|URL", help="The graph whose deputies are looked up.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file, .srj.")
@click.option("--batch", type=click.IntRange(1, 1000), default=200, show_default=True, help="Deputies in one query.")
@click.option(
    "--interval", type=click.FloatRange(0), default=1.0, show_default=True, help="Seconds between two queries."
)
def wikidata(endpoint: str, data: str, output: Path, *, batch: int, interval: float) -> None:
    """Look the deputies of a graph up at Wikidata, by their number at the Assemblée (P4123).

    ENDPOINT is a SPARQL endpoint that holds Wikidata or a copy of it. A run that was cut goes on where it was when the
    same command is given again. Give the file to `questeur build` with the other sources.
    """
    if not endpoint.startswith(("http://", "https://")):
        raise ConfigError(f"{endpoint} is no address of an endpoint", hint="give http(s)://host/path")
    from graph.links import deputy_numbers  # noqa: PLC0415 - a quick start for one-line commands
    from graph.opening import open_store  # noqa: PLC0415 - same
    from graph.store import Limits  # noqa: PLC0415 - same
    from questeur.link import SECONDS, Pace, link  # noqa: PLC0415 - same

    ours = open_store(data)
    try:
        numbers = deputy_numbers(ours, Limits(deadline=SECONDS))
    finally:
        ours.close()
    if not numbers:
        raise BuildError(f"{data} holds no deputy", hint="build it with the people of the Assemblée (an-actors)")
    theirs = open_store(endpoint)
    try:
        pace = Pace(batch=batch, interval=interval)
        found = link(numbers, theirs, endpoint, output, pace=pace, say=lambda line: click.echo(line, err=True))
    finally:
        theirs.close()
    click.echo(f"{output.name}: {len(found):,} items for {len(numbers):,} deputies", err=True)
