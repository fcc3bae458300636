"""Synthetic columns and texts of any size, drawn directly: what a build of ten legislatures would take hours for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns.codes import Codes
from graph.columns.table import NO_DAY, Attributions, Columns, Moves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_OF_ONE = 45_400  # questions of a legislature
_DEPUTIES, _PORTFOLIOS, _TOPICS, _GROUPS = 650, 45, 120, 9  # of a legislature
_FIRST_DAY, _DAYS = 15_000, 1_826
_UNUSED = ("mandate", "constituency", "departement", "government", "legislature")
_WORDS, _LENGTH = 40_000, 335
EDITS = (0.0, 0.05, 0.15, 0.30)


def columns_of(questions: int, seed: int) -> Columns:
    """Draw the columns of written questions, a legislature for each 45,400; some ask much, some are much asked."""
    rng = np.random.default_rng(seed)
    eras = -(-questions // _OF_ONE)
    era = np.arange(questions) * eras // questions
    deputy = _drawn(rng, _DEPUTIES, questions) + era * _DEPUTIES
    portfolio = _drawn(rng, _PORTFOLIOS, questions) + era * _PORTFOLIOS
    group = deputy % _GROUPS
    asked = _FIRST_DAY + era * _DAYS + rng.integers(0, _DAYS, questions)
    answered = np.where(rng.random(questions) < 0.8, asked + rng.integers(20, 400, questions), NO_DAY)
    none = np.full(questions, -1)
    codes = {
        "person": _codes("person", eras * _DEPUTIES),
        "portfolio": _codes("portfolio", eras * _PORTFOLIOS),
        "ministry": _codes("ministry", eras * _PORTFOLIOS),
        "topic": _codes("topic", _TOPICS),
        "group": _codes("group", _GROUPS),
        **{kind: _codes(kind, eras) for kind in _UNUSED},
    }
    ints: dict[str, NDArray[Any]] = {
        "deputy": deputy,
        "mandate": none,
        "constituency": none,
        "departement": none,
        "group_declared": group,
        "group_dated": group,
        "ministry_asked": portfolio,
        "ministry_attributed": portfolio,
        "portfolio_asked": portfolio,
        "portfolio_attributed": portfolio,
        "topic": _drawn(rng, _TOPICS, questions),
        "asked": asked,
        "answered": answered,
        "closed": answered,
        "due": asked + 61,
        "answer_group": np.arange(questions),
        "ministry_portfolio": np.arange(eras * _PORTFOLIOS),
        "government_since": np.full(eras, NO_DAY),
        "legislature_since": np.full(eras, NO_DAY),
    }
    nothing, offsets = np.zeros(0, dtype=np.int32), np.zeros(questions + 1, dtype=np.int64)
    flags = np.zeros(0, dtype=np.bool_)
    return Columns(
        generation="synthetic",
        question=np.array([b"QANR%dL15QE%d" % (5, number) for number in range(questions)]),
        type=np.zeros(questions, dtype=np.int8),
        end=(answered != NO_DAY).astype(np.int8),
        legislature=(15 + era).astype(np.int16),
        signalled=np.zeros(questions, dtype=np.int16),
        renewals=np.zeros(questions, dtype=np.int16),
        attributions=Attributions(offsets=offsets, ministry=nothing, since=nothing, until=nothing),
        moves=Moves(offsets=offsets, day=nothing, origin=nothing, target=nothing, transferred=flags, crosses=flags),
        group_stance=np.full(_GROUPS, -1, dtype=np.int8),
        codes=codes,
        **{name: values.astype(np.int32) for name, values in ints.items()},
    )


def _drawn(rng: np.random.Generator, things: int, count: int) -> NDArray[np.int64]:
    """Draw things of which some are far more frequent than others."""
    chance = rng.gamma(1.2, size=things)
    return rng.choice(things, count, p=chance / chance.sum())


def _codes(kind: str, count: int) -> Codes:
    """Make a code list."""
    keys = tuple(f"S{number:05}" for number in range(count))
    names = tuple(f"synthetic {kind} {number}" for number in range(count))
    return Codes(type=kind, keys=keys, fr=names, en=names, stub=np.zeros(count, dtype=np.bool_))


def texts(count: int, seed: int, *, copies: int) -> Iterator[Sequence[str]]:
    """Draw the words of texts, frequent and rare; the last ``copies`` repeat the first, some words changed."""
    rng = np.random.default_rng(seed)
    chance = np.cumsum(1 / (np.arange(_WORDS) + 2.7))
    kept: list[list[int]] = []
    for number in range(count - copies):
        length = int(np.clip(rng.normal(_LENGTH, 100), 75, 750))
        words: list[int] = np.searchsorted(chance, rng.random(length) * chance[-1]).tolist()
        if number < copies:
            kept.append(words)
        yield [f"w{word}" for word in words]
    for number, words in enumerate(kept):
        yield [f"w{word}" for word in edited(rng, words, EDITS[number % len(EDITS)])]


def edited(rng: np.random.Generator, words: Sequence[int], share: float) -> list[int]:
    """Replace, insert or leave out words at random places."""
    changed: list[int] = []
    for word, kind in zip(words, (rng.random(len(words)) / max(share, 1e-9)).tolist(), strict=True):
        if kind >= 1:
            changed.append(word)
        elif kind < 2 / 3:
            changed += [int(rng.integers(_WORDS))] if kind < 1 / 3 else [int(rng.integers(_WORDS)), word]
    return changed
