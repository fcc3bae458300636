"""Full text: what people type, as a query of the index, and where its words stand in a text. Knows no store, no HTTP.

The index is one SQLite file per generation, made by :mod:`graph.indexing` and never changed. What is typed never
reaches SQLite as it is: words are taken out of it and written anew, each in quotes.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from ontology.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Codes: TypeAlias = NDArray[np.int32]
    Rows: TypeAlias = NDArray[np.int64]

LONGEST: Final = 300  # characters typed
_MOST_WORDS: Final = 16
_SHORTEST_PREFIX: Final = 3
# Columns of the table of questions that a search can be narrowed by, and that it is counted by.
COLUMNS: Final = ("legislature", "type", "portfolio", "ministry", "group", "year")
FILTERS: Final = (*COLUMNS, "deputy", "topic", "status")
TOKENS: Final = "unicode61 remove_diacritics 2"

_LIGATURES: Final = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss"})
_WORD: Final = re.compile(r"[^\W_]+")
_ELIDED: Final = re.compile(r"\b(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’]", re.IGNORECASE)
_ASKED: Final = re.compile(r'(?P<no>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<words>[^\s"]+))')
# A heading weighs more than what stands in a text of two pages: number, title, topic, question, answer.
_RANK: Final = "bm25(words, 12.0, 8.0, 5.0, 1.0, 0.6)"
_HEADS: Final = "{number title topic}"
_RANKED: Final = 2000  # questions at most that are weighed against each other
_ABSENT: Final = ("", "0", "None")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched: ``words`` that must stand in a text, the last as a beginning if ``open``; and the ``match``."""

    words: frozenset[str] = frozenset()
    beginning: str = ""
    match: str = ""

    def hits(self, word: str) -> bool:
        """Say whether a word of a text is one that is searched."""
        folded = fold(word)
        return folded in self.words or bool(self.beginning and folded.startswith(self.beginning))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A person, body or topic whose name was found."""

    kind: str
    key: str
    label: str
    english: str

    def name(self, language: str) -> str:
        """Name it in a language."""
        return self.english if language == "en" and self.english else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many questions a search finds, in all and by each column."""

    total: int
    facets: Mapping[str, Sequence[tuple[str, int]]]


def fold(text: str) -> str:
    """Write a text as the index does: small letters, no accents, ligatures in two."""
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def spell(text: str) -> str:
    """Prepare a text for the index, whose own folding leaves ligatures and composes nothing."""
    return unicodedata.normalize("NFC", text).translate(_LIGATURES)


def words_in(text: str) -> list[str]:
    """Take the words out of a text, as the index writes them."""
    return [fold(match[0]) for match in _WORD.finditer(spell(text))]


def parse(typed: str) -> Wanted:
    """Read what was typed: words, "phrases", -exceptions. The last word is taken for the beginning of one.

    Raises
    ------
    QueryError
        It is longer than anybody types.
    """
    if len(typed) > LONGEST:
        raise QueryError(
            f"a search has at most {LONGEST} characters, this one {len(typed)}", code="parameter", hint="shorten q"
        )
    wanted: list[str] = []
    unwanted: list[str] = []
    words: set[str] = set()
    last = ""
    for part in _ASKED.finditer(unicodedata.normalize("NFC", typed)):
        found = words_in(part["phrase"] if part["phrase"] is not None else _ELIDED.sub(" ", part["words"]))
        terms = [_quoted(found)] if part["phrase"] is not None else [_quoted([word]) for word in found]
        if not found:
            continue
        (unwanted if part["no"] else wanted).extend(terms)
        if not part["no"]:
            words.update(found)
            last = found[-1] if part["phrase"] is None and len(found[-1]) >= _SHORTEST_PREFIX else ""
    if len(wanted) + len(unwanted) > _MOST_WORDS:
        raise QueryError(f"a search has at most {_MOST_WORDS} words", code="parameter", hint="shorten q")
    if not wanted:
        return Wanted()
    if last:
        wanted[-1] += "*"
    match = " AND ".join(wanted)
    match = f"({match}) NOT ({' OR '.join(unwanted)})" if unwanted else match
    return Wanted(words=frozenset(words), beginning=last, match=match)


