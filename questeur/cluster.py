# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# dask.distributed has no types
"""Mapping on a Dask cluster: the same pure functions on the `Executor` of dask.distributed (an extra).

Workers need the work folder of DATA on a file system they share with the build; the records travel to them. A worker
that dies takes nothing down: its tasks run again elsewhere, and give the same bytes.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from loaders.workers import Submitting
from ontology.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Generator

    from loaders.workers import Pool


@contextmanager
def dask_pool(address: str | None, workers: int | None) -> Generator[Pool, None, None]:
    """Connect to a scheduler, or start a cluster of worker processes on this machine.

    Raises
    ------
    ConfigError
        dask.distributed is not installed, or the scheduler cannot be reached.
    """
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            "mapping on a cluster needs dask.distributed", hint="pip install 'questeur[distributed]'"
        ) from error
    try:
        if address is not None:
            client = Client(address, timeout=10)
        else:
            client = Client(LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0"))
    except (OSError, TimeoutError) as error:
        raise ConfigError(f"no Dask scheduler answers at {address}", hint="give tcp://HOST:PORT") from error
    with client:
        ahead = 2 * max(len(client.scheduler_info()["workers"]), 1)
        yield Submitting(client.get_executor(pure=False, retries=3), ahead)
        if address is None and client.cluster is not None:
            client.cluster.close()
