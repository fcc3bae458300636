"""``/about/…``: what the service says of itself. Knows HTTP; the words are the catalogues'."""

from __future__ import annotations

from flask import Blueprint, Response

from api.pages import render

blueprint = Blueprint("about", __name__)


@blueprint.get("/about/accessibility")
def accessibility() -> Response:
    """State how far the pages are accessible, what was tried, and what to do about the rest."""
    return render("accessibility.html", parts=("standard", "tested", "limits", "help"))
