"""The SPARQL of the pages: one text per file, whose slots take terms. Knows no store.

A slot is written ``$name`` and is filled with a term made by `iri`, `day` or `integer`, which check what they write;
plain text never enters a query. A line ending in ``#? name`` stays only when that slot is given.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NewType

from ontology.statements import Kind, term

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

Term = NewType("Term", str)

_MARK = "#? "
_SLOT = re.compile(r"\$([a-z]+)")


def iri(value: str) -> Term:
    """Write an IRI as a term; refuses what an IRI cannot hold."""
    return Term(term(Kind.IRI, value))


def iris(values: Iterable[str]) -> Term:
    """Write several IRIs, for a VALUES block."""
    return Term(" ".join(iri(value) for value in values))


def path(*values: str) -> Term:
    """Write a property path: one property after the other."""
    return Term("/".join(map(iri, values)))


def variable(name: str) -> Term:
    """Write a variable, whose name is one of ours."""
    if not name.isascii() or not name.isalpha():
        raise ValueError(f"not the name of a variable: {name!r}")
    return Term(f"?{name}")


def string(value: str) -> Term:
    """Write a plain string as a term."""
    return Term(term(Kind.STRING, value))


def day(value: date) -> Term:
    """Write a day as a term."""
    return Term(term(Kind.DATE, value.isoformat()))


def integer(value: int) -> Term:
    """Write a whole number, as a term or a LIMIT."""
    return Term(str(value))


@cache
def _lines(name: str) -> tuple[str, ...]:
    """Read a file of this package once: its text never changes while a process runs."""
    return tuple(files(__package__ or "").joinpath(f"{name}.rq").read_text("utf-8").splitlines())


def text(name: str, **slots: Term) -> str:
    """Give a query's text with its slots filled.

    Raises
    ------
    KeyError
        A slot of the text is not given.
    """
    kept = (line.partition(_MARK) for line in _lines(name))
    chosen = "\n".join(line for line, mark, slot in kept if not mark or slot.strip() in slots)
    return _SLOT.sub(lambda match: slots[match[1]], chosen)
