"""What only all questions together tell of one: the transfers on its way, and the older questions that it recalls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ontology import nouns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from loaders.mapped import Life


def courses(
    lives: Mapping[str, Life], portfolios_of: Callable[[str], frozenset[str]]
) -> Iterator[nouns.Course | nouns.Crossing]:
    """Tell whether moves cross portfolios, how often a question was moved so without a decree, and what it recalls.

    A question that neither moved nor recalls another has its course told by its own record.
    """
    for uid, life in lives.items():
        if not life.moves and not life.recalled:
            continue
        crossings = [portfolios_of(move.old).isdisjoint(portfolios_of(move.new)) for move in life.moves]
        for move, crosses in zip(life.moves, crossings, strict=True):
            yield nouns.Crossing(key=move.event, crosses=crosses)
        transfers = sum(crosses and not move.inherited for move, crosses in zip(life.moves, crossings, strict=True))
        yield nouns.Course(
            key=uid,
            transfers=transfers if life.moves else None,
            recalls=tuple(older for older in life.recalled if _is_older(lives.get(older), life)),
        )


def _is_older(older: Life | None, life: Life) -> bool:
    return older is not None and older.author == life.author and bool(older.tabled) and older.tabled < life.tabled
