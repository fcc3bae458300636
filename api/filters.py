"""What a filter form may choose from: the legislatures and groups of the store. Knows the store, no HTTP."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdflib.term import Literal

from api import queries
from api.arguments import nearest
from api.cells import best
from ontology.errors import QueryError
from ontology.iris import NS, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.asked import Answering
    from graph.networks.parameters import Parameters
    from graph.store import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Values and labels of each select field, in order."""

    legislatures: Sequence[tuple[str, str]]
    groups: Sequence[tuple[str, str]]


def choices(store: Answering, *, language: str, limits: Limits) -> Choices:
    """Read the legislatures, newest first, and the groups by name."""
    labels: dict[str, defaultdict[str, list[tuple[str, str]]]] = {}
    numbers: dict[str, int] = {}
    for kind, iri, label, number in store.rows(queries.text("filters"), limits=limits):
        pair = (str(label), label.language or "") if isinstance(label, Literal) else ("", "")
        labels.setdefault(str(kind), defaultdict(list))[_key(str(iri))].append(pair)
        numbers[_key(str(iri))] = int(str(number)) if number is not None else 0
    named = {kind: {key: best(pairs, language) or key for key, pairs in keys.items()} for kind, keys in labels.items()}
    return Choices(
        legislatures=sorted(named.get(f"{NS}Legislature", {}).items(), key=lambda pair: -numbers[pair[0]]),
        groups=sorted(named.get(f"{NS}Group", {}).items(), key=lambda pair: (pair[1].casefold(), pair[0])),
    )


def check(parameters: Parameters, known: Choices) -> None:
    """Refuse a legislature or a group that the store does not hold.

    Raises
    ------
    QueryError
        The hint names the nearest that it does.
    """
    given = {
        "legislature": (parameters.legislature, known.legislatures),
        "group": (parameters.group, known.groups),
    }
    for name, (value, pairs) in given.items():
        keys = [key for key, _ in pairs]
        if value is not None and str(value) not in keys:
            raise QueryError(
                f"parameter {name} cannot be {str(value)!r}", code="parameter", hint=nearest(str(value), keys)
            )


def _key(iri: str) -> str:
    """Give the key of a thing of ours."""
    parts = split(iri)
    return parts[1] if parts else iri
