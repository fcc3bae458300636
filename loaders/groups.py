"""Bodies of the AMO files: groups, parties, ministries, governments, legislatures, constituencies and départements."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from loaders.amo import AmoBody, day, official
from loaders.record import Problem, Scalar, natural, text
from loaders.texts import clean
from ontology import nouns

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_DAY = timedelta(days=1)

# Codes of the Interior ministry for places overseas, beside those of the Assembly (sources differ: 99 or ZZ is 099).
_DEPARTEMENT_ALIASES = {
    "ZA": "971",
    "ZB": "972",
    "ZC": "973",
    "ZD": "974",
    "ZM": "976",
    "ZN": "988",
    "ZP": "987",
    "ZS": "975",
    "ZW": "986",
    "ZX": "977",
    "ZZ": "099",
    "99": "099",
}
_DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]|099")
DELIMITATIONS = {
    "1986": "Loi n° 86-1197 du 24 novembre 1986",
    "2010": "Ordonnance n° 2009-935 du 29 juillet 2009",
}
SCHEMES = (
    nouns.Scheme(key="rubrique", label_fr="Rubriques", label_en="Rubrics"),
    nouns.Scheme(key="heading", label_fr="Têtes d'analyse", label_en="Headings"),
    nouns.Scheme(key="analysis", label_fr="Analyses", label_en="Analysis terms"),
    nouns.Scheme(key="closure", label_fr="Motifs de clôture", label_en="Closing reasons"),
    nouns.Scheme(key="delimitation", label_fr="Découpages", label_en="Boundary acts"),
    nouns.Scheme(key="end-reason", label_fr="Motifs de fin de mandat", label_en="Reasons for the end of a mandate"),
)

LOADED_TYPES = frozenset({"ASSEMBLEE", "GP", "PARPOL", "MINISTERE", "GOUVERNEMENT", "CIRCONSCRIPTION"})


def delimitation(legislature: int) -> str:
    """Name the boundary act of a legislature: 1986 for the elections of 1988 to 2007, 2010 since 2012."""
    return "2010" if legislature >= 14 else "1986"


def departement_code(value: Scalar) -> str | None:
    """Read a département code as the Assembly prints it: 01 to 95, 2A, 2B, 971 to 988, 099 for the French abroad."""
    code = text(value) or ""
    known = _DEPARTEMENT_ALIASES.get(code, code)
    return known if _DEPARTEMENT.fullmatch(known) else None


def constituency_key(legislature: int, departement: str, number: int) -> str:
    """Make the durable key of a constituency: boundary act, département, number (``2010-44-09``)."""
    return f"{delimitation(legislature)}-{departement}-{number:02}"


def ordinal(number: int) -> str:
    """Write a French ordinal: 1re, 2e."""
    return "1re" if number == 1 else f"{number}e"


def english_ordinal(number: int) -> str:
    """Write an English ordinal: 1st, 15th."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def legislature(
    number: int,
    *,
    identifier: str | None = None,
    start: date | None = None,
    end: date | None = None,
    stub: str | None = None,
) -> nouns.Legislature:
    """Describe a legislature, or the stub of one."""
    return nouns.Legislature(
        key=str(number),
        number=number,
        identifier=identifier,
        start=start,
        end=end,
        stub=stub,
        label_fr=f"{ordinal(number)} législature",
        label_en=f"{english_ordinal(number)} legislature",
    )


def label(value: Scalar) -> str | None:
    """Read a label: runs of spaces and no-break spaces become one space."""
    found = text(value)
    return None if found is None else (" ".join(clean(found).split()) or None)


