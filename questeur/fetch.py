"""Fetches archives by name into a folder, and keeps the lock of what was fetched.

An archive takes its final name only once it is known to be whole; until then the file of before stays.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from ontology.errors import BusyError, ConfigError, QuesteurError, SourceError
from questeur.archives import CURRENT, Archive, Table, published
from questeur.client import Client, check_status
from questeur.digests import content_of, file_digest
from questeur.downloads import Download, Part, Version
from questeur.lock import LOCK_NAME, LockEntry, read_lock, write_lock

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

State = Literal["new", "changed", "repacked", "unchanged"]
Watch = Callable[[str, int, int | None], None]
_NEWER = 5  # legislatures that ``current`` looks ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One name done: an archive that is whole and in place."""

    name: str
    state: State
    entry: LockEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One name that could not be done; the file of before, if there was one, is as it was."""

    name: str
    error: QuesteurError


Told = Callable[[Fetched | Failed], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """What stays the same for all names of one run. ``told`` hears of each name done, ``watch`` of each chunk."""

    into: Path
    locked: bool
    table: Table
    client: Client
    told: Told = lambda _outcome: None
    watch: Watch = lambda _name, _done, _total: None


def fetch_archives(
    names: Sequence[str],
    into: Path,
    *,
    locked: bool = False,
    table: Table | None = None,
    client: Client | None = None,
    told: Told = lambda _outcome: None,
    watch: Watch = lambda _name, _done, _total: None,
) -> list[Fetched | Failed]:
    """Fetch archives by name; one that fails does not stop the others.

    ``current`` stands for the archives of the sitting legislature. With ``locked`` each archive must be the one that
    ``sources.lock.json`` speaks of, and no name means all of them.

    Raises
    ------
    ConfigError
        A name is unknown, or is not in the lock; the lock cannot be read.
    BusyError
        Another fetch is writing to this folder.
    """
    table = table or published()
    client = client or Client(hosts=frozenset(table.hosts))
    run = Fetch(into=into, locked=locked, table=table, client=client, told=told, watch=watch)
    known = [table.named(name) for name in names if name != CURRENT]
    wanted = _locked_names(run, known, names) if locked else known
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--into {into.name}: {error.strerror}") from error
    with only_one(into):
        outcomes: list[Fetched | Failed] = []
        if CURRENT in names:
            try:
                wanted = [*wanted, *current(run)]
            except QuesteurError as error:
                outcomes.append(_tell(run, Failed(name=CURRENT, error=error)))
        outcomes += [_tell(run, _outcome(run, archive)) for archive in {a.name: a for a in wanted}.values()]
    return outcomes


def _tell(run: Fetch, outcome: Fetched | Failed) -> Fetched | Failed:
    run.told(outcome)
    return outcome


@contextmanager
def only_one(folder: Path) -> Generator[None]:
    """Hold the folder itself, so that nothing is left behind by a process that is killed."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"another fetch is writing to {folder.name}", hint="wait until it is done") from error
        yield
    finally:
        os.close(descriptor)


def _locked_names(run: Fetch, known: list[Archive], names: Sequence[str]) -> list[Archive]:
    sources = read_lock(run.into).sources
    if CURRENT in names:
        raise ConfigError("--locked: current is not one archive", hint="name the archives, or none for all of the lock")
    if missing := [archive.name for archive in known if archive.file not in sources]:
        raise ConfigError(f"--locked: {missing[0]} is not in {LOCK_NAME}", hint="fetch it without --locked first")
    if not sources:
        raise ConfigError(f"--locked: there is no {LOCK_NAME}, or it is empty", hint="fetch without --locked first")
    return known or [run.table.named(file.removesuffix(".json.zip")) for file in sources if file.endswith(".json.zip")]


def current(run: Fetch) -> list[Archive]:
    """Give the archives of the sitting legislature: the last one whose written questions are published."""
    number = run.table.latest
    while number < run.table.latest + _NEWER and _published(run, run.table.named(f"an-{number + 1}-qe")):
        number += 1
    return run.table.of_legislature(number)


def _published(run: Fetch, archive: Archive) -> bool:
    url = run.table.url(archive)

    def ask() -> bool:
        with closing(run.client.open(url, {}, method="HEAD")) as response:
            if response.status == 404:
                return False
            check_status(response, url.split("/")[2])
            return response.headers.get_content_type() != "text/html"  # error pages are served with 200

    return run.client.patiently(ask)


# ---- one archive


