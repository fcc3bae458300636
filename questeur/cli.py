"""The command line: fetch, build, query, network, serve, demo. Data on stdout, talk on stderr; codes in ``EXIT``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from ontology.errors import ConfigError, QuesteurError
from questeur.analysing import delays, text_reuse, transfers
from questeur.checking import check
from questeur.diffing import diff
from questeur.exporting import export
from questeur.fetching import fetch
from questeur.generations import generations, token, verify
from questeur.linking import link_group
from questeur.networking import network, published
from questeur.quarantining import quarantine
from questeur.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

# 0 done, 1 failure, 2 usage, 3 refused records or violations, 4 nothing found, 130 interrupted
EXIT = {"done": 0, "failure": 1, "usage": 2, "refused": 3, "nothing": 4, "interrupted": 130}

DATA = click.argument("data", metavar="DATA|URL")


def main() -> None:
    """Run the program; every error we know becomes a line on stderr and an exit code, never a traceback."""
    try:
        cli.main(standalone_mode=False, prog_name="questeur")
    except click.exceptions.Abort:
        _fail("interrupted", EXIT["interrupted"])
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted", EXIT["interrupted"])
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has gone: nothing to say, and nobody to hear it
        sys.exit(EXIT["failure"])
    except UnicodeDecodeError as error:
        _fail(f"a text is not UTF-8: {error.reason} at byte {error.start}", EXIT["usage"])
    except OSError as error:
        _fail(f"{error.filename or 'the disk'}: {error.strerror or error}", EXIT["failure"])
    except QuesteurError as error:
        _fail(_words(error), EXIT["usage"] if isinstance(error, ConfigError) else EXIT["failure"])


def _words(error: QuesteurError) -> str:
    where = f"line {line}, column {getattr(error, 'column', 0)}: " if (line := getattr(error, "line", 0)) else ""
    hint = f"\n  {error.hint}" if error.hint else ""
    return f"{where}{error.message}{hint}"


def _fail(message: str, code: int) -> None:
    click.echo(f"questeur: {message}", err=True)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="questeur")
def cli() -> None:
    """Build, query and serve a knowledge graph of the questions French deputies put to ministries."""


cli.add_command(fetch)
cli.add_command(link_group)


# ---- build


def _day(_context: click.Context, _option: click.Parameter, given: datetime | None) -> date | None:
    return None if given is None else given.date()


@cli.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--into", required=True, metavar="DATA|URL", help="The DATA folder, or the graph store of another store.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("questeur-data"),
    show_default=True,
    help="With --into URL: the folder of what is built before it is sent.",
)
@click.option("--query-url", default="", metavar="URL", help="With --into URL: where that store answers queries.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Worker processes; as many as there are cores.")
@click.option("--prune", is_flag=True, help="Remove questions that their source no longer holds.")
@click.option("--fresh", is_flag=True, help="Forget the sources of earlier builds that are not given now.")
@click.option("--strict", is_flag=True, help="Refuse a record with a field that nobody reads.")
@click.option("--max-reject-rate", type=click.FloatRange(0, 1), help="Publish nothing above this share of refusals.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and publish nothing.")
@click.option("--inferred", is_flag=True, help="Add the graph of what the alignments to other vocabularies entail.")
@click.option(
    "--snapshot-date",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_day,
    help="The day of the sources given, where no lock file tells it.",
)
@click.option("--executor", metavar="tcp://HOST:PORT", help="Map on a Dask cluster (needs questeur[distributed]).")
@click.option("--dask-workers", type=click.IntRange(1), help="Map on a local Dask cluster of this many workers.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the report as JSON to a file.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def build(
    sources: tuple[Path, ...],
    into: str,
    data: Path,
    query_url: str,
    **options: Any,  # noqa: ANN401 - click's own values
) -> None:
    """Build the graph of SOURCES (files, folders, ZIP archives) and switch to it.

    Reads the open data of the Assembly in all its forms, told apart by their content. The state served before stays
    until the new one is whole. What did not change since the last build is not read or mapped again.

    Into a URL, the graph is built here, then its parts are sent by the Graph Store Protocol, those that are not there
    yet; QUESTEUR_TOKEN is the token for it, QUESTEUR_USER and
    QUESTEUR_PASSWORD its login by HTTP Digest.

    Exit codes: 0 done, 1 failure (nothing published), 2 usage, 3 published with some records refused, 130 interrupted.
    """
    from questeur.building import run_build  # noqa: PLC0415 - a quick start for one-line commands

    if not into.startswith(("http://", "https://")):
        refused = run_build(sources, Path(into), **options)
    else:
        from questeur.remote_load import build_into  # noqa: PLC0415 - same

        refused = build_into(into, data, lambda folder: run_build(sources, folder, **options), query_url=query_url)
    if refused:
        sys.exit(EXIT["refused"])


# ---- query


@cli.command()
@DATA
@click.argument("text", required=False)
@click.option(
    "-f", "--file", "file", type=click.File("r", encoding="utf-8"), help="Read the query from a file (- for stdin)."
)
@click.option(
    "--format", "format_", default=None, help="table csv tsv json xml, or ttl trig nt nq rdf jsonld for graphs."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file; its suffix is the format.",
)
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Deadline in seconds.")
@click.option("--set", "settings", multiple=True, metavar="SLOT=VALUE", help="A value for a named query; repeatable.")
def query(
    data: str,
    text: str | None,
    file: IO[str] | None,
    settings: tuple[str, ...],
    format_: str | None,
    output: Path | None,
    timeout: float,
) -> None:
    """Ask a SPARQL query of a DATA folder or of a SPARQL endpoint.

    TEXT may be the name of a packaged query, such as @p2-printed-vs-real-group; `questeur queries` lists them.
    On a terminal a SELECT is shown as a table, in a pipe as TSV; a CONSTRUCT or DESCRIBE as Turtle.
    """
    from questeur.asking import ask_store, named_query  # noqa: PLC0415 - a quick start for one-line commands

    if (text is None) == (file is None):
        raise click.UsageError("give the query either as an argument or with -f")
    body = text if text is not None else file.read() if file is not None else ""
    if body.startswith("@"):
        body = named_query(body[1:], settings)
    elif settings:
        raise click.UsageError("--set fills the slots of a named query: give @name")
    wanted = format_ or (output.suffix.lstrip(".") if output else None)
    ask_store(data, body, wanted, output, timeout)


@cli.command()
def queries() -> None:
    """List the packaged queries: names, titles and what they take."""
    from questeur.asking import show_named  # noqa: PLC0415 - a quick start for one-line commands

    show_named()


cli.add_command(delays)
cli.add_command(transfers)
cli.add_command(network)
cli.add_command(published)
cli.add_command(text_reuse)
cli.add_command(check)
cli.add_command(quarantine)
cli.add_command(diff)
cli.add_command(export)


# ---- serve, demo


def _serving(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--host", default="127.0.0.1", show_default=True),
        click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="PORT"),
        click.option("--timeout", type=float, default=10.0, show_default=True, help="Deadline of a query in seconds."),
    ):
        command = option(command)
    return command


def _operating(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--updates", is_flag=True, help="Let who shows a token write (questeur token add)."),
        click.option(
            "--public-url",
            default="",
            metavar="URL",
            help="Where the world sees the service, such as https://example.org.",
        ),
        click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes."),
        click.option("--proxies", type=click.IntRange(0, 8), default=0, help="Proxies in front, by X-Forwarded-For."),
        click.option(
            "--client-limits/--no-client-limits",
            default=None,
            help="Shares of each client. Default: off where only this machine can ask (loopback, no proxy).",
        ),
        click.option(
            "--default-graph",
            type=click.Choice(["union", "strict"]),
            default="union",
            show_default=True,
            help="What a query without dataset sees: all named graphs, or the one without a name.",
        ),
        click.option(
            "--federation", multiple=True, metavar="URL", help="An https endpoint that SERVICE may ask; repeatable."
        ),
        click.option(
            "--federation-network", multiple=True, metavar="CIDR", help="A network it may be in though it is private."
        ),
        click.option(
            "--federation-ca",
            type=click.Path(path_type=Path, dir_okay=False, exists=True),
            help="Certificates to trust for it, besides the system's.",
        ),
        click.option("--log", "log", metavar="FILE", help="Write a JSON line for each request (- for stdout)."),
        click.option("--allow-unsandboxed", is_flag=True, help="Serve others from a system that confines no process."),
    ):
        command = option(command)
    return command


@cli.command()
@DATA
@_serving
@_operating
def serve(data: str, host: str, port: int, timeout: float, **options: Any) -> None:  # noqa: ANN401 click's values
    """Serve a DATA folder or a SPARQL endpoint: SPARQL, linked data, networks, pages."""
    from questeur.serving import Operation, serve_data  # noqa: PLC0415 - a quick start for one-line commands

    serve_data(data, Operation(host=host, port=port, deadline=timeout, **options))


@cli.command()
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("questeur-demo"), show_default=True
)
@_serving
def demo(data: Path, host: str, port: int, timeout: float) -> None:
    """Build the graph of the bundled real records, and serve it.

    The sample holds 340 questions by five authors: it shows the program at work, and is no picture of the Assembly.
    """
    from questeur.building import build_apart  # noqa: PLC0415 - a quick start for one-line commands
    from questeur.sample import sample  # noqa: PLC0415 - a quick start for one-line commands
    from questeur.serving import Operation, check_port, serve_data  # noqa: PLC0415 - a quick start for one-line commands

    check_port(host, port)
    with sample() as sources:
        build_apart(sources, data)
    serve_data(str(data), Operation(host=host, port=port, deadline=timeout))


# ---- keeping

for _command in (generations, verify, token):
    cli.add_command(_command)
