"""Making the full-text index of a generation, once, out of what its store answers. Knows SQLite and SPARQL, no HTTP.

The index is a cache beside the generations: ``DATA/text/gN.sqlite``, or a folder of its own for a store elsewhere.
It takes its name only when it is whole and on the disk, so a kill leaves none, and the same generation gives the same
bytes. It is found damaged, or made by other code: it is made again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections import defaultdict
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rdflib.term import Literal

from graph.faults import point
from graph.store import Limits
from graph.text import TOKENS, TextIndex, spell
from ontology.errors import BusyError, QuesteurError
from ontology.iris import NS, split
from ontology.vocabulary import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from graph.store import Store, Term

VERSION: Final = 1  # of the layout below
_BATCH: Final = 500
_LIMITS: Final = Limits(deadline=60.0)
_WAIT: Final = 8.0  # seconds a search waits for an index in the making
_UID: Final = re.compile(r"QANR5L[0-9]+(QE|QG|QOSD)[0-9]+")
_log = logging.getLogger("questeur.graph")

_HEAD: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("qst", "rdfs", "skos", "foaf", "dcterms"))
_QUESTIONS: Final = f"{_HEAD}SELECT ?question WHERE {{ ?question a qst:Question }}"
# Two queries of one shape each: the engine takes many times as long over one with both.
_FACTS: Final = f"""{_HEAD}SELECT ?question ?property ?value WHERE {{
  VALUES ?question {{ %s }}
  ?question ?property ?value
  FILTER(?property IN (qst:number, qst:inLegislature, qst:tabledOn, qst:status, qst:author, qst:groupAtTabling,
    qst:addressedTo, qst:topic, dcterms:title, qst:heading, qst:analysis, qst:questionText))
}}"""
_ANSWERS: Final = f"""{_HEAD}SELECT ?question ?property ?value WHERE {{
  VALUES ?question {{ %s }}
  ?question qst:hasAnswer ?answer .
  ?answer ?property ?value
  FILTER(?property = qst:answerText)
}}"""
_PORTFOLIOS: Final = f"{_HEAD}SELECT ?ministry ?portfolio WHERE {{ ?ministry qst:mainPortfolio ?portfolio }}"
_NAMES: Final = f"""{_HEAD}SELECT DISTINCT ?thing ?property ?name WHERE {{
  VALUES ?class {{
    foaf:Person qst:Ministry qst:Portfolio qst:Group qst:Party qst:Topic qst:Constituency qst:Departement
  }}
  VALUES ?property {{ rdfs:label skos:prefLabel skos:altLabel skos:notation foaf:name }}
  ?thing a ?class ; ?property ?name .
}}"""
_LAYOUT: Final = f"""
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE question(
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number INTEGER, legislature INTEGER, "type" TEXT, asked TEXT,
  year INTEGER, status TEXT, deputy TEXT, "group" TEXT, ministry TEXT, portfolio TEXT, topic TEXT
);
CREATE TABLE thing(
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, label TEXT, english TEXT, weight INTEGER
);
CREATE VIRTUAL TABLE words USING fts5(number, title, topic, question, answer, content='', tokenize='{TOKENS}');
CREATE VIRTUAL TABLE names USING fts5(name, content='', tokenize='{TOKENS}');
"""
_CLOSE: Final = f"""
INSERT INTO words(words) VALUES('optimize');
INSERT INTO names(names) VALUES('optimize');
CREATE INDEX numbers ON question(number);
CREATE INDEX keys ON thing(key);
PRAGMA user_version = {VERSION};
"""
# Whose names are shown first where they fit equally well.
_WEIGHTS: Final = {"person": 6, "portfolio": 5, "topic": 4, "group": 3, "ministry": 2}


class Indexes:
    """The index of the generation that a store serves; made when it is first needed, by one process for all.

    Parameters
    ----------
    store
        Any driver. One with a DATA folder keeps the index there, for other processes and for the next start.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._makers: dict[str, threading.Thread] = {}
        self._own: Path | None = None
        self._known: tuple[str, TextIndex] | None = None

    def current(self, *, wait: float = _WAIT) -> TextIndex:
        """Give the index of what is served now.

        Raises
        ------
        BusyError
            It is still being made after ``wait`` seconds.
        """
        generation = self._store.generation()
        known = self._known
        if known is not None and known[0] == generation:
            return known[1]
        path = self._folder() / f"{generation}.sqlite"
        if not is_whole(path):
            self._make(path, generation).join(wait)
            if not is_whole(path):
                raise BusyError(
                    "the full-text index of this generation is being made",
                    retry_after=10,
                    code="index-in-the-making",
                    hint="ask again in a moment",
                )
        found = TextIndex(path)
        self._known = (generation, found)
        return found

    def start(self) -> None:
        """Begin to make the index in the background, unless it is there."""
        generation = self._store.generation()
        path = self._folder() / f"{generation}.sqlite"
        if not is_whole(path):
            self._make(path, generation)

    def _make(self, path: Path, generation: str) -> threading.Thread:
        """Give the thread that makes an index, which is started if there is none."""
        with self._lock:
            maker = self._makers.get(generation)
            if maker is None or not maker.is_alive():
                maker = threading.Thread(target=self._work, args=(path, generation), daemon=True, name="index")
                self._makers = {generation: maker}
                maker.start()
            return maker

    def _work(self, path: Path, generation: str) -> None:
        try:
            make(self._store, path, generation=generation)
        except (QuesteurError, OSError, sqlite3.Error) as error:
            _log.warning("the full-text index of %s was not made: %s", generation, error)

    def _folder(self) -> Path:
        """Give the folder of indexes: in DATA if there is one and it can be written to."""
        data = getattr(self._store, "data", None)
        if isinstance(data, Path):
            folder = data / "text"
            try:
                folder.mkdir(exist_ok=True)
            except OSError:
                pass
            else:
                if os.access(folder, os.W_OK) or any(folder.glob("*.sqlite")):
                    return folder
        with self._lock:
            if self._own is None:
                self._own = Path(tempfile.mkdtemp(prefix="questeur-text-"))
                weakref.finalize(self, shutil.rmtree, self._own, ignore_errors=True)
            return self._own


