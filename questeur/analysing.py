"""``questeur delays``, ``transfers`` and ``text-reuse``, from the columns of a store. Knows click alone."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ontology.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.networks.copies import As

_NOTHING = 4  # the exit code of an answer that is empty
_SHOWN = ("label", "n", "answered", "waiting", "median_days", "median_low", "median_high", "in_time", "q")
_BYS = ("portfolio", "ministry", "group", "topic", "departement", "legislature", "year", "government", "majority")
_RENAMED = {"since": "from", "until": "to", "type_": "type"}


_PUBLISHING = click.option(
    "--publish", is_flag=True, help="Put it into the graph as linked data: a new generation of DATA."
)


def filtering(command: Callable[..., None]) -> Callable[..., None]:
    """Add the filters that every analysis takes, and where its answer goes."""
    for option in (
        click.option(
            "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file's suffix is its format."
        ),
        click.option(
            "--type", "type_", type=click.Choice(["QE", "QG", "QOSD", "all"]), default="QE", show_default=True
        ),
        click.option("--group", help="Key of the author's group on the day, such as PO730964."),
        click.option("--to", "until", help="The day after the last one, YYYY-MM-DD."),
        click.option("--from", "since", help="First day of tabling, YYYY-MM-DD."),
        click.option("--legislature", type=int),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("data", metavar="DATA|URL")
@click.option(
    "--by",
    type=click.Choice(_BYS),
    default="portfolio",
    show_default=True,
    help="What to compare.",
)
@click.option(
    "--credit",
    type=click.Choice(["episodes", "last"]),
    default="episodes",
    show_default=True,
    help="By portfolio or ministry: credit each with the time it had the question, or all to the last.",
)
@click.option("--on", help="As known on this day, YYYY-MM-DD; the last day of the data.")
@click.option("--of", help="With --list: the questions of one group, by its key.")
@click.option(
    "--list", "list_", type=click.Choice(["questions", "overdue"]), help="List the questions behind, or the overdue."
)
@filtering
def delays(data: str, list_: str | None, output: Path | None, **options: str | int | None) -> None:
    """Compare how long answers take, questions without an answer included.

    Kaplan-Meier, with what was withdrawn or lapsed as competing ends; the share answered within the two months of
    article 135; a log-rank test. A table on a terminal, CSV in a pipe; a file holds the curves too when it is .json.
    """
    from graph.columns.keeping import columns_of  # noqa: PLC0415 - a quick start for one-line commands
    from graph.networks.delay_report import COLUMNS, report, rows  # noqa: PLC0415 - same
    from graph.networks.inquiry import read  # noqa: PLC0415 - same
    from graph.networks.waits import Wait, late, waits  # noqa: PLC0415 - same
    from graph.networks.waits import delays as compared  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    check_suffix(output)
    if list_ is None and options["of"] is not None:
        raise click.UsageError("--of goes with --list, which says what of the group to list")
    inquiry = read(given(options))
    with closing(open_store(data)) as store:
        columns = columns_of(store)
    if list_ is not None:
        listed = [asdict(wait) for wait in (waits if list_ == "questions" else late)(columns, inquiry)]
        write(listed, tuple(Wait.__dataclass_fields__), output)
        found = len(listed)
    else:
        comparison = compared(columns, inquiry)
        whole = report(comparison) if output is not None and output.suffix == ".json" else None
        write(rows(comparison), COLUMNS, output, whole=whole, shown=_SHOWN)
        found = comparison.n_questions
    if not found:
        _end_empty("no question")


@click.command()
@click.argument("data", metavar="DATA|URL")
@click.option("--list", "list_", is_flag=True, help="List the transfers, one line each.")
@click.option("--origin", help="With --list: from this portfolio, by its key.")
@click.option("--destination", help="With --list: to this portfolio, by its key.")
@_PUBLISHING
@filtering
def transfers(
    data: str,
    output: Path | None,
    *,
    list_: bool,
    publish: bool,
    origin: str | None,
    destination: str | None,
    **options: str | int | None,
) -> None:
    """Count which portfolio passes questions on to which, reshuffles aside, against what chance would give.

    A table on a terminal, CSV in a pipe; a file is in the format of its suffix: all those of
    `questeur network`. With --publish, the network becomes a named graph of DATA, and is written nowhere else unless
    -o says where.
    """
    from graph.columns.keeping import columns_of  # noqa: PLC0415 - a quick start for one-line commands
    from graph.networks.export import FORMATS  # noqa: PLC0415 - same
    from graph.networks.export import write as exported  # noqa: PLC0415 - same
    from graph.networks.parameters import parse  # noqa: PLC0415 - same
    from graph.networks.transfers import BEHIND, FLOW, behind, flows_of  # noqa: PLC0415 - same
    from graph.networks.transfers import transfers as counted  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    check_suffix(output, () if list_ else (*(f".{name}" for name in FORMATS), ".ttl"))
    if not list_ and (origin, destination) != (None, None):
        raise click.UsageError("--origin and --destination go with --list: the network has all portfolios")
    parameters = parse(given(options))
    if publish:
        _publish("ministry-transfer", data, given(options))
        if output is None and not list_:
            return
    if output is not None and output.suffix == ".ttl":
        _state("ministry-transfer", data, output, given(options))
        return
    with closing(open_store(data)) as store:
        columns = columns_of(store)
    if list_:
        lines = list(behind(columns, parameters, origin=origin, destination=destination))
        write(lines, BEHIND, output)
    else:
        network = counted(columns, parameters)
        lines = list(flows_of(network))
        if output is not None and output.suffix != ".csv":
            output.write_bytes(exported(network, output.suffix[1:]))
        else:
            write(lines, FLOW, output)
    if not lines:
        _end_empty("no transfer")


@click.command("text-reuse")
@click.argument("data", metavar="DATA|URL")
@click.option(
    "--as",
    "kind",
    type=click.Choice(["question", "deputy", "group"]),
    default="question",
    show_default=True,
    help="Nodes of the network that is written or published.",
)
@_PUBLISHING
@filtering
def text_reuse(data: str, output: Path | None, *, kind: As, publish: bool, **options: str | int | None) -> None:
    """Find the questions that repeat others: who was first, who followed, how alike they are.

    A table of clusters on a terminal, CSV in a pipe; .json holds the pairs too, other files the network, in the format
    of their suffix: all those of `questeur network`. With --publish, the network becomes a named graph of DATA, and is
    written nowhere else unless -o says where.
    """
    from graph.columns.keeping import columns_of  # noqa: PLC0415 - a quick start for one-line commands
    from graph.networks.copies import CLUSTER, clusters_of, copies, network, report  # noqa: PLC0415 - same
    from graph.networks.export import FORMATS  # noqa: PLC0415 - same
    from graph.networks.export import write as exported  # noqa: PLC0415 - same
    from graph.networks.parameters import parse  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    check_suffix(output, (*(f".{name}" for name in FORMATS), ".ttl"))
    parameters, nodes = parse(given(options)), {} if kind == "question" else {"as": kind}
    if publish:
        _publish("text-reuse", data, given(options) | nodes)
        if output is None:
            return
    if output is not None and output.suffix == ".ttl":
        _state("text-reuse", data, output, given(options) | nodes)
        return
    with closing(open_store(data)) as store:
        columns = columns_of(store)
        body = report(columns, parameters, copies(store, columns, parameters))
    if output is not None and output.suffix not in {".json", ".csv"}:
        output.write_bytes(exported(network(columns, body, kind=kind), output.suffix[1:]))
    else:
        write(clusters_of(body), CLUSTER, output, whole=body)
    if not body["clusters"]:
        _end_empty("no repeated text")


def _end_empty(what: str) -> NoReturn:
    """Say that there is nothing, and end with the code of an empty answer."""
    click.echo(f"{what} among the questions that pass the filters", err=True)
    sys.exit(_NOTHING)


def _publish(kind: str, data: str, parameters: Mapping[str, str]) -> None:
    """Publish a network, or end with the code of an empty answer."""
    from questeur.networking import publish_network  # noqa: PLC0415 - a quick start for one-line commands

    if not publish_network(kind, data, parameters, {}):
        sys.exit(_NOTHING)


def _state(kind: str, data: str, output: Path, parameters: Mapping[str, str]) -> None:
    """Write a network as its linked data, or end with the code of an empty answer."""
    from questeur.networking import write_directed  # noqa: PLC0415 - a quick start for one-line commands

    if not write_directed(kind, data, output, parameters):
        sys.exit(_NOTHING)


def given(options: Mapping[str, str | int | None]) -> dict[str, str]:
    """Give the options as the parameters of an address."""
    return {_RENAMED.get(name, name): str(value) for name, value in options.items() if value is not None}


def check_suffix(output: Path | None, more: Sequence[str] = ()) -> None:
    """Refuse a file whose suffix is no format, before any work."""
    known = dict.fromkeys((".json", ".csv", *more))
    if output is not None and output.suffix not in known:
        raise ConfigError(f"{output.name}: its suffix names no format to write", hint=f"one of: {' '.join(known)}")


def write(
    lines: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    output: Path | None,
    *,
    whole: Mapping[str, Any] | None = None,
    shown: Sequence[str] = (),
) -> None:
    """Write lines as a table on a terminal, as CSV in a pipe, or into a file; ``whole`` is what JSON holds instead."""
    if output is not None and output.suffix == ".json":
        body = {"items": list(lines)} if whole is None else whole
        output.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    elif output is not None:
        output.write_text(_csv(lines, columns), encoding="utf-8", newline="")
    elif sys.stdout.isatty():
        _show(lines, shown or columns)
    else:
        click.echo(_csv(lines, columns), nl=False)


def _csv(lines: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Write a table as CSV."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows([line[name] for name in columns] for line in lines)
    return out.getvalue()


def _show(lines: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Write a table for reading."""
    cells = [list(columns), *([_cell(line[name]) for name in columns] for line in lines)]
    widths = [min(max(len(row[place]) for row in cells), 40) for place in range(len(columns))]
    for row in cells:
        click.echo("  ".join(cell[:width].ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: object) -> str:
    """Write one value."""
    return "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)
