"""``questeur network`` and ``published``: a network as a file, or as linked data in the graph itself.

Knows click; kinds, parameters, formats and publishing are graph's.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from graph.networks.formats import FORMATS
from graph.networks.options import ALL_NAMES, OPTION_NAMES, PLAN_NAMES
from ontology.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NOTHING = 4  # the exit code of a network without questions
_HELP = {
    "from": "First day, YYYY-MM-DD.",
    "to": "The day after the last one, YYYY-MM-DD.",
    "group": "Key of the author's group on the day, such as PO730964.",
    "group_as": "The group: dated or declared.",
    "type": "QE, QG, QOSD or all; QE unless given.",
    "target": "The ministry asked, or the one attributed at the end.",
    "ministry_as": "Ministries as portfolio or as dated ministry.",
    "status": "open, answered, withdrawn, lapsed or closed.",
    "via": "What a projection's nodes share.",
    "weight": "count, share or lift; count, cosine or newman of a projection.",
    "min_weight": "Fewest questions of an edge.",
    "null": "hypergeometric, bicm or none.",
    "side": "over, under or both.",
    "alpha": "Level of significance; 0.01 unless given.",
    "correction": "bh, by or holm.",
    "significant": "1: significant edges only; 0: all.",
    "unit": "What counts once in the test: question, or cluster of near-identical ones; question unless given.",
    "seed": "Of what is drawn by lot.",
    "slice": "year, half, government or legislature; as json.",
}


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add every parameter of networks; their values are read where those of URLs are."""
    for name in reversed(ALL_NAMES):
        said = _HELP.get(name, f"Key of a {name}." if name not in OPTION_NAMES else None)
        option = click.option(f"--{name.replace('_', '-')}", f"q_{name}", default="", metavar="VALUE", help=said)
        command = option(command)
    return command


@click.command()
@click.argument("kind")
@click.argument("data", metavar="DATA|URL")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The suffix is the format: {' '.join(FORMATS)} ttl.",
)
@click.option("--publish", is_flag=True, help="Put it into the graph as linked data: a new generation of DATA.")
@click.option(
    "--m", default="", metavar="NAMES", help="With --publish or .ttl: measures of nodes, commas between; all that fit."
)
@click.option(
    "--trials",
    type=click.IntRange(0, 10_000),
    default=20,
    show_default=True,
    help="With --publish or .ttl: random networks that the communities are set beside; 0: no communities.",
)
@click.option(
    "--algorithm",
    type=click.Choice(["louvain", "leiden"]),
    default="louvain",
    show_default=True,
    help="With --publish or .ttl: how communities are found.",
)
@_options
def network(kind: str, data: str, output: Path | None, *, publish: bool, **options: Any) -> None:  # noqa: ANN401 click's
    """Write a network as a file: who asks whom, or about what, and how many questions link them.

    With --publish, it becomes a named graph of DATA: nodes with their measures and communities, edges with weight,
    expectation, p and q, and how it was made, for SPARQL to join with the questions behind them.

    KIND is one of deputy-ministry, group-ministry, constituency-ministry, departement-ministry, topic-ministry,
    deputy-topic, group-topic, deputy-deputy, ministry-ministry.
    """
    plan = {name: str(options.pop(name)) for name in PLAN_NAMES}
    given = {name.removeprefix("q_"): value for name, value in options.items() if value}
    if output is None and not publish:
        raise click.UsageError("say where the network goes: -o FILE, --publish, or both")
    if not publish and output is not None and output.suffix != ".ttl":
        _refuse_plan(output)
    found = 1
    if output is not None:
        write = write_turtle if output.suffix == ".ttl" else write_network
        found = write(kind, data, output, given, plan)
    if publish and found:
        found = publish_network(kind, data, given, plan)
    if not found:
        sys.exit(_NOTHING)


def _refuse_plan(output: Path) -> None:
    """Refuse what belongs to linked data, and a file of another kind would leave out."""
    context = click.get_current_context()
    for name in PLAN_NAMES:
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--{name} is for linked data, not for {output.name}: add --publish, or name a .ttl")


