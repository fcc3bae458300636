"""Who is who on a day: the reference data of the AMO files, and the rules that turn a mention into a key.

Every rule is exact first, normalised second, and a stub when neither decides: never a guess. A body without an end is
alive only until its government ends; a government without an end, until the next one begins (the bodies of PO833673
were never closed, and overlap those of October 2025).
"""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ontology import nouns
from ontology.curated import governments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

By = Literal["ref", "exact", "normalised", "name", "stub"]
_MISSPELLED = {"minsitère": "ministère", "minstère": "ministère"}


class Found(NamedTuple):
    """A key and how it was found; ``problem`` is a note's code when the mention had to become a stub."""

    key: str
    by: By
    problem: str = ""


def normalise(label: str) -> str:
    """Fold a label for comparison: compatibility forms, apostrophes, spaces, case, two known misspellings."""
    folded = " ".join(unicodedata.normalize("NFKC", label).replace("’", "'").casefold().split())
    for wrong, right in _MISSPELLED.items():
        folded = folded.replace(wrong, right)
    return folded


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The reference data as plain nouns: what a worker needs to resolve names, and what the build hashes."""

    persons: tuple[nouns.Person, ...] = ()
    mandates: tuple[nouns.Mandate, ...] = ()
    memberships: tuple[nouns.Membership, ...] = ()
    groups: tuple[nouns.Group, ...] = ()
    ministries: tuple[nouns.Ministry, ...] = ()
    governments: tuple[nouns.Government, ...] = ()
    legislatures: tuple[nouns.Legislature, ...] = ()
    constituencies: tuple[nouns.Constituency, ...] = ()
    departements: tuple[nouns.Departement, ...] = ()


class References:
    """The reference data, indexed. Built once per process; read-only afterwards."""

    def __init__(self, known: Known) -> None:
        self.persons = {n.key: n for n in known.persons}
        self.mandates = {n.key: n for n in known.mandates}
        self.groups = {n.key: n for n in known.groups}
        self.ministries = {n.key: n for n in known.ministries}
        self.governments = {n.key: n for n in known.governments}
        self.legislatures = {n.number: n for n in known.legislatures}
        self.constituencies = {n.key: n for n in known.constituencies}
        self.departements = {n.key: n for n in known.departements}
        self._terms = _government_terms(self.governments.values())
        self._seats: dict[tuple[str, int], list[nouns.Mandate]] = {}
        self._named: dict[tuple[str, int], list[str]] = {}
        for mandate in sorted(known.mandates, key=lambda m: (m.start, m.key)):
            self._seats.setdefault((mandate.person, mandate.legislature), []).append(mandate)
            name = normalise(self.persons[mandate.person].name)
            keys = self._named.setdefault((name, mandate.legislature), [])
            if mandate.person not in keys:
                keys.append(mandate.person)
        self._memberships: dict[str, list[nouns.Membership]] = {}
        for membership in sorted(known.memberships, key=lambda m: (m.start, m.key)):
            if membership.kind == "group":
                self._memberships.setdefault(membership.person, []).append(membership)
        self._exact: dict[str, list[nouns.Ministry]] = {}
        self._folded: dict[str, list[nouns.Ministry]] = {}
        self._short: dict[str, list[nouns.Ministry]] = {}
        self._short_folded: dict[str, list[nouns.Ministry]] = {}
        for ministry in self.ministries.values():
            full, short = ministry.full or ministry.label, ministry.label
            self._exact.setdefault(full, []).append(ministry)
            self._folded.setdefault(normalise(full), []).append(ministry)
            self._short.setdefault(short, []).append(ministry)
            self._short_folded.setdefault(normalise(short), []).append(ministry)

    # ---- people

    def mandate(
        self, person: str, ref: str | None, legislature: int, on: date | None
    ) -> tuple[nouns.Mandate | None, bool]:
        """Find the mandate a question was asked under; the flag is False when only the last one could be taken."""
        named = self.mandates.get(ref or "")
        if named is not None and named.person == person and named.legislature == legislature:
            return named, True
        seats = self._seats.get((person, legislature), [])
        running = [m for m in seats if on is not None and _covers(m.start, m.end, on)]
        if running:
            return running[-1], True
        return (seats[-1], False) if seats else (None, True)

    def deputy(
        self, name: str, legislature: int, on: date | None, departement: str | None, number: int | None
    ) -> list[str]:
        """List the deputies of that name in office on the day, for that constituency if it is given."""
        return [
            person
            for person in self._named.get((normalise(name), legislature), ())
            if any(self._sat(m, on, departement, number) for m in self._seats[person, legislature])
        ]

    def _sat(self, mandate: nouns.Mandate, on: date | None, departement: str | None, number: int | None) -> bool:
        if on is not None and not _covers(mandate.start, mandate.end, on):
            return False
        place = self.constituencies[mandate.constituency]
        if number is not None and place.number != number:
            return False
        return departement is None or normalise(self.departements[place.departement].label) == normalise(departement)

    # ---- groups

    def group_on(self, person: str, on: date | None) -> str | None:
        """Give the group of a person on a day, from dated memberships; None when there is none."""
        if on is None:
            return None
        for membership in reversed(self._memberships.get(person, ())):
            if _covers(membership.start, membership.end, on):
                return membership.body
        return None

    def group_named(self, label: str, legislature: int, person: str, on: date | None) -> str | None:
        """Find a group by its full name or sigle; of several alike, the one alive on the day, then the person's own."""
        folded = normalise(label)
        named = [
            g
            for g in self.groups.values()
            if g.legislature == legislature and folded in {normalise(g.label), normalise(g.notation or g.label)}
        ]
        if on is not None and len(named) > 1:
            named = [g for g in named if _covers(g.start, g.end, on)]
        if len(named) > 1:
            own = self.group_on(person, on)
            named = [g for g in named if g.key == own]
        return named[0].key if len(named) == 1 else None

    # ---- ministries

    def end_of(self, ministry: nouns.Ministry) -> date | None:
        """Give the last day of a body, capped by the end of its government."""
        return ministry.end or self.government_end(ministry.government or "")

    def government_end(self, key: str) -> date | None:
        """Give the last day of a government, from the files, the reviewed table or the eve of the next one."""
        return self._terms.get(key, (None, None))[1]

    def legislature_end(self, number: int) -> date | None:
        """Give the last day of a legislature, None while it lasts or when the files do not hold it."""
        found = self.legislatures.get(number)
        return found.end if found else None

    def ended_before(self, key: str, on: date) -> bool:
        """Say whether a body had ended before a day; a stub has no known end."""
        ministry = self.ministries.get(key)
        end = self.end_of(ministry) if ministry else None
        return end is not None and end < on

    def _alive(self, found: Iterable[nouns.Ministry], on: date) -> list[nouns.Ministry]:
        return [m for m in found if (m.start or m.end) and _covers(m.start, self.end_of(m), on)]

    def ministry(self, full: str | None, short: str | None, on: date | None) -> tuple[str | None, By, str]:
        """Find a body by its labels on a day: exact, then normalised; full name first, short name to decide.

        Returns the key or None, the rule, and the code of the problem (``unknown-ministry``, ``ambiguous-ministry``).
        """
        if on is None or (full is None and short is None):
            return None, "stub", "unknown-ministry"
        tries: Sequence[tuple[By, Mapping[str, list[nouns.Ministry]], str | None]] = (
            ("exact", self._exact, full),
            ("normalised", self._folded, normalise(full) if full else None),
        )
        if full is None:
            tries = (
                ("exact", self._short, short),
                ("normalised", self._short_folded, normalise(short) if short else None),
            )
        for by, index, label in tries:
            alive = self._alive(index.get(label or "", ()), on)
            if len(alive) > 1 and full is not None and short is not None:
                alive = [m for m in alive if m.label == short] or alive
            if len(alive) > 1:  # same-day handover: the former body ends on the day its successor starts
                alive = self._successors(alive, on)
            if len(alive) == 1:
                return alive[0].key, by, ""
            if alive:
                return None, "stub", "ambiguous-ministry"
        return None, "stub", "unknown-ministry"

    def _successors(self, alive: list[nouns.Ministry], on: date) -> list[nouns.Ministry]:
        latest = max(m.start or date.min for m in alive)
        older = [m for m in alive if (m.start or date.min) < latest]
        if any(self.end_of(m) != on for m in older):
            return alive
        return [m for m in alive if (m.start or date.min) == latest]

    def government_on(self, on: date | None) -> str | None:
        """Give the government in office on a day, those absent from the files included; of two, the later one."""
        if on is None:
            return None
        running = [key for key, (start, end) in self._terms.items() if _covers(start, end, on)]
        return running[-1] if running else None


def _covers(start: date | None, end: date | None, on: date) -> bool:
    return (start is None or start <= on) and (end is None or on <= end)


def _government_terms(stated: Iterable[nouns.Government]) -> dict[str, tuple[date, date | None]]:
    """Date the governments, in order: the reviewed table closes what the files leave open, and names absent ones.

    A government that neither closes ends on the eve of the next one.
    """
    terms = {g.key: (g.start, g.end) for g in stated}
    for row in governments():
        start, end = terms.get(row.key, (row.start, row.end))
        terms[row.key] = (start, end or row.end)
    ordered = sorted(terms.items(), key=lambda item: (item[1][0], item[0]))
    for (key, (start, end)), (_, (following, _end)) in pairwise(ordered):
        if end is None:
            terms[key] = (start, following - timedelta(days=1))
    return {key: terms[key] for key, _ in ordered}
