"""Who asks which ministry, counted without a test: one call with plain arguments, for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graph.columns.keeping import columns_of
from graph.networks.kinds import KINDS, network
from graph.networks.parameters import Parameters

if TYPE_CHECKING:
    from datetime import date

    import networkx as nx

    from graph.networks.parameters import QuestionType, Target
    from graph.store import Store

KIND = "deputy-ministry"


def deputy_ministry(
    store: Store,
    *,
    legislature: int | None = None,
    since: date | None = None,
    until: date | None = None,
    group: str | None = None,
    target: Target = "asked",
    type: QuestionType = "QE",  # noqa: A002 the parameter's name in URLs and on the command line
) -> nx.Graph[str]:
    """Count the questions of each deputy to each dated ministry body, without testing the counts.

    Parameters
    ----------
    store
        Any driver.
    legislature, since, until, group, target, type
        See `Parameters`.

    Returns
    -------
    nx.Graph
        Bipartite: deputies 0, dated ministry bodies 1. Nodes and edges in the order of their IRIs; the graph's own
        attributes say what was counted and what has no place (``excluded``): n_questions + excluded = all matches.
    """
    parameters = Parameters(legislature=legislature, since=since, until=until, group=group, target=target, type=type)
    return network(columns_of(store), KIND, parameters, replace(KINDS[KIND].defaults, null="none")).graph
