"""People of the AMO files: persons, deputies' mandates, group and party memberships, ministerial tenures.

The dating rules (ontology of the project, docs/decisions): a mandate starts when the seat is taken; of two groups that
share a change-over day the later one has it; a group's president is a member once; "en mission" is not a minister.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from loaders.amo import AmoMandate, AmoPerson, day, official
from loaders.groups import Bodies, constituency_key, departement_code, label
from loaders.record import Problem, many, natural, scalars, text
from ontology import nouns
from ontology.iris import keyed

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_DAY = timedelta(days=1)
_GENDERS = {"M.": "male", "Mme": "female", "Mlle": "female"}
_LOADED = frozenset({"ASSEMBLEE", "GP", "PARPOL", "MINISTERE"})
_KINDS = {"GP": "group", "PARPOL": "party", "MINISTERE": "ministry"}


class People:
    """All persons of a set of AMO files and what they held, with the notes on what was odd."""

    def __init__(self, raw: Iterable[AmoPerson], bodies: Bodies) -> None:
        self.persons: dict[str, nouns.Person] = {}
        self.mandates: dict[str, nouns.Mandate] = {}
        self.memberships: dict[str, nouns.Membership] = {}
        self.end_reasons: dict[str, nouns.Concept] = {}
        self.problems: list[Problem] = []
        self.skipped_mandates = 0
        self._bodies = bodies
        for person in sorted(raw, key=lambda p: text(p.uid) or ""):
            self._person(person)
        self._unlink()

    def as_nouns(self) -> list[nouns.Actor]:
        """Give all people, mandates and memberships as nouns."""
        return [
            *self.persons.values(),
            *self.mandates.values(),
            *self.memberships.values(),
            *self.end_reasons.values(),
        ]

    def _unlink(self) -> None:
        """Drop links to mandates that no file describes (PM267774 in the sample): a link must lead somewhere."""
        for key, mandate in self.mandates.items():
            if mandate.replaces is not None and mandate.replaces not in self.mandates:
                self._note("unknown-mandate", key, f"it replaces {mandate.replaces}, which no file describes")
                self.mandates[key] = msgspec.structs.replace(mandate, replaces=None)

    def _note(self, code: str, key: str, message: str) -> None:
        self.problems.append(Problem(severity="note", code=code, uid=key, message=message))

    def _person(self, person: AmoPerson) -> None:
        key = text(person.uid) or ""
        name = person.etatCivil.ident if person.etatCivil else None
        given, family = (label(name.prenom), label(name.nom)) if name else (None, None)
        mandates = list(many(person.mandats.mandat)) if person.mandats else []
        seats = [m for m in mandates if text(m.typeOrgane) == "ASSEMBLEE"]
        for seat in seats:
            self._seat(key, seat)
        for kind in ("GP", "PARPOL", "MINISTERE"):
            found = (self._membership(key, kind, m) for m in mandates if text(m.typeOrgane) == kind)
            dated = [m for m in found if m is not None]
            self._keep(_merged(dated) if kind == "GP" else dated)
        self.skipped_mandates += sum(text(m.typeOrgane) not in _LOADED for m in mandates)
        self.persons[key] = nouns.Person(
            key=key,
            name=" ".join(filter(None, (given, family))) or key,
            given=given,
            family=family,
            gender=_GENDERS.get(text(name.civ) or "") if name else None,
            deputy=any(m.person == key for m in map(self.mandates.get, (text(s.uid) or "" for s in seats)) if m),
        )

    def _keep(self, memberships: Iterable[nouns.Membership]) -> None:
        for membership in memberships:
            self.memberships[membership.key] = membership

    def _seat(self, person: str, mandate: AmoMandate) -> None:
        key, legislature = official(mandate.uid, "PM"), natural(mandate.legislature)
        place = mandate.election.lieu if mandate.election else None
        code = departement_code(place.numDepartement) if place else None
        circo = natural(place.numCirco) if place else None
        began, term = day(mandate.dateDebut), mandate.mandature
        if key is None or legislature is None or began is None:
            self._note(
                "bad-mandate", key or person, "a deputy's mandate without id, legislature or first day is left out"
            )
            return
        if code is None or circo is None:
            self._note("no-place", key, "a deputy's mandate without département and number of constituency is left out")
            return
        # A minister who regains the seat has a second mandate dated to the old election (PM774339: 2017, really 2020).
        taken = day(term.datePriseFonction) if term else None
        start = max(began, taken) if taken else began
        self.mandates[key] = nouns.Mandate(
            key=key,
            person=person,
            legislature=legislature,
            constituency=self._constituency(legislature, code, circo, label(place.departement) if place else None),
            start=start,
            end=self._end(key, start, day(mandate.dateFin), legislature),
            end_reason=self._end_reason(label(term.causeFin) if term else None),
            replaces=official(term.mandatRemplaceRef, "PM") if term else None,
        )

    def _constituency(self, legislature: int, code: str, number: int, name: str | None) -> str:
        """Give the key of a mandate's constituency; one that no body describes is described by the mandate itself."""
        key = constituency_key(legislature, code, number)
        self._bodies.describe_constituency(key, code, number, legislature, name or code)
        return key

    def _end(self, key: str, start: date, end: date | None, legislature: int) -> date | None:
        """Give the last day. An open mandate ends with its legislature: merged snapshots lack 576 ends."""
        term = self._bodies.legislatures.get(legislature)
        if end is None and term is not None:
            end = term.end
        if end is not None and end < start:
            self._note("reversed-interval", key, f"ends on {end}, before it starts on {start}")
            return None
        return end

    def _end_reason(self, reason: str | None) -> str | None:
        if reason is None:
            return None
        key = f"end-reason--{keyed(reason)}"
        self.end_reasons.setdefault(key, nouns.Concept(key=key, label=reason, scheme="end-reason"))
        return key

    def _membership(self, person: str, kind: str, mandate: AmoMandate) -> nouns.Membership | None:
        key, start, end = official(mandate.uid, "PM"), day(mandate.dateDebut), day(mandate.dateFin)
        quality = label(mandate.infosQualite.codeQualite) if mandate.infosQualite else None
        if kind == "MINISTERE" and quality == "en mission":  # a deputy on a mission to a ministry (PA2960, PM755872)
            self.skipped_mandates += 1
            return None
        refs = [official(ref, "PO") for ref in scalars(mandate.organes.organeRef)] if mandate.organes else []
        known = self._bodies.keys(kind)
        body = next((ref for ref in refs if ref in known), None)
        if key is None or start is None or body is None:
            self._note(
                "bad-mandate", key or person, f"a {kind} mandate without id, first day or known body is left out"
            )
            return None
        if kind == "GP":
            end = end or self._bodies.groups[body].end
        if end is not None and end < start:
            self._note("reversed-interval", key, f"ends on {end}, before it starts on {start}")
            return None
        title = label(mandate.infosQualite.libQualite) if kind == "MINISTERE" and mandate.infosQualite else None
        return nouns.Membership(
            key=key, kind=_KINDS[kind], person=person, body=body, start=start, end=end, quality=title
        )


