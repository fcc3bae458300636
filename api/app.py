"""The application: handlers over one store. Knows which handlers there are; must not know what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from api import headers, home, lists, locale, named, networks, problems, sparql, things, words
from api.context import Service, install
from api.settings import Settings

if TYPE_CHECKING:
    from graph.store import Store

__all__ = ["Settings", "create_app"]


def create_app(store: Store, settings: Settings | None = None) -> Flask:
    """Make a WSGI application that answers from a store.

    Parameters
    ----------
    store
        Any driver. The application does not close it.
    settings
        Limits and names; the defaults when None.
    """
    chosen = settings or Settings()
    app = Flask(__name__)
    app.name = "questeur"  # pyright: ignore[reportAttributeAccessIssue]  # Flask documents it as settable
    app.config["MAX_CONTENT_LENGTH"] = chosen.max_request_bytes
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    install(app, Service(store=store, settings=chosen, catalogues=locale.load(), words=words.load()))
    headers.register(app)
    problems.register(app)
    for module in (sparql, lists, named, networks, home, things):
        app.register_blueprint(module.blueprint)
    return app
