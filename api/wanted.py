"""The network that a request asks for: read and checked at once, made when it is needed. Knows HTTP; no format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.context import language, service
from api.copied import name_of, searched
from api.filters import check, choices
from graph.networks.kinds import network, read

if TYPE_CHECKING:
    from api.copied import Copied
    from api.jobs import Job
    from graph.columns.table import Columns
    from graph.networks.kinds import Kind
    from graph.networks.network import Network
    from graph.networks.options import Options
    from graph.networks.parameters import Parameters
    from graph.networks.units import Units


class SearchingError(Exception):
    """The texts are still being searched for what counts once: no error of anybody's, but no network yet."""

    def __init__(self, job: Job, *, page: bool) -> None:
        super().__init__()
        self.job = job
        self.page = page


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A kind of network, its parameters and options, the columns it is counted in, and whether a ``page`` shows it."""

    kind: Kind
    parameters: Parameters
    options: Options
    columns: Columns
    page: bool

    def found(self) -> Network:
        """Make it.

        Raises
        ------
        SearchingError
            Its units are not known yet.
        """
        return network(self.columns, self.kind.name, self.parameters, self.options, units=self.units())

    def name(self, *more: object) -> object:
        """Name what is made of it."""
        said = {**self.parameters.canonical(), **self.options.changed(self.kind.defaults)}
        return self.columns.generation, self.kind.name, tuple(sorted(said.items())), repr(more)

    def searches(self) -> tuple[object, ...]:
        """Name the job of the search that it needs, if it needs one."""
        return (name_of(self.columns, self.parameters),) if self.options.unit == "cluster" else ()

    def units(self) -> Units | None:
        """Give what counts once, where it is not the question; raises what `found` does."""
        if self.options.unit == "question":
            return None
        job = searched(self.columns, self.parameters)
        if not job.done.is_set():
            raise SearchingError(job, page=self.page)
        found: Copied = job.found
        return found.units


def wanted(kind: Kind, given: dict[str, str], *, page: bool = False) -> Wanted:
    """Read the network of a request; a legislature or group that the store does not hold is refused.

    Raises
    ------
    QueryError
        A name or a value is not allowed.
    """
    parameters, options = read(kind, given)
    current = service()
    check(parameters, choices(current.memo, language=language(), limits=current.settings.limits()))
    columns = current.facts.of(current.store)
    return Wanted(kind=kind, parameters=parameters, options=options, columns=columns, page=page)
