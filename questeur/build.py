"""Builds a generation: the one place where loaders meet graph. source → record → noun → lines → parts → generation.

Nothing comes from the clock or the machine: the same sources give the same bytes, in any order, in one process or many.
"""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from graph.columns.keeping import Ahead
from graph.load import Part, Patch, Published, WriterLock, built_of, load, standing, writer_lock
from loaders.books import COUNTS, Book
from loaders.curating import Curation
from loaders.gather import Shared, gather
from loaders.inferring import inferred_parts
from loaders.intake import take_in
from loaders.ledger import Held, Ledger
from loaders.parts import PartInfo, Partition, assemble, assembly, partition_of, placed
from loaders.patching import Change, change
from loaders.references import References
from loaders.shared import ANSWER_KEY, Provenance, shared_parts
from loaders.state import held_parts
from loaders.versions import Choice, choose
from loaders.workers import Local, Pool
from ontology import iris, nouns
from ontology.errors import BuildError
from ontology.mapping import mapping_hash
from ontology.portfolios import tables_hash
from questeur.guards import guard, guard_ledger, named
from questeur.lock import lock_entry
from questeur.quarantined import Entry, entry_of, forget_failed, read_entries, write_entries
from questeur.reporting import Patched, Report, notes_of, quads_of
from questeur.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from loaders.mapped import Row
    from loaders.record import Problem
    from loaders.taken import Intake

# Above this share of changed questions a fresh store is loaded: it is as fast, and takes less room.
PATCH_UP_TO = 0.25
# Their day says nothing of how fresh the questions are.
_REFERENCES = frozenset({"an-actors", "wikidata"})


class Say(Protocol):
    """Takes a line of talk; ``done`` and ``rate`` come with the progress of a long step."""

    def __call__(self, line: str, *, records: int | None = None) -> None:
        """Say it."""
        ...


def silent(line: str, *, records: int | None = None) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to build.

    Attributes
    ----------
    jobs
        Worker processes for mapping; 1 maps in the process of the build.
    prune
        Remove questions that their source no longer holds; without it they are kept.
    fresh
        Forget the sources of earlier builds that are not given now.
    strict
        Refuse a record with a field that nobody reads.
    max_reject_rate
        Share of refused records of one source above which nothing is published; None for no limit.
    dry_run
        Go as far as the change, and publish nothing.
    inferred
        Add the graph ``inferred``: what the alignments of the vocabulary entail.
    snapshot_date
        The day of the sources given, where no lock file tells it.
    """

    jobs: int = 1
    prune: bool = False
    fresh: bool = False
    strict: bool = False
    max_reject_rate: float | None = None
    dry_run: bool = False
    inferred: bool = False
    snapshot_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A state made: its parts, its rows with the place of their lines, what is shared."""

    parts: tuple[PartInfo, ...]
    rows: dict[str, Row]
    shared: Shared
    problems: tuple[Problem, ...]


def build(
    sources: Sequence[Path],
    into: Path,
    *,
    options: Options | None = None,
    say: Say = silent,
    pool: Pool | None = None,
) -> Report:
    """Build the graph of the sources into the DATA folder and switch to it; the old generation stays if anything fails.

    A build adds or replaces sources: those of earlier builds that are not given now stay as they are.

    Raises
    ------
    SourceError
        A source does not exist.
    ConfigError
        The DATA folder lies in a source.
    BuildError
        Nothing could be loaded, a guard was hit, another build runs, or the new generation is not what was written.
    """
    if not sources:
        raise BuildError("no source given", hint="name at least one file, folder or ZIP archive")
    sources, chosen = named(sources, into), options or Options()
    for folder in (into, into / "work", into / "parts"):
        folder.mkdir(parents=True, exist_ok=True)
    own = nullcontext(pool) if pool is not None else Local(chosen.jobs)
    with writer_lock(into) as lock, Ledger(into / "ledger.sqlite") as ledger, own as workers:
        if not chosen.fresh:
            guard_ledger(ledger, sources, into)
        say(f"reading {len(sources)} source{'s' if len(sources) > 1 else ''}")
        intake = _take_in(sources, into, ledger, workers, chosen, say)
        known = _as_it_was(intake, into, ledger, chosen)
        return known or settle(intake, into, ledger, workers, lock, options=chosen, say=say)


def _as_it_was(intake: Intake, into: Path, ledger: Ledger, options: Options) -> Report | None:
    """Give the report of a build with nothing to do: sources, rules and options are as they were, the state stands."""
    held, served = ledger.sources(), standing(into, ledger.get("generation"))
    same = (
        bool(served)
        and all(taken.same for taken in intake.sources.values())
        and ledger.get("made_by") == _made_by(intake, options)
        and not options.dry_run
        and options.max_reject_rate is None
        and not (options.fresh and held.keys() != intake.sources.keys())
        and not (options.prune and any(book.vanished for _, books in held.values() for book in books))
    )
    if not same:
        return None
    last = msgspec.json.decode(ledger.get("report"), type=Report)
    books = tuple(msgspec.structs.replace(b, loaded=0, unchanged=b.loaded + b.unchanged) for b in last.books)
    questions = {"all": last.questions["all"], "new": 0, "changed": 0, "removed": 0}
    return msgspec.structs.replace(
        last, generation=served, changed=False, books=books, refused=(), questions=questions, patch=None, dropped=()
    )


