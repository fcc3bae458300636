"""Loaders that other packages bring, by the entry-point group ``questeur.loaders``. They read what no form here reads.

An outside loader is not trusted: it is judged by what it gives, and a build goes on without one that fails.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from loaders.mapped import Refused
from loaders.record import Problem
from ontology import iris, nouns
from ontology.statements import Kind, Statement, line
from ontology.terms import QST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

GROUP = "questeur.loaders"
MARK = "outside-"
CLAIMABLE = frozenset({"foreign", "unknown"})
MOST_STATEMENTS = 100_000  # of one record
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CHARACTERS = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_IRI = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_CHARACTERS})?(?:\?{_CHARACTERS})?(?:#{_CHARACTERS})?"
)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TERMS = frozenset(iris.NS + name for name in QST.__annotations__ if not name.startswith("_"))
_LEXICAL = {
    Kind.STRING: re.compile(r".*", re.DOTALL),
    Kind.FR: re.compile(r".*", re.DOTALL),
    Kind.EN: re.compile(r".*", re.DOTALL),
    Kind.INTEGER: re.compile(r"0|-?[1-9][0-9]*"),
    Kind.BOOLEAN: re.compile(r"true|false"),
    Kind.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}


class Info(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an outside loader says of its source: words for people, and the IRIs of its licence and its home."""

    label: str
    publisher: str
    licence: str
    landing: str
    graph: str = ""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a loader made of the records of one source: the lines of its graph."""

    name: str
    info: Info
    lines: list[str]

    @property
    def graph(self) -> str:
        """Name the graph that is the loader's own."""
        return f"plugins/{self.name}"

    @property
    def source(self) -> nouns.Source:
        """Give its source as a noun."""
        info = self.info
        return nouns.Source(
            key=MARK + self.name,
            label=info.label,
            publisher=info.publisher,
            licence=info.licence,
            landing=info.landing,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """One outside loader, as installed."""

    name: str
    version: str
    info: Info
    sniff: Callable[[bytes], bool]
    read: Callable[[bytes], Iterable[Statement]]


class OutsideError(Exception):
    """An outside loader failed, or gave what it must not. The reading begins anew without it."""


class Outside:
    """The outside loaders of this installation. ``broken`` says of each that was refused, why."""

    def __init__(self) -> None:
        self.broken: dict[str, str] = {}
        self._blind: set[str] = set()
        self.loaders: dict[str, Loader] = {}
        for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
            try:
                self.loaders[point.name] = _loader(point.name, point.dist.version if point.dist else "", point.load())
            except (Exception, SystemExit) as error:  # noqa: BLE001  another's code: whatever it raises
                self.broken[point.name] = _said(error)

    @property
    def mark(self) -> str:
        """Name what is installed, so that another version of a loader reads its sources again; empty for nothing."""
        words = " ".join(f"{loader.name}={loader.version}" for loader in self.loaders.values())
        return hashlib.sha256(words.encode()).hexdigest()[:16] if words else ""

    def claim(self, raw: bytes) -> str | None:
        """Name the first loader that says a record is its own.

        Raises
        ------
        OutsideError
            A loader failed to say.
        """
        for name, loader in self.loaders.items():
            if name in self._blind:
                continue
            try:
                if loader.sniff(raw):
                    return name
            except (Exception, SystemExit) as error:
                self._blind.add(name)
                self.broken[name] = _said(error)
                raise OutsideError(name) from error
        return None

    def lines(self, name: str, raw: bytes) -> list[str]:
        """Read a record by its loader, as lines of the loader's own graph.

        Raises
        ------
        OutsideError
            It failed, or gave something else than sound statements.
        """
        graph = iris.graph(f"plugins/{name}")
        try:
            given = list(islice(self.loaders[name].read(raw), MOST_STATEMENTS + 1))
            if len(given) > MOST_STATEMENTS:
                raise ValueError(f"more than {MOST_STATEMENTS:,} statements of one record")  # noqa: TRY301  judged as all
            return sorted({line(_checked(statement), graph) for statement in given})
        except (Exception, SystemExit) as error:
            self.broken[name] = _said(error)
            raise OutsideError(name) from error

    def refused(self) -> list[Refused]:
        """Give each loader that was refused, by name."""
        return [
            Refused(
                problem=Problem(severity="refused", code="loader-refused", message=message, source=f"loader {name}"),
                raw=b"",
            )
            for name, message in sorted(self.broken.items())
        ]


def _said(error: BaseException) -> str:
    return f"the loader was refused, and the build goes on without it: {type(error).__name__}: {error}"


def _loader(name: str, version: str, found: Any) -> Loader:  # noqa: ANN401  what another package names
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name for a loader: small letters, digits, single hyphens")
    info = msgspec.convert(dict(found.INFO), Info)
    if info.graph not in {"", f"plugins/{name}"}:
        raise ValueError(f"the graph {info.graph} is not its own, plugins/{name}")
    for iri in (info.licence, info.landing):
        if _IRI.fullmatch(iri) is None:
            raise ValueError(f"not an IRI: {iri!r}")
    return Loader(name=name, version=version, info=info, sniff=found.sniff, read=found.read)


def _checked(given: Any) -> Statement:  # noqa: ANN401  what another package gives
    """Take a statement only if nothing in it can break a line, or speak in our name for what is not ours."""
    subject, predicate, kind, value = given
    kind = Kind(kind)
    for iri in (subject, predicate, *([value] if kind == Kind.IRI else [])):
        if not isinstance(iri, str) or not (_ours(iri) if iri.startswith(iris.BASE) else _IRI.fullmatch(iri)):
            raise ValueError(f"not an IRI that it may use: {iri!r}")
    if kind == Kind.IRI:
        return Statement(subject, predicate, kind, value)
    if kind not in _LEXICAL or not isinstance(value, str):
        raise ValueError(f"not a value that it may use: {value!r} as {kind.name}")
    if _LEXICAL[kind].fullmatch(value) is None or _FORBIDDEN.search(value):
        raise ValueError(f"not a value of the kind {kind.name}: {value!r}")
    if kind == Kind.DATE:
        date.fromisoformat(value)
    return Statement(subject, predicate, kind, value)


def _ours(iri: str) -> bool:
    """Say whether an IRI of our namespace is one that we mint, or a term of our vocabulary."""
    whole, hash_, fragment = iri.partition("#")
    return iri in _TERMS or (iris.split(whole) is not None and (not hash_ or iris.is_key(fragment)))


def keep(folder: Path, fingerprint: str, said: list[Said]) -> None:
    """Keep what loaders made of a source, by its fingerprint."""
    _place(folder, fingerprint).write_bytes(msgspec.msgpack.encode(said))


def kept(folder: Path, fingerprint: str) -> list[Said] | None:
    """Give what loaders made of a source, if it is there."""
    place = _place(folder, fingerprint)
    return msgspec.msgpack.decode(place.read_bytes(), type=list[Said]) if place.exists() else None


def _place(folder: Path, fingerprint: str) -> Path:
    return folder / f"outside-{hashlib.sha256(fingerprint.encode()).hexdigest()[:24]}.msgpack"