@click.command()
@click.argument("data", metavar="DATA", type=click.Path(path_type=Path, file_okay=False))
@click.option("--remove", "key", metavar="RUN", help="Take this run away again.")
def published(data: Path, key: str | None) -> None:
    """List the networks that are published in DATA, or take one away: the graph is then as it was without it."""
    from graph.published import published_runs, unpublish  # noqa: PLC0415 - a quick start for one-line commands

    if key is not None:
        done = unpublish(data, key)
        click.echo(f"removed {key}: {done.name} is served", err=True)
        return
    for run in published_runs(data):
        told = " ".join(f"{name}={value}" for name, value in run.parameters.items())
        click.echo(f"{run.key}  {run.quads:>9,} statements  {told}".rstrip())


def publish_network(kind: str, target: str, given: Mapping[str, str], plan: Mapping[str, str]) -> int:
    """Publish a network of a DATA folder; give the number of its edges."""
    from questeur.opened import open_graph  # noqa: PLC0415 - a quick start for one-line commands

    if "://" in target:
        raise ConfigError(
            "a network is published into a DATA folder", hint="for another store, write -o run.ttl and PUT that"
        )
    with open_graph(target) as graph:
        run = graph.run(kind, **given, **plan)
        if not run.edges:
            click.echo(f"{kind}: no edges, so nothing is published", err=True)
            return 0
        name = graph.publish(run)
    click.echo(f"{run.iri}: {run.edges} edges, {len(run.statements):,} statements → {name}", err=True)
    return run.edges


def write_turtle(kind: str, target: str, output: Path, given: Mapping[str, str], plan: Mapping[str, str]) -> int:
    """Write the statements that publishing a network would put into the graph; give the number of its questions."""
    from questeur.opened import open_graph  # noqa: PLC0415 - a quick start for one-line commands

    if given.get("slice"):
        raise ConfigError(f"{output.name}: slices are written as JSON alone", hint="name a file ending in .json")
    with open_graph(target) as graph:
        run = graph.run(kind, **given, **plan)
        questions = int(graph.network(kind, **given).meta["n_questions"])
    output.write_bytes(run.turtle())
    click.echo(f"{run.iri}: {run.edges} edges, {questions} questions → {output}", err=True)
    return questions


def write_directed(kind: str, target: str, output: Path, given: Mapping[str, str]) -> int:
    """Write the statements that publishing transfers or repeated texts would put into the graph; count the edges."""
    from questeur.opened import open_graph  # noqa: PLC0415 - a quick start for one-line commands

    with open_graph(target) as graph:
        run = graph.run(kind, **given)
    output.write_bytes(run.turtle())
    click.echo(f"{run.iri}: {run.edges} edges → {output}", err=True)
    return run.edges


def write_network(kind: str, target: str, output: Path, given: Mapping[str, str], _plan: Mapping[str, str]) -> int:
    """Write a network to a file whose suffix names the format; give the number of questions in it."""
    import msgspec  # noqa: PLC0415 - a quick start for one-line commands

    from graph.columns.keeping import columns_of  # noqa: PLC0415 - same
    from graph.networks.copies import units as units_of  # noqa: PLC0415 - same
    from graph.networks.export import write  # noqa: PLC0415 - same
    from graph.networks.kinds import kind_of, read  # noqa: PLC0415 - same
    from graph.networks.kinds import network as network_of  # noqa: PLC0415 - same
    from graph.networks.reporting import slices_of  # noqa: PLC0415 - same
    from graph.networks.slices import sliced  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    suffix = output.suffix.lstrip(".")
    if suffix not in FORMATS:
        raise ConfigError(f"{output.name}: no network format has this suffix", hint=f"one of: {' '.join(FORMATS)} ttl")
    parameters, options = read(kind_of(kind), given)
    if options.slice is not None and suffix != "json":
        raise ConfigError(f"{output.name}: slices are written as JSON alone", hint="name a file ending in .json")
    with closing(open_store(target)) as store:
        columns = columns_of(store)
        units = units_of(store, columns, parameters) if options.unit == "cluster" else None
    if options.slice is None:
        made = network_of(columns, kind, parameters, options, units=units)
        output.write_bytes(write(made.flat, suffix))
    else:
        found = sliced(columns, kind, parameters, options, units=units)
        made = found.whole
        output.write_bytes(msgspec.json.encode(slices_of(found)))
    nodes, edges, questions = len(made.nodes), len(made.edges), int(made.meta["n_questions"])
    click.echo(f"{kind}: {nodes} nodes, {edges} edges, {questions} questions → {output}", err=True)
    return questions
