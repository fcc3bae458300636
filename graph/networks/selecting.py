"""Which rows of the columns pass the filters. Knows columns and parameters; knows no network."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from graph.columns.codes import NONE
from graph.columns.table import ENDS, NO_DAY, TYPES, day_number
from graph.networks.parameters import bad

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.parameters import Parameters

_LISTS = {"deputy": "person"}  # names of code lists where they are not those of the filters


def selected(columns: Columns, parameters: Parameters) -> NDArray[np.intp]:
    """Give the rows of the questions that pass, in order; raises what `passing` does."""
    return np.flatnonzero(passing(columns, parameters))


def passing(columns: Columns, parameters: Parameters) -> NDArray[np.bool_]:
    """Mark the questions that pass.

    Raises
    ------
    QueryError
        The graph holds nothing of a key that is given.
    """
    mask = np.ones(len(columns), dtype=np.bool_)
    if parameters.type != "all":
        mask &= columns.type == TYPES.index(parameters.type)
    if parameters.legislature is not None:
        mask &= columns.legislature == parameters.legislature
    if parameters.status is not None:
        mask &= columns.end == ENDS.index(parameters.status)
    if parameters.since is not None:
        mask &= columns.asked >= day_number(parameters.since.isoformat())
    if parameters.until is not None:
        mask &= (columns.asked < day_number(parameters.until.isoformat())) & (columns.asked != NO_DAY)
    for name in ("deputy", "group", "departement", "constituency", "topic", "ministry", "portfolio"):
        key: str | None = getattr(parameters, name)
        if key is not None:
            mask &= column_of(columns, name, parameters) == code_of(columns, name, key)
    return mask


def column_of(columns: Columns, end: str, parameters: Parameters) -> NDArray[np.int32]:
    """Give the column of an end of a network: that of the target for a ministry, as dated or declared for a group."""
    if end in {"ministry", "portfolio"}:
        name = f"{end}_{parameters.target}"
    else:
        name = f"group_{parameters.group_as}" if end == "group" else end
    column: NDArray[np.int32] = getattr(columns, name)
    return column


def list_of(end: str) -> str:
    """Name the code list of an end."""
    return _LISTS.get(end, end)


def code_of(columns: Columns, name: str, key: str, *, end: str = "") -> int:
    """Give the code of a key, or say which keys are near; ``name`` is the parameter, and the end unless given."""
    known = columns.codes[list_of(end or name)].code
    code = known.get(key, NONE)
    if code == NONE:
        near = get_close_matches(key, known, n=3, cutoff=0.5)
        raise bad(name, key, f"did you mean {', '.join(near)}?" if near else f"the graph knows no such {end or name}")
    return code