def is_whole(path: Path) -> bool:
    """Say whether there is an index of this layout."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            return bool(base.execute("PRAGMA user_version").fetchone() == (VERSION,))
    except sqlite3.Error:
        return False


def make(store: Store, path: Path, *, generation: str) -> None:
    """Make the index of a generation, unless another process just did.

    Raises
    ------
    BusyError
        The store serves another generation by now: the index would belong to neither.
    """
    with _alone(path.parent):
        if is_whole(path):
            return
        for left in sorted(path.parent.glob("*.tmp")):
            left.unlink()
        working = path.with_suffix(".tmp")
        try:
            _write(store, working)
            point("index written")
            if store.generation() != generation:
                raise BusyError("another generation was published while its index was made", retry_after=1)
            with working.open("rb") as file:
                os.fsync(file.fileno())
            working.replace(path)
        finally:
            working.unlink(missing_ok=True)
        _forget(path)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Wait until no other process makes an index in a folder."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget(path: Path) -> None:
    """Remove the indexes of generations that are gone."""
    gens = path.parent.parent / "gens"
    for other in path.parent.glob("g*.sqlite"):
        if gens.is_dir() and other != path and not (gens / other.stem).is_dir():
            other.unlink(missing_ok=True)


def _write(store: Store, path: Path) -> None:
    """Write an index into a new file."""
    names = _names(store)
    portfolios = {_key(ministry): _key(portfolio) for ministry, portfolio in _rows(store, _PORTFOLIOS)}
    with closing(sqlite3.connect(path)) as base:
        base.executescript(_LAYOUT)
        with base:
            for place, (kind, key) in enumerate(sorted(names), 1):
                base.execute("INSERT INTO names(rowid, name) VALUES(?, ?)", (place, _spoken(names[kind, key])))
                base.execute(
                    "INSERT INTO thing VALUES(?, ?, ?, ?, ?, ?)",
                    (place, kind, key, *_labels(names[kind, key]), _WEIGHTS.get(kind, 0)),
                )
            topics = {key: _labels(found)[0] for (kind, key), found in names.items() if kind == "topic"}
            for place, (key, facts) in enumerate(_questions(store), 1):
                _add(base, place, key, facts, portfolios=portfolios, topics=topics)
        base.executescript(_CLOSE)


def _questions(store: Store) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Read every question, in the order of their IRIs: values by the name of the property."""
    iris = sorted({str(iri) for (iri,) in _rows(store, _QUESTIONS)})
    for start in range(0, len(iris), _BATCH):
        batch = iris[start : start + _BATCH]
        facts: dict[str, defaultdict[str, list[str]]] = {iri: defaultdict(list) for iri in batch}
        listed = " ".join(f"<{iri}>" for iri in batch)
        for question, name, value in chain(_rows(store, _FACTS % listed), _rows(store, _ANSWERS % listed)):
            facts[str(question)][re.split("[#/]", str(name))[-1]].append(str(value))
        for iri in batch:
            yield _key(iri), {name: sorted(values) for name, values in facts[iri].items()}