class Bodies:
    """All bodies of a set of AMO files, by key, with the notes on what was odd."""

    def __init__(self, raw: Iterable[AmoBody]) -> None:
        self.groups: dict[str, nouns.Group] = {}
        self.parties: dict[str, nouns.Party] = {}
        self.ministries: dict[str, nouns.Ministry] = {}
        self.governments: dict[str, nouns.Government] = {}
        self.legislatures: dict[int, nouns.Legislature] = {}
        self.constituencies: dict[str, nouns.Constituency] = {}
        self.departements: dict[str, nouns.Departement] = {}
        self.problems: list[Problem] = []
        by_type: dict[str, list[AmoBody]] = {}
        for body in sorted(raw, key=lambda b: text(b.uid) or ""):
            by_type.setdefault(text(body.codeType) or "", []).append(body)
        for body in by_type.get("ASSEMBLEE", ()):
            self._legislature(body)
        for body in by_type.get("GOUVERNEMENT", ()):
            self._government(body)
        for body in by_type.get("MINISTERE", ()):
            self._ministry(body)
        for body in by_type.get("GP", ()):
            self._group(body)
        for body in by_type.get("PARPOL", ()):
            self._party(body)
        for body in by_type.get("CIRCONSCRIPTION", ()):
            self._constituency(body)

    def as_nouns(self) -> list[nouns.Actor]:
        """Give all bodies as nouns."""
        return [
            *self.legislatures.values(),
            *self.governments.values(),
            *self.ministries.values(),
            *self.groups.values(),
            *self.parties.values(),
            *(found for _, found in sorted(self.constituencies.items())),
            *(found for _, found in sorted(self.departements.items())),
        ]

    def keys(self, kind: str) -> frozenset[str]:
        """Give the keys of all groups (GP), parties (PARPOL) or ministries (MINISTERE)."""
        if kind == "GP":
            return frozenset(self.groups)
        return frozenset(self.parties if kind == "PARPOL" else self.ministries)

    def boundary_acts(self) -> list[nouns.Concept]:
        """Give the boundary acts that the constituencies name."""
        acts = sorted({c.delimitation for c in self.constituencies.values()})
        return [
            nouns.Concept(key=act, label=DELIMITATIONS[act.rpartition("--")[2]], scheme="delimitation") for act in acts
        ]

    def _note(self, code: str, key: str, message: str) -> None:
        self.problems.append(Problem(severity="note", code=code, uid=key, message=message))

    def _life(self, body: AmoBody) -> tuple[date | None, date | None]:
        life = body.viMoDe
        start, end = (day(life.dateDebut), day(life.dateFin)) if life else (None, None)
        if start and end and end < start:
            self._note("reversed-interval", text(body.uid) or "", f"ends on {end}, before it starts on {start}")
            return start, None
        return start, end

    def _legislature(self, body: AmoBody) -> None:
        number, (start, end) = natural(body.legislature), self._life(body)
        if number is None or start is None:
            self._note("no-legislature", text(body.uid) or "", "an assembly without legislature or first day")
            return
        self.legislatures[number] = legislature(number, identifier=text(body.uid), start=start, end=end)

    def _government(self, body: AmoBody) -> None:
        key, (start, end) = text(body.uid) or "", self._life(body)
        name = label(body.libelleAbrege) or label(body.libelle) or key
        if start is None:
            self._note("no-first-day", key, "a government without first day is left out")
            return
        words = [w if w.isdigit() or set(w) <= set("IVX") else w.capitalize() for w in name.split()]
        self.governments[key] = nouns.Government(key=key, label=f"Gouvernement {' '.join(words)}", start=start, end=end)

    def _ministry(self, body: AmoBody) -> None:
        key, (start, end) = text(body.uid) or "", self._life(body)
        full = label(body.libelle)
        government = official(body.organeParent, "PO")
        if government not in self.governments:
            if government is not None:  # PO268781's parent PO268150 is in no file
                self._note("unknown-parent", key, f"its government {government} is not in the data")
            government = None
        if start is None and government is not None:  # PO653320 has no first day: it began with its government
            start = self.governments[government].start
            self._note("no-first-day", key, f"first day taken from its government {government}")
        self.ministries[key] = nouns.Ministry(
            key=key,
            label=label(body.libelleAbrege) or full or key,
            full=full,
            start=start,
            end=end,
            government=government,
        )

    def _group(self, body: AmoBody) -> None:
        key, (start, end) = text(body.uid) or "", self._life(body)
        number = natural(body.legislature)
        if number is None or start is None:
            self._note("no-first-day", key, "a group without legislature or first day is left out")
            return
        term = self.legislatures.get(number)
        self.groups[key] = nouns.Group(
            key=key,
            label=label(body.libelle) or key,
            notation=label(body.libelleAbrev),
            legislature=number,
            start=start,
            end=end or (term.end if term else None),
            stance=label(body.positionPolitique),
            colour=label(body.couleurAssociee),
        )

    def _party(self, body: AmoBody) -> None:
        key = text(body.uid) or ""
        self.parties[key] = nouns.Party(key=key, label=label(body.libelle) or key)

    def describe_constituency(self, key: str, code: str, number: int, legislature: int, name: str) -> None:
        """Make known a constituency that only a mandate names, with its département."""
        self.departements.setdefault(code, nouns.Departement(key=code, label=name, notation=code))
        if key not in self.constituencies:
            self.constituencies[key] = nouns.Constituency(
                key=key,
                label=f"{name} ({ordinal(number)} circonscription)",
                number=number,
                departement=code,
                delimitation=f"delimitation--{delimitation(legislature)}",
            )

    def _constituency(self, body: AmoBody) -> None:
        uid, number, legislature = text(body.uid) or "", natural(body.numero), natural(body.legislature)
        place = body.lieu.departement if body.lieu else None
        code = departement_code(place.code) if place else None
        if number is None or legislature is None or code is None:
            self._note("no-place", uid, "a constituency without number, legislature or département is left out")
            return
        name = (label(place.libelle) if place else None) or code
        self.departements.setdefault(code, nouns.Departement(key=code, label=name, notation=code))
        key = constituency_key(legislature, code, number)
        known = self.constituencies.get(key)
        self.constituencies[key] = nouns.Constituency(
            key=key,
            label=f"{name} ({ordinal(number)} circonscription)",
            number=number,
            departement=code,
            delimitation=f"delimitation--{delimitation(legislature)}",
            identifiers=(*(known.identifiers if known else ()), uid),
        )
