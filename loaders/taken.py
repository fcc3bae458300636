"""What an intake holds: each source taken in, what was refused and noted, the reference data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.audit import Audit
from loaders.books import Book

if TYPE_CHECKING:
    from loaders.mapped import Refused, Row
    from loaders.outside import Said
    from loaders.reading import Reference
    from loaders.record import Problem


@dataclass(slots=True, kw_only=True)
class Taken:
    """One source taken in: its fingerprint, its books so far, and the questions it holds, in the order found.

    ``kept`` are the rows, by uid, of records that the ledger has as they are; ``same``: the whole source is as it was.
    """

    name: str
    fingerprint: str
    same: bool = False
    damaged: bool = False
    found: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    audit: Audit = field(default_factory=Audit)
    books: list[Book] = field(default_factory=list[Book])
    kept: dict[str, Row] = field(default_factory=dict[str, "Row"])
    rows: list[Row] = field(default_factory=list["Row"])
    outside: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


@dataclass(slots=True, kw_only=True)
class Intake:
    """All that was taken in."""

    state: str
    reference: Reference
    sources: dict[str, Taken]
    refused: list[Refused]
    problems: list[Problem]
    outside: dict[str, list[Said]] = field(default_factory=dict[str, list["Said"]])

    def first_reason(self) -> str:
        """Say why the first record was refused."""
        if not self.refused:
            return "none of the files is a question, a page of a question, or an AMO file"
        problem = self.refused[0].problem
        return " ".join(f"{problem.source} {problem.locator}: {problem.message}".split())
