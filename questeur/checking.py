"""What ``questeur check`` does: hold a store against the shapes of a good graph, and say what is wrong with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ontology.iris import BASE

if TYPE_CHECKING:
    from graph.checks.findings import Finding, Tally
    from graph.store import Term

_FOUND = 3  # the exit code for findings, as for refused records
_SHOWN = 100
_ID = f"{BASE}id/"


@click.command()
@click.argument("data", metavar="DATA|URL")
@click.option("--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--strict", is_flag=True, help="Exit with code 3 on warnings too.")
def check(data: str, format_: str, *, strict: bool) -> None:
    """Check a DATA folder or a SPARQL endpoint against the shapes of a good graph.

    A violation is a mistake of this program, and is listed. A warning is an oddity of the source, and is counted;
    the JSON lists both. Exit code 3: there are violations.
    """
    from graph.checks.findings import check as run  # noqa: PLC0415 - a quick start for one-line commands
    from graph.checks.findings import tally  # noqa: PLC0415 - same
    from graph.opening import open_store  # noqa: PLC0415 - same

    store = open_store(data)
    try:
        generation, findings = store.generation(), run(store)
    finally:
        store.close()
    tallies = tally(findings)
    if format_ == "json":
        _write_json(generation, findings, tallies)
    else:
        _show(findings, tallies)
    violations = sum(t.count for t in tallies if t.severity == "Violation")
    click.echo(
        f"{generation}: {_many(violations, 'violation')}, {_many(len(findings) - violations, 'warning')}", err=True
    )
    if violations or (strict and findings):
        sys.exit(_FOUND)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _show(findings: list[Finding], tallies: list[Tally]) -> None:
    """List the violations, up to a bound for each constraint; count the warnings."""
    for each in tallies:
        shape = _name(each.shape)
        if each.severity != "Violation":
            click.echo(f"{each.severity.lower()}  {each.count:>6,}  {shape}: {each.message.en}")
            continue
        same = [f for f in findings if f.constraint == (each.severity, each.shape, each.component, each.message)]
        for finding in same[:_SHOWN]:
            value = "" if finding.value in {None, finding.focus} else f" ({_term(finding.value)})"
            click.echo(f"violation  {shape}  {_term(finding.focus)}  {each.message.en}{value}")
        if each.count > _SHOWN:
            click.echo(f"violation  {shape}  … and {each.count - _SHOWN:,} more of these")


def _write_json(generation: str, findings: list[Finding], tallies: list[Tally]) -> None:
    import msgspec  # noqa: PLC0415 - only here

    document: dict[str, Any] = {
        "generation": generation,
        "summary": [
            {
                "severity": t.severity,
                "shape": t.shape,
                "component": t.component,
                "message": t.message._asdict(),
                "count": t.count,
            }
            for t in tallies
        ],
        "findings": [
            {
                "severity": f.severity,
                "shape": f.shape,
                "component": f.component,
                "path": f.path or None,
                "focus": str(f.focus),
                "value": None if f.value is None else f.value.n3(),
                "message": f.message._asdict(),
            }
            for f in findings
        ],
    }
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
    sys.stdout.buffer.flush()


def _name(shape: str) -> str:
    return shape.rpartition("#")[2]


def _term(term: Term | None) -> str:
    text = " ".join(str(term).split()).removeprefix(_ID)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
