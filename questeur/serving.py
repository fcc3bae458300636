"""``questeur serve`` and ``questeur demo``: a store, the application over it, and the web server around both."""

from __future__ import annotations

from contextlib import closing

import click

from api.app import create_app
from api.serving import listen, serve
from api.settings import Settings
from graph.opening import open_store
from graph.store import Limits

_CHECK = "ASK { ?s ?p ?o }"


def check_port(host: str, port: int) -> None:
    """Fail early, before a build, if the address cannot be listened on."""
    listen(host, port).close()


def serve_data(target: str, *, host: str, port: int, deadline: float) -> None:
    """Serve a DATA folder or an endpoint until interrupted."""
    with closing(open_store(target)) as store:  # say what is wrong here, once, and not in each web process
        store.ask(_CHECK, limits=Limits(deadline=deadline))
    settings = Settings(deadline=deadline)
    serve(
        lambda: create_app(open_store(target), settings),
        host=host,
        port=port,
        on_ready=_announce,
        deadline=deadline,
    )


def _announce(address: str) -> None:
    for line in (
        f"serving on {address}/ (Ctrl-C stops it)",
        f"  SPARQL    {address}/sparql",
        f"  network   {address}/networks/deputy-ministry?type=all",
        f"  question  {address}/question/15-10719",
    ):
        click.echo(line, err=True)


__all__ = ["check_port", "serve_data"]