def _add(
    base: sqlite3.Connection,
    place: int,
    key: str,
    facts: Mapping[str, Sequence[str]],
    *,
    portfolios: Mapping[str, str],
    topics: Mapping[str, str],
) -> None:
    """Enter one question."""
    one = {name: values[0] for name, values in facts.items()}
    number, legislature = one.get("number", ""), _key(one.get("inLegislature", ""))
    uid = _UID.fullmatch(key)
    kind = uid[1] if uid else ""
    asked = one.get("tabledOn", "")
    ministry, topic = _key(one.get("addressedTo", "")), _key(one.get("topic", ""))
    group, deputy, status = (_key(one.get(name, "")) for name in ("groupAtTabling", "author", "status"))
    forms = f"{number} {number}{kind} {legislature}-{number} {legislature}-{number}{kind} {key}"
    title = " ".join(value for name in ("title", "heading", "analysis") for value in facts.get(name, ()))
    texts = [spell(" ".join(facts.get(name, ()))) for name in ("questionText", "answerText")]
    base.execute(
        "INSERT INTO question VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(place, key, int(number or 0), int(legislature or 0), kind, asked, int(asked[:4] or 0)),
            *(status, deputy, group, ministry, portfolios.get(ministry, ""), topic),
        ),
    )
    base.execute(
        "INSERT INTO words(rowid, number, title, topic, question, answer) VALUES(?, ?, ?, ?, ?, ?)",
        (place, forms, spell(title), spell(topics.get(topic, "")), *texts),
    )


def _names(store: Store) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Read the names of people, bodies and topics, by kind and key: property, language, name."""
    found: defaultdict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for thing, name, value in _rows(store, _NAMES):
        ours = split(str(thing))
        if ours is not None and isinstance(value, Literal):
            found[ours].append((re.split("[#/]", str(name))[-1], value.language or "", str(value)))
    return {place: sorted(names) for place, names in found.items()}


def _spoken(names: Iterable[tuple[str, str, str]]) -> str:
    """Write every name once."""
    return spell(" \n ".join(dict.fromkeys(name for _, _, name in names)))


def _labels(names: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """Give the label in French or in none, and the one in English, empty if there is none."""
    labels = [(language, name) for kind, language, name in names if kind == "label"] or [
        (language, name) for _, language, name in names
    ]
    english = next((name for language, name in labels if language == "en"), "")
    return next((name for language, name in labels if language != "en"), english), english


def _rows(store: Store, text: str) -> Iterable[Sequence[Term | None]]:
    return store.rows(text, limits=_LIMITS)


def _key(iri: Term | str | None) -> str:
    """Give the key of a thing of ours, or what follows the last mark of a term."""
    ours = split(str(iri or ""))
    return ours[1] if ours else str(iri or "").removeprefix(NS)
