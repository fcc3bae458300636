"""What a network was counted from: which generation, and which facts. Knows the Store protocol and columns."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.iris import NS

if TYPE_CHECKING:
    from graph.columns.table import Columns
    from graph.store import Store

_GENERATION: Final = f"SELECT ?generation WHERE {{ ?generation a <{NS}Generation> }} ORDER BY ?generation LIMIT 1"

_NOT_COUNTED: Final = {"group_stance"}  # no network is counted from it, and the name of a published run must not change


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The IRI of the generation, None where the graph names none, and the digest of the facts."""

    generation: str | None
    facts: str


def origin_of(store: Store, columns: Columns) -> Origin:
    """Tell where the columns of a store come from."""
    rows = list(store.rows(_GENERATION))
    return Origin(generation=str(rows[0][0]) if rows else None, facts=facts_of(columns))


def facts_of(columns: Columns) -> str:
    """Digest the facts that networks are counted from: equal facts give equal networks, whatever holds them."""
    digest = hashlib.sha256()
    for name, array in columns.arrays():
        if name in _NOT_COUNTED:
            continue
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    for name, codes in sorted(columns.codes.items()):
        digest.update(json.dumps([name, codes.keys]).encode())
    return digest.hexdigest()