def _made_by(intake: Intake, options: Options) -> str:
    return f"{intake.state} {VERSION} inferred={options.inferred}"


def settle(
    intake: Intake, into: Path, ledger: Ledger, workers: Pool, lock: WriterLock, *, options: Options, say: Say
) -> Report:
    """Make the state that an intake and what is held add up to, publish it, and keep what was refused.

    Raises
    ------
    BuildError
        As :func:`build`.
    """
    choice = choose(intake, ledger, prune=options.prune, fresh=options.fresh)
    guard(intake, choice, ledger, into, prune=options.prune, max_reject_rate=options.max_reject_rate)
    key = build_key(choice, inferred=options.inferred)
    say(f"assembling {len(choice.rows):,} questions, {len(choice.changed):,} of them new or changed")
    made = _make(choice, intake, into, workers, key, inferred=options.inferred)
    difference = _difference(choice, made, ledger, intake, into)
    report = _report(key, intake, choice, made, difference)
    if options.dry_run:
        return report
    published = _publish(choice, made, difference, ledger, into, key, lock, say)
    kept = _still_refused(intake, choice, into, ledger)
    named = write_entries(into, key, [*map(entry_of, intake.refused), *kept])
    forget_failed(into)
    built = built_of(into, published.name)
    stored = _stored(made, built, ledger, changed=published.changed)
    report = msgspec.structs.replace(
        report,
        generation=published.name,
        changed=published.changed,
        quarantine=named,
        dropped=published.dropped,
    )
    facts = {
        "state": intake.state,
        "generation": built,
        "quarantine": named or "",
        "parts": msgspec.json.encode(stored).decode(),
        "made_by": _made_by(intake, options),
        "report": msgspec.json.encode(report).decode(),
    }
    _remember(ledger, intake, choice, made, facts)
    _sweep(into, made, stored, choice)
    return report


def _still_refused(intake: Intake, choice: Choice, into: Path, ledger: Ledger) -> list[Entry]:
    """Give what earlier builds refused of sources that were not read again: it is still accounted for."""
    again = {r.problem.source for r in intake.refused} | {n for n, t in intake.sources.items() if not t.same}
    held = read_entries(into, ledger.get("quarantine"))
    return [entry for entry in held if entry.source in choice.books and entry.source not in again]


def _take_in(sources: Sequence[Path], into: Path, ledger: Ledger, workers: Pool, options: Options, say: Say) -> Intake:
    def progress(name: str, read: int, mapped: int) -> None:
        say(f"{name}: {read:,} records read, {mapped:,} mapped", records=read)

    locked = {path.name: entry.day for path in sources if (entry := lock_entry(path)) is not None}
    dates = {path.name: options.snapshot_date for path in sources} if options.snapshot_date else {}
    dates |= locked
    return take_in(sources, into / "work", ledger, workers, dates=dates, strict=options.strict, progress=progress)


def build_key(choice: Choice, *, inferred: bool = False) -> str:
    """Digest the inputs: the snapshots, the mapping, the version of the code, whether entailments are stated."""
    snapshots = sorted(f"{b.source} {b.sha256}" for books in choice.books.values() for b in books)
    lines = [*snapshots, mapping_hash(), tables_hash(), VERSION, str(ANSWER_KEY), *(["inferred"] if inferred else [])]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


# ---- making the parts


def _make(choice: Choice, intake: Intake, into: Path, workers: Pool, key: str, *, inferred: bool) -> Made:
    shared = gather(choice.rows)
    stubs = (stub for stub in shared.stubs if isinstance(stub, nouns.Ministry))
    curation = Curation(References(intake.reference.known), stubs)
    folders = ((into / "parts").as_posix(), (into / "work").as_posix())
    ranges = _ranges(choice.rows)
    tasks = [assembly(at, rows, shared.owned.get(at, ()), folders, intake.state) for at, rows in ranges]
    assembled = list(workers.run(assemble, tasks))
    books = [book for books in choice.books.values() for book in books]
    parts = [part for done in assembled for part in done.parts]
    provenance = Provenance(key, VERSION, books, choice.rows, inferred=inferred)
    common = shared_parts(intake, shared, curation, choice.rows, provenance, into / "parts")
    parts += common
    if inferred:
        parts += inferred_parts(assembled, common, into / "parts", workers)
    rows = placed(zip((same for _, same in ranges), tasks, assembled, strict=True))
    return Made(parts=tuple(parts), rows=rows, shared=shared, problems=tuple(curation.problems))


def _ranges(rows: Iterable[Row]) -> list[tuple[Partition, list[Row]]]:
    ranges: dict[Partition, list[Row]] = {}
    for row in rows:
        ranges.setdefault(partition_of(row), []).append(row)
    return sorted(ranges.items())


