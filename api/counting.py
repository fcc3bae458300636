"""The queries behind networks and delays: their counts in SPARQL, with every filter. Knows no HTTP, no columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api import queries
from api.selection import Selection
from graph.networks.parameters import KEYS
from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from graph.networks.inquiry import By, Inquiry
    from graph.networks.kinds import Kind
    from graph.networks.options import Options
    from graph.networks.parameters import Parameters

# The properties that lead from a question to what a network joins; ministries and groups depend on the parameters.
_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "deputy": ("author",),
    "constituency": ("constituencyAtTabling",),
    "departement": ("constituencyAtTabling", "inDepartement"),
    "topic": ("topic",),
}
# The same to what makes the groups of a comparison of delays, but for years and governments, which are reckoned.
_GROUPED: Final[Mapping[By, tuple[str, ...]]] = {
    "portfolio": ("attributedTo", "mainPortfolio"),
    "ministry": ("attributedTo",),
    "group": ("groupAtTabling",),
    "topic": ("topic",),
    "departement": ("constituencyAtTabling", "inDepartement"),
    "legislature": ("inLegislature",),
    "majority": ("groupAtTabling", "stance"),
}


def counting(kind: Kind, parameters: Parameters, options: Options) -> str:
    """Write the query that counts the pairs of a network, whatever it is tested against and however few are shown."""
    named = {name: getattr(parameters, name) for name in (*KEYS, "status") if name != "group"}
    slots = Selection(parameters=parameters, **named).slots()
    first, second = kind.ends
    if kind.projected:
        second = options.via or kind.via[0]
    slots["first"], slots["second"] = (_path(end, parameters, options) for end in (first, second))
    slots["one"] = queries.variable(first)
    slots["other"] = queries.variable("other" if kind.projected else second)
    return queries.text("shared" if kind.projected else "pairs", **slots)


def outcomes(inquiry: Inquiry, day: date) -> str:
    """Write the query that counts what had become of the questions of each group by a day.

    Raises
    ------
    ValueError
        Groups hold a question for a time: it may count for several.
    """
    if inquiry.held:
        raise ValueError("the questions of a group that holds them for a time are no count of one property")
    parameters = inquiry.parameters
    named = {name: getattr(parameters, name) for name in (*KEYS, "status") if name != "group"}
    slots = Selection(parameters=parameters, **named).slots() | {"on": queries.day(day)}
    slots["by"] = queries.variable(inquiry.by)
    if inquiry.by == "year":
        slots["year"] = slots["by"]
    elif inquiry.by == "government":
        slots["office"] = slots["by"]
    else:
        slots["path"] = queries.path(*(NS + name for name in _GROUPED[inquiry.by]))
    return queries.text("delays", **slots)


def _path(end: str, parameters: Parameters, options: Options) -> queries.Term:
    """Write the way from a question to an end."""
    if end == "group":
        return queries.path(NS + ("groupAtTabling" if parameters.group_as == "dated" else "groupAsPublished"))
    if end == "ministry":
        asks = Selection(parameters=parameters).asks
        return queries.path(asks, *((f"{NS}mainPortfolio",) if options.ministry_as == "portfolio" else ()))
    return queries.path(*(NS + name for name in _PATHS[end]))
