"""``questeur serve`` and ``questeur demo``: a store, the application over it, and the web server around both."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path

import click

from api.app import Writing, create_app
from api.serving import listen, serve
from api.settings import Settings
from api.tokens import Tokens
from graph.opening import open_store, open_updates
from graph.store import Limits

_CHECK = "ASK { ?s ?p ?o }"


def check_port(host: str, port: int) -> None:
    """Fail early, before a build, if the address cannot be listened on."""
    listen(host, port).close()


def serve_data(
    target: str,
    *,
    host: str,
    port: int,
    deadline: float,
    updates: bool = False,
    strict: bool = False,
    public_url: str = "",
) -> None:
    """Serve a DATA folder or an endpoint until interrupted.

    With ``updates``, who shows a token may write into the folder; with ``strict``, the default graph of a query is the
    one without a name, not the union of the others.
    """
    settings = Settings(deadline=deadline, public_url=public_url.rstrip("/"))
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(target, union_default=not strict)))
        store.ask(_CHECK, limits=Limits(deadline=deadline))  # say what is wrong here, once, not in each web process
        writing = None
        if updates:
            writing = Writing(updates=stack.enter_context(closing(open_updates(store))), tokens=Tokens(Path(target)))
        store.close()  # its processes; those that are forked from here start their own
        serve(
            lambda: create_app(store, settings, writing),
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