def _merged(memberships: list[nouns.Membership]) -> list[nouns.Membership]:
    """Date group memberships so that a deputy is in one group at a time.

    A Président mandate nested in a membership of the same group is merged into it; of two groups that meet on one day
    the later has the day; a membership that has no day left is dropped (83 in the 13th and 14th legislatures).
    """
    ordered = sorted(memberships, key=lambda m: (m.start, m.end or date.max, m.key))
    joined: list[nouns.Membership] = []
    for entry in ordered:
        last = next((m for m in reversed(joined) if m.body == entry.body), None)
        if last is not None and (last.end is None or entry.start <= last.end):
            joined[joined.index(last)] = _union(last, entry)
        else:
            joined.append(entry)
    dated: list[nouns.Membership] = []
    for entry, following in zip(joined, [*joined[1:], None], strict=False):
        end = entry.end
        if following is not None and (end is None or end >= following.start):
            end = following.start - ONE_DAY
        if end is None or end >= entry.start:
            dated.append(_replace(entry, end=end))
    return dated


def _union(outer: nouns.Membership, inner: nouns.Membership) -> nouns.Membership:
    end = None if outer.end is None or inner.end is None else max(outer.end, inner.end)
    return _replace(outer, end=end, merged=(*outer.merged, inner.key))


def _replace(
    membership: nouns.Membership, *, end: date | None, merged: tuple[str, ...] | None = None
) -> nouns.Membership:
    return nouns.Membership(
        key=membership.key,
        kind=membership.kind,
        person=membership.person,
        body=membership.body,
        start=membership.start,
        end=end,
        quality=membership.quality,
        merged=membership.merged if merged is None else merged,
    )
