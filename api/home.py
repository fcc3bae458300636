"""The front page, the problem types and the health of the service. Knows HTTP and a few queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response

from api import queries
from api.context import service
from api.pages import render
from api.problems import problem_slugs
from api.questions import page
from api.selection import selection
from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from api.asked import Answering
    from graph.store import Limits

blueprint = Blueprint("home", __name__)

_SMALL = 50
_LATEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the front page counts."""

    questions: int
    answered: int
    deputies: int
    ministries: int

    @property
    def small(self) -> bool:
        """Say whether so few deputies ask that the store is a sample, no picture of the Assembly."""
        return self.deputies < _SMALL


def figures(store: Answering, *, limits: Limits) -> Figures:
    """Count questions, answers, deputies and ministries."""
    (row,) = store.rows(queries.text("figures"), limits=limits)
    questions, answered, deputies, ministries = (int(str(cell)) for cell in row)
    return Figures(questions=questions, answered=answered, deputies=deputies, ministries=ministries)


@blueprint.get("/")
def home() -> Response:
    """Show what there is, how much of it, and where to begin."""
    current = service()
    limits = current.settings.limits()
    latest = page(current.memo, current.facts.of(current.store), selection({}), limit=_LATEST, after="", limits=limits)
    sample = next((item for item in latest.items if item.answered), next(iter(latest.items), None))
    return render("home.html", figures=figures(current.memo, limits=limits), latest=latest.items, sample=sample)


@blueprint.get("/docs/problems/<slug>")
def problem(slug: str) -> Response:
    """Explain one type of problem."""
    if slug not in problem_slugs():
        raise NotFoundError(f"there is no problem type {slug[:60]!r}", hint=f"there is {', '.join(problem_slugs())}")
    return render("problem_type.html", slug=slug)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Say that the process answers, and from which generation."""
    return Response(
        f"ok {service().store.generation()}\n",
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
