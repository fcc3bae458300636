"""``questeur build`` as people see it: progress while it runs, the books at its end."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import click
import msgspec

from loaders.books import COUNTS
from ontology.errors import ConfigError
from questeur.build import Options, Say, build, silent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from loaders.workers import Pool
    from questeur.build import Report

_EVERY = 10.0  # seconds between lines of progress where no terminal shows a moving one
_SHOWN = 10


class Talk:
    """Says what a build does on stderr: one moving line with rate and count on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._began = self._last = time.monotonic()
        self._open = False

    def __call__(self, line: str, *, records: int | None = None) -> None:
        """Say a line; with ``records``, it is progress."""
        now = time.monotonic()
        if records is None:
            if self._open:
                click.echo("", err=True)
            self._open = False
            click.echo(line, err=True)
            self._began = self._last = now
            return
        text = f"{line} ({records / max(now - self._began, 0.001):,.0f} records/s)"
        if self._moving:
            click.echo(f"\r{text[:118]:<118}", nl=False, err=True)
            self._open = True
        elif now - self._last > _EVERY:
            click.echo(text, err=True)
            self._last = now


def run_build(
    sources: Sequence[Path],
    into: Path,
    *,
    jobs: int | None,
    report: Path | None,
    quiet: bool,
    executor: str | None,
    dask_workers: int | None,
    dry_run: bool,
    **options: Any,  # noqa: ANN401 - handed on by name to Options
) -> int:
    """Build, and tell what was done; give the number of refused records."""
    chosen = Options(jobs=jobs or os.cpu_count() or 1, dry_run=dry_run, **options)
    say: Say = silent if quiet else Talk()
    if report is not None and not os.access(report if report.exists() else report.absolute().parent, os.W_OK):
        raise ConfigError(f"--report {report}: it cannot be written", hint="name a file in a folder that is there")
    with _pool(executor, dask_workers) as pool:
        result = build(sources, into, options=chosen, say=say, pool=pool)
    if report is not None:
        report.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    if dry_run:
        show_patch(result)
    if not quiet:
        tell(result)
    return len(result.refused)


def _pool(executor: str | None, dask_workers: int | None) -> AbstractContextManager[Pool | None]:
    if executor is None and dask_workers is None:
        return nullcontext(None)
    from questeur.cluster import dask_pool  # noqa: PLC0415 - a quick start for one-line commands

    return dask_pool(executor, dask_workers)


def build_apart(sources: list[Path], into: Path) -> None:
    """Build in a process of its own: the store's threads must not be alive where the web processes are forked."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(_build_and_tell, sources, into).result()


def _build_and_tell(sources: list[Path], into: Path) -> None:
    tell(build(sources, into, say=Talk()))


def show_patch(result: Report) -> None:
    """Print what would change: counts by graph and predicate, then the first lines in the form of RDF Patch."""
    questions = result.questions
    click.echo(f"questions: {questions['new']} new, {questions['changed']} changed, {questions['removed']} removed")
    if result.patch is None:
        click.echo(f"statements: all {sum(result.quads.values()):,} would be loaded anew")
        return
    click.echo(f"statements: {result.patch.removed:,} removed, {result.patch.added:,} added")
    for place, (removed, added) in result.patch.by_place.items():
        click.echo(f"  -{removed} +{added}  {place}")
    for line in result.patch.sample:
        click.echo(line)


def tell(result: Report) -> None:
    """Print the books: read = loaded + unchanged + duplicate + superseded + skipped + refused."""
    say = Talk()
    heads = ("source", *COUNTS)
    rows = [(f"{b.path} ({b.source})", *(getattr(b, name) for name in COUNTS)) for b in result.books]
    for line in columns([heads, *rows]):
        say(line)
    for book in result.books:
        if book.vanished:
            say(f"{book.path}: {book.vanished} questions are no longer in it and were kept (--prune removes them)")
    for code, count in result.notes.items():
        say(f"note: {code} ×{count}")
    for message in result.unknown_fields.values():
        say(f"unknown field: {message}")
    for problem in result.refused[:_SHOWN]:
        where = " ".join(filter(None, (problem.source, problem.locator, problem.path)))
        say(f"refused: {where}: {problem.code}: {problem.message}")
    if len(result.refused) > _SHOWN:
        say(f"… and {len(result.refused) - _SHOWN} more")
    if result.quarantine:
        say(f"refused records are kept in quarantine/{result.quarantine}")
    _tell_end(result, say)


def _tell_end(result: Report, say: Say) -> None:
    """Say what is served now, and which published networks are not any more."""
    for key in result.dropped:
        say(f"dropped the published network {key}: it was of the state before (questeur network … --publish)")
    if result.generation:
        state = "published" if result.changed else "unchanged:"
        say(f"{state} {result.generation}, {sum(result.quads.values()):,} statements, build {result.build}")
    else:
        say(f"nothing was published; {sum(result.quads.values()):,} statements, build {result.build}")


def columns(rows: list[tuple[Any, ...]]) -> list[str]:
    """Lay rows out in columns: text to the left, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    numeric = [all(not row[i] or row[i].lstrip("-").isdigit() for row in cells[1:]) for i in range(len(cells[0]))]
    return ["  ".join(_pad(*cell) for cell in zip(row, widths, numeric, strict=True)).rstrip() for row in cells]


def _pad(cell: str, width: int, right: bool) -> str:  # noqa: FBT001 - one of three values zipped together
    return cell.rjust(width) if right else cell.ljust(width)
