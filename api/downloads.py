"""``/downloads``: a generation as whole files, with sizes and SHA-256. Knows HTTP; making them is graph's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from flask import Blueprint, Response, redirect, request

from api import arguments
from api.context import catalogue, language, public_url, service
from api.filing import sent
from api.formats import HTML, data
from api.negotiate import choose
from api.pages import render, with_arguments
from graph.takeaway.files import SUMS, file_of, wanted
from graph.takeaway.making import LICENCE
from ontology.errors import BusyError, NotFoundError

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from api.locale import Catalogue
    from graph.takeaway.files import Shelf

blueprint = Blueprint("downloads", __name__)

_AGAIN: Final = 10  # seconds
_STEP: Final = 1000
_READING: Final = """import pandas as pd
questions = pd.read_parquet("questions.parquet")   # pd.read_csv("questions.csv.gz")
questions.groupby("portfolio_asked_label")["delay_days"].median()"""
_FIXED: Final = {  # what is the same in every language
    "sums": SUMS,
    "check": f"sha256sum --check {SUMS}",
    "digest": "sha256",
    "reading": _READING,
    "latest": "/downloads/latest/questions.parquet",
    "licence": LICENCE,
}
_UNITS: Final = ("bytes", "kilo", "mega", "giga")


@blueprint.get("/downloads")
@blueprint.get("/downloads.<suffix>")
def index(suffix: str | None = None) -> BaseResponse:
    """List the files of what is served, and have those that are missing made."""
    arguments.read(())
    known = (HTML, *_only_json())
    accept = request.headers.get("Accept")
    fmt = choose(known, suffix=suffix, named=request.args.get("format"), accept=accept)[0]
    if fmt is not HTML and language() == "en":
        return redirect(with_arguments(request.path, request.args), code=308)
    current = service()
    generation = current.store.generation()
    here = current.shelves.data is not None
    shelf = current.shelves.of(generation) if here else None
    making = current.shelves.begin()
    said = _said(generation, shelf, making=making)
    if fmt is not HTML:
        response = Response(msgspec.json.encode(said), content_type=fmt.content_type)
    else:
        past = current.shelves.past() if here else []
        response = render(
            "downloads.html",
            said=said,
            local=here,
            past=past,
            size=_size,
            fixed=_FIXED,
            alternates=_only_json(),
        )
    response.headers["Cache-Control"] = "no-store" if making else "no-cache"
    return response


@blueprint.get("/downloads/latest/<name>")
def latest(name: str) -> BaseResponse:
    """Lead to a file of what is served now."""
    response = redirect(f"/downloads/{service().store.generation()}/{name if name == SUMS else file_of(name).name}")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/downloads/<generation>/<name>")
def file(generation: str, name: str) -> Response:
    """Send a file, whole or in part. One that is not made yet is begun, and asked for again."""
    current = service()
    shelf = current.shelves.of(generation)
    if name == SUMS:
        if not shelf.whole:
            raise _missing(generation, name)
        return Response(shelf.sums, content_type="text/plain; charset=utf-8")
    known = file_of(name)
    made = shelf.files.get(name)
    if made is None:
        raise _missing(generation, name)
    path = current.shelves.folder(generation) / name
    return sent(path, size=made.size, tag=made.sha256, media_type=known.media_type)


def _missing(generation: str, name: str) -> BusyError | NotFoundError:
    """Say why a file is not there."""
    current = service()
    served = current.store.generation()
    if generation != served:
        return NotFoundError(f"{name} of {generation} was never made", hint=f"there is /downloads/{served}/{name}")
    if current.shelves.begin():
        return BusyError(
            f"{name} of {generation} is being made",
            retry_after=_AGAIN,
            code="download-in-the-making",
            hint="ask again in a moment; /downloads says what is ready",
        )
    return NotFoundError(f"{name} cannot be made here", hint="/downloads lists what there is")


def _said(generation: str, shelf: Shelf | None, *, making: bool) -> dict[str, Any]:
    """Describe the files of a generation."""
    day = service().store.freshness().date
    counts = service().store.counts()
    return {
        "generation": generation,
        "data_date": day.isoformat() if day else None,
        "statements": counts.quads if counts else None,
        "manifest": shelf.of if shelf else None,
        "licence": LICENCE,
        "citation": _citation(catalogue(), generation),
        "making": making,
        "files": [_entry(generation, shelf, name) for name in (one.name for one in wanted())] if shelf else [],
    }


def _entry(generation: str, shelf: Shelf, name: str) -> dict[str, Any]:
    """Describe one file, made or not."""
    known, made = file_of(name), shelf.files.get(name)
    return {
        "name": name,
        "href": f"/downloads/{generation}/{name}",
        "content": known.content,
        "format": known.format,
        "media_type": known.media_type,
        "ready": made is not None,
        "size": made.size if made else None,
        "sha256": made.sha256 if made else None,
        "rows": made.rows if made else None,
    }


def _citation(words: Catalogue, generation: str) -> str:
    """Say how a generation is cited."""
    day = service().store.freshness().date
    dated = words("downloads.dated", day=words.day(day)) if day else ""
    address = f"{public_url()}/downloads/{generation}/graph.nq.gz"
    return words("downloads.citation", site=service().settings.title, generation=generation, dated=dated, at=address)


def _size(size: int) -> str:
    """Write a size as people do."""
    words, value, unit = catalogue(), float(size), 0
    while value >= _STEP and unit + 1 < len(_UNITS):
        value, unit = value / _STEP, unit + 1
    number = words.tenth(value) if unit else words.number(size)
    return words(f"downloads.unit.{_UNITS[unit]}", n=number)


def _only_json() -> tuple[Any, ...]:
    """Give JSON."""
    return tuple(fmt for fmt in data("network") if fmt.name == "json")