def _difference(choice: Choice, made: Made, ledger: Ledger, intake: Intake, into: Path) -> Change | None:
    """Compare with the last state, if there is one made in the same way and not much changed."""
    old = held_parts(ledger)
    if not old or ledger.get("state") != intake.state:
        return None
    if len(choice.changed) > PATCH_UP_TO * max(len(choice.before), 1):
        return None
    if any(not (into / "parts" / part.name).exists() for part in old):
        return None
    return change(choice, made.rows, old, made.parts, into / "parts")


# ---- publishing


def _publish(
    choice: Choice,
    made: Made,
    difference: Change | None,
    ledger: Ledger,
    into: Path,
    key: str,
    lock: WriterLock,
    say: Say,
) -> Published:
    quads = sum(part.quads for part in made.parts)
    patch = None
    if difference is not None:
        patch = Patch(base=ledger.get("generation"), removed=difference.removed, added=difference.added)
        say(f"changing {difference.size:,} of {quads:,} statements")
    else:
        say(f"loading {quads:,} statements")
    parts = [
        Part(graph=iris.graph(p.graph), path=into / "parts" / p.name, quads=p.quads, sha256=p.sha256)
        for p in made.parts
    ]
    columns = Ahead(into, patch)
    published = load(into, parts, _manifest(key, choice), patch=patch, complete=columns.read, lock=lock)
    columns.keep(published.name)
    return published


def _manifest(key: str, choice: Choice) -> dict[str, object]:
    books = sorted((b for found in choice.books.values() for b in found), key=lambda b: b.snapshot)
    return {
        "build": key,
        "questeur": VERSION,
        "mapping": mapping_hash(),
        "answer_key_version": ANSWER_KEY,
        "data_date": max((b.date.isoformat() for b in books if b.date and b.source not in _REFERENCES), default=None),
        "questions": len(choice.rows),
        "sources": [
            {
                "snapshot": b.snapshot,
                "source": b.source,
                "path": b.path,
                "sha256": b.sha256,
                "date": b.date.isoformat() if b.date else None,
                **{n: getattr(b, n) for n in COUNTS},
            }
            for b in books
        ],
    }


def _stored(made: Made, built: str, ledger: Ledger, *, changed: bool) -> tuple[PartInfo, ...]:
    """Give the parts that the store holds: where nothing was published, ``meta`` is that of the last time."""
    if changed:
        return made.parts
    if ledger.get("generation") != built:
        return ()  # made by a ledger that is lost: the next change is loaded whole
    meta = [part for part in held_parts(ledger) if part.graph == "meta"]
    return (*(part for part in made.parts if part.graph != "meta"), *meta)


def _remember(ledger: Ledger, intake: Intake, choice: Choice, made: Made, facts: dict[str, str]) -> None:
    """Write the new state into the ledger: the rows point into the parts from now on."""
    prints = {name: print_ for name, (print_, _) in ledger.sources().items()}
    prints |= {name: taken.fingerprint for name, taken in intake.sources.items()}
    for name, taken in intake.sources.items():
        if taken.damaged:
            prints[name] = ""
    versions = {
        uid: [Held(h.source, h.chosen, made.rows[uid], h.gone) if h.chosen else h for h in same]
        for uid, same in choice.versions.items()
    }
    ledger.replace(facts, {name: (prints[name], books) for name, books in choice.books.items()}, versions)


def _sweep(into: Path, made: Made, stored: tuple[PartInfo, ...], choice: Choice) -> None:
    """Remove what earlier builds left in the parts and work folders; the lines of versions not chosen may be needed."""
    held = {h.row.stated.file for same in choice.versions.values() for h in same if not h.chosen}
    keep = {part.name for part in (*made.parts, *stored)}
    indexes = {f"{name.removeprefix('derived--').removesuffix('.nq')}.index" for name in keep}
    for path in (into / "parts").iterdir():
        if path.name not in keep:
            path.unlink()
    for path in (into / "work").iterdir():
        if path.suffix in {".lines", ".report", ".tmp", ".index"} and path.name not in held | indexes:
            path.unlink()


def _report(key: str, intake: Intake, choice: Choice, made: Made, difference: Change | None) -> Report:
    notes, fields = notes_of([*intake.problems, *made.problems])
    before, now = choice.before.keys(), {row.uid for row in choice.rows}
    return Report(
        generation="",
        changed=False,
        build=key,
        books=tuple(book for _, books in sorted(choice.books.items()) for book in books),
        refused=tuple(r.problem for r in intake.refused),
        notes=notes,
        unknown_fields=fields,
        quads=quads_of(made.parts),
        questions={
            "all": len(now),
            "new": len(now - before),
            "changed": len(choice.changed & now & before),
            "removed": len(before - now),
        },
        patch=Patched.of(difference) if difference is not None else None,
    )


__all__ = ["Book", "Options", "Report", "build", "build_key", "settle"]
