"""A graph opened for analysis from Python: the same questions as the service and the command line answer.

Knows the store and the analyses; reads the columns once for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

from graph import named
from graph.columns.keeping import columns_of
from graph.networks import copies, kinds, transfers
from graph.networks.delay_report import report
from graph.networks.directed import DIRECTED, REUSE, directed_run
from graph.networks.inquiry import read
from graph.networks.linked import TRIALS, plan_of, run_of
from graph.networks.origin import origin_of
from graph.networks.parameters import choose, parse
from graph.networks.waits import delays, late
from graph.opening import open_store
from graph.published import publish_run, published_runs, unpublish
from graph.store import Limits
from ontology.errors import ConfigError, QueryError, QuesteurError
from questeur.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from rdflib import Graph

    from graph.columns.table import Columns
    from graph.named import NamedQuery
    from graph.networks.copies import As
    from graph.networks.network import Network
    from graph.networks.parameters import Parameters
    from graph.networks.stating import Run
    from graph.networks.transfers import Directed
    from graph.networks.units import Units
    from graph.networks.waits import Wait
    from graph.published import Kept
    from graph.store import Rows, Store, Term

    Value = str | int | date | None

__all__ = ["Opened", "QuesteurError", "Table", "connect", "open_graph"]

_RENAMED = {"since": "from", "until": "to", "as_": "as"}


class Opened:
    """A DATA folder or an endpoint, and what can be asked of it. Close it, or use it in a ``with`` block.

    The filters are those of an address, ``since`` and ``until`` for ``from`` and ``to``.
    """

    def __init__(self, store: Store, *, timeout: float = 60.0) -> None:
        self.store = store
        self._limits = Limits(deadline=timeout)
        self._found: tuple[tuple[str, Parameters], Units] | None = None

    def __enter__(self) -> Self:
        """Give this graph."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """Close it."""
        self.close()
        return False

    def close(self) -> None:
        """Let go of processes and files."""
        self.store.close()

    @property
    def columns(self) -> Columns:
        """Give one row a question of the current generation, as numpy arrays."""
        return columns_of(self.store)

    @property
    def generation(self) -> str:
        """Name the current generation; of another service, that of its last answer."""
        return self.store.generation()

    @property
    def data_date(self) -> date | None:
        """Give the day of the data of the current generation; of another service, that of its last answer."""
        return self.store.freshness().date

    def query(self, text: str, values: Mapping[str, Term] | None = None, /, **slots: object) -> Table:
        """Ask a SELECT, or a packaged query by its name.

        Parameters
        ----------
        text
            SPARQL 1.1; or ``@`` and the name of a packaged query, whose slots are then the keywords.
        values
            Terms that variables of the text are fixed to: never by formatting text.

        Raises
        ------
        QueryError
            The text cannot be read, is no SELECT, or a slot cannot be filled so.
        DeadlineError, TooLargeError, BusyError
            The query takes too long or too much. There is no short answer.
        """
        return Table(self.store.rows(_query(text, slots), bindings=values, limits=self._limits))

    def ask(self, text: str, values: Mapping[str, Term] | None = None, /) -> bool:
        """Ask an ASK."""
        return self.store.ask(text, bindings=values, limits=self._limits)

    def graph(self, text: str, values: Mapping[str, Term] | None = None, /) -> Graph:
        """Ask a CONSTRUCT or a DESCRIBE, and give an rdflib graph."""
        return self.store.graph(text, bindings=values, limits=self._limits)

    def queries(self) -> tuple[NamedQuery, ...]:
        """List the packaged queries, with their titles and slots."""
        return tuple(map(named.read, named.names()))

    def rows(self, query: str) -> Rows:
        """Answer a SELECT."""
        return self.store.rows(query)

    def network(self, kind: str, **filters: Value) -> Network:
        """Make a network of a kind, such as ``deputy-ministry``: take its graph, measure it, write it.

        The filters and options are those of ``/networks``; ``unit="cluster"`` searches the texts first, which takes
        seconds for the questions of a legislature.

        Raises
        ------
        QueryError
            There is no such kind, or a value is not allowed; the hint names the nearest.
        """
        parameters, options = kinds.read(kinds.kind_of(kind), _texts(filters))
        units = self._units(parameters) if options.unit == "cluster" else None
        return kinds.network(self.columns, kind, parameters, options, units=units)

    def _units(self, parameters: Parameters) -> Units:
        """Search the texts for what counts once, or recall what was found last."""
        name = (self.columns.generation, parameters)
        if self._found is None or self._found[0] != name:
            self._found = name, copies.units(self.store, self.columns, parameters)
        return self._found[1]

    def run(
        self, kind: str, *, m: str = "", trials: int | str = TRIALS, algorithm: str = "louvain", **filters: Value
    ) -> Run:
        """Compute a network as linked data: edges, measures of nodes, communities, and how it was made.

        ``ministry-transfer`` and ``text-reuse`` are kinds here too: of them, edges, degrees and strengths.

        Parameters
        ----------
        kind, filters
            As for `network`; as for `transfers`; as for `text_reuse`, with ``as_`` for the nodes.
        m
            Names of measures of nodes, with commas between; all that fit when empty.
        trials
            Random networks that the communities are set beside; 0: no communities.
        algorithm
            ``louvain``, or ``leiden`` with the extra ``fast``.

        Raises
        ------
        QueryError
            As `network`; or there is no such measure, or it does not fit the network.
        """
        plan, origin = plan_of(m=m, trials=trials, algorithm=algorithm), origin_of(self.store, self.columns)
        if kind not in DIRECTED:
            return run_of(self.network(kind, **filters), origin, plan)
        for name in plan.canonical():
            raise QueryError(
                f"a run of {kind} takes no {name}", code="parameter", hint="its edges, degrees and strengths are stated"
            )
        given = _texts(filters)
        nodes = choose("as", given.pop("as", "question"), copies.AS) if kind == REUSE else ""
        parameters = parse(given)
        if kind != REUSE:
            return directed_run(transfers.transfers(self.columns, parameters), origin)
        body = copies.report(self.columns, parameters, copies.copies(self.store, self.columns, parameters))
        return directed_run(copies.network(self.columns, body, kind=cast("As", nodes)), origin)

    def publish(self, run: Run) -> str:
        """Put a run into the graph as a named graph, in a new generation; give the generation's name.

        Raises
        ------
        ConfigError
            The store is no DATA folder.
        BusyError, BuildError
            The graph has changed since, updates have changed it, or another process is writing.
        """
        return publish_run(self._folder(), run, generation=self.columns.generation).name

    def published(self) -> tuple[Kept, ...]:
        """List the runs that are published in a DATA folder."""
        return published_runs(self._folder())

    def unpublish(self, key: str) -> str:
        """Take a published run away, in a new generation; give the generation's name.

        Raises
        ------
        NotFoundError
            None of that key is published.
        """
        return unpublish(self._folder(), key).name

    def _folder(self) -> Path:
        folder: Path | None = getattr(self.store, "data", None)
        if folder is None:
            raise ConfigError(
                "networks are published in DATA folders", hint="for another store, PUT what run(…).turtle() gives"
            )
        return folder

    def delays(self, **filters: Value) -> dict[str, Any]:
        """Compare how long answers take; ``by``, ``credit`` and ``on`` beside the filters. The JSON of ``/delays``."""
        return report(delays(self.columns, read(_texts(filters))))

    def overdue(self, **filters: Value) -> list[Wait]:
        """List the questions that are overdue ``on`` a day, the longest overdue first."""
        return list(late(self.columns, read(_texts(filters))))

    def transfers(self, **filters: Value) -> Directed:
        """Count which portfolio passes questions on to which, reshuffles aside."""
        return transfers.transfers(self.columns, parse(_texts(filters)))

    def text_reuse(self, **filters: Value) -> dict[str, Any]:
        """Find the questions that repeat others. The JSON of ``/text-reuse``, all clusters in it."""
        parameters = parse(_texts(filters))
        return copies.report(self.columns, parameters, copies.copies(self.store, self.columns, parameters))

    def reuse_network(self, found: Mapping[str, Any], *, kind: As = "question") -> Directed:
        """Make a network of what ``text_reuse`` found: of questions, deputies or groups."""
        return copies.network(self.columns, found, kind=kind)


def open_graph(target: str | Path, *, timeout: float = 60.0) -> Opened:
    """Open a DATA folder, or the SPARQL endpoint of a URL; a query may take ``timeout`` seconds.

    Raises
    ------
    ConfigError
        It is neither.
    NotFoundError
        Nothing has been published in the folder.
    """
    return Opened(open_store(target), timeout=timeout)


def connect(url: str, *, timeout: float = 60.0) -> Opened:
    """Connect to a SPARQL endpoint, or to a service of ours by its address alone.

    Raises
    ------
    ConfigError
        It is no http or https address.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigError(f"{url} is no http or https address", hint="questeur.open(DATA) opens a folder")
    endpoint = f"{url.rstrip('/')}/sparql" if urlsplit(url).path in {"", "/"} else url
    return open_graph(endpoint, timeout=timeout)


def _query(text: str, slots: Mapping[str, object]) -> str:
    if text.startswith("@"):
        return named.read(text[1:].strip()).bind({name: str(value) for name, value in slots.items()})
    if slots:
        raise QueryError(
            f"{', '.join(slots)}: slots belong to packaged queries",
            code="parameter",
            hint="give @name, or a mapping of variables to terms after the text",
        )
    return text


def _texts(filters: Mapping[str, Value]) -> dict[str, str]:
    """Give the filters as an address writes them: a truth as 1 or 0."""
    plain = {name: int(value) if isinstance(value, bool) else value for name, value in filters.items()}
    return {_RENAMED.get(name, name): str(value) for name, value in plain.items() if value is not None}
