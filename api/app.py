"""The application: handlers over one store. Knows which handlers there are; must not know what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from api import (
    about,
    assets,
    delays,
    description,
    directories,
    downloads,
    graph_store,
    headers,
    home,
    lists,
    locale,
    named,
    network_parts,
    networks,
    openapi,
    problems,
    search,
    sparql,
    status,
    text_reuse,
    things,
    transfers,
    update,
    vocabulary,
    words,
)
from api.access import AccessLog
from api.answers import Answers
from api.asked import Memo
from api.context import Service, Writing, install, of
from api.fleet import Fleet
from api.front import Front
from api.settings import Settings
from graph.indexing import Indexes
from graph.takeaway.shelves import Shelves

if TYPE_CHECKING:
    from pathlib import Path

    from graph.store import Store

__all__ = ["Fleet", "Settings", "Writing", "create_app", "ready"]

_MODULES = (
    *(sparql, update, graph_store, description, status),
    *(lists, directories, named, networks, network_parts, delays, transfers, text_reuse, search),
    *(home, about, openapi, downloads, assets, vocabulary, things),
)


def create_app(
    store: Store,
    settings: Settings | None = None,
    writing: Writing | None = None,
    *,
    fleet: Fleet | None = None,
    log: Path | None = None,
) -> Flask:
    """Make a WSGI application that answers from a store.

    Parameters
    ----------
    store
        Any driver. The application does not close it.
    settings
        Limits and names; the defaults when None.
    writing
        How to write into the store, and who may; nobody when None.
    fleet
        What this process shares with the other web processes, made before they were forked.
    log
        Where the access log is written, ``-`` for standard output; None: nowhere.
    """
    chosen = settings or Settings()
    shared = fleet or Fleet.of(chosen)
    app = Flask(__name__)
    app.name = "questeur"  # pyright: ignore[reportAttributeAccessIssue]  # Flask documents it as settable
    app.config["MAX_CONTENT_LENGTH"] = chosen.max_request_bytes
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    answers = Answers(store, chosen, shared.metrics, shared.allowances)
    install(
        app,
        Service(
            store=store,
            answers=answers,
            settings=chosen,
            catalogues=locale.load(),
            words=words.load(),
            memo=Memo(store, chosen.limits()),
            indexes=Indexes(store),
            shelves=Shelves(store),
            writing=writing,
        ),
    )
    headers.register(app)
    problems.register(app)
    for module in _MODULES:
        app.register_blueprint(module.blueprint)
    app.wsgi_app = Front(app.wsgi_app, answers, AccessLog(log))  # type: ignore[method-assign]  # as documented
    return app


def ready(app: Flask) -> Flask:
    """Begin what an application that will serve takes a while over: the full-text index. Give the application."""
    of(app).indexes.start()
    return app
