"""A DATA folder or the URL of an endpoint to a Store. Apart from ``store.py``: the drivers import the protocol."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from graph.backends.oxigraph.store import OxigraphStore
from graph.backends.oxigraph.writing import OxigraphUpdates
from graph.backends.remote import RemoteStore
from ontology.errors import ConfigError
from ontology.iris import BASE

if TYPE_CHECKING:
    from graph.backends.calling import Federation
    from graph.store import Store, Updates


def open_store(
    target: str | Path,
    *,
    workers: int = 2,
    queue: int = 64,
    memory_limit: int = 1024**3,
    base_iri: str = BASE,
    union_default: bool = True,
    federation: Federation | None = None,
) -> Store:
    """Open what ``target`` names.

    The keywords are for a DATA folder: the bounds of its query processes, what relative IRIs are relative to, whether
    the default graph is the union of the named ones, and which other services a query may ask.

    Raises
    ------
    ConfigError
        It is neither a folder nor an http(s) URL.
    NotFoundError
        Nothing has been published in the folder.
    """
    if isinstance(target, str) and target.startswith(("http://", "https://")):
        if federation is not None and federation.services:
            raise ConfigError("A store behind this service cannot ask others.", hint="Leave out --federation.")
        return RemoteStore(target)
    if "://" in str(target):
        raise ConfigError(
            f"{target} is no store: only http and https can be asked.", hint="Name a folder or an endpoint."
        )
    folder = Path(target)
    if not folder.is_dir():
        raise ConfigError(f"There is no folder {folder}.", hint="Build a graph with `questeur build`.")
    return OxigraphStore(
        folder,
        workers=workers,
        queue=queue,
        memory_limit=memory_limit,
        base_iri=base_iri,
        union_default=union_default,
        federation=federation,
    )


def open_updates(store: Store) -> Updates:
    """Open the way to write into an opened DATA folder. Do it before the service forks; start the writer at once.

    Raises
    ------
    ConfigError
        The store is no DATA folder of ours: another service has its own way.
    BusyError
        The writer does not start.
    """
    if not isinstance(store, OxigraphStore):
        raise ConfigError("Only a DATA folder can be written to here.", hint="Leave out --updates.")
    updates = OxigraphUpdates(store)
    try:
        updates.start()
    except BaseException:
        updates.close()
        raise
    store.capabilities = replace(store.capabilities, update=True)
    return updates
