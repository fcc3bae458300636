"""Who sat and which ministries lived on a day, read from an AMO archive (layout ``json/acteur``, ``json/organe``).

Reads only what the corpus draws from. Knows nothing of questions.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from ontology.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from .rates import Legislature

# ATTAL has no end in the reference data; it handed over to the government named on 2024-09-21.
GOVERNMENT_ENDS = {"PO833673": date(2024, 9, 20)}
SUCCESSION = timedelta(days=10)  # a new body with the same label within ten days is the old one's heir
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A ministry, a group, an assembly or a government, with its first and last day."""

    uid: str
    kind: str
    label: str
    short: str
    sigle: str
    start: date
    end: date
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A seat held by one person for one constituency, with its first and last day."""

    uid: str
    start: date
    end: date
    constituency: str | None
    department: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deputy:
    """A person, the seats held in one legislature and the memberships of groups (first day, last day, group)."""

    uid: str
    civility: str
    name: str
    mandates: tuple[Mandate, ...]
    memberships: tuple[tuple[date, date, Body], ...]

    def mandate(self, day: date) -> Mandate | None:
        """Return the seat held on ``day``."""
        return next((m for m in self.mandates if m.start <= day <= m.end), None)

    def group(self, day: date) -> Body | None:
        """Return the group on ``day``; on the day of a move, the new one."""
        live = [(start, group.uid, group) for start, end, group in self.memberships if start <= day <= end]
        return max(live, key=lambda entry: entry[:2])[2] if live else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """The deputies and ministries of one legislature."""

    deputies: tuple[Deputy, ...]
    ministries: tuple[Body, ...]

    def ministries_on(self, day: date) -> list[Body]:
        """Return the ministries alive on ``day``, in the order of their ids."""
        return [body for body in self.ministries if body.start <= day <= body.end]

    def heir(self, body: Body) -> Body | None:
        """Return the body of the same label that began within ten days of the end of ``body``, if just one did."""
        heirs = [
            other
            for other in self.ministries
            if other.label == body.label and other is not body and body.end < other.start <= body.end + SUCCESSION
        ]
        return heirs[0] if len(heirs) == 1 else None


class _Life(msgspec.Struct):
    start: date | None = msgspec.field(name="dateDebut", default=None)
    end: date | None = msgspec.field(name="dateFin", default=None)


class _Organe(msgspec.Struct):
    uid: str
    kind: str = msgspec.field(name="codeType")
    label: str = msgspec.field(name="libelle")
    life: _Life = msgspec.field(name="viMoDe")
    short: str | None = msgspec.field(name="libelleAbrege", default=None)
    sigle: str | None = msgspec.field(name="libelleAbrev", default=None)
    parent: str | None = msgspec.field(name="organeParent", default=None)


class _OrganeFile(msgspec.Struct):
    organe: _Organe


class _Place(msgspec.Struct):
    department: str | None = msgspec.field(name="numDepartement", default=None)
    number: str | None = msgspec.field(name="numCirco", default=None)


class _Election(msgspec.Struct):
    place: _Place = msgspec.field(name="lieu")
    constituency: str | None = msgspec.field(name="refCirconscription", default=None)


class _Organes(msgspec.Struct):
    ref: str | list[str] = msgspec.field(name="organeRef")


class _Mandat(msgspec.Struct):
    uid: str
    kind: str = msgspec.field(name="typeOrgane")
    start: date = msgspec.field(name="dateDebut")
    organes: _Organes
    legislature: str | None = None
    end: date | None = msgspec.field(name="dateFin", default=None)
    election: _Election | None = None


class _Mandats(msgspec.Struct):
    mandat: list[_Mandat] | _Mandat


class _Ident(msgspec.Struct):
    civ: str
    prenom: str
    nom: str


class _EtatCivil(msgspec.Struct):
    ident: _Ident


class _Uid(msgspec.Struct):
    text: str = msgspec.field(name="#text")


class _Acteur(msgspec.Struct):
    uid: _Uid | str
    state: _EtatCivil = msgspec.field(name="etatCivil")
    mandats: _Mandats | None = None


class _ActeurFile(msgspec.Struct):
    acteur: _Acteur


def read_assembly(path: Path, legislature: Legislature) -> Assembly:
    """Read the deputies of ``legislature`` and every ministry from the AMO archive at ``path``.

    Raises
    ------
    SourceError
        When the file is no such archive, or holds no deputy or no ministry of the legislature.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            organes = [item.organe for item in _decoded(archive, "json/organe/", msgspec.json.Decoder(_OrganeFile))]
            acteurs = [item.acteur for item in _decoded(archive, "json/acteur/", msgspec.json.Decoder(_ActeurFile))]
    except (OSError, zipfile.BadZipFile, msgspec.DecodeError) as error:
        message = f"{path.name} is not a readable AMO archive: {error}"
        raise SourceError(message, source=path.name, hint="Give a zip with json/acteur/ and json/organe/.") from error
    bodies = _bodies(organes)
    deputies = tuple(_deputies(acteurs, bodies, legislature))
    ministries = tuple(
        body
        for body in bodies.values()
        if body.kind == "MINISTERE" and body.start <= legislature.end and body.end >= legislature.start
    )
    if not deputies or not ministries:
        message = f"{path.name} holds no deputy or no ministry of legislature {legislature.number}"
        raise SourceError(message, source=path.name, hint="Give an AMO archive that covers this legislature.")
    return Assembly(deputies=deputies, ministries=ministries)


