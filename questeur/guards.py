"""What stops a build before anything is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.published import sources_of
from ontology.errors import BuildError, ConfigError
from questeur.archives import published as published_archives
from questeur.quarantined import entry_of, write_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loaders.ledger import Ledger
    from loaders.taken import Intake
    from loaders.versions import Choice

# A source that holds fewer records than this share of the last time is refused unless --prune says that it is meant.
SHRINK_TO = 0.95


def named(sources: Sequence[Path], into: Path) -> list[Path]:
    """Give the sources by paths that end in a name.

    Raises
    ------
    ConfigError
        The DATA folder lies in one of them.
    """
    for source in sources:
        if source.is_dir() and into.resolve().is_relative_to(source.resolve()):
            raise ConfigError(
                f"the folder {into} lies in the source {source}, and would be read with it",
                hint="build into a folder outside of it",
            )
    return [source if source.name not in {"", ".."} else source.resolve() for source in sources]


def guard_ledger(ledger: Ledger, sources: Sequence[Path], into: Path) -> None:
    """Stop where the ledger is lost and the build would silently leave out what is served.

    Raises
    ------
    BuildError
        Sources of what is served are not given.
    """
    absent = sorted(sources_of(into) - {path.name for path in sources}) if not ledger.sources() else ()
    if absent:
        raise BuildError(
            f"the ledger of {into.name} is lost, so these sources must be read again: {', '.join(absent)}",
            code="ledger-lost",
            hint="give them too, or --fresh to leave them out",
        )


def guard(
    intake: Intake, choice: Choice, ledger: Ledger, into: Path, *, prune: bool, max_reject_rate: float | None
) -> None:
    """Stop before anything is published: nothing loaded, too much refused, a source that shrinks.

    Raises
    ------
    BuildError
        What stops the build, with the code ``reject-rate``, ``source-shrank`` or ``source-too-small`` where it has one.
    """
    if not (choice.rows or intake.reference.actors or intake.outside):
        write_entries(into, "nothing", map(entry_of, intake.refused))
        raise BuildError("no record of these sources could be loaded", hint=intake.first_reason())
    for name, taken in intake.sources.items():
        if not taken.damaged and not taken.same:
            _guard_size(name, sum(book.read for book in taken.books))
    for books in choice.books.values():
        for book in books:
            if not book.balances():
                raise BuildError(f"the records of {book.path} are not all accounted for: {book}")
            if max_reject_rate is not None and book.read and book.refused / book.read > max_reject_rate:
                write_entries(into, "rejected", map(entry_of, intake.refused))
                raise BuildError(
                    f"{book.path}: {book.refused} of {book.read} records refused, more than {max_reject_rate:.0%}",
                    code="reject-rate",
                    hint=f"look at them: questeur quarantine list {into.name}",
                )
    for name, gone in choice.vanished.items():
        before = ledger.count(name)
        if not prune and before and gone > before * (1 - SHRINK_TO):
            raise BuildError(
                f"{name} holds {gone} records fewer than the {before} of the last build",
                code="source-shrank",
                hint="--prune removes them if that is right; else fetch the source again",
            )


def _guard_size(name: str, records: int) -> None:
    """Refuse a published archive, known by its name, that holds fewer records than it ever can."""
    archive = published_archives().archives.get(name.removesuffix(".json.zip"))
    if archive is not None and name.endswith(".json.zip") and records < archive.minimum_records:
        raise BuildError(
            f"{name} holds {records:,} records; {archive.title} holds {archive.minimum_records:,} at least",
            code="source-too-small",
            hint="fetch it again; give a part of it that is meant another name",
        )
