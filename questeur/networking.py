"""``questeur network``: a network of the graph as a file. Knows click; kinds, parameters and formats are graph's."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph.networks.formats import FORMATS
from graph.networks.options import ALL_NAMES, OPTION_NAMES
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
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"The suffix is the format: {' '.join(FORMATS)}.",
)
@_options
def network(kind: str, data: str, output: Path, **options: str) -> None:
    """Write a network as a file: who asks whom, or about what, and how many questions link them.

    KIND is one of deputy-ministry, group-ministry, constituency-ministry, departement-ministry, topic-ministry,
    deputy-topic, group-topic, deputy-deputy, ministry-ministry.
    """
    given = {name.removeprefix("q_"): value for name, value in options.items() if value}
    if not write_network(kind, data, output, given):
        sys.exit(_NOTHING)


def write_network(kind: str, target: str, output: Path, given: Mapping[str, str]) -> int:
    """Write a network to a file whose suffix names the format; give the number of questions in it."""
    import msgspec  # noqa: PLC0415 - a quick start for one-line commands

    from graph.columns.keeping import columns_of  # noqa: PLC0415 - same
    from graph.networks.export import write  # noqa: PLC0415 - same
    from graph.networks.kinds import kind_of, read  # noqa: PLC0415 - same
    from graph.networks.kinds import network as network_of  # noqa: PLC0415 - same
    from graph.networks.reporting import slices_of  # noqa: PLC0415 - same
    from graph.networks.slices import sliced  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    suffix = output.suffix.lstrip(".")
    if suffix not in FORMATS:
        raise ConfigError(f"{output.name}: no network format has this suffix", hint=f"one of: {' '.join(FORMATS)}")
    parameters, options = read(kind_of(kind), given)
    if options.slice is not None and suffix != "json":
        raise ConfigError(f"{output.name}: slices are written as JSON alone", hint="name a file ending in .json")
    with closing(open_store(target)) as store:
        columns = columns_of(store)
    if options.slice is None:
        made = network_of(columns, kind, parameters, options)
        output.write_bytes(write(made.flat, suffix))
    else:
        found = sliced(columns, kind, parameters, options)
        made = found.whole
        output.write_bytes(msgspec.json.encode(slices_of(found)))
    nodes, edges, questions = len(made.nodes), len(made.edges), int(made.meta["n_questions"])
    click.echo(f"{kind}: {nodes} nodes, {edges} edges, {questions} questions → {output}", err=True)
    return questions
