"""The field audit: a field nobody understood is never silent, and a field ignored on purpose says why.

Every record is audited, and a record of known fields only costs nothing: the typed decoders forbid unknown fields. Only
a record that fails this way is walked, its unknown fields counted by path and taken out, and then read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import fields

from loaders.record import Problem, RefusedRecordError
from loaders.safety import DEPTH

if TYPE_CHECKING:
    from loaders.record import Json

# Known fields that are not read, and why. A path is that of the source; ``*`` stands for any way to the field.
IGNORED = {
    "*.@…": "XML attributes that name schema and type: the fields themselves say what they are",
    "question.identifiant.regime": "always the Fifth Republic",
    "*.infoJO.urlLegifrance": "a link that can be made from the day; only checked to be http or https",
    "*.infoJO.referenceNOR": "the number of a decree: no fact of the question",
    "acteur.adresses": "phones, e-mail and postal addresses: never held, not even in the quarantine",
    "mandat.collaborateurs": "names of staff: never held, not even in the quarantine",
    "acteur.profession": "personal, and no part of the graph",
    "acteur.uri_hatvp": "a declaration of interests: another publisher's",
    "acteur.etatCivil.infoNaissance": "personal, and no part of the graph",
    "acteur.etatCivil.dateDeces": "personal, and no part of the graph",
    "acteur.etatCivil.ident.alpha": "a sorting key of the name",
    "acteur.etatCivil.ident.trigramme": "an internal code",
    "mandat.datePublication": "the day of the notice; the mandate's own days count",
    "mandat.preseance": "an order of protocol",
    "mandat.nominPrincipale": "an order of protocol",
    "mandat.libelle": "the subject of a mission; missions are not loaded",
    "mandat.missionSuivanteRef": "missions are not loaded",
    "mandat.missionPrecedenteRef": "missions are not loaded",
    "mandat.chambre": "always the Assembly for what is loaded",
    "mandat.suppleants": "substitutes ask no questions while they are substitutes",
    "mandat.InfosHorsSIAN": "links to declarations: another publisher's",
    "mandat.infosQualite.libQualiteSex": "the label, inflected",
    "mandat.election.lieu.region": "the region of today, not of the day",
    "mandat.election.lieu.regionType": "the region of today, not of the day",
    "mandat.election.causeMandat": "why the seat was filled",
    "mandat.mandature.premiereElection": "a career, not a mandate",
    "mandat.mandature.placeHemicycle": "a seat in the room",
    "organe.libelleEdition": "the label with its article",
    "organe.viMoDe.dateAgrement": "the day of approval; the body's own days count",
    "organe.organePrecedentRef": "says nothing of groups, and ministries follow each other by portfolio",
    "organe.preseance": "an order of protocol",
    "organe.chambre": "always the Assembly for what is loaded",
    "organe.regime": "always the Fifth Republic",
    "organe.secretariat": "names of staff: never held",
    "organe.nombreReunionsAnnuelles": "study groups are not loaded",
    "organe.siteInternet": "bodies outside the Assembly are not loaded",
    "organe.regimeJuridique": "bodies outside the Assembly are not loaded",
    "organe.listePays": "friendship groups are not loaded",
    "organe.lieu.region": "the region of today, not of the day",
    "organe.lieu.departement.codeNatureDep": "a class of départements",
    "QUESTION.CIRCONSCRIPTION": "the constituency of the mandate counts; the page's region is that of a later day",
    "bindings.*": "other columns of the Wikidata query: only item and id_an make a link",
}


class Unknown(msgspec.Struct, kw_only=True):
    """A field nobody reads: how often it was met, and where first."""

    count: int
    first: str


class Audit:
    """Collects the unknown fields of one source or worker; can be pickled and merged. ``strict`` refuses the record."""

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.fields: dict[str, Unknown] = {}

    def see(self, path: str, locator: str, count: int = 1) -> None:
        """Count an unknown field."""
        if self.strict:
            raise RefusedRecordError("unknown-field", f"nobody reads the field {path}", path=path)
        known = self.fields.setdefault(path, Unknown(count=0, first=locator))
        known.count += count

    def merge(self, other: Audit) -> None:
        """Add what another worker met; the first locator is the lower one."""
        for path, met in other.fields.items():
            known = self.fields.setdefault(path, Unknown(count=0, first=met.first))
            known.count += met.count
            known.first = min(known.first, met.first)

    def problems(self, source: str = "") -> list[Problem]:
        """Give one note for each unknown field."""
        return [
            Problem(
                severity="note",
                code="unknown-field",
                message=f"nobody reads the field {path}, met {met.count} times",
                source=source,
                locator=met.first,
                path=path,
            )
            for path, met in sorted(self.fields.items())
        ]

    def prune(self, value: Json, kind: type[msgspec.Struct], path: str, locator: str) -> None:
        """Take the fields out that a struct does not declare, here and below, and count them."""
        self._prune(value, kind, path, locator, DEPTH)

    def _prune(self, value: Json, kind: type[msgspec.Struct], path: str, locator: str, room: int) -> None:
        if room == 0:
            raise RefusedRecordError("too-deep", f"more than {DEPTH} levels", path=path)
        if isinstance(value, list):
            for item in value:
                self._prune(item, kind, path, locator, room - 1)
            return
        if not isinstance(value, dict):
            return
        known = declared(kind)
        for key in [*value]:
            if key not in known:
                del value[key]
                if not key.startswith("@"):
                    self.see(f"{path}.{key}", locator)
            elif (inner := known[key]) is not None:
                self._prune(value[key], inner, f"{path}.{key}", locator, room - 1)


@cache
def declared(kind: type[msgspec.Struct]) -> dict[str, type[msgspec.Struct] | None]:
    """Give the fields a struct declares, each with the struct inside it, if one is."""
    return {field.encode_name: _struct_in(msgspec.inspect.type_info(field.type)) for field in fields(kind)}


def _struct_in(info: msgspec.inspect.Type) -> type[msgspec.Struct] | None:
    if isinstance(info, msgspec.inspect.StructType):
        return info.cls
    if isinstance(info, msgspec.inspect.ListType):
        return _struct_in(info.item_type)
    if isinstance(info, msgspec.inspect.UnionType):
        return next(filter(None, map(_struct_in, info.types)), None)
    return None