def excerpt(text: str, wanted: Wanted, *, width: int = 240) -> list[tuple[str, bool]]:
    """Cut a text around the first place where the searched words are dense: pieces, and whether each is one of them."""
    text = unicodedata.normalize("NFC", text)
    spots = [match.span() for match in _WORD.finditer(text) if wanted.hits(match[0])]
    if not spots:
        return []
    first = max(spots, key=lambda spot: (sum(spot[0] <= other[0] < spot[0] + width for other in spots), -spot[0]))[0]
    start = 0 if first < width // 3 else text.rfind(" ", 0, first - width // 4) + 1
    end = len(text) if start + width >= len(text) else text.rfind(" ", start, start + width)
    end = max(end, next(stop for begin, stop in spots if begin >= first))
    pieces: list[tuple[str, bool]] = []
    place = start
    for begin, stop in (spot for spot in spots if start <= spot[0] and spot[1] <= end):
        pieces += [(text[place:begin], False), (text[begin:stop], True)]
        place = stop
    pieces.append((text[place:end], False))
    pieces = [("…", False), *pieces] if start else pieces
    return [piece for piece in (*pieces, ("…" if end < len(text) else "", False)) if piece[0]]


@dataclass(frozen=True, slots=True)
class _Column:
    """The values of one column: each row by its place among the distinct ones."""

    names: Sequence[str]
    codes: Codes

    @classmethod
    def of(cls, values: Iterable[object]) -> _Column:
        """Keep each distinct value once, and its place for each row."""
        texts = [str(value) for value in values]
        names = sorted(set(texts))
        places = {name: place for place, name in enumerate(names)}
        return cls(names, np.array([places[text] for text in texts], dtype=np.int32))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What a search is narrowed and counted by, column by column; row n is question n + 1.

    ``place`` is that of each row when the newest stands first.
    """

    keys: list[str]
    asked: NDArray[np.str_]
    place: Rows
    columns: Mapping[str, _Column]

    def mask(self, where: Mapping[str, str | int]) -> NDArray[np.bool_] | None:
        """Say for each question whether it has the values; None where none is asked for."""
        keep: NDArray[np.bool_] | None = None
        for name, value in where.items():
            if name in ("since", "until"):
                fits = self.asked >= str(value) if name == "since" else self.asked < str(value)
            else:
                column = self.columns[name]
                fits = column.codes == (column.names.index(str(value)) if str(value) in column.names else -1)
            keep = fits if keep is None else keep & fits
        return keep

    def counts(self, name: str, rows: Rows) -> list[tuple[str, int]]:
        """Count the values of a column: the most frequent first, ties by name; what has none is left out."""
        column = self.columns[name]
        numbers = np.bincount(column.codes[rows], minlength=len(column.names)).tolist()
        found = [(value, n) for value, n in zip(column.names, numbers, strict=True) if n and value not in _ABSENT]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


class TextIndex:
    """A finished index. Every call opens the file anew, which costs less than a millisecond; threads share nothing.

    Parameters
    ----------
    path
        The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def numbered(self, number: int, *, legislature: int | None = None, kind: str | None = None) -> list[str]:
        """List the keys of the questions that bear a number, the newest legislature first."""
        text = 'SELECT key FROM question WHERE number = ? AND legislature IS COALESCE(?, legislature) AND "type" IS '
        text += 'COALESCE(?, "type") ORDER BY legislature DESC, "type", key'
        with closing(self._open()) as base:
            return [key for (key,) in base.execute(text, (number, legislature, kind))]

    def holds(self, key: str) -> bool:
        """Say whether there is a question of that key."""
        with closing(self._open()) as base:
            return base.execute("SELECT 1 FROM question WHERE key = ?", (key,)).fetchone() is not None

    def kinds(self, key: str) -> list[str]:
        """List the kinds of things that bear a key."""
        with closing(self._open()) as base:
            return [kind for (kind,) in base.execute("SELECT kind FROM thing WHERE key = ? ORDER BY kind", (key,))]

    def find(
        self, wanted: Wanted, where: Mapping[str, str | int], *, limit: int | None = None, skip: int = 0
    ) -> list[str]:
        """List the keys of the questions that have the words, the best first."""
        with closing(self._open()) as base:
            return self._best(base, wanted, self._hits(base, wanted.match, where), limit=limit, skip=skip)

    def count(self, wanted: Wanted, where: Mapping[str, str | int]) -> Found:
        """Count the questions that have the words, in all and by each column."""
        with closing(self._open()) as base:
            return self._counted(self._hits(base, wanted.match, where))

    def search(
        self, wanted: Wanted, where: Mapping[str, str | int], *, limit: int, skip: int = 0
    ) -> tuple[Found, list[str]]:
        """Count and list at once, for what one alone costs."""
        with closing(self._open()) as base:
            rows = self._hits(base, wanted.match, where)
            return self._counted(rows), self._best(base, wanted, rows, limit=limit, skip=skip)

    def _hits(self, base: sqlite3.Connection, match: str, where: Mapping[str, str | int]) -> Rows:
        """List the rows of the questions that have the words and the values, in one string: a row each costs thrice."""
        if not match:
            return np.empty(0, dtype=np.int64)
        (joined,) = base.execute("SELECT group_concat(rowid) FROM words WHERE words MATCH ?", (match,)).fetchone()
        rows: Rows = np.fromstring(joined, dtype=np.int64, sep=",") - 1 if joined else np.empty(0, dtype=np.int64)
        keep = self._table.mask(where)
        return rows if keep is None else rows[keep[rows]]

    def _counted(self, rows: Rows) -> Found:
        return Found(total=len(rows), facets={name: self._table.counts(name, rows) for name in COLUMNS})

    def _best(self, base: sqlite3.Connection, wanted: Wanted, rows: Rows, *, limit: int | None, skip: int) -> list[str]:
        """Order rows, the best first.

        Words that many thousand questions have tell little, and to weigh each of these takes long: the newest of those
        with the words in their headings are weighed, then the newest others; the rest follow by their day.
        """
        rest = np.empty(0, dtype=np.int64)
        if len(rows) > _RANKED:
            headed = np.zeros(len(self._table.keys), dtype=np.bool_)
            headed[self._hits(base, f"{_HEADS} : ({wanted.match})", {})] = True
            ordered = rows[np.argsort(self._table.place[rows] - len(headed) * headed[rows])]
            rows, rest = ordered[:_RANKED], ordered[_RANKED:]
        weighed = f"""SELECT rowid FROM words WHERE words MATCH ? AND +rowid IN (SELECT value FROM json_each(?))
            ORDER BY {_RANK}, rowid"""  # noqa: S608  ours
        listed = json.dumps((rows + 1).tolist())
        best = [row - 1 for (row,) in base.execute(weighed, (wanted.match, listed))] if len(rows) else []
        chosen = [*best, *rest.tolist()][skip : None if limit is None else skip + limit]
        return [self._table.keys[row] for row in chosen]

    @cached_property
    def _table(self) -> _Table:
        """Read the columns of the questions once: they are small, and counted at every search."""
        with closing(self._open()) as base:
            names = ", ".join(f'"{name}"' for name in (*FILTERS, "asked", "key"))
            rows = base.execute(f"SELECT {names} FROM question ORDER BY id").fetchall()  # noqa: S608  our own columns
        *columns, asked, keys = zip(*rows, strict=True) if rows else [()] * (len(FILTERS) + 2)
        days = np.array([str(day) for day in asked], dtype="U10")
        place = np.empty(len(days), dtype=np.int64)
        place[np.argsort(-np.unique(days, return_inverse=True)[1], kind="stable")] = np.arange(len(days))
        return _Table(
            keys=list(keys),
            asked=days,
            place=place,
            columns={name: _Column.of(values) for name, values in zip(FILTERS, columns, strict=True)},
        )

    def things(self, wanted: Wanted, *, limit: int) -> list[Thing]:
        """List the people, bodies and topics whose names have the words, the best first."""
        text = (
            "SELECT thing.kind, thing.key, thing.label, thing.english FROM names JOIN thing ON thing.id = names.rowid"
        )
        text += " WHERE names MATCH ? ORDER BY bm25(names), thing.weight DESC, names.rowid LIMIT ?"
        with closing(self._open()) as base:
            rows = base.execute(text, (wanted.match, limit)).fetchall() if wanted.match else []
        return [Thing(kind=kind, key=key, label=label, english=english) for kind, key, label, english in rows]

    def _open(self) -> sqlite3.Connection:
        """Open the file as one that nobody changes."""
        return sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _quoted(words: Sequence[str]) -> str:
    """Write words as a phrase of FTS5."""
    return f'"{" ".join(words)}"'
