"""Arguments of list and network addresses: known names, each once. Knows no store, and no value."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from flask import request

from ontology.errors import NotFoundError, QueryError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def read(names: Collection[str]) -> dict[str, str]:
    """Give the arguments of the request that are not empty; ``format`` is everybody's.

    Raises
    ------
    QueryError
        A name is not known here, or is given twice; the hint names the nearest.
    """
    known = sorted({*names, "format"})
    for name, values in request.args.lists():
        if name not in known:
            raise QueryError(f"no such parameter: {name[:40]!r}", code="parameter", hint=nearest(name, known))
        if len(values) > 1:
            raise QueryError(f"parameter {name} is given {len(values)} times", code="parameter", hint="give it once")
    return {name: value for name, value in request.args.items() if value and name != "format"}


def number(given: dict[str, str], name: str, *, default: int, most: int) -> int:
    """Take a whole number from 1 to ``most`` out of the arguments."""
    text = given.pop(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise QueryError(
            f"parameter {name} cannot be {text[:40]!r}", code="parameter", hint=f"give a number from 1 to {most}"
        )
    return int(text)


def choice(given: dict[str, str], name: str, allowed: Sequence[str]) -> str:
    """Give the value of an argument that has few, the first where it is not given."""
    text = given.get(name, allowed[0])
    if text not in allowed:
        raise QueryError(f"parameter {name} cannot be {text[:40]!r}", code="parameter", hint=nearest(text, allowed))
    return text


def nearest(text: str, allowed: Collection[str]) -> str:
    """Name the nearest allowed word, then all of them."""
    near = get_close_matches(text.casefold(), allowed, n=1, cutoff=0.5)
    choice = f"one of {', '.join(allowed)}"
    return f"did you mean {near[0]}? {choice}" if near else choice


def missing(message: str, text: str, allowed: Collection[str]) -> NotFoundError:
    """Say that nothing has a name, and what has one near it."""
    return NotFoundError(message, hint=nearest(text, allowed))