def _outcome(run: Fetch, archive: Archive) -> Fetched | Failed:
    """Do one archive; every failure says what is kept."""
    try:
        return _fetch(run, archive)
    except QuesteurError as error:
        failure = error
    except OSError as error:
        failure = QuesteurError(f"{archive.file} cannot be written: {error.strerror or error}", code="disk")
    kept = [archive.file] if (run.into / archive.file).exists() else []
    part = _part(run, archive)
    kept += [f"{part.size():,} bytes in {part.path.name}, to go on from"] if part.size() else []
    words = [failure.hint, f"kept: {' and '.join(kept)}" if kept else "nothing of it is here yet"]
    failure.hint = "; ".join(word for word in words if word)
    return Failed(name=archive.name, error=failure)


def _part(run: Fetch, archive: Archive) -> Part:
    return Part(path=run.into / f"{archive.file}.part")


def _fetch(run: Fetch, archive: Archive) -> Fetched:
    entry = read_lock(run.into).sources.get(archive.file)
    target = run.into / archive.file
    intact = entry is not None and target.is_file() and file_digest(target).sha256 == entry.sha256
    if entry and run.locked and (intact or _same_content(target, entry)):
        return Fetched(name=archive.name, state="unchanged", entry=entry)
    url = entry.url if entry and run.locked else run.table.url(archive)
    known = _known(entry) if entry and intact and entry.url == url else None
    part = _part(run, archive)
    download = Download(client=run.client, url=url, part=part, progress=partial(run.watch, archive.name))
    try:
        version = download.run(known)
        found = _judge(archive, part.path, version, entry if run.locked else None) if version else None
    except SourceError:
        part.remove()  # what was served is not the archive: there is nothing to go on from
        raise
    if found is None:  # only said of a file that the lock speaks of
        part.remove()
        return Fetched(name=archive.name, state="unchanged", entry=cast("LockEntry", entry))
    return _accept(run, archive, entry, found)


def _known(entry: LockEntry) -> Version:
    return Version(
        url=entry.url, retrieved=entry.retrieved, etag=entry.etag, last_modified=entry.last_modified, total=entry.bytes
    )


def _same_content(target: Path, entry: LockEntry) -> bool:
    try:
        return target.is_file() and content_of(target).sha256 == entry.content_sha256
    except SourceError:
        return False


def _judge(archive: Archive, path: Path, version: Version, locked: LockEntry | None) -> LockEntry:
    """Refuse what is not the archive, or not the one it must be; describe what is."""
    name = archive.name
    digest = file_digest(path)
    if digest.bytes < archive.minimum_bytes:
        raise SourceError(
            f"{digest.bytes:,} bytes were served, at least {archive.minimum_bytes:,} are expected",
            source=name,
            code="too-small",
        )
    content = content_of(path, name)
    if archive.md5 and digest.md5 != archive.md5:
        raise SourceError(
            f"its MD5 is {digest.md5}, the publisher prints {archive.md5}", source=name, code="not-as-published"
        )
    if archive.layout == "many" and content.members < archive.minimum_records:
        raise SourceError(
            f"{content.members:,} members, at least {archive.minimum_records:,} are expected",
            source=name,
            code="too-few",
        )
    if locked and content.sha256 != locked.content_sha256:
        raise SourceError(
            f"its content is {content.sha256}, {LOCK_NAME} says {locked.content_sha256}",
            source=name,
            code="not-as-locked",
            hint="the publisher changed it since",
        )
    return LockEntry(
        url=version.url,
        retrieved=version.retrieved,
        last_modified=version.last_modified,
        etag=version.etag,
        bytes=digest.bytes,
        sha256=digest.sha256,
        content_sha256=content.sha256,
    )


def _accept(run: Fetch, archive: Archive, old: LockEntry | None, found: LockEntry) -> Fetched:
    """Give the archive its name, then write the lock; a lock that must be kept to is not written."""
    part = _part(run, archive)
    part.path.replace(run.into / archive.file)
    part.remove()
    _settle(run.into)
    if run.locked and old:
        return Fetched(name=archive.name, state="repacked" if found.sha256 != old.sha256 else "new", entry=old)
    same = old is not None and old.content_sha256 == found.content_sha256
    state: State = "new" if old is None else "repacked" if same else "changed"
    if old is not None and same:
        found = found.first_retrieved(old.retrieved)
    write_lock(run.into, read_lock(run.into).replaced(archive.file, found))
    return Fetched(name=archive.name, state=state, entry=found)


def _settle(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
