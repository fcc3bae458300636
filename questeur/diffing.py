"""``questeur diff``: what two generations of a DATA folder do not share, in the form of RDF Patch."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from pathlib import Path

import click

from ontology.iris import graph as graph_iri

_SAMPLE = 20
_GRAPHS = graph_iri("x")[:-1]


@click.command()
@click.argument("data", type=click.Path(path_type=Path, file_okay=False))
@click.argument("old")
@click.argument("new")
@click.option("--full", is_flag=True, help="Print every statement, as it is found.")
def diff(data: Path, old: str, new: str, *, full: bool) -> None:
    """Show which statements are gone from generation OLD (such as g1), and which are new in NEW.

    On stdout the statements as lines of RDF Patch, D for gone and A for new: the first few, or with --full all. On
    stderr how many they are by graph and predicate.
    """
    from graph.backends.oxigraph.comparing import compare  # noqa: PLC0415 - a quick start for one-line commands

    counts: Counter[tuple[str, str, str]] = Counter()
    samples = {"D": _Least(), "A": _Least()}
    for sign, graph, predicate, line in compare(data, old, new):
        counts[graph.removeprefix(_GRAPHS), predicate, sign] += 1
        if full:
            click.echo(f"{sign} {line}", nl=False)
        else:
            samples[sign].add(line)
    for word, sample in samples.items():
        for line in sample.lines():
            click.echo(f"{word} {line}", nl=False)
    _tell(counts)


class _Least:
    """The first few of many lines in their order, held in little room."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def add(self, line: str) -> None:
        if len(self._kept) < _SAMPLE or line < self._kept[-1]:
            insort(self._kept, line)
            del self._kept[_SAMPLE:]

    def lines(self) -> list[str]:
        return self._kept


def _tell(counts: Counter[tuple[str, str, str]]) -> None:
    gone, new = (sum(n for place, n in counts.items() if place[2] == sign) for sign in "DA")
    for graph, predicate in sorted({place[:2] for place in counts}):
        removed, added = counts[graph, predicate, "D"], counts[graph, predicate, "A"]
        click.echo(f"  -{removed} +{added}  {graph} {predicate}", err=True)
    click.echo(f"{gone:,} statements removed, {new:,} added", err=True)
