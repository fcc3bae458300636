"""What the reviewed tables say of the bodies of a build: portfolios, successions, missing governments, missing ends.

A body that the table of portfolios does not hold is matched by its name: to one portfolio if all bodies of that name
agree, else to none (``unassigned``), never by a guess. Either way it is counted.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from loaders.record import Problem
from loaders.references import normalise
from ontology import nouns
from ontology.curated import governments, portfolio_rows, successions
from ontology.portfolios import UNASSIGNED, portfolios

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from loaders.references import References
    from loaders.wikidata import ItemLink
    from ontology.curated import PortfolioRow


class Held(NamedTuple):
    """The portfolios of one ministry."""

    main: str
    all: frozenset[str]
    attached: tuple[str, ...] = ()
    until: date | None = None


NONE_HELD = Held(UNASSIGNED, frozenset({UNASSIGNED}))


def by_key(rows: Iterable[PortfolioRow]) -> dict[str, Held]:
    """Gather the rows of the table by ministry."""
    mains: dict[str, PortfolioRow] = {}
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row.ministry, set()).add(row.portfolio)
        if row.main:
            mains[row.ministry] = row
    return {
        key: Held(row.portfolio, frozenset(held[key]), row.attached_to, row.until) for key, row in sorted(mains.items())
    }


class Curation:
    """The reviewed tables beside the bodies of one build. ``stubs`` are the ministries known by mention only.

    ``rows`` is the table of portfolios, the reviewed one unless another is given.
    """

    def __init__(
        self, references: References, stubs: Iterable[nouns.Ministry], rows: Sequence[PortfolioRow] | None = None
    ) -> None:
        self.problems: list[Problem] = []
        self._references = references
        table = portfolio_rows() if rows is None else rows
        self._table = by_key(table)
        self._named = self._names(table, references.ministries)
        self._bodies = {**references.ministries, **{stub.key: stub for stub in stubs}}
        self._held = {key: self._hold(body) for key, body in sorted(self._bodies.items())}

    def portfolios_of(self, ministry: str) -> frozenset[str]:
        """Give the portfolios of a ministry of this build."""
        return self._held[ministry].all

    def as_nouns(self) -> list[nouns.Curated]:
        """Give what the tables say of these bodies."""
        return [
            *portfolios(),
            *self._governments(),
            *(
                nouns.Assignment(
                    key=key,
                    main=held.main,
                    portfolios=tuple(sorted(held.all)),
                    attached=tuple(body for body in held.attached if body in self._bodies),
                )
                for key, held in self._held.items()
            ),
            *self._ends(),
            *self._changes(),
        ]

    def _names(self, rows: Iterable[PortfolioRow], bodies: Mapping[str, nouns.Ministry]) -> dict[str, set[str]]:
        """List the bodies of the table by every name they bear: in the table, and in the reference data."""
        named: dict[str, set[str]] = {}
        for row in rows:
            named.setdefault(normalise(row.name), set()).add(row.ministry)
        for key in self._table.keys() & bodies.keys():
            for name in (bodies[key].label, bodies[key].full):
                if name is not None:
                    named.setdefault(normalise(name), set()).add(key)
        return named

    def _hold(self, body: nouns.Ministry) -> Held:
        known = self._table.get(body.key)
        if known is not None:
            return known
        held = self._by_name(body)
        if held is NONE_HELD:
            self._note("unassigned-portfolio", body, "neither its id nor its name is in the table of portfolios")
        else:
            self._note("portfolio-by-name", body, f"{held.main}, as the bodies of that name")
        return held

    def _by_name(self, body: nouns.Ministry) -> Held:
        for name in (body.full, body.label):
            alike = [self._table[key] for key in sorted(self._named.get(normalise(name or ""), ()))]
            if alike and len({held.main for held in alike}) == 1:
                common = alike[0].all
                for held in alike:
                    common &= held.all
                return Held(alike[0].main, common)
        return NONE_HELD

    def _note(self, code: str, body: nouns.Ministry, message: str) -> None:
        said = f"{body.label!r}: {message}"
        self.problems.append(Problem(severity="note", code=code, uid=body.key, message=said))

    def _governments(self) -> Iterator[nouns.Government]:
        """Give the governments that the reference data do not hold."""
        for row in governments():
            if row.key not in self._references.governments:
                words = [w if set(w) <= set("IVX0123456789") else w.capitalize() for w in row.name.split()]
                label = f"Gouvernement {' '.join(words)}"
                yield nouns.Government(key=row.key, label=label, start=row.start, end=row.end)

    def _ends(self) -> Iterator[nouns.MinistryEnd | nouns.GovernmentEnd]:
        """Give the last day of what the source never closed."""
        for key, government in self._references.governments.items():
            end = self._references.government_end(key)
            if government.end is None and end is not None:
                yield nouns.GovernmentEnd(key=key, end=end)
        for key, body in self._references.ministries.items():
            end = self._held[key].until or self._references.end_of(body)
            if body.end is None and end is not None and (body.start is None or body.start <= end):
                yield nouns.MinistryEnd(key=key, end=end)

    def _changes(self) -> Iterator[nouns.Change]:
        for row in successions():
            if row.former in self._bodies and row.successor in self._bodies:
                yield nouns.Change(
                    key=f"{row.former}--{row.successor}", former=row.former, successor=row.successor, on=row.on
                )

    def insee_links(self) -> list[nouns.InseeLink]:
        """Link each département to INSEE. The collectivities (975, 977 …) and 099, the French abroad, are not there."""
        return [
            nouns.InseeLink(key=place.key, target=f"http://id.insee.fr/geo/departement/{place.notation}")
            for place in sorted(self._references.departements.values(), key=lambda p: p.key)
            if _is_departement(place.notation)
        ]

    def wikidata_links(self, links: Iterable[ItemLink]) -> list[nouns.WikidataLink]:
        """Link people of this build to Wikidata, one item to one person; doubles are left out and counted."""
        pairs = sorted({(link.person, link.item) for link in links})
        people, items = Counter(person for person, _ in pairs), Counter(item for _, item in pairs)
        kept: list[nouns.WikidataLink] = []
        for person, item in pairs:
            if person not in self._references.persons:
                continue
            if people[person] == items[item] == 1:
                kept.append(nouns.WikidataLink(key=person, target=f"http://www.wikidata.org/entity/{item}"))
            else:
                message = f"{item} is not the only item of this person, or not of this person only: no link"
                self.problems.append(Problem(severity="note", code="ambiguous-item", uid=person, message=message))
        return kept


def _is_departement(code: str) -> bool:
    """Say whether a code is that of a département: 01 to 95 without 20, 2A, 2B, 971 to 974, 976."""
    if code in {"2A", "2B", "971", "972", "973", "974", "976"}:
        return True
    return len(code) == 2 and code.isdigit() and 1 <= int(code) <= 95 and code != "20"
