"""The AMO files of the Assembly (acteurs, mandats, organes), typed: one record per file, addresses never read.

Two shapes of a file: ``{"acteur": …}`` with the mandates inside the person, and ``{"organe": …}``. An identifier is a
text or ``{"#text": …}``; one mandate may stand alone instead of in a list. Fields not named here, such as ``adresses``
and ``collaborateurs`` (phones, e-mail, names of staff), are skipped by the decoder and never held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from loaders.dates import parse_day
from loaders.record import Nil, RefusedRecordError, Scalar, text

if TYPE_CHECKING:
    from datetime import date


class Name(msgspec.Struct, frozen=True):
    """``etatCivil.ident``."""

    civ: Scalar = None
    prenom: Scalar = None
    nom: Scalar = None


class _CivilStatus(msgspec.Struct, frozen=True):
    ident: Name | None = None


class _Place(msgspec.Struct, frozen=True):
    departement: Scalar = None
    numDepartement: Scalar = None
    numCirco: Scalar = None


class _Election(msgspec.Struct, frozen=True):
    lieu: _Place | None = None
    refCirconscription: Scalar = None


class _Term(msgspec.Struct, frozen=True):
    datePriseFonction: Scalar = None
    causeFin: Scalar = None
    mandatRemplaceRef: Scalar = None


class _Quality(msgspec.Struct, frozen=True):
    codeQualite: Scalar = None
    libQualite: Scalar = None


class _Bodies(msgspec.Struct, frozen=True):
    organeRef: str | Nil | list[Scalar] | None = None


class AmoMandate(msgspec.Struct, frozen=True):
    """One mandate of a person: a seat, a group or party membership, a ministry, and much that is not loaded."""

    uid: Scalar = None
    acteurRef: Scalar = None
    legislature: Scalar = None
    typeOrgane: Scalar = None
    dateDebut: Scalar = None
    dateFin: Scalar = None
    infosQualite: _Quality | None = None
    organes: _Bodies | None = None
    election: _Election | None = None
    mandature: _Term | None = None


class _Mandates(msgspec.Struct, frozen=True):
    mandat: AmoMandate | list[AmoMandate] | None = None


class AmoPerson(msgspec.Struct, frozen=True):
    """One ``acteur``."""

    uid: Scalar = None
    etatCivil: _CivilStatus | None = None
    mandats: _Mandates | None = None


class _Life(msgspec.Struct, frozen=True):
    dateDebut: Scalar = None
    dateFin: Scalar = None


class _BodyDepartement(msgspec.Struct, frozen=True):
    code: Scalar = None
    libelle: Scalar = None


class _BodyPlace(msgspec.Struct, frozen=True):
    departement: _BodyDepartement | None = None


class AmoBody(msgspec.Struct, frozen=True):
    """One ``organe``: a group, party, ministry, government, assembly or constituency, and much that is not loaded."""

    uid: Scalar = None
    codeType: Scalar = None
    libelle: Scalar = None
    libelleAbrege: Scalar = None
    libelleAbrev: Scalar = None
    viMoDe: _Life | None = None
    organeParent: Scalar = None
    legislature: Scalar = None
    positionPolitique: Scalar = None
    couleurAssociee: Scalar = None
    numero: Scalar = None
    lieu: _BodyPlace | None = None


class AmoFile(msgspec.Struct, frozen=True):
    """One file of the archive."""

    acteur: AmoPerson | None = None
    organe: AmoBody | None = None


_decode = msgspec.json.Decoder(AmoFile).decode


def read_amo(raw: bytes) -> AmoPerson | AmoBody:
    """Read one file: a person with their mandates, or a body.

    Raises
    ------
    RefusedRecordError
        The bytes are neither, or the identifier is missing or malformed.
    """
    try:
        found = _decode(raw)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `")
        raise RefusedRecordError("bad-field", message, path=path.rstrip("`")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error
    item = found.acteur or found.organe
    if item is None:
        raise RefusedRecordError("unknown-form", "neither acteur nor organe")
    prefix = "PA" if isinstance(item, AmoPerson) else "PO"
    if official(item.uid, prefix) is None:
        raise RefusedRecordError("bad-uid", f"uid {text(item.uid)!r} is not {prefix} and digits", path="$.uid")
    return item


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
