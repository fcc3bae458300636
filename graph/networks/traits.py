"""What a node says of itself: name, type, and what it is part of. Knows columns; knows no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graph.columns.codes import NONE
from graph.networks.selecting import column_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graph.columns.codes import Codes
    from graph.columns.table import Columns
    from graph.networks.parameters import Parameters

CLASSES = {
    "constituency": "Constituency",
    "departement": "Departement",
    "deputy": "Person",
    "group": "Group",
    "ministry": "Ministry",
    "portfolio": "Portfolio",
    "topic": "Topic",
}
STUB_NOTE = "connu par mention seulement"


def described(codes: Codes, end: str, code: int) -> dict[str, Any]:
    """Name a node. A body known only by mention has no dates, and says so in its label."""
    stub = bool(codes.stub[code])
    label = codes.fr[code]
    named: dict[str, Any] = {
        "key": codes.keys[code],
        "type": CLASSES[end],
        "label": f"{label} ({STUB_NOTE})" if stub else label,
        "stub": stub,
    }
    if codes.en[code] != label:
        named["label_en"] = codes.en[code]
    return named


def traits(
    columns: Columns, end: str, parameters: Parameters, rows: NDArray[np.intp]
) -> Callable[[int], dict[str, Any]]:
    """Give what is said of the nodes of an end beyond their names: of a deputy what held at the last question."""
    if end == "deputy":
        order = rows[np.argsort(columns.asked[rows], kind="stable")]
        last = np.full(len(columns.codes["person"]) + 1, NONE, dtype=np.int64)
        last[columns.deputy[order]] = order  # of several the last stays
        named = [
            (name, columns.codes[name].keys, column_of(columns, name, parameters)[last].tolist())
            for name in ("group", "departement", "constituency")
        ]
        return lambda code: {name: keys[held[code]] for name, keys, held in named if held[code] != NONE}
    if end == "portfolio":
        bodies: dict[int, list[str]] = {}
        keys = columns.codes["ministry"].keys
        found: list[int] = np.unique(column_of(columns, "ministry", parameters)[rows]).tolist()
        for ministry in found:
            if ministry != NONE:
                bodies.setdefault(int(columns.ministry_portfolio[ministry]), []).append(keys[ministry])
        return lambda code: {"ministries": bodies.get(code, [])}
    return lambda _: {}
