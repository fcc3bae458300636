"""The AMO files of the Assembly (acteurs, mandats, organes), typed; addresses and staff never held.

A record is ``{"acteur": …}``, ``{"mandat": …}`` or ``{"organe": …}``: composite files hold the mandates inside the
person, divided files hold them apart. An identifier is a text or ``{"#text": …}``; one mandate may stand alone instead
of in a list. Fields not read (``adresses``, ``collaborateurs``: phones, e-mail, names of staff) are forgotten by the
decoder; ``audit.IGNORED`` says why, field by field.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from loaders.audit import Audit
from loaders.dates import parse_day
from loaders.official import refuse_field, strictly
from loaders.record import Ignored, Nil, Node, RefusedRecordError, Scalar, forget, many, text
from loaders.safety import FIELD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from loaders.record import Json

Skip = Ignored | None


class Name(Node, frozen=True):
    """``etatCivil.ident``."""

    civ: Scalar = None
    prenom: Scalar = None
    nom: Scalar = None
    alpha: Skip = None
    trigramme: Skip = None


class _CivilStatus(Node, frozen=True):
    ident: Name | None = None
    infoNaissance: Skip = None
    dateDeces: Skip = None


class _Place(Node, frozen=True):
    region: Skip = None
    regionType: Skip = None
    departement: Scalar = None
    numDepartement: Scalar = None
    numCirco: Scalar = None


class _Election(Node, frozen=True):
    lieu: _Place | None = None
    causeMandat: Skip = None
    refCirconscription: Scalar = None


class _Term(Node, frozen=True):
    datePriseFonction: Scalar = None
    causeFin: Scalar = None
    premiereElection: Skip = None
    placeHemicycle: Skip = None
    mandatRemplaceRef: Scalar = None


class _Quality(Node, frozen=True):
    codeQualite: Scalar = None
    libQualite: Scalar = None
    libQualiteSex: Skip = None


class _Bodies(Node, frozen=True):
    organeRef: str | Nil | list[Scalar] | None = None


class AmoMandate(Node, frozen=True):
    """One mandate of a person: a seat, a group or party membership, a ministry, and much that is not loaded."""

    uid: Scalar = None
    acteurRef: Scalar = None
    legislature: Scalar = None
    typeOrgane: Scalar = None
    dateDebut: Scalar = None
    datePublication: Skip = None
    dateFin: Scalar = None
    preseance: Skip = None
    nominPrincipale: Skip = None
    infosQualite: _Quality | None = None
    organes: _Bodies | None = None
    election: _Election | None = None
    mandature: _Term | None = None
    suppleants: Skip = None
    chambre: Skip = None
    collaborateurs: Skip = None
    libelle: Skip = None
    missionSuivanteRef: Skip = None
    missionPrecedenteRef: Skip = None
    InfosHorsSIAN: Skip = None


class _Mandates(Node, frozen=True):
    mandat: AmoMandate | list[AmoMandate] | None = None


class AmoPerson(Node, frozen=True):
    """One ``acteur``."""

    uid: Scalar = None
    etatCivil: _CivilStatus | None = None
    profession: Skip = None
    uri_hatvp: Skip = None
    adresses: Skip = None
    mandats: _Mandates | None = None


class _Life(Node, frozen=True):
    dateDebut: Scalar = None
    dateAgrement: Skip = None
    dateFin: Scalar = None


class _BodyDepartement(Node, frozen=True):
    code: Scalar = None
    codeNatureDep: Skip = None
    libelle: Scalar = None


class _BodyPlace(Node, frozen=True):
    region: Skip = None
    departement: _BodyDepartement | None = None


class AmoBody(Node, frozen=True):
    """One ``organe``: a group, party, ministry, government, assembly or constituency, and much that is not loaded."""

    uid: Scalar = None
    codeType: Scalar = None
    libelle: Scalar = None
    libelleEdition: Skip = None
    libelleAbrege: Scalar = None
    libelleAbrev: Scalar = None
    viMoDe: _Life | None = None
    organeParent: Scalar = None
    organePrecedentRef: Scalar = None
    legislature: Scalar = None
    positionPolitique: Scalar = None
    couleurAssociee: Scalar = None
    preseance: Skip = None
    numero: Scalar = None
    lieu: _BodyPlace | None = None
    chambre: Skip = None
    regime: Skip = None
    secretariat: Skip = None
    nombreReunionsAnnuelles: Skip = None
    siteInternet: Skip = None
    regimeJuridique: Skip = None
    listePays: Skip = None


class AmoFile(Node, frozen=True):
    """One record of the archive."""

    acteur: AmoPerson | None = None
    mandat: AmoMandate | None = None
    organe: AmoBody | None = None


AmoItem = AmoPerson | AmoMandate | AmoBody
_PREFIXES: dict[type, str] = {AmoPerson: "PA", AmoMandate: "PM", AmoBody: "PO"}
_decode = msgspec.json.Decoder(AmoFile, dec_hook=forget).decode
_FORGOTTEN = frozenset({"adresse", "adresses", "collaborateur", "collaborateurs", "secretariat"})
# As a key or an element, never as a word: the texts of questions speak of addresses and staff too.
_NAMED = re.compile(rb'(?:"|<(?:[\w.-]+:)?)(?:%s)(?:"\s*:|[\s/>])' % "|".join(sorted(_FORGOTTEN)).encode())


def read_amo(raw: bytes, audit: Audit | None = None, locator: str = "") -> AmoItem:
    """Read one record: a person with or without their mandates, a mandate, or a body.

    Raises
    ------
    RefusedRecordError
        The bytes are none of these, or the identifier is missing or malformed.
    """
    try:
        found = _slowly(raw, audit or Audit(), locator) if _doubtful(raw) else _decode(raw)
    except msgspec.ValidationError:
        found = _slowly(raw, audit or Audit(), locator)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error
    item = found.acteur or found.mandat or found.organe
    if item is None:
        raise RefusedRecordError("unknown-form", "neither acteur, mandat nor organe")
    prefix = _PREFIXES[type(item)]
    if official(item.uid, prefix) is None:
        raise RefusedRecordError("bad-uid", f"uid {text(item.uid)!r} is not {prefix} and digits", path="$.uid")
    return item


def _doubtful(raw: bytes) -> bool:
    """Say whether a key that says who or what this is may stand twice, or a field may be too long."""
    bodies, persons, mandates = raw.count(b'"codeType"'), raw.count(b'"etatCivil"'), raw.count(b'"typeOrgane"')
    return bodies + persons > 1 or raw.count(b'"uid"') != bodies + persons + mandates or len(raw) > FIELD


def _slowly(raw: bytes, audit: Audit, locator: str) -> AmoFile:
    tree = strictly(raw)
    audit.prune(tree, AmoFile, "$", locator)
    try:
        return msgspec.convert(tree, AmoFile, dec_hook=forget)
    except msgspec.ValidationError as error:
        refuse_field(error)


def without_people(raw: bytes) -> bytes:
    """Give a refused record without addresses and staff, so that it may be kept; nothing when that is not certain."""
    if _NAMED.search(raw) is None:
        return raw
    try:
        return msgspec.json.encode(_forgotten(strictly(raw)))
    except RefusedRecordError:
        return b""


def _forgotten(tree: Json) -> Json:
    if isinstance(tree, list):
        return [_forgotten(item) for item in tree]
    if isinstance(tree, dict):
        return {key: _forgotten(value) for key, value in tree.items() if key not in _FORGOTTEN}
    return tree


def with_mandates(persons: Iterable[AmoPerson], apart: Iterable[AmoMandate]) -> list[AmoPerson]:
    """Give each person the mandates that stand in files of their own; one that is inside already wins."""
    held: dict[str, list[AmoMandate]] = {}
    for mandate in apart:
        held.setdefault(text(mandate.acteurRef) or "", []).append(mandate)
    return [_joined(person, held.get(text(person.uid) or "", [])) for person in persons]


def _joined(person: AmoPerson, apart: list[AmoMandate]) -> AmoPerson:
    inside = list(many(person.mandats.mandat)) if person.mandats else []
    known = {text(m.uid) for m in inside}
    added = sorted((m for m in apart if text(m.uid) not in known), key=lambda m: text(m.uid) or "")
    return msgspec.structs.replace(person, mandats=_Mandates(mandat=inside + added)) if added else person


def official(value: Scalar, prefix: str) -> str | None:
    """Read an official id (``PA720054``); None when absent or malformed."""
    found = text(value)
    if found is None or not found.startswith(prefix) or len(found) > 20:
        return None
    digits = found[len(prefix) :]
    return found if digits.isascii() and digits.isdigit() else None


def day(value: Scalar) -> date | None:
    """Read a day; None when absent or no day."""
    found = text(value)
    return None if found is None else parse_day(found)
