"""What a request stands in: the service's values and the language and id of the request. Knows Flask's context only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import current_app, request

from api.environ import REQUEST_ID
from api.facts import Facts
from api.jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from api.answers import Answers
    from api.asked import Memo
    from api.locale import Catalogue, Language
    from api.settings import Settings
    from api.tokens import Tokens
    from api.words import Words
    from graph.indexing import Indexes
    from graph.store import Store, Updates
    from graph.takeaway.shelves import Shelves

_KEY = "questeur"
LANGUAGE = "questeur.language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The way to write into the store, and who may take it."""

    updates: Updates
    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Everything a handler may use: the store, its answers and its text index, the settings, the words of pages.

    Without ``writing``, the service is for reading only; ``facts`` are the columns that analyses count in,
    ``jobs`` the computations that take long.
    """

    store: Store
    answers: Answers
    settings: Settings
    catalogues: Mapping[Language, Catalogue]
    words: Words
    memo: Memo
    indexes: Indexes
    shelves: Shelves
    writing: Writing | None = None
    facts: Facts = field(default_factory=Facts)
    jobs: Jobs = field(default_factory=Jobs)


def install(app: Flask, service: Service) -> None:
    """Give the application its service."""
    app.extensions[_KEY] = service


def of(app: Flask) -> Service:
    """Give the service of an application."""
    return cast("Service", app.extensions[_KEY])


def service() -> Service:
    """Give the service of the current request."""
    return of(current_app)


def language() -> Language:
    """Give the language of the page asked for."""
    return cast("Language", request.environ.get(LANGUAGE, "fr"))


def catalogue() -> Catalogue:
    """Give the words of the page asked for."""
    return service().catalogues[language()]


def request_id() -> str:
    """Give the id of this request, the same in its header, its problem and its log line."""
    return cast("str", request.environ[REQUEST_ID])


def public_url() -> str:
    """Give the address of the service as the world sees it, without a slash at the end."""
    return service().settings.public_url or request.host_url.rstrip("/")
