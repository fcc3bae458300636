"""What is read in pages is read whole, or refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from graph.columns import asking
from graph.columns.asking import asked
from ontology.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.backends.remote import RemoteStore
    from graph.columns.asking import Ask

PATTERN = "?question a ?value"


def _read(ask: Ask, _generation: str) -> list[tuple[str, ...]]:
    """Read all rows of a pattern."""
    return [tuple(row) for row in ask(PATTERN)]


def _breaking(query: Callable[..., Any], wrong: Callable[[int], int]) -> Callable[..., Any]:
    """Send a real store's queries with the place of each page moved."""

    def moved(text: str, **given: object) -> object:
        """Ask for the wrong page."""
        return query(re.sub(r"OFFSET (\d+)", lambda found: f"OFFSET {wrong(int(found[1]))}", text), **given)

    return moved


def test_pages_give_each_row_once(remote: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked(remote, _read)
    monkeypatch.setattr(asking, "_PAGE", 7)
    assert asked(remote, _read) == whole
    assert len(set(whole)) == len(whole) > 14


def _ends_early(at: int) -> int:
    """Give nothing after the first page."""
    return 10**6 if at else 0


def _repeats(at: int) -> int:
    """Begin each page with the last row of the one before."""
    return max(0, at - 1)


@pytest.mark.parametrize("wrong", [_ends_early, _repeats])
def test_a_store_that_cuts_its_pages_or_changes_their_order_is_refused(
    remote: RemoteStore, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[int], int]
) -> None:
    monkeypatch.setattr(asking, "_PAGE", 7)
    monkeypatch.setattr(remote, "query", _breaking(remote.query, wrong))
    with pytest.raises(RemoteError) as refused:
        asked(remote, _read)
    assert refused.value.code == "remote-cut"
