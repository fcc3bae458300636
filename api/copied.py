"""The search for questions that repeat others: one job for its own pages and for the networks that count by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from api.context import service
from graph.networks.copies import copies, found_units, report, search

if TYPE_CHECKING:
    from api.jobs import Job
    from graph.columns.table import Columns
    from graph.networks.parameters import Parameters
    from graph.networks.units import Units


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a search found: the clusters as they are told, and as the units of a network."""

    body: dict[str, Any]
    units: Units


def searched(columns: Columns, parameters: Parameters) -> Job:
    """Give the job that searches the questions that pass; it finds a `Copied`."""
    current = service()

    def work(job: Job) -> Copied:
        """Search in a process of its own."""
        found = copies(current.store, columns, parameters, by=lambda texts, days: job.apart(search, texts, days))
        return Copied(body=report(columns, parameters, found), units=found_units(columns, found))

    return current.jobs.ask(name_of(columns, parameters), work)


def name_of(columns: Columns, parameters: Parameters) -> object:
    """Name the job. Whom questions are counted for changes nothing where no ministry is asked for."""
    if parameters.ministry is None and parameters.portfolio is None:
        parameters = replace(parameters, target="asked")
    return columns.generation, "text-reuse", tuple(parameters.canonical().items())