def _decoded(archive: zipfile.ZipFile, folder: str, decoder: msgspec.json.Decoder[Any]) -> Iterator[Any]:
    for name in sorted(archive.namelist()):
        if name.startswith(folder) and name.endswith(".json"):
            yield decoder.decode(archive.read(name))


def _bodies(organes: Iterable[_Organe]) -> dict[str, Body]:
    """Make bodies of the records; a ministry without a day of its own takes its government's."""
    records = {organe.uid: organe for organe in organes}
    bodies: dict[str, Body] = {}
    for uid, organe in sorted(records.items()):
        parent = records.get(organe.parent or "")
        start = organe.life.start or (parent.life.start if parent else None) or date.min
        cap = min(GOVERNMENT_ENDS.get(x.uid, x.life.end or FOREVER) for x in (organe, parent) if x)
        bodies[uid] = Body(
            uid=uid,
            kind=organe.kind,
            label=organe.label,
            short=organe.short or organe.label,
            sigle=organe.sigle or "",
            start=start,
            end=min(organe.life.end or FOREVER, cap) if organe.kind == "MINISTERE" else organe.life.end or FOREVER,
            parent=organe.parent,
        )
    return bodies


def _deputies(acteurs: Iterable[_Acteur], bodies: dict[str, Body], legislature: Legislature) -> Iterator[Deputy]:
    for acteur in acteurs:
        mandats = acteur.mandats.mandat if acteur.mandats else []
        of_kind: dict[str, list[_Mandat]] = defaultdict(list)
        for mandat in mandats if isinstance(mandats, list) else [mandats]:
            if mandat.legislature == str(legislature.number):
                of_kind[mandat.kind].append(mandat)
        if of_kind["ASSEMBLEE"]:
            ident = acteur.state.ident
            yield Deputy(
                uid=acteur.uid if isinstance(acteur.uid, str) else acteur.uid.text,
                civility=ident.civ,
                name=f"{ident.prenom} {ident.nom}",
                mandates=tuple(_mandate(mandat, legislature) for mandat in of_kind["ASSEMBLEE"]),
                memberships=tuple(_memberships(of_kind["GP"], bodies, legislature)),
            )


def _mandate(mandat: _Mandat, legislature: Legislature) -> Mandate:
    place = mandat.election.place if mandat.election else _Place()
    return Mandate(
        uid=mandat.uid,
        start=mandat.start,
        end=mandat.end or legislature.end,
        constituency=mandat.election.constituency if mandat.election else None,
        department=place.department or "",
        number=place.number or "",
    )


def _memberships(
    mandats: Iterable[_Mandat], bodies: dict[str, Body], legislature: Legislature
) -> Iterator[tuple[date, date, Body]]:
    for mandat in mandats:
        refs = [mandat.organes.ref] if isinstance(mandat.organes.ref, str) else mandat.organes.ref
        for ref in refs:
            if ref in bodies:
                yield mandat.start, mandat.end or legislature.end, bodies[ref]
