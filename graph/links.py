"""Who is who at Wikidata: the numbers of the deputies of a store, and the items that bear them in another store.

P4123 is Wikidata's property for the number of a person at the Assemblée nationale, our key without its letters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from rdflib import Literal, URIRef

from graph.backends.results import term
from ontology.iris import BASE, NS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.store import Limits, Store

_PERSON: Final = f"{BASE}id/person/PA"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_DEPUTIES: Final = f"SELECT DISTINCT ?person WHERE {{ ?person a <{NS}Deputy> }}"
_ITEMS: Final = "SELECT DISTINCT ?item ?id_an WHERE { VALUES ?id_an { %s } ?item <%s> ?id_an }"
_P4123: Final = "http://www.wikidata.org/prop/direct/P4123"


class Item(NamedTuple):
    """An item and the number that it bears."""

    iri: str
    number: str


def deputy_numbers(store: Store, limits: Limits | None = None) -> tuple[str, ...]:
    """Give the Assemblée's numbers of the deputies of a store, in their order."""
    persons = (str(person) for (person,) in store.rows(_DEPUTIES, limits=limits))
    numbers = {person.removeprefix(_PERSON) for person in persons if person.startswith(_PERSON)}
    return tuple(sorted(filter(_NUMBER.fullmatch, numbers), key=int))


def items_of(store: Store, numbers: Iterable[str], limits: Limits | None = None) -> list[Item]:
    """Ask a store of Wikidata's shape for the items that bear any of these numbers, in one query."""
    asked = set(numbers)
    text = _ITEMS % (" ".join(term(Literal(number)) for number in sorted(asked, key=int)), _P4123)
    found = store.rows(text, limits=limits)
    item, number = found.columns.index("item"), found.columns.index("id_an")
    pairs = {Item(str(row[item]), str(row[number])) for row in found if isinstance(row[item], URIRef)}
    return sorted(pair for pair in pairs if pair.number in asked)
