"""A network cut by time: a network each year, half-year, government or legislature, which add up to the whole.

Slices cover the range without gap or overlap, each with its own margins and family of tests; nodes stand where they
stand in the whole, so that slices compare by eye. Knows columns and kinds; knows no store and no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graph.columns.codes import NONE
from graph.columns.table import NO_DAY, day_text
from graph.networks.kinds import network
from graph.networks.selecting import selected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from graph.columns.table import Columns
    from graph.networks.network import Network
    from graph.networks.options import Options, Slice
    from graph.networks.parameters import Parameters
    from graph.networks.units import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One slice: its name, its days ``[since, until)`` where it is cut by days, and its network."""

    name: str
    since: date | None
    until: date | None
    network: Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliced:
    """A network and its slices; ``undated`` questions, without a day or a legislature, are in none of them."""

    whole: Network
    parts: tuple[Part, ...]
    undated: int


def sliced(
    columns: Columns,
    kind: str,
    parameters: Parameters,
    options: Options,
    units: Units | None = None,
    *,
    progress: Callable[[float], None] | None = None,
) -> Sliced:
    """Make a network and its slices by ``options.slice``; ``progress`` is told the share of the networks that are made.

    ``units`` are those of all questions, as in `network`.

    Raises
    ------
    ValueError
        The options name no slice.
    """
    if options.slice is None:
        raise ValueError("the options name no slice")
    plain = replace(options, slice=None)
    whole = network(columns, kind, parameters, plain, units=units)
    rows = selected(columns, parameters)
    cuts = list(_cut(columns, rows, parameters, options.slice))
    parts: list[Part] = []
    for name, part in cuts:
        if progress is not None:
            progress((len(parts) + 1) / (len(cuts) + 1))
        own = _as_in(whole, network(columns, kind, part, plain, units=units))
        parts.append(Part(name=name, since=part.since, until=part.until, network=own))
    lacking = columns.legislature[rows] == NONE if options.slice == "legislature" else columns.asked[rows] == NO_DAY
    return Sliced(whole=whole, parts=tuple(parts), undated=int(lacking.sum()))


def _cut(
    columns: Columns, rows: NDArray[np.intp], parameters: Parameters, by: Slice
) -> Iterator[tuple[str, Parameters]]:
    """Give the parameters of each slice that has questions or lies between some."""
    if by == "legislature":
        for number in np.unique(columns.legislature[rows]).tolist():
            if number != NONE:
                yield str(number), replace(parameters, legislature=number)
        return
    days = columns.asked[rows]
    days = days[days != NO_DAY]
    if not len(days):
        return
    first, last = _date(int(days.min())), _date(int(days.max()))
    starts = _governments(columns, first, last) if by == "government" else _calendar(first, last, half=by == "half")
    bounds = [*starts, ("", last + timedelta(days=1))]
    for (name, since), (_, until) in pairwise(bounds):
        begins, ends = max(since, parameters.since or since), min(until, parameters.until or until)
        if begins < ends:
            yield name, replace(parameters, since=begins, until=ends)


def _calendar(first: date, last: date, *, half: bool) -> list[tuple[str, date]]:
    """Give the years or half-years from one day to another, each with its first day."""
    months = (1, 7) if half else (1,)
    starts = [date(year, month, 1) for year in range(first.year, last.year + 1) for month in months]
    begun = max(start for start in starts if start <= first)
    names = [f"{s.year}-{1 + s.month // 7}" if half else str(s.year) for s in starts]
    return [(name, start) for name, start in zip(names, starts, strict=True) if begun <= start <= last]


def _governments(columns: Columns, first: date, last: date) -> list[tuple[str, date]]:
    """Give the governments from one day to another; the days before the first known one have no name."""
    names = columns.codes["government"].fr
    known = sorted(
        (_date(day), name) for day, name in zip(columns.government_since.tolist(), names, strict=True) if day != NO_DAY
    )
    before = [(name, start) for start, name in known if start <= first][-1:] or [("", first)]
    return before + [(name, start) for start, name in known if first < start <= last]


def _as_in(whole: Network, part: Network) -> Network:
    """Put the nodes of a slice where they stand in the whole."""
    places = {node: {axis: data[axis] for axis in ("x", "y")} for node, data in whole.nodes}
    return replace(part, nodes=tuple((node, {**data, **places.get(node, {})}) for node, data in part.nodes))


def _date(day: int) -> date:
    """Give the date of the number of a day."""
    return date.fromisoformat(day_text(day))
